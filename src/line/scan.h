/*
 * scan - the few questions about bytes that all forms ask.
 */
#ifndef LPT_SCAN_H
#define LPT_SCAN_H

#include "base/str.h"

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

static inline bool is_upper(char c)
{
	return (unsigned char)(c - 'A') < 26;
}

static inline bool is_alpha(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool is_alnum(char c)
{
	return is_digit(c) || is_alpha(c);
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A hexadecimal digit's value, or -1. */
static inline int hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How many of the next bytes are digits, at most max. */
static inline size_t digits(const char *p, const char *end, size_t max)
{
	size_t n = 0;

	while (n < max && p + n < end && is_digit(p[n]))
		n++;
	return n;
}

/* The number that n digits say; n at most 19. */
static inline uint64_t number(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (uint64_t)(p[i] - '0');
	return v;
}

/* The byte at p, or a blank past the end: what follows there is nothing. */
static inline char at_or_blank(const char *p, const char *end)
{
	return p < end ? *p : ' ';
}

static inline struct str span_of(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

static inline const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static inline struct str trim_left(struct str s)
{
	const char *end = s.p + s.n;

	return span_of(skip_blanks(s.p, end), end);
}

#endif
