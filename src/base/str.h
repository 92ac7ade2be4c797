/*
 * str - a slice of bytes that somebody else owns.
 *
 * Slices are passed by value, may hold any byte and end nowhere in
 * particular: no NUL is needed and none is looked for. A slice with p == NULL
 * is "absent", one with n == 0 is empty. NUL strings exist only at system
 * calls and in our own tables.
 */
#ifndef LPT_STR_H
#define LPT_STR_H

#include "base/base.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })
#define STR_F    "%.*s"
#define STR_A(s) (int)(s).n, (s).p

static inline struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline struct str str_from(struct str s, size_t at)
{
	if (at > s.n)
		at = s.n;
	return (struct str){ s.p + at, s.n - at };
}

static inline struct str str_head(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

static inline bool str_ends(struct str s, struct str with)
{
	return s.n >= with.n && memcmp(s.p + s.n - with.n, with.p, with.n) == 0;
}

/* ASCII case folded. */
bool str_eq_nocase(struct str a, struct str b);

/* Cuts *s at the first c: *head gets what stands before it, *s what follows.
 * Without c: false, *s and *head untouched. */
bool str_cut(struct str *s, char c, struct str *head);

/* Offset of the first `what` in s, or SIZE_MAX. */
size_t str_find(struct str s, struct str what);

/* Without blanks and tabs at both ends. */
struct str str_trim(struct str s);

/* The whole field, decimal digits only, at most max: else false. */
bool str_u32(struct str s, uint32_t max, uint32_t *ret);
bool str_u64(struct str s, uint64_t max, uint64_t *ret);

/* A length of time as people write it: 10, 90s, 10m, 24h, 7d, 2w (bare
 * numbers are seconds). In seconds; false if it is none or over max. */
bool str_span(struct str s, uint32_t max, uint32_t *ret);

/* Writes a span of seconds as people say it ("10 min", "2 h 5 min"). */
void span_show(uint64_t seconds, char *to, size_t size);

/* Strangers' bytes for a terminal or a log: printable ASCII as it is, all
 * else as \xHH, a backslash doubled; cut with "..." if it does not fit. Always
 * NUL-ended; size at least 8. Returns the length written. */
size_t str_show(struct str s, char *to, size_t size);

/* A NUL-ended copy that the caller frees. */
char *str_dup(struct str s) __attribute__((malloc));

#endif
