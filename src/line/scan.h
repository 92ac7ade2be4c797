/*
 * scan - the few questions about bytes that all forms ask.
 */
#ifndef LPT_SCAN_H
#define LPT_SCAN_H

#include "base/str.h"

#define always_inline inline __attribute__((always_inline))

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

/* Behind a date and a blank: a byte that begins neither zone, year nor "am",
 * and then there is no more of the date. */
static inline bool tail_ends(char c)
{
	return (unsigned char)(c - 'b') < 25 && c != 'p';
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

static inline uint64_t load8(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* The same with the first byte lowest, whatever the machine. */
static inline uint64_t little8(const char *p)
{
	uint64_t v = load8(p);

	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v
							 : __builtin_bswap64(v);
}

/* The first byte from p on that is a blank, or any other byte below it. */
static inline const char *blank_or_less(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t v = little8(p);
		uint64_t less = (v - UINT64_C(0x2121212121212121)) & ~v &
				UINT64_C(0x8080808080808080);

		if (less) /* the lowest is right, whatever stands above it */
			return p + __builtin_ctzll(less) / 8;
	}
	while (p < end && (unsigned char)*p > ' ')
		p++;
	return p;
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

/* The next word of *s, which then begins behind it; empty at the end. */
static inline struct str next_word(struct str *s)
{
	struct str w = trim_left(*s), rest = w;

	if (!str_cut(&rest, ' ', &w))
		rest = str_from(w, w.n);
	*s = rest;
	return w;
}

/* How many of the next 8 bytes are digits, and the number they say: without a
 * branch a digit. p must have 8 bytes. */
static inline size_t digits8(const char *p, uint64_t *ret)
{
	uint64_t v = little8(p) ^ UINT64_C(0x3030303030303030);
	/* the high bit of each byte that is over 9 */
	uint64_t bad = (((v & UINT64_C(0x7f7f7f7f7f7f7f7f)) +
			    UINT64_C(0x7676767676767676)) |
			   v) &
		       UINT64_C(0x8080808080808080);
	size_t n = bad ? (size_t)__builtin_ctzll(bad) / 8 : 8;

	if (n == 0) {
		*ret = 0;
		return 0;
	}
	v <<= 64 - 8 * n; /* zeros in front */
	v = v * 10 + (v >> 8);
	v = ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		(v >> 16 & UINT64_C(0x000000ff000000ff)) *
		    UINT64_C(0x0000271000000001)) >>
	    32;
	*ret = (uint32_t)v;
	return n;
}

#endif
