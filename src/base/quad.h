/*
 * quad - dotted quads, read without a branch a digit.
 *
 * How many digits a number has is as good as random, so a loop over them is
 * guessed wrong several times an address. Sixteen bytes in two registers hold
 * any quad; each number is cut off at its dot.
 */
#ifndef LPT_QUAD_H
#define LPT_QUAD_H

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/base.h"

struct quad {
	uint32_t b; /* as its bytes lie in memory, the first number first */
	uint8_t n;  /* bytes read; 0: not of the shape */
	bool valid; /* no number over 255, no leading zeros */
};

static inline uint64_t quad_8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return le64toh(v);
}

static inline uint64_t quad_4(const char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return le32toh(v);
}

/* The first sixteen of n bytes, zeros behind them; the first byte lowest. */
static inline void quad_load(const char *p, size_t n, uint64_t *lo,
    uint64_t *hi)
{
	*hi = 0;
	if (n >= 16) {
		*lo = quad_8(p);
		*hi = quad_8(p + 8);
	} else if (n > 8) { /* the last eight overlap the first */
		*lo = quad_8(p);
		*hi = quad_8(p + n - 8) >> 8 * (16 - n);
	} else if (n == 8) {
		*lo = quad_8(p);
	} else if (n >= 4) {
		*lo = quad_4(p) | quad_4(p + n - 4) << 8 * (n - 4);
	} else {
		*lo = 0; /* too short for any */
	}
}

/* One number: its digits' values, the first one lowest, as of `digits` bytes;
 * i: which of the four. */
static inline void quad_add(struct quad *q, uint32_t x, unsigned digits, int i)
{
	const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

	q->valid &= (x & 0xff) != 0 || digits == 1;
	x <<= 32 - 8 * digits; /* zeros in front */
	/* digits compare as the number does */
	q->valid &= __builtin_bswap32(x) <= 0x020505;
	q->b |= (uint32_t)((uint64_t)x * 0x640a01 >> 24 & 0xff)
		<< 8 * (little ? i : 3 - i);
}

/* On any machine, and of any n bytes. */
static inline struct quad quad_by_words(const char *p, size_t n)
{
	struct quad q = { .valid = true };
	uint64_t lo, hi;
	unsigned used = 0;

	quad_load(p, n, &lo, &hi);
	for (int i = 0; i < 4; i++) {
		uint32_t x = (uint32_t)lo ^ 0x30303030;
		/* the high bit of each byte that is no digit, up to the first
		 */
		uint32_t bad = ((x + 0x76767676) | x) & 0x80808080;
		unsigned digits = (unsigned)__builtin_ctz(bad | 0x80000000) / 8;
		unsigned cut = 8 * digits;

		if (!digits || (i < 3 && (lo >> cut & 0xff) != '.'))
			return (struct quad){ 0 };
		quad_add(&q, x, digits, i);
		used += digits + (i < 3);
		cut += 8;
		lo = lo >> cut | hi << (64 - cut);
		hi >>= cut;
	}
	q.n = (uint8_t)used;
	return q;
}

#ifdef __SSE2__
/* Of sixteen bytes or more: where all four end is known at once, as what
 * follows in a line waits for that. */
static inline struct quad quad_by_vector(const char *p)
{
	__m128i v = _mm_loadu_si128((const void *)p);
	__m128i less = _mm_sub_epi8(v, _mm_set1_epi8('0'));
	__m128i digit =
	    _mm_cmpeq_epi8(_mm_min_epu8(less, _mm_set1_epi8(9)), less);
	uint32_t dots =
	    (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
	/* from bit 16 on all set: there is always a next one */
	uint32_t others = ~(uint32_t)_mm_movemask_epi8(digit);
	struct quad q = { .valid = true };
	unsigned from = 0;

	for (int i = 0; i < 4; i++, others &= others - 1) {
		unsigned end = (unsigned)__builtin_ctz(others);
		unsigned digits = MIN(end - from, i < 3 ? 4U : 3U);

		if (digits - 1 >= 3 || (i < 3 && !(dots >> end & 1)))
			return (struct quad){ 0 };
		quad_add(&q, (uint32_t)quad_4(p + from) ^ 0x30303030, digits,
		    i);
		from += digits + (i < 3);
	}
	q.n = (uint8_t)from;
	return q;
}
#endif

/* Four numbers of at most three digits with dots between them, at the
 * beginning of the n bytes at p; what follows is not looked at. */
static inline struct quad quad_at(const char *p, size_t n)
{
#ifdef __SSE2__
	if (likely(n >= 16))
		return quad_by_vector(p);
#endif
	return quad_by_words(p, n);
}

#endif
