/*
 * app - requests as the frameworks of applications write them.
 *
 * werkzeug, aiohttp, actix, hypercorn, Tornado, chi, fiber, morgan, Vikunja's
 * echo, PHP's own server, Rails and Hiawatha. In front of the client's address
 * stand only a date, a process, a level and a logger's name that is known
 * here: any other word may be a stranger's, and then it is no request.
 */
#include "line/parser.h"

#include "line/scan.h"

static bool is_logger(struct str w)
{
	static const char *const known[] = { "werkzeug", "aiohttp.access",
		"uvicorn.access", "gunicorn.access", "hypercorn.access",
		"actix_web::middleware::logger", "django.server" };

	for (size_t i = 0; i < countof(known); i++) {
		if (str_eq(w, str_of(known[i])))
			return true;
	}
	return false;
}

/* Without the bracket before it, and the bracket or colon behind it. */
static struct str bare_word(struct str w)
{
	if (w.n && *w.p == '[')
		w = str_from(w, 1);
	while (w.n && (w.p[w.n - 1] == ']' || w.p[w.n - 1] == ':'))
		w.n--;
	return w;
}

/* Behind one word that a logger puts before its message; false if the next
 * is none. */
static bool logger_word(struct line_parser *p, struct str *s)
{
	struct str rest = trim_left(*s), w;
	struct stamp t;
	size_t n;

	if (rest.n && *rest.p == '[')
		rest = str_from(rest, 1);
	n = stamp_at(p, rest, &t);
	if (n) {
		rest = str_from(rest, n);
		*s = rest.n && *rest.p == ']' ? str_from(rest, 1) : rest;
		return true;
	}
	rest = trim_left(*s);
	w = bare_word(next_word(&rest));
	if (!is_level(w) && !is_logger(w) &&
	    (w.n == 0 || digits(w.p, w.p + w.n, w.n) != w.n))
		return false;
	*s = rest;
	return true;
}

/* ADDR[:port] [- -] "request" status ... "referer" "agent" */
static bool bare(struct str s, struct record *r)
{
	struct str client = without_port(next_word(&s)), request;
	uint16_t status;

	s = trim_left(s);
	while (takes(&s, STR("- ")))
		;
	request = quoted_cut(&s);
	if (!looks_like_addr(client) || !request.p ||
	    !status_of(next_word(&s), &status))
		return false;
	record_fill(r, client, request, request, status);
	r->method = r->target = (struct str){ 0 };
	request_split(r);
	while (s.n && *s.p != '"')
		s = str_from(s, 1);
	quoted_cut(&s);
	s = trim_left(s);
	r->agent = quoted_cut(&s);
	return true;
}

static bool logged(struct line_parser *p, struct str s, struct record *r)
{
	struct str first = s;
	int words = 0;

	if (takes(&s, STR("INFO:"))) { /* INFO:werkzeug:192.0.2.1 - - */
		if (takes(&s, STR("werkzeug:")) ||
		    takes(&s, STR("aiohttp.access:")))
			return access_parse(p, s, r);
		s = first;
	}
	while (words < 6 && logger_word(p, &s))
		words++;
	s = trim_left(s);
	first = s;
	if (!words || !looks_like_addr(without_port(next_word(&first))))
		return false;
	return bare(s, r) || access_parse(p, s, r);
}

/* [W 260302 08:00:00 web:2239] 404 GET target (ADDR) 0.52ms; user@ADDR */
static bool tornado(struct str s, struct record *r)
{
	struct str head, method, target, client;
	const char *at;
	uint16_t status;

	if (s.n < 20 || *s.p != '[' || s.p[2] != ' ' ||
	    !str_cut(&s, ']', &head))
		return false;
	if (!status_of(next_word(&s), &status))
		return false;
	method = next_word(&s);
	target = next_word(&s);
	client = next_word(&s);
	if (!is_method(method) || client.n < 4 || *client.p != '(' ||
	    client.p[client.n - 1] != ')')
		return false;
	client = (struct str){ client.p + 1, client.n - 2 };
	at = memrchr(client.p, '@', client.n);
	if (at)
		client = span_of(at + 1, client.p + client.n);
	if (!looks_like_addr(client))
		return false;
	record_fill(r, client, method, target, status);
	return true;
}

/* The last "needle" of s; what stands behind it in *behind. */
static bool cut_last(struct str *s, struct str needle, struct str *behind)
{
	for (size_t i = s->n; i >= needle.n && s->n; i--) {
		size_t at = i - needle.n;

		if (memcmp(s->p + at, needle.p, needle.n) == 0) {
			*behind = str_from(*s, i);
			s->n = at;
			return true;
		}
	}
	return false;
}

/* [host/ab-001] "GET http://h/x HTTP/1.1" from ADDR:port - 404 47B in 3ms */
static bool chi(struct str s, struct record *r)
{
	struct str id, rest, client, host = { 0 };
	uint16_t status;

	if (!str_cut(&s, ']', &id) || !takes(&s, STR(" \"")) ||
	    !cut_last(&s, STR("\" from "), &rest))
		return false;
	client = without_port(next_word(&rest));
	rest = trim_left(rest);
	if (!looks_like_addr(client) || !takes(&rest, STR("- ")) ||
	    !status_of(next_word(&rest), &status))
		return false;
	record_fill(r, client, s, s, status);
	r->method = r->target = (struct str){ 0 };
	request_split(r);
	r->target = without_origin(r->target, &host);
	r->vhost = host;
	return true;
}

/* [08:00:00 |] 404 | 12ms | ADDR | GET | target | error: fiber's */
static bool fiber(struct str s, struct record *r)
{
	struct str w[6];
	size_t n = 0, from;
	uint16_t status;

	while (n < countof(w) && str_cut(&s, '|', &w[n])) {
		w[n] = str_trim(w[n]);
		n++;
	}
	if (n < 5)
		return false;
	from = status_of(w[0], &status) ? 0 : 1;
	if ((from && !status_of(w[1], &status)) || n < from + 5 ||
	    !looks_like_addr(w[from + 2]) || !is_method(w[from + 3]))
		return false;
	record_fill(r, w[from + 2], w[from + 3], w[from + 4], status);
	return true;
}

/* ADDR|date|404|196||GET target HTTP/1.1|Host: ...: Hiawatha's */
static bool hiawatha(struct str s, struct record *r)
{
	struct str w[6];
	uint16_t status;

	for (size_t i = 0; i < countof(w); i++) {
		if (!str_cut(&s, '|', &w[i]))
			return false;
	}
	if (!looks_like_addr(w[0]) || !status_of(w[2], &status))
		return false;
	record_fill(r, w[0], w[5], w[5], status);
	r->method = r->target = (struct str){ 0 };
	request_split(r);
	return true;
}

/* ADDR - GET target HTTP/1.1 404 149 - 1.2 ms: morgan's short one. */
static bool morgan(struct str s, struct record *r)
{
	struct str client = next_word(&s), method, target, proto;
	uint16_t status;

	next_word(&s);
	method = next_word(&s);
	target = next_word(&s);
	proto = next_word(&s);
	if (!looks_like_addr(client) || !is_method(method) || !target.n ||
	    *target.p != '/' || !str_starts(proto, STR("HTTP/")) ||
	    !status_of(next_word(&s), &status))
		return false;
	record_fill(r, client, method, target, status);
	return true;
}

/* ADDR:port [404]: GET target - why: PHP's own server. Older ones leave the
 * method out; it nearly always is GET. */
static bool php(struct line_parser *p, struct str s, struct record *r)
{
	struct str client = without_port(next_word(&s)), code, w, method;
	char *get = scratch_take(p, 3);
	uint16_t status;

	s = trim_left(s);
	if (!get || !looks_like_addr(client) || !takes(&s, STR("[")) ||
	    !str_cut(&s, ']', &code) || !status_of(code, &status) ||
	    !takes(&s, STR(": ")))
		return false;
	memcpy(get, "GET", 3);
	method = (struct str){ get, 3 };
	w = next_word(&s);
	if (is_method(w)) {
		method = w;
		w = next_word(&s);
	}
	if (!w.n || *w.p != '/')
		return false;
	record_fill(r, client, method, w, status);
	return true;
}

/* : WEB ▶ ADDR [id] GET 404 target 3ms - agent: Vikunja's. */
static bool vikunja(struct str s, struct record *r)
{
	struct str client, w;
	size_t at = str_find(s, STR("WEB"));
	uint16_t status;

	if (at > 2)
		return false;
	s = str_from(s, at + 3);
	while (s.n && is_blank(*s.p))
		s = str_from(s, 1);
	if (!takes(&s, STR("\xe2\x96\xb6 ")))
		return false;
	client = next_word(&s);
	w = next_word(&s);
	if (!is_method(w))
		w = next_word(&s);
	if (!looks_like_addr(client) || !is_method(w) ||
	    !status_of(next_word(&s), &status))
		return false;
	record_fill(r, client, w, next_word(&s), status);
	return true;
}

/* Started GET "target" for ADDR at date: Rails', which says later and
 * elsewhere what became of it. */
static bool rails(struct str s, struct record *r)
{
	size_t at = str_find(s, STR("Started "));
	struct str method, rest, client;

	if (at == SIZE_MAX || at > 120 ||
	    (at && !str_starts(s, STR("[")) &&
		str_find(str_head(s, at), STR(" -- : ")) == SIZE_MAX))
		return false;
	s = str_from(s, at + 8);
	method = next_word(&s);
	s = trim_left(s);
	if (!is_method(method) || !takes(&s, STR("\"")) ||
	    !cut_last(&s, STR("\" for "), &rest))
		return false;
	client = next_word(&rest);
	if (!looks_like_addr(client) ||
	    !str_starts(trim_left(rest), STR("at ")))
		return false;
	record_fill(r, client, method, s, 0);
	return true;
}

/* [date] where [I] [[id]] router: completed GET target for ADDR:port, 404 Not
 * Found in 3.4ms @ handler: Gitea's */
static bool gitea(struct str s, struct record *r)
{
	struct str w = next_word(&s), method, target, client;
	uint16_t status;

	if (w.n == 10 && is_digit(*w.p)) {
		next_word(&s);
		w = next_word(&s);
	}
	if (!str_eq(w, STR("HTTPRequest")) &&
	    str_find(w, STR("routing/logger.go:")) == SIZE_MAX)
		return false;
	do {
		w = next_word(&s);
	} while (w.n && *w.p == '[');
	if (!str_eq(w, STR("router:")) ||
	    !str_eq(next_word(&s), STR("completed")))
		return false;
	method = next_word(&s);
	target = next_word(&s);
	if (!is_method(method) || !target.n || *target.p != '/' ||
	    !str_eq(next_word(&s), STR("for")))
		return false;
	client = next_word(&s);
	if (!str_ends(client, STR(",")))
		return false;
	client = without_port(str_head(client, client.n - 1));
	if (!looks_like_addr(client) || !status_of(next_word(&s), &status))
		return false;
	record_fill(r, client, method, target, status);
	return true;
}

bool app_parse(struct line_parser *p, struct str s, struct record *r)
{
	bool whole = r->kind == RECORD_PLAIN || r->kind == RECORD_SYSLOG;
	struct str m = whole ? r->msg : s;

	if (m.n < 20)
		return false;
	if (logged(p, s, r))
		return true;
	if (!whole)
		return false;
	if (*m.p == '[' && (tornado(m, r) || chi(m, r) || php(p, m, r)))
		return true;
	if ((*m.p == '|' || *m.p == ':' || hex_of(*m.p) >= 0) &&
	    (fiber(m, r) || morgan(m, r) || php(p, m, r) || hiawatha(m, r)))
		return true;
	return vikunja(m, r) || gitea(m, r) || rails(m, r);
}
