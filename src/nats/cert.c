#include "nats/cert.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

void cert_host(const char *party, const uint8_t alliance[static 32],
    char to[static CERT_HOST])
{
	int n = snprintf(to, CERT_HOST, "%.31s.", party);

	for (size_t i = 0; i < 8; i++)
		n += snprintf(to + n, 3, "%02x", alliance[i]);
	snprintf(to + n, CERT_HOST - (size_t)n, ".liptako.invalid");
}

static bool extend(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	bool ok;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	return ok;
}

/* A day of grace at the beginning: clocks differ. */
static bool date(X509 *x)
{
	return X509_gmtime_adj(X509_getm_notBefore(x), -86400) &&
	       X509_time_adj_ex(X509_getm_notAfter(x),
		   CERT_YEARS * 365 + CERT_YEARS / 4, 0, NULL);
}

static bool number(X509 *x)
{
	BIGNUM *n = BN_new();
	bool ok = n && BN_rand(n, 126, BN_RAND_TOP_ONE, 0) == 1 &&
		  BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));

	BN_free(n);
	return ok;
}

static bool name(X509 *x)
{
	X509_NAME *n = X509_get_subject_name(x);

	return X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
		   (const unsigned char *)"Liptako post", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, n) == 1;
}

static X509 *certify(EVP_PKEY *key, const char *host)
{
	X509 *x = X509_new();
	char san[CERT_HOST + 8];

	snprintf(san, sizeof(san), "DNS:%s", host);
	if (x && X509_set_version(x, 2) == 1 && number(x) && date(x) &&
	    name(x) && X509_set_pubkey(x, key) == 1 &&
	    extend(x, NID_subject_alt_name, san) &&
	    extend(x, NID_basic_constraints, "critical,CA:FALSE") &&
	    extend(x, NID_key_usage, "critical,digitalSignature") &&
	    extend(x, NID_ext_key_usage, "serverAuth") &&
	    X509_sign(x, key, EVP_sha256()) > 0)
		return x;
	X509_free(x);
	return NULL;
}

static FILE *create(const char *folder, const char *name, mode_t mode)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    mode);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int finish(FILE *f, bool ok)
{
	ok = ok && fflush(f) == 0 && fsync(fileno(f)) == 0;
	return fclose(f) == 0 && ok ? 0 : -EIO;
}

static int store(const char *folder, EVP_PKEY *key, X509 *x)
{
	FILE *f = create(folder, "post.key", 0600);
	char old[512];
	int e;

	if (!f)
		return -errno;
	e = finish(f,
	    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1);
	snprintf(old, sizeof(old), "%s/post.crt", folder);
	(void)unlink(old); /* of a key that is gone */
	f = e == 0 ? create(folder, "post.crt", 0644) : NULL;
	if (!f)
		return e ? e : -errno;
	return finish(f, PEM_write_X509(f, x) == 1);
}

int cert_make(const char *folder, const char *host)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? certify(key, host) : NULL;
	int e = x ? store(folder, key, x) : -ENOMEM;

	X509_free(x);
	EVP_PKEY_free(key);
	return e;
}

static int digest(X509 *x, struct cert *ret)
{
	uint8_t *at = ret->der;
	unsigned size = sizeof(ret->sha256);
	int n = i2d_X509(x, NULL);

	if (n <= 0 || n > CERT_MOST)
		return -EBADMSG;
	ret->n = (size_t)i2d_X509(x, &at);
	return X509_digest(x, EVP_sha256(), ret->sha256, &size) == 1 ? 0 : -EIO;
}

int cert_load(const char *folder, struct cert *ret)
{
	char path[512];
	struct cert c = { 0 };
	FILE *f;
	X509 *x;
	int e;

	snprintf(path, sizeof(path), "%s/post.crt", folder);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	e = x ? digest(x, &c) : -EBADMSG;
	X509_free(x);
	if (e == 0)
		*ret = c;
	return e;
}
