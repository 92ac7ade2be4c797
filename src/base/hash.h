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

static inline uint64_t hash_str(const struct hash_key *k, struct str s)
{
	return hash_bytes(k, s.p, s.n);
}

#endif
