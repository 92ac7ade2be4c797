/*
 * byteset - sets of bytes, and how PCRE2 writes bytes and sets.
 */
#ifndef LPT_BYTESET_H
#define LPT_BYTESET_H

#include "base/str.h"

/* A set of bytes. */
struct byteset {
	uint64_t w[4];
};

static inline bool byteset_has(const struct byteset *s, uint8_t c)
{
	return s->w[c >> 6] >> (c & 63) & 1;
}

static inline void byteset_add(struct byteset *s, uint8_t c)
{
	s->w[c >> 6] |= UINT64_C(1) << (c & 63);
}

/* Most literals are short, so memcmp(3) would be mostly call. */
static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
	uint64_t x, y;

	if (n >= 8) {
		memcpy(&x, a + n - 8, 8);
		memcpy(&y, b + n - 8, 8);
		if (x != y)
			return false;
		for (uint32_t i = 0; i + 8 < n; i += 8) {
			memcpy(&x, a + i, 8);
			memcpy(&y, b + i, 8);
			if (x != y)
				return false;
		}
		return true;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

extern const struct byteset byteset_all;
struct byteset byteset_not(struct byteset s);
struct byteset byteset_all_but(char c);

/* \d \s \w and their opposites, as PCRE2 has them without UCP; false for
 * another letter. */
bool byteset_named(char name, struct byteset *ret);

/* A byte written with a backslash, at which in begins: its length in the text,
 * or 0 if it is something else. */
size_t escaped_byte(struct str in, char *ret);
/* "[...]": its length, or 0 if it holds what we do not know. */
size_t class_read(struct str in, struct byteset *ret);
/* The length of a "[...]" that class_read gave up on; 0 if it has no end. */
size_t class_length(struct str in);

#endif
