/*
 * error - the error logs of nginx and Apache.
 */
#include "line/parser.h"

#include "line/scan.h"

/* " [error] 12#12: *3 msg" behind 2021/09/30 09:23:53. */
bool error_nginx(struct str rest, struct record *r)
{
	const char *p = rest.p, *end = rest.p + rest.n, *q;

	if (end - p < 8 || p[0] != ' ' || p[1] != '[')
		return false;
	q = memchr(p, ']', MIN((size_t)(end - p), 10));
	if (!q || q + 1 >= end || q[1] != ' ')
		return false;
	p = q + 2;
	for (int i = 0; i < 2; i++) {
		size_t n = digits(p, end, 10);

		if (!n || at_or_blank(p + n, end) != "#:"[i])
			return false;
		p += n + 1;
	}
	p = skip_blanks(p, end);
	if (p < end && *p == '*') {
		q = p + 1 + digits(p + 1, end, 20);
		if (q > p + 1 && q < end && *q == ' ')
			p = skip_blanks(q, end);
	}
	r->kind = RECORD_ERROR;
	r->msg = span_of(p, end);
	return true;
}

/* The text of "[...]" at p; where it ends, or NULL. */
static const char *bracketed_at(const char *p, const char *end, struct str *ret)
{
	const char *q;

	p = skip_blanks(p, end);
	if (p >= end || *p != '[')
		return NULL;
	q = memchr(p, ']', MIN((size_t)(end - p), 64));
	if (!q)
		return NULL;
	*ret = span_of(p + 1, q);
	return q + 1;
}

/* " [core:error] [pid 1:tid 2] msg" behind [Fri Sep 09 10:42:29.902022 2011];
 * Apache 2.2 knows neither modules nor pids. */
bool error_apache(struct str rest, struct record *r)
{
	const char *end = rest.p + rest.n, *p, *q;
	struct str level, pid;
	const char *colon;

	p = bracketed_at(rest.p, end, &level);
	if (!p)
		return false;
	colon = memchr(level.p, ':', level.n);
	if (colon)
		level = span_of(colon + 1, level.p + level.n);
	if (str_starts(level, STR("trace")))
		level.n = 5;
	if (!is_level(level))
		return false;
	q = bracketed_at(p, end, &pid);
	if (q && str_starts(pid, STR("pid ")))
		p = q;
	r->kind = RECORD_ERROR;
	r->msg = str_trim(span_of(p, end));
	return true;
}

bool error_parse(struct line_parser *p, struct str s, struct record *r)
{
	struct stamp t;
	size_t n;

	if (s.n && *s.p == '[') {
		n = stamp_at(p, str_from(s, 1), &t);
		if (!n || t.form != DATE_WEEKDAY || n + 1 >= s.n ||
		    s.p[1 + n] != ']' || !error_apache(str_from(s, n + 2), r))
			return false;
	} else {
		n = stamp_at(p, s, &t);
		if (!n || t.form != DATE_SLASHED ||
		    !error_nginx(str_from(s, n), r))
			return false;
	}
	stamp_set(&t, r);
	return true;
}
