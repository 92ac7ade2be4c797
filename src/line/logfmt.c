/*
 * logfmt - key=value key="quoted value" ...
 */
#include "line/parser.h"

#include "line/scan.h"

#define PAIRS_MIN 3

/* What keys are written with; they begin with FIRST. */
enum {
	KEY = 1,
	FIRST = 2
};

static const uint8_t class_of[256] = {
	['0' ... '9'] = KEY,
	['A' ... 'Z'] = KEY | FIRST,
	['a' ... 'z'] = KEY | FIRST,
	['_'] = KEY | FIRST,
	['@'] = KEY | FIRST,
	['$'] = KEY | FIRST,
	['.'] = KEY | FIRST,
	['/'] = KEY | FIRST,
	['-'] = KEY,
};

/* The end of a key that "=" follows, or NULL. */
static inline const char *key_end(const char *p, const char *end)
{
	const char *q = p;

	if (q >= end || !(class_of[(uint8_t)*q] & FIRST))
		return NULL;
	if (end - p > 64)
		end = p + 64;
	while (q < end && class_of[(uint8_t)*q])
		q++;
	return q < end && *q == '=' ? q : NULL;
}

/* The value at p, where it ends; NULL if its quotes do not close well. */
static const char *value_at(struct line_parser *lp, const char *p,
    const char *end, struct str *ret)
{
	const char *q;

	if (p < end && *p == '"') {
		q = quote_end(p + 1, end);
		if (!q)
			return NULL;
		if (!unescape(lp, span_of(p + 1, q), ret))
			*ret = span_of(p + 1, q);
		q++;
		if (q < end && (*q == ',' || *q == ';'))
			q++;
		return q == end || is_blank(*q) ? q : NULL;
	}
	q = p < end ? memchr(p, ' ', (size_t)(end - p)) : NULL;
	if (!q)
		q = end;
	*ret = span_of(p, q);
	if (ret->n && (q[-1] == ',' || q[-1] == ';'))
		ret->n--; /* it parts the pairs */
	return q;
}

/* It begins with a key, at p. */
static kept_aside bool parse_pairs(struct line_parser *lp, struct str s,
    const char *p, bool strict, struct record *r)
{
	const char *end = s.p + s.n, *q;
	size_t pairs = 0, others = 0;
	struct fields f;
	struct str v;

	fields_begin(&f, lp);
	for (; p < end; p = skip_blanks(p, end)) {
		const char *k = key_end(p, end);

		if (k) {
			q = value_at(lp, k + 1, end, &v);
			if (!q)
				return false;
			fields_add(&f, span_of(p, k), v, 0);
			pairs++;
			p = q;
			continue;
		}
		others++;
		if (strict || others > pairs)
			return false;
		q = memchr(p, ' ', (size_t)(end - p));
		p = q ? q : end;
	}
	if (pairs < PAIRS_MIN || others * 2 > pairs)
		return false;
	fields_end(&f, true, s, r);
	return true;
}

bool logfmt_parse(struct line_parser *lp, struct str s, bool strict,
    struct record *r)
{
	const char *p = skip_blanks(s.p, s.p + s.n);

	return key_end(p, s.p + s.n) && parse_pairs(lp, s, p, strict, r);
}
