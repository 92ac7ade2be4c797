/*
 * parse - which form a line has, by its first bytes and its date.
 */
#include "line/parser.h"

#include "line/scan.h"

const char *line_form_name(unsigned i)
{
	static const char *const names[] = { [LINE_AUTO] = "auto",
		[LINE_SYSLOG] = "syslog",
		[LINE_ACCESS] = "access",
		[LINE_ERROR] = "error",
		[LINE_JSON] = "json",
		[LINE_LOGFMT] = "logfmt",
		[LINE_PLAIN] = "plain" };

	return i < countof(names) ? names[i] : NULL;
}

bool line_form_of(struct str name, enum line_form *ret)
{
	for (unsigned i = 0; line_form_name(i); i++) {
		if (str_eq(name, str_of(line_form_name(i)))) {
			*ret = (enum line_form)i;
			return true;
		}
	}
	return false;
}

void record_begin(struct record *r, struct str line)
{
	static const struct str none;

	r->kind = RECORD_PLAIN;
	r->line = line;
	r->has_time = false;
	r->at = 0;
	r->ms = 0;
	r->host = r->program = none;
	r->pid = 0;
	r->msg = line;
	r->container = none;
	r->is_request = false;
	r->n_pairs = 0;
	r->pairs = NULL;
}

/* The outer line's time stands: it has a zone and cannot be chosen. */
struct outer {
	bool has_time;
	uint32_t at;
	uint16_t ms;
};

static struct outer outer_of(const struct record *r)
{
	return (struct outer){ r->has_time, r->at, r->ms };
}

static void outer_back(const struct outer *o, struct record *r)
{
	if (!o->has_time)
		return;
	r->has_time = true;
	r->at = o->at;
	r->ms = o->ms;
}

/* Programs that log requests whose first word is a name. */
static bool is_web(struct str program)
{
	static const struct str names[] = { { "nginx", 5 }, { "apache", 6 },
		{ "httpd", 5 }, { "traefik", 7 }, { "lighttpd", 8 },
		{ "haproxy", 7 } };
	static const bool begins[256] = { ['n'] = true,
		['a'] = true,
		['h'] = true,
		['t'] = true,
		['l'] = true };

	if (!program.n || !begins[(uint8_t)*program.p])
		return false;
	for (size_t i = 0; i < countof(names); i++) {
		if (str_starts(program, names[i]))
			return true;
	}
	return false;
}

/* An error log behind a syslog header or in a container. */
static bool inside_error(struct line_parser *p, struct str s, struct record *r)
{
	if (is_digit(*s.p))
		return s.n > 20 && s.p[4] == '/' && error_parse(p, s, r);
	if (*s.p != '[' || !is_web(r->program))
		return false;
	return error_parse(p, s, r) || error_apache(s, r);
}

/* A message without a form: perhaps behind a date of the program's own, which
 * is no part of what it says, and perhaps a request in words of its own. A
 * number alone may be a queue's. */
static void words_inside(struct line_parser *p, struct str s, struct record *r)
{
	bool bracket = *s.p == '[';
	struct str rest = str_from(s, bracket);
	struct stamp t;
	size_t n = stamp_at(p, rest, &t);

	if (n && (t.form != DATE_EPOCH || memchr(rest.p, '.', n))) {
		rest = str_from(rest, n);
		if (!bracket && (!rest.n || !is_alnum(*rest.p)))
			r->msg = str_trim(rest);
		else if (bracket && rest.n && *rest.p == ']')
			r->msg = str_trim(str_from(rest, 1));
	}
	if (!other_parse(p, r))
		app_parse(p, s, r);
}

void line_inside(struct line_parser *p, struct record *r)
{
	struct outer o = outer_of(r);
	struct str s = trim_left(r->msg);
	char c;

	if (s.n < 5)
		return;
	if (unlikely(*s.p == '\x1b'))
		r->msg = s = trim_left(washed(p, s));
	c = *s.p;
	if (c == '{') {
		json_parse(p, s, r);
	} else if (is_digit(c) || c == ':' || c == '[' || s.p[4] == ':') {
		if (!inside_error(p, s, r) &&
		    !(is_digit(c) && other_werkzeug(p, s, r))) {
			if (access_parse(p, s, r)) {
				if (!looks_like_addr(r->client) || c == '[')
					app_parse(p, s, r);
			} else if (r->kind == RECORD_SYSLOG) {
				words_inside(p, s, r);
			}
		}
	} else if (!is_web(r->program) || !access_parse(p, s, r)) {
		/* the kernel's packets are pairs, but its rules are words */
		if (!str_eq(r->program, STR("kernel")))
			logfmt_parse(p, s, true, r);
	}
	outer_back(&o, r);
}

/* A line without a form: its date, and what follows if it stands first. */
static void plain(struct line_parser *p, struct str s, struct record *r)
{
	bool bracket = s.n && (*s.p == '[' || *s.p == '(' || *s.p == '<');
	struct str rest = str_from(s, bracket);
	struct stamp t;
	size_t n = stamp_at(p, rest, &t);

	r->msg = s;
	if (n && bracket) {
		rest = str_from(rest, n);
		if (rest.n && strchr("])>", *rest.p) && *rest.p) {
			stamp_set(&t, r);
			r->msg = str_trim(str_from(rest, 1));
			return;
		}
	} else if (n && (n == rest.n || !is_alnum(rest.p[n]))) {
		stamp_set(&t, r);
		r->msg = str_trim(str_from(rest, n));
		return;
	}
	stamp_find(p, s, r);
}

/* "Nov 22 10:00:00 fw date=2025-11-22 time=...": a device that sends pairs
 * and no program. */
static void host_and_pairs(struct line_parser *p, struct record *r)
{
	struct outer o = outer_of(r);
	struct str rest = r->msg, host;

	if (str_cut(&rest, ' ', &host) && !memchr(host.p, '=', host.n) &&
	    logfmt_parse(p, rest, true, r)) {
		r->host = host;
		outer_back(&o, r);
	}
}

static bool dated(struct line_parser *p, struct str s, struct record *r)
{
	struct stamp t;
	struct str rest;
	size_t n = stamp_at(p, s, &t);

	if (!n)
		return false;
	rest = str_from(s, n);
	if (t.form <= DATE_DASHED && syslog_rest(rest, &t, false, r)) {
		line_inside(p, r);
		return true;
	}
	if (t.form == DATE_SLASHED && error_nginx(rest, r)) {
		stamp_set(&t, r);
		return true;
	}
	if (t.form == DATE_WEEKDAY && syslog_openwrt(rest, &t, r)) {
		line_inside(p, r);
		return true;
	}
	if (rest.n && is_alnum(*rest.p))
		return false;
	stamp_set(&t, r);
	r->msg = str_trim(rest);
	line_inside(p, r);
	if (r->kind == RECORD_PLAIN && t.form == DATE_MONTH)
		host_and_pairs(p, r);
	return true;
}

/* A line without a date at its beginning. */
static void undated(struct line_parser *p, struct str s, struct record *r)
{
	char c = s.n ? *s.p : 0;
	struct str inner = trim_left(s); /* Samba indents its JSON */

	if (inner.n && *inner.p == '{' && json_parse(p, inner, r)) {
		if (r->kind == RECORD_SYSLOG) /* a journal entry */
			line_inside(p, r);
		return;
	}
	if (c == '<' || (c == '1' && s.n > 1 && s.p[1] == ' ')) {
		if (syslog_parse(p, s, false, r)) {
			line_inside(p, r);
			return;
		}
		s = behind_priority(s);
	}
	if (c == '[' && error_parse(p, s, r))
		return;
	if (c == '"' && access_parse(p, str_from(s, 1), r)) { /* LiteSpeed's */
		r->msg = s;
		return;
	}
	if (access_parse(p, s, r) || logfmt_parse(p, s, false, r))
		return;
	plain(p, s, r);
	if (r->msg.n < s.n)
		line_inside(p, r);
}

static bool as_told(struct line_parser *p, enum line_form form, struct str s,
    struct record *r)
{
	switch (form) {
	case LINE_SYSLOG:
		if (!syslog_parse(p, s, true, r))
			return false;
		line_inside(p, r);
		return true;
	case LINE_ACCESS:
		return access_parse(p, s, r);
	case LINE_ERROR:
		return error_parse(p, s, r);
	case LINE_JSON:
		return json_parse(p, s, r);
	case LINE_LOGFMT:
		return logfmt_parse(p, s, false, r);
	case LINE_AUTO:
	case LINE_PLAIN:
		return false;
	}
	die("no such form");
}

static void by_form(struct line_parser *p, enum line_form form, struct str s,
    struct record *r)
{
	r->msg = s;
	if (form != LINE_AUTO) {
		if (!as_told(p, form, s, r) &&
		    (form != LINE_SYSLOG || !dated(p, s, r)))
			plain(p, s, r);
	} else if (!dated(p, s, r)) {
		undated(p, s, r);
	}
}

/* A line without a form may have one under its colours. */
static void by_form_washed(struct line_parser *p, enum line_form form,
    struct str s, struct record *r)
{
	struct str container = r->container;
	struct stamp t;
	struct str w = washed(p, s);

	if (likely(w.n == s.n))
		return;
	record_begin(r, r->line);
	r->container = container;
	by_form(p, form, unwrap(p, w, r, &t), r);
	if (t.has_time)
		stamp_set(&t, r);
}

void line_parse(struct line_parser *p, enum line_form form, struct str line,
    struct record *r)
{
	struct stamp t;
	struct str s;

	if (!line.p)
		line = STR("");
	record_begin(r, line);
	p->used = 0;
	if ((form == LINE_AUTO || form == LINE_ACCESS) &&
	    access_usual(p, line, r)) {
		if (is_url(r))
			origin_learn(p, r);
		return;
	}
	s = unwrap(p, line, r, &t);
	by_form(p, form, s, r);
	if (r->kind == RECORD_PLAIN)
		by_form_washed(p, form, s, r);
	if (r->kind == RECORD_PLAIN && form <= LINE_ACCESS) {
		if (!other_parse(p, r))
			app_parse(p, s, r);
	} else if (r->kind == RECORD_ACCESS) {
		if (!looks_like_addr(r->client) || (s.n && *s.p == '['))
			app_parse(p, s, r);
		if (is_url(r))
			origin_learn(p, r);
	}
	if (unlikely(t.has_time))
		stamp_set(&t, r);
}
