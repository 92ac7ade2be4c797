#include "base/hash.h"

#include <sys/random.h>

struct sip {
	uint64_t a, b, c, d;
};

static inline uint64_t rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(struct sip *v)
{
	v->a += v->b;
	v->b = rotl(v->b, 13) ^ v->a;
	v->a = rotl(v->a, 32);
	v->c += v->d;
	v->d = rotl(v->d, 16) ^ v->c;
	v->a += v->d;
	v->d = rotl(v->d, 21) ^ v->a;
	v->c += v->b;
	v->b = rotl(v->b, 17) ^ v->c;
	v->c = rotl(v->c, 32);
}

static inline struct sip sip_start(const struct hash_key *k)
{
	return (struct sip){ k->k[0] ^ UINT64_C(0x736f6d6570736575),
		k->k[1] ^ UINT64_C(0x646f72616e646f6d),
		k->k[0] ^ UINT64_C(0x6c7967656e657261),
		k->k[1] ^ UINT64_C(0x7465646279746573) };
}

static inline void sip_word(struct sip *v, uint64_t m)
{
	v->d ^= m;
	sip_round(v);
	v->a ^= m;
}

static inline uint64_t sip_end(struct sip *v)
{
	v->c ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v->a ^ v->b ^ v->c ^ v->d;
}

struct hash_key hash_key_new(void)
{
	struct hash_key k;

	if (getrandom(&k, sizeof(k), 0) != sizeof(k))
		die("getrandom: %s", strerror(errno));
	return k;
}

uint64_t hash_bytes(const struct hash_key *k, const void *p, size_t n)
{
	struct sip v = sip_start(k);
	const uint8_t *b = p;
	uint64_t m, last = (uint64_t)n << 56;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&m, b, 8);
		sip_word(&v, m);
	}
	m = 0;
	if (n)
		memcpy(&m, b, n);
	sip_word(&v, m | last);
	return sip_end(&v);
}

uint64_t hash_u64x2(const struct hash_key *k, uint64_t a, uint64_t b)
{
	struct sip v = sip_start(k);

	sip_word(&v, a);
	sip_word(&v, b);
	return sip_end(&v);
}

static inline uint64_t word8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t word4(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Up to sixteen bytes in two words, some of them twice. */
static inline void words_of(struct str s, uint64_t *a, uint64_t *b)
{
	if (s.n >= 8) {
		*a = word8(s.p);
		*b = word8(s.p + s.n - 8);
	} else if (s.n >= 4) {
		*a = word4(s.p);
		*b = word4(s.p + s.n - 4);
	} else {
		*a = s.n ? (uint8_t)s.p[0] | (uint64_t)(uint8_t)s.p[s.n / 2]
						 << 8
			 : 0;
		*b = s.n ? (uint8_t)s.p[s.n - 1] : 0;
	}
}

/* Two chains side by side, as each of their steps waits for the one before. */
uint64_t hash_text(const struct hash_key *k, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	uint64_t h = k->k[0] ^ s.n * UINT64_C(0x9e3779b97f4a7c15), g = k->k[1],
		 a, b;

	for (; end - p > 32; p += 32) {
		h = hash_fold(word8(p) ^ k->k[1], word8(p + 8) ^ h);
		g = hash_fold(word8(p + 16) ^ k->k[0], word8(p + 24) ^ g);
	}
	if (end - p > 16) {
		h = hash_fold(word8(p) ^ k->k[1], word8(p + 8) ^ h);
		p = end - 16; /* some of them twice */
	}
	words_of((struct str){ p, (size_t)(end - p) }, &a, &b);
	h = hash_fold(a ^ k->k[1], b ^ h);
	return hash_fold(h ^ g, k->k[1]);
}
