/*
 * testing - seals made in software, for the tests of this room: the keys are
 * drawn from a number, and FIDO keys sign as PROTOCOL.u2f says.
 */
#ifndef LPT_CHARTER_TESTING_H
#define LPT_CHARTER_TESTING_H

#include <sodium.h>
#include <stdio.h>

#include "base/tests.h"
#include "charter/alliance.h"

#define DAY_MS UINT64_C(86400000)
/* 2026-11-22T04:00:00Z */
#define T0 (UINT64_C(1795320000) * 1000)

struct test_key {
	struct seal seal;
	uint8_t secret[64];
};

static inline struct test_key test_key(unsigned n, bool fido)
{
	struct test_key k = { 0 };
	uint8_t seed[32] = { 0 };

	memcpy(seed, &n, sizeof(n));
	seed[31] = 7;
	(void)crypto_sign_seed_keypair(k.seal.key, k.secret, seed);
	k.seal.kind = fido ? SEAL_SK_ED25519 : SEAL_ED25519;
	if (fido)
		memcpy(k.seal.app, "ssh:", 5);
	return k;
}

struct test_bytes {
	uint8_t p[1024];
	size_t n;
};

static inline void test_put(struct test_bytes *b, const void *p, size_t n)
{
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void test_put_u32(struct test_bytes *b, uint32_t v)
{
	uint8_t x[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	test_put(b, x, 4);
}

static inline void test_put_str(struct test_bytes *b, const void *p, size_t n)
{
	test_put_u32(b, (uint32_t)n);
	test_put(b, p, n);
}

static inline void test_sig(const struct test_key *k, const void *p, size_t n,
    uint8_t flags, struct test_bytes *inner)
{
	bool fido = k->seal.kind == SEAL_SK_ED25519;
	const char *kind = fido ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519";
	struct test_bytes m = { 0 };
	uint8_t sum[32], sig[64];

	if (fido) {
		(void)crypto_hash_sha256(sum, (const uint8_t *)k->seal.app,
		    strlen(k->seal.app));
		test_put(&m, sum, 32);
		test_put(&m, &flags, 1);
		test_put_u32(&m, 17);
		(void)crypto_hash_sha256(sum, p, n);
		test_put(&m, sum, 32);
	} else {
		test_put(&m, p, n);
	}
	(void)crypto_sign_detached(sig, NULL, m.p, m.n, k->secret);
	test_put_str(inner, kind, strlen(kind));
	test_put_str(inner, sig, 64);
	if (fido) {
		test_put(inner, &flags, 1);
		test_put_u32(inner, 17);
	}
}

/* Appends one armored signature. */
static inline void test_sign(const struct test_key *k, const char *namespace_,
    struct str text, uint8_t flags, struct text_out *o)
{
	struct test_bytes m = { 0 }, inner = { 0 }, all = { 0 };
	uint8_t sum[64], blob[SEAL_BLOB_MAX];
	char base64[2048];
	size_t n = seal_blob(&k->seal, blob);

	(void)crypto_hash_sha512(sum, (const uint8_t *)text.p, text.n);
	test_put(&m, "SSHSIG", 6);
	test_put_str(&m, namespace_, strlen(namespace_));
	test_put_str(&m, "", 0);
	test_put_str(&m, "sha512", 6);
	test_put_str(&m, sum, 64);
	test_sig(k, m.p, m.n, flags, &inner);
	test_put(&all, "SSHSIG", 6);
	test_put_u32(&all, 1);
	test_put_str(&all, blob, n);
	test_put_str(&all, namespace_, strlen(namespace_));
	test_put_str(&all, "", 0);
	test_put_str(&all, "sha512", 6);
	test_put_str(&all, inner.p, inner.n);
	sodium_bin2base64(base64, sizeof(base64), all.p, all.n,
	    sodium_base64_VARIANT_ORIGINAL);
	text_put(o, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t i = 0; i < strlen(base64); i += 70)
		text_put(o, "%.70s\n", base64 + i);
	text_put(o, "-----END SSH SIGNATURE-----\n");
}

/* A sealed act by these keys; the caller frees .p */
static inline struct str test_seal(enum sealed_type t, struct str text,
    const struct test_key *keys, size_t n)
{
	struct text_out seals = { 0 };
	struct str s;

	for (size_t i = 0; i < n; i++)
		test_sign(&keys[i], sealed_namespace(t), text, 1, &seals);
	s.p = sealed_make(t, text, text_of(&seals), &s.n);
	text_free(&seals);
	return s;
}

static inline struct charter_party test_party(const char *name,
    const struct test_key *k, const char *territory)
{
	struct charter_party p = { .threshold = 1 };

	snprintf(p.name, sizeof(p.name), "%s", name);
	snprintf(p.country, sizeof(p.country), "ML");
	snprintf(p.contact, sizeof(p.contact), "noc@%s.example", name);
	p.seals.v[0] = k->seal;
	p.seals.n = 1;
	if (territory) {
		p.territory.n = 1;
		assert_true(
		    net_parse(str_of(territory), false, &p.territory.v[0]));
	}
	seal_party_id(&k->seal, p.id);
	return p;
}

#endif
