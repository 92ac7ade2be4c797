/*
 * wash - what stands in a line but is no part of what it says.
 */
#include "line/parser.h"

#include "line/scan.h"

/* Behind "ESC [ 1 ; 31 m" at p, or p. */
static const char *colour_end(const char *p, const char *end)
{
	const char *q = p + 2;

	if (end - p < 3 || p[0] != '\x1b' || p[1] != '[')
		return p;
	while (q < end && (is_digit(*q) || *q == ';'))
		q++;
	return q < end && *q == 'm' ? q + 1 : p;
}

struct str washed(struct line_parser *p, struct str s)
{
	const char *r, *end, *q;
	char *to, *w;

	while (s.n && *s.p == '\0')
		s = str_from(s, 1);
	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_from(s, 3);
	if (!s.n || !memchr(s.p, '\x1b', s.n))
		return s;
	to = w = scratch_take(p, s.n);
	if (!to)
		return s;
	r = s.p;
	end = s.p + s.n;
	while (r < end) {
		q = colour_end(r, end);
		if (q == r)
			*w++ = *r++;
		else
			r = q;
	}
	return span_of(to, w);
}
