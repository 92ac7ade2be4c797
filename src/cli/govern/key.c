#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cli/govern/govern.h"

enum {
	YEARS = 10
};

/* 0, -ENOENT, or -errno. */
int key_seed(const char *path, bool make, uint8_t ret[static 32])
{
	auto_close int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return read(fd, ret, 32) == 32 ? 0 : -EBADMSG;
	if (errno != ENOENT || !make)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return -errno;
	randombytes_buf(ret, 32);
	return write(fd, ret, 32) == 32 && fsync(fd) == 0 ? 0 : -EIO;
}

static void name_it(X509 *x, const char *party)
{
	uint8_t tail[4];
	char name[80], alt[90];
	X509_NAME *n = X509_get_subject_name(x);
	X509_EXTENSION *ext;

	randombytes_buf(tail, sizeof(tail));
	snprintf(name, sizeof(name), "%s.%02x%02x%02x%02x.liptako.invalid",
	    party, tail[0], tail[1], tail[2], tail[3]);
	snprintf(alt, sizeof(alt), "DNS:%s", name);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, n);
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alt);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
	    "critical,CA:TRUE");
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
}

/* Its own only authority: that is all who pin it need. */
static X509 *certify(EVP_PKEY *key, const char *party)
{
	X509 *x = X509_new();
	uint8_t serial[8];

	randombytes_buf(serial, sizeof(serial));
	serial[0] &= 0x7f;
	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x),
	    (uint64_t)serial[0] << 56 | (uint64_t)serial[1] << 48 |
		(uint64_t)serial[2] << 40 | (uint64_t)serial[3] << 32 |
		(uint64_t)serial[4] << 24 | serial[5]);
	/* a day early, for clocks that are behind */
	X509_gmtime_adj(X509_getm_notBefore(x), -86400);
	X509_time_adj_ex(X509_getm_notAfter(x), YEARS * 365, 0, NULL);
	X509_set_pubkey(x, key);
	name_it(x, party);
	if (!X509_sign(x, key, EVP_sha256())) {
		X509_free(x);
		return NULL;
	}
	return x;
}

static FILE *fresh(const char *path, unsigned mode)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool store(const char *key_path, const char *cert_path, EVP_PKEY *key,
    X509 *x)
{
	FILE *k = fresh(key_path, 0600), *c = k ? fresh(cert_path, 0644) : NULL;
	bool ok = c &&
		  PEM_write_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) &&
		  PEM_write_X509(c, x);

	if (k && fclose(k) != 0)
		ok = false;
	if (c && fclose(c) != 0)
		ok = false;
	return ok;
}

static bool der_of(X509 *x, struct text_cert *ret)
{
	unsigned char *p = ret->der;
	int n = i2d_X509(x, NULL);

	if (n <= 0 || (size_t)n > sizeof(ret->der))
		return false;
	ret->n = (size_t)i2d_X509(x, &p);
	(void)crypto_hash_sha256(ret->sha256, ret->der, ret->n);
	return true;
}

static int make_post(const char *key_path, const char *cert_path,
    const char *party, struct text_cert *ret)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? certify(key, party) : NULL;
	bool ok = x && der_of(x, ret) && store(key_path, cert_path, key, x);

	X509_free(x);
	EVP_PKEY_free(key);
	return ok ? 0 : -EIO;
}

/* dir/post.key and dir/post.crt. 0, -ENOENT, or -errno. */
int key_post(const char *dir, const char *party, bool make,
    struct text_cert *ret)
{
	char key[GOV_PATH], cert[GOV_PATH];
	X509 *x;
	FILE *f;
	bool ok;

	snprintf(key, sizeof(key), "%s/post.key", dir);
	snprintf(cert, sizeof(cert), "%s/post.crt", dir);
	f = fopen(cert, "re");
	if (!f && errno == ENOENT && make)
		return make_post(key, cert, party, ret);
	if (!f)
		return -errno;
	x = PEM_read_X509(f, NULL, NULL, NULL);
	(void)fclose(f);
	ok = x && der_of(x, ret);
	X509_free(x);
	return ok ? 0 : -EBADMSG;
}
