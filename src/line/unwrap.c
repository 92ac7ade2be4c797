/*
 * unwrap - what container runtimes put around a line.
 */
#include "line/parser.h"

#include "line/scan.h"

static const struct str docker_head = { "{\"log\":\"", 8 };

/* {"log":"text\n","stream":"stdout","time":"2024-..."} and nothing else of
 * that beginning. */
static bool docker(struct line_parser *p, struct str *s, struct stamp *t)
{
	const char *from, *end = s->p + s->n, *close;
	struct str text, rest;
	size_t at;

	if (!str_starts(*s, docker_head) || s->p[s->n - 1] != '}')
		return false;
	from = s->p + docker_head.n;
	close = quote_end(from, end);
	if (!close)
		return false;
	rest = span_of(close, end);
	if (str_find(str_head(rest, 16), STR("\",\"stream\":")) != 0 ||
	    !unescape(p, span_of(from, close), &text))
		return false;
	at = str_find(rest, STR("\"time\":\""));
	if (at != SIZE_MAX)
		stamp_at(p, str_from(rest, at + 8), t);
	while (text.n &&
	       (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	*s = text;
	return true;
}

/* "2024-...Z stdout F text": what Kubernetes and podman write. */
static bool cri(struct line_parser *p, struct str *s, struct stamp *t)
{
	struct stamp mine;
	struct str rest;
	size_t n = 19;

	if (s->n < 30 || s->p[10] != 'T' || !is_digit(*s->p))
		return false;
	while (n < MIN(s->n, 40) && s->p[n] != ' ')
		n++;
	rest = str_from(*s, n);
	if (!str_starts(rest, STR(" stdout ")) &&
	    !str_starts(rest, STR(" stderr ")))
		return false;
	rest = str_from(rest, 8);
	if (rest.n < 1 || (*rest.p != 'F' && *rest.p != 'P') ||
	    (rest.n > 1 && rest.p[1] != ' '))
		return false;
	if (stamp_at(p, *s, &mine) != n || mine.form != DATE_ISO)
		return false;
	*t = mine;
	*s = str_from(rest, 2);
	return true;
}

static bool is_name(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* "name-1  | text": docker-compose. */
static bool compose(struct str *s, struct record *r)
{
	const char *p = s->p, *end = s->p + MIN(s->n, 128), *q;

	/* the bar first: it is nearly never there; no name holds a byte
	 * that is less than a blank */
	p = blank_or_less(p, end);
	end = s->p + s->n;
	q = skip_blanks(p, end);
	if (q == p || q >= end || *q != '|' || (q + 1 < end && q[1] != ' '))
		return false;
	for (const char *n = s->p; n < p; n++) {
		if (!is_name(*n))
			return false;
	}
	if (p == s->p || is_level(span_of(s->p, p)))
		return false;
	r->container = span_of(s->p, p);
	*s = span_of(q + 1 < end ? q + 2 : q + 1, end);
	return true;
}

struct str unwrap(struct line_parser *p, struct str s, struct record *r,
    struct stamp *t)
{
	t->has_time = false;
	for (int i = 0; i < WRAPPERS_MAX && s.n; i++) {
		if (*s.p == '{') {
			if (!docker(p, &s, t))
				break;
		} else if (!cri(p, &s, t) && !compose(&s, r)) {
			break;
		}
	}
	return s;
}
