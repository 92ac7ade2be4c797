/*
 * hash - keyed hashes for tables that strangers fill.
 *
 * SipHash-1-3 (Aumasson and Bernstein; one and three rounds as in the Linux
 * kernel's hash tables): the key is drawn at start, so nobody can aim at a
 * bucket. The key is no secret worth stealing and is never stored where
 * hashes are compared across restarts; those carry their own stored key.
 */
#ifndef LPT_HASH_H
#define LPT_HASH_H

#include "base/str.h"

struct hash_key {
	uint64_t k[2];
};

/* From getrandom(2). */
struct hash_key hash_key_new(void);

uint64_t hash_bytes(const struct hash_key *k, const void *p, size_t n);
/* The same strength for exactly two words, inlined where it counts. */
uint64_t hash_u64x2(const struct hash_key *k, uint64_t a, uint64_t b);

/* The halves of a product, one over the other. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Two words for a table in memory that is asked for every line: two
 * multiplications, a tenth of SipHash's time. It needs the key as SipHash
 * does, but is no match for somebody who sees its values: they never leave
 * the process that drew the key. */
static inline uint64_t hash_pair(const struct hash_key *k, uint64_t a,
    uint64_t b)
{
	/* so that a key of few bits, as tests have, mixes as well */
	uint64_t x = k->k[0] ^ UINT64_C(0x9e3779b97f4a7c15);
	uint64_t y = k->k[1] ^ UINT64_C(0xd1b54a32d192ed03);

	return hash_fold(hash_fold(a ^ x, b ^ y) ^ y, x);
}

/* A text for such a table: one multiplication for sixteen bytes. With the
 * same care: its values never leave the process that drew the key. */
uint64_t hash_text(const struct hash_key *k, struct str s);

static inline uint64_t hash_str(const struct hash_key *k, struct str s)
{
	return hash_bytes(k, s.p, s.n);
}

#endif
