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
