#include "base/str.h"

#include <stdio.h>

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	}
	return true;
}

bool str_cut(struct str *s, char c, struct str *head)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;

	if (!at)
		return false;
	*head = str_head(*s, (size_t)(at - s->p));
	*s = str_from(*s, head->n + 1);
	return true;
}

enum {
	BLOCK = 16,
	SHORT_FIND = 64, /* longer ones are memmem's */
};

typedef uint8_t block __attribute__((vector_size(BLOCK)));

static inline block block_at(const char *p)
{
	block b;

	memcpy(&b, p, BLOCK);
	return b;
}

/* Where from p on, in a block of places, it stands; NULL if nowhere there. */
static inline const char *find_in_block(const char *p, struct str what)
{
	/* first and last byte at once: few places have both */
	block is =
	    (block)(block_at(p) == (uint8_t)what.p[0]) &
	    (block)(block_at(p + what.n - 1) == (uint8_t)what.p[what.n - 1]);
	uint64_t half[2];

	memcpy(half, &is, BLOCK);
	for (int h = 0; h < 2; h++) {
		uint64_t m = le64toh(half[h]) & UINT64_C(0x0101010101010101);

		for (; m; m &= m - 1) {
			const char *at = p + 8 * h + __builtin_ctzll(m) / 8;

			if (memcmp(at, what.p, what.n) == 0)
				return at;
		}
	}
	return NULL;
}

/* memmem makes a table for each search, which takes longer than a line. */
static const char *find(struct str s, struct str what)
{
	const char *p = s.p, *last = s.p + s.n - (what.n - 1) - BLOCK, *at;

	for (; p <= last; p += BLOCK) {
		at = find_in_block(p, what);
		if (at)
			return at;
	}
	/* some places twice */
	return p < last + BLOCK ? find_in_block(last, what) : NULL;
}

size_t str_find(struct str s, struct str what)
{
	const char *at;

	if (what.n == 0)
		return 0;
	if (what.n <= SHORT_FIND && s.n >= what.n - 1 + BLOCK)
		at = find(s, what);
	else
		at = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

struct str str_trim(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_from(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool str_u64(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

bool str_u32(struct str s, uint32_t max, uint32_t *ret)
{
	uint64_t v;

	if (!str_u64(s, max, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool str_span(struct str s, uint32_t max, uint32_t *ret)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 } };
	uint32_t per = 1;
	uint64_t v;

	for (size_t i = 0; s.n && i < countof(units); i++) {
		if (s.p[s.n - 1] == units[i].unit) {
			per = units[i].seconds;
			s.n--;
			break;
		}
	}
	if (!str_u64(s, max / per, &v))
		return false;
	*ret = (uint32_t)v * per;
	return true;
}

void span_show(uint64_t s, char *to, size_t size)
{
	unsigned long long d = s / 86400, h = s / 3600 % 24, m = s / 60 % 60,
			   sec = s % 60;

	if (d && h)
		snprintf(to, size, "%llu d %llu h", d, h);
	else if (d)
		snprintf(to, size, "%llu d", d);
	else if (h && m)
		snprintf(to, size, "%llu h %llu min", h, m);
	else if (h)
		snprintf(to, size, "%llu h", h);
	else if (m && sec)
		snprintf(to, size, "%llu min %llu s", m, sec);
	else if (m)
		snprintf(to, size, "%llu min", m);
	else
		snprintf(to, size, "%llu s", sec);
}

static size_t shown_width(char c)
{
	return c == '\\' ? 2 : c >= ' ' && c < 127 ? 1 : 4;
}

size_t str_show(struct str s, char *to, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t whole = 0, room = size - 1, w = 0;

	assert(size >= 8);
	for (size_t i = 0; i < s.n && whole <= room; i++)
		whole += shown_width(s.p[i]);
	if (whole > room)
		room -= 3; /* for the dots */

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];
		size_t width = shown_width(s.p[i]);

		if (w + width > room) {
			memcpy(to + w, "...", 3);
			w += 3;
			break;
		}
		if (width > 1)
			to[w++] = '\\';
		if (width < 4) {
			to[w++] = (char)c;
			continue;
		}
		to[w++] = 'x';
		to[w++] = hex[c >> 4];
		to[w++] = hex[c & 15];
	}
	to[w] = '\0';
	return w;
}

char *str_dup(struct str s)
{
	char *z = mem_new(1, s.n + 1);

	if (s.n)
		memcpy(z, s.p, s.n);
	return z;
}
