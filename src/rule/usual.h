/*
 * usual - which few bytes of a literal say most.
 *
 * What stands in most lines of most logs says nothing: the words of requests
 * and of sshd are known here by their grams of three and four bytes.
 */
#ifndef LPT_USUAL_H
#define LPT_USUAL_H

#include "base/str.h"

enum {
	SHORT_GRAM = 3,
	GRAM = 4,
};

/* Three bytes are put together by hand: a copy of three would go through
 * memory and stall. */
static inline uint32_t gram_at(const char *p, size_t size, uint32_t fold)
{
	const uint8_t *b = (const uint8_t *)p;
	uint32_t v;

	if (size == SHORT_GRAM)
		return (b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
			   fold) &
		       0xffffff;
	memcpy(&v, p, GRAM);
	return v | fold;
}

/* The window of least usual bytes, grams of this size in it. */
uint32_t best_window(struct str s, size_t window, size_t gram);
/* How many of the grams of such a window are in most logs. */
unsigned usual_in(const char *p, size_t window, size_t gram);

#endif
