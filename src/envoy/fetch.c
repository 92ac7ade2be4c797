#include "envoy/fetch.h"

#include "base/when.h"
#include "wire/posts.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sodium.h>
#include <sys/socket.h>

enum {
	PATIENCE_MS = 4000,
	GREETING = 4096, /* longest line that nats-server greets with */
};

static int wait_for(int fd, short what)
{
	struct pollfd p = { fd, what, 0 };

	return poll(&p, 1, PATIENCE_MS) == 1 ? 0 : -ETIMEDOUT;
}

static int dial(const struct addr *a, uint16_t port)
{
	struct sockaddr_storage s = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s;
	auto_close int fd = -1;
	int e = 0;
	socklen_t n = sizeof(e);

	s.ss_family = a->family == 6 ? AF_INET6 : AF_INET;
	if (a->family == 6) {
		memcpy(&v6->sin6_addr, a->b, 16);
		v6->sin6_port = htons(port);
	} else {
		memcpy(&v4->sin_addr, a->b, 4);
		v4->sin_port = htons(port);
	}
	fd = socket(s.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&s,
		a->family == 6 ? sizeof(*v6) : sizeof(*v4)) < 0 &&
	    errno != EINPROGRESS)
		return -errno;
	if (wait_for(fd, POLLOUT) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n) < 0 || e)
		return -ECONNREFUSED;
	return take_fd(&fd);
}

/* nats-server greets in the clear with one line, then waits for TLS: not a
 * byte behind the line's end is taken. */
static int greeting(int fd)
{
	char c = 0;

	for (int i = 0; i < GREETING && c != '\n'; i++)
		if (wait_for(fd, POLLIN) < 0 || recv(fd, &c, 1, 0) != 1)
			return -ECONNRESET;
	return c == '\n' ? 0 : -EBADMSG;
}

static int shake(SSL *ssl, int fd)
{
	struct mono end = { mono_now().ns + PATIENCE_MS * INT64_C(1000000) };
	int n;

	while ((n = SSL_connect(ssl)) != 1) {
		int why = SSL_get_error(ssl, n);

		if (mono_now().ns > end.ns ||
		    (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE))
			return -ECONNRESET;
		(void)wait_for(fd,
		    why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
	}
	return 0;
}

static int take_cert(SSL *ssl, const uint8_t sha256[static 32], uint8_t **ret,
    size_t *n)
{
	X509 *x = SSL_get1_peer_certificate(ssl);
	uint8_t hash[crypto_hash_sha256_BYTES];
	unsigned char *der = NULL;
	int len = x ? i2d_X509(x, &der) : -1, e = FETCH_E_OTHER;

	X509_free(x);
	if (len > 0 && len <= WIRE_CERT) {
		crypto_hash_sha256(hash, der, (size_t)len);
		if (sodium_memcmp(hash, sha256, sizeof(hash)) == 0) {
			*ret = mem_dup(der, (size_t)len);
			*n = (size_t)len;
			e = FETCH_OK;
		}
	}
	OPENSSL_free(der);
	return e;
}

int fetch_cert(const struct addr *a, uint16_t port,
    const uint8_t sha256[static 32], uint8_t **ret, size_t *n)
{
	auto_close int fd = dial(a, port);
	SSL_CTX *ctx;
	SSL *ssl;
	int e = FETCH_E_UNREACHABLE; /* it may hang up as it starts */

	if (fd < 0 || greeting(fd) < 0)
		return e;
	ctx = SSL_CTX_new(TLS_client_method());
	ssl = ctx ? SSL_new(ctx) : NULL;
	/* the hash is checked below, and the handshake proves its key */
	if (ssl && SSL_set_fd(ssl, fd) == 1 && shake(ssl, fd) == 0)
		e = take_cert(ssl, sha256, ret, n);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return e;
}
