/*
 * ends - where lines end, sixty-four bytes at a time.
 *
 * How long a line is is as good as random, so a search that stops at each end
 * is guessed wrong once a line. Here a block becomes 64 bits, and its first
 * end is written down whether there is one or not.
 */
#ifndef LPT_ENDS_H
#define LPT_ENDS_H

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/str.h"

enum {
	ENDS_BLOCK = 64
};

/* A bit for each of the block's bytes that is LF; on any machine. */
static inline uint64_t ends_by_words(const char *p)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t bits = 0;

	for (unsigned i = 0; i < ENDS_BLOCK / 8; i++) {
		uint64_t x, is;

		memcpy(&x, p + 8 * i, 8);
		x = le64toh(x) ^ UINT64_C(0x0a0a0a0a0a0a0a0a);
		is = ~(((x & low) + low) | x | low) >> 7;

		bits |= is * UINT64_C(0x0102040810204080) >> 56 << 8 * i;
	}
	return bits;
}

static inline uint64_t ends_of_block(const char *p)
{
#ifdef __SSE2__
	const __m128i lf = _mm_set1_epi8('\n');
	uint64_t bits = 0;

	for (unsigned i = 0; i < ENDS_BLOCK / 16; i++) {
		__m128i v = _mm_loadu_si128((const void *)(p + 16 * i));
		int is = _mm_movemask_epi8(_mm_cmpeq_epi8(v, lf));

		bits |= (uint64_t)(uint32_t)is << 16 * i;
	}
	return bits;
#else
	return ends_by_words(p);
#endif
}

/* Adds the block's ends, which begins at `at`, to the n there are: how many
 * there are then. to must have room for a block's. */
static inline unsigned ends_add(uint32_t *to, unsigned n, uint32_t at,
    uint64_t bits)
{
	to[n] = at + (uint32_t)__builtin_ctzll(bits | UINT64_C(1) << 63);
	n += bits != 0;
	for (bits &= bits - 1; unlikely(bits); bits &= bits - 1)
		to[n++] = at + (uint32_t)__builtin_ctzll(bits);
	return n;
}

#endif
