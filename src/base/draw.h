/*
 * draw - numbers that look random and are the same for the same seed: for
 * tests and simulations, never for secrets.
 */
#ifndef LPT_DRAW_H
#define LPT_DRAW_H

#include "base/base.h"

/* splitmix64 (Steele, Lea, Flood 2014); *state is the seed at first. */
static inline uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* From 0 to n - 1. */
static inline uint32_t draw_below(uint64_t *state, uint32_t n)
{
	assert(n > 0);
	return (uint32_t)(draw(state) % n);
}

#endif
