/*
 * logfmt - key=value key="quoted value" ...
 */
#include "line/parser.h"

#include "line/scan.h"

#define PAIRS_MIN 3

static bool is_key(char c)
{
	return is_alnum(c) || c == '_' || c == '.' || c == '-' || c == '@' ||
	       c == '/' || c == '$';
}

/* The end of a key that "=" follows, or NULL. */
static const char *key_end(const char *p, const char *end)
{
	const char *q = p;

	if (q >= end || !is_key(*q) || is_digit(*q) || *q == '-')
		return NULL;
	while (q < end && is_key(*q) && q - p < 64)
		q++;
	return q < end && *q == '=' && q > p ? q : NULL;
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

bool logfmt_parse(struct line_parser *lp, struct str s, bool strict,
    struct record *r)
{
	const char *p = skip_blanks(s.p, s.p + s.n), *end = s.p + s.n, *q;
	size_t pairs = 0, others = 0;
	struct fields f;
	struct str v;

	if (!key_end(p, end))
		return false;
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
