#include "envoy/envoy.h"

#include "base/log.h"
#include "charter/login.h"
#include "nats/nkey.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

/*
 * Runs on a thread of its own: it touches nothing but its opening and what
 * news_tell writes to.
 */
enum {
	CONNECT_MS = 4000,
	PING_MS = 10000,
	PINGS_OUT = 2,
	STACK = 512 << 10,
};

static X509 *certificate(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	if (x && (const char *)p != der.p + der.n) {
		X509_free(x);
		return NULL;
	}
	return x;
}

/* The first name of the certificate, if it is of the kind that posts have. */
static bool host_of(X509 *x, char *to, size_t size)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
		struct str s;

		if (n->type != GEN_DNS)
			continue;
		s = (struct str){ (const char *)ASN1_STRING_get0_data(
				      n->d.dNSName),
			(size_t)ASN1_STRING_length(n->d.dNSName) };
		found = s.n > 0 && s.n < size && !memchr(s.p, '\0', s.n) &&
			!memchr(s.p, '*', s.n) &&
			str_ends(s, STR(".liptako.invalid"));
		if (found)
			snprintf(to, size, STR_F, STR_A(s));
	}
	GENERAL_NAMES_free(names);
	return found;
}

bool open_host(struct str cert, char *to, size_t size)
{
	X509 *x = certificate(cert);
	bool ok = x && host_of(x, to, size);

	X509_free(x);
	return ok;
}

/* The certificate as libnats takes it; the caller's. */
static char *pem_of(struct str der)
{
	X509 *x = certificate(der);
	BIO *b = BIO_new(BIO_s_mem());
	char *at, *pem = NULL;
	long n;

	if (x && b && PEM_write_bio_X509(b, x) == 1) {
		n = BIO_get_mem_data(b, &at);
		pem = str_dup((struct str){ at, (size_t)n });
	}
	BIO_free(b);
	X509_free(x);
	return pem;
}

/* What libnats asks when a post hands it a nonce. */
static natsStatus sign(char **error, unsigned char **sig, int *n,
    const char *nonce, void *arg)
{
	const struct opening *o = arg;

	*sig = mem_new(1, crypto_sign_BYTES);
	*n = crypto_sign_BYTES;
	if (nkey_sign(o->secret, str_of(nonce), *sig))
		return NATS_OK;
	free_ptr(sig);
	*n = 0;
	*error = str_dup(STR("no nonce"));
	return NATS_ERR;
}

static void closed(natsConnection *nc, void *arg)
{
	struct tap *t = arg;

	(void)nc;
	news_tell(t->e, NEWS_CLOSED, t);
}

/* Said by a post that refuses a subject, or by libnats of itself; the way
 * that went wrong tells the rest. */
static void failed(natsConnection *nc, natsSubscription *sub, natsStatus s,
    void *arg)
{
	const char *text = NULL;
	char shown[160];

	(void)sub, (void)arg;
	(void)natsConnection_GetLastError(nc, &text);
	str_show(str_of(text ? text : natsStatus_GetText(s)), shown,
	    sizeof(shown));
	log_warn("post-says what=\"%s\"", shown);
}

static natsStatus set_servers(natsOptions *opts, const struct wire_post *p)
{
	char url[POST_ADDRS][ADDR_MAX + 24];
	const char *urls[POST_ADDRS];

	for (size_t i = 0; i < p->n_addrs; i++) {
		char a[ADDR_MAX];

		addr_print(&p->addrs[i], a);
		snprintf(url[i], sizeof(url[i]),
		    p->addrs[i].family == 6 ? "tls://[%s]:%u" : "tls://%s:%u",
		    a, (unsigned)p->port);
		urls[i] = url[i];
	}
	return natsOptions_SetServers(opts, urls, p->n_addrs);
}

static natsStatus set_loop(natsOptions *opts, struct opening *o)
{
	natsStatus s;

	if (!o->in_loop)
		return NATS_OK;
	o->tap = mem_new(1, sizeof(*o->tap));
	o->tap->e = o->e;
	o->tap->fd = -1;
	s = natsOptions_SetEventLoop(opts, o->tap, tap_attach, tap_read,
	    tap_write, tap_detach);
	return s == NATS_OK ? natsOptions_SetClosedCB(opts, closed, o->tap) : s;
}

/* libnats's own reconnecting is off: a connection that ends is gone, and the
 * loop begins a new one when it likes. */
static natsStatus set_all(natsOptions *opts, struct opening *o, const char *pem,
    const char *host)
{
	char key[NKEY_MAX];
	natsStatus s = set_servers(opts, &o->is);

	nkey_print(o->public, key);
	s = s ? s : natsOptions_SetNoRandomize(opts, true);
	s = s ? s : natsOptions_SetSendAsap(opts, o->in_loop);
	s = s ? s : natsOptions_SetTimeout(opts, CONNECT_MS);
	s = s ? s : natsOptions_SetSecure(opts, true);
	s = s ? s : natsOptions_SetCATrustedCertificates(opts, pem);
	s = s ? s : natsOptions_SetExpectedHostname(opts, host);
	s = s ? s : natsOptions_SetNKey(opts, key, sign, o);
	s = s ? s : natsOptions_SetAllowReconnect(opts, false);
	s = s ? s : natsOptions_SetIgnoreDiscoveredServers(opts, true);
	s = s ? s : natsOptions_SetPingInterval(opts, PING_MS);
	s = s ? s : natsOptions_SetMaxPingsOut(opts, PINGS_OUT);
	s = s ? s : natsOptions_SetErrorHandler(opts, failed, NULL);
	return s ? s : set_loop(opts, o);
}

static enum line_why why_of(natsStatus s)
{
	switch (s) {
	case NATS_OK:
		return LINE_FINE;
	case NATS_CONNECTION_AUTH_FAILED:
	case NATS_NOT_PERMITTED:
		return LINE_E_LOGIN;
	case NATS_SSL_ERROR:
	case NATS_SECURE_CONNECTION_WANTED:
		return LINE_E_TLS;
	case NATS_TIMEOUT:
		return LINE_E_LATE;
	default:
		return LINE_E_UNREACHABLE;
	}
}

void open_connect(struct opening *o)
{
	auto_free char *pem = pem_of(o->cert);
	natsOptions *opts = NULL;
	char host[128];
	natsStatus s;

	o->why = LINE_E_CERT;
	if (!pem || !open_host(o->cert, host, sizeof(host)))
		return;
	s = natsOptions_Create(&opts);
	s = s ? s : set_all(opts, o, pem, host);
	s = s ? s : natsConnection_Connect(&o->nc, opts);
	natsOptions_Destroy(opts);
	o->why = why_of(s);
	if (s != NATS_OK) {
		log_note("post-unreached why=\"%s\" status=\"%s\"",
		    line_why_name(o->why), natsStatus_GetText(s));
		nats_ReleaseThreadMemory();
	}
}

static void *thread(void *arg)
{
	struct opening *o = arg;

	open_connect(o);
	nats_ReleaseThreadMemory();
	OPENSSL_thread_stop();
	news_tell(o->e, NEWS_OPENED, o);
	return NULL;
}

bool open_start(struct opening *o)
{
	pthread_attr_t attr;
	pthread_t id;
	bool ok;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK);
	ok = pthread_create(&id, &attr, thread, o) == 0;
	pthread_attr_destroy(&attr);
	return ok;
}

void open_free(struct opening *o)
{
	sodium_memzero(o->secret, sizeof(o->secret));
	free((char *)(uintptr_t)o->cert.p);
	free(o);
}
