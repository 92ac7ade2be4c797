/*
 * other - requests in the words of servers that do not write the common form.
 *
 * nginx-proxy-manager, IIS, uvicorn, uwsgi, gin, Istio and Odoo; cloud.c has
 * the clouds'. Each is known by fixed words around the client's address; what a
 * stranger chose stands in quotes, holds no blank, or comes behind it.
 */
#include "line/parser.h"

#include "line/scan.h"

bool takes(struct str *s, struct str literal)
{
	if (!str_starts(*s, literal))
		return false;
	*s = str_from(*s, literal.n);
	return true;
}

bool status_of(struct str w, uint16_t *ret)
{
	if (w.n != 3 || digits(w.p, w.p + 3, 3) != 3)
		return false;
	*ret = (uint16_t)number(w.p, 3);
	return true;
}

bool is_method(struct str w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (!is_upper(w.p[i]) && w.p[i] != '-' && w.p[i] != '_')
			return false;
	}
	return w.n >= 3 && w.n <= 20;
}

struct str quoted_cut(struct str *s)
{
	const char *end = s->p + s->n, *q;
	struct str none = { 0 };

	if (!s->n || *s->p != '"')
		return none;
	q = quote_end(s->p + 1, end);
	if (!q)
		return none;
	none = span_of(s->p + 1, q);
	*s = span_of(q + 1, end);
	return none;
}

static struct str unless_dash(struct str s)
{
	return s.n == 1 && *s.p == '-' ? (struct str){ 0 } : s;
}

void record_fill(struct record *r, struct str client, struct str method,
    struct str target, uint16_t status)
{
	record_request(r);
	r->client = client;
	r->method = method;
	r->target = target;
	r->request = target;
	r->status = status;
}

/* - 404 404 - GET https host "target" [Client ADDR] [Length 1] ... "agent"
 * "referer"; one to three words before the dash. */
static bool proxy_manager(struct str s, struct record *r)
{
	struct str w = { 0 }, method, host, target, client;
	uint16_t status = 0;

	for (int i = 0; i < 4; i++) {
		w = next_word(&s);
		if (str_eq(w, STR("-")) && status)
			break;
		if (!status_of(w, &status) && i && !str_eq(w, STR("-")))
			return false;
	}
	method = next_word(&s);
	next_word(&s); /* the scheme */
	host = next_word(&s);
	s = trim_left(s);
	target = quoted_cut(&s);
	if (!str_eq(w, STR("-")) || !is_method(method) || !target.p ||
	    !takes(&s, STR(" [Client ")) || !str_cut(&s, ']', &client))
		return false;
	record_fill(r, client, method, target, status);
	r->vhost = host;
	while (s.n && *s.p != '"')
		s = str_from(s, 1);
	r->agent = unless_dash(quoted_cut(&s));
	s = trim_left(s);
	r->referer = unless_dash(quoted_cut(&s));
	return true;
}

/* [GIN] date - time | 404 | 1ms | ADDR | GET "target" */
static bool gin(struct str s, struct record *r)
{
	struct str w[4], method, target;
	uint16_t status;

	for (size_t i = 0; i < countof(w); i++) {
		if (!str_cut(&s, '|', &w[i]))
			return false;
		w[i] = str_trim(w[i]);
	}
	method = next_word(&s);
	s = trim_left(s);
	if (!status_of(w[1], &status) || !is_method(method))
		return false;
	target = quoted_cut(&s);
	if (!target.p)
		return false;
	record_fill(r, w[3], method, target, status);
	return true;
}

/* INFO: ADDR:PORT - "GET target HTTP/1.1" 404 Not Found */
static bool uvicorn(struct str s, struct record *r)
{
	struct str client = next_word(&s), request;
	uint16_t status;

	if (!takes(&s, STR("- \"")))
		return false;
	s = (struct str){ s.p - 1, s.n + 1 };
	request = quoted_cut(&s);
	if (!request.p || !status_of(next_word(&s), &status))
		return false;
	record_fill(r, without_port(client), request, request, status);
	r->request = request;
	r->method = r->target = (struct str){ 0 };
	request_split(r);
	return true;
}

/* [pid: 1|app: 0|req: 1/1] ADDR (user) {1 vars in 2 bytes} [date] GET target
 * => generated 9 bytes in 1 msecs (HTTP/1.1 404) ... */
static bool uwsgi(struct str s, struct record *r)
{
	struct str head, client, method, target;
	uint16_t status;

	if (!str_cut(&s, ']', &head))
		return false;
	client = next_word(&s);
	if (!looks_like_addr(client) || !str_cut(&s, '{', &head) ||
	    !str_cut(&s, ']', &head))
		return false;
	method = next_word(&s);
	target = next_word(&s);
	if (!is_method(method) || !takes(&s, STR("=> generated ")) ||
	    !str_cut(&s, '(', &head) || !takes(&s, STR("HTTP/")))
		return false;
	next_word(&s);
	if (!str_cut(&s, ')', &head) || !status_of(head, &status))
		return false;
	record_fill(r, client, method, target, status);
	return true;
}

struct str target_joined(struct line_parser *p, struct str stem, struct str q)
{
	char *to;

	if (!unless_dash(q).p)
		return stem;
	to = scratch_take(p, stem.n + q.n + 1);
	if (!to)
		return stem;
	memcpy(to, stem.p, stem.n);
	to[stem.n] = '?';
	memcpy(to + stem.n + 1, q.p, q.n);
	return (struct str){ to, stem.n + q.n + 1 };
}

/* [site [computer]] server METHOD stem query port user ADDR [HTTP/1.1] agent
 * ... referer ... status substatus error time; no word holds a blank. */
static bool iis(struct line_parser *p, struct str s, struct record *r)
{
	struct str w = next_word(&s), method, stem, query, port, user, client,
		   agent;
	uint16_t status = 0;

	if (w.n && is_alpha(*w.p)) {
		w = next_word(&s);
		if (!looks_like_addr(w))
			w = next_word(&s);
	}
	method = next_word(&s);
	stem = next_word(&s);
	query = next_word(&s);
	port = next_word(&s);
	user = next_word(&s);
	client = next_word(&s);
	agent = next_word(&s);
	if (str_starts(agent, STR("HTTP/")))
		agent = next_word(&s);
	if (!looks_like_addr(w) || !is_method(method) || !stem.n ||
	    *stem.p != '/' || !port.n ||
	    digits(port.p, port.p + port.n, 6) != port.n ||
	    !looks_like_addr(client))
		return false;
	while (!status && (w = next_word(&s)).n)
		status_of(w, &status);
	if (!status)
		return false;
	record_fill(r, client, method, target_joined(p, stem, query), status);
	r->user = unless_dash(user);
	r->agent = unless_dash(agent);
	return true;
}

/* The word in quotes that another one in quotes follows, of a few words; in
 * *before, how many in quotes stood in front. */
static struct str first_of_quoted(struct str *s, unsigned *before)
{
	struct str q = { 0 };

	*before = 0;
	for (int i = 0; i < 14 && s->n; i++) {
		*s = trim_left(*s);
		if (s->n && *s->p != '"') {
			next_word(s);
			continue;
		}
		q = quoted_cut(s);
		if (str_starts(*s, STR(" \"")))
			return q;
		(*before)++;
	}
	return (struct str){ 0 };
}

static unsigned quotes_of(struct str s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '"';
	return n;
}

/* "METHOD target PROTO" status flags details "failure" numbers "hops" "agent"
 * "id" "authority" "upstream" cluster local local peer ...: Istio's Envoy. Its
 * own form ends before the peer, and whose the hops are it does not say.
 * Nothing is escaped, so with a quote too many it is nobody's. */
static bool istio(struct str s, struct record *r)
{
	unsigned quotes = quotes_of(s), before;
	struct str request = quoted_cut(&s), hops, agent, host, peer = { 0 };
	uint16_t status;

	if (!request.p || !status_of(next_word(&s), &status))
		return false;
	hops = first_of_quoted(&s, &before);
	if (before > 1 || quotes != 12 + 2 * before)
		return false;
	s = trim_left(s);
	agent = quoted_cut(&s);
	s = trim_left(s);
	quoted_cut(&s);
	s = trim_left(s);
	host = quoted_cut(&s);
	s = trim_left(s);
	quoted_cut(&s);
	for (int i = 0; i < 4; i++)
		peer = next_word(&s);
	peer = without_port(peer);
	if (!looks_like_addr(peer))
		return false;
	record_fill(r, peer, request, request, status);
	r->method = r->target = (struct str){ 0 };
	request_split(r);
	r->forwarded = unless_dash(hops);
	r->agent = unless_dash(agent);
	r->vhost = unless_dash(host);
	return true;
}

/* pid LEVEL database werkzeug: ADDR - - [date] "request" ... : Odoo's */
bool other_werkzeug(struct line_parser *p, struct str s, struct record *r)
{
	struct str pid = next_word(&s);

	next_word(&s);
	next_word(&s);
	return digits(pid.p, pid.p + pid.n, pid.n) == pid.n &&
	       takes(&s, STR("werkzeug: ")) && access_parse(p, s, r);
}

bool other_parse(struct line_parser *p, struct record *r)
{
	struct str s = r->msg;

	if (s.n < 24)
		return false;
	if (takes(&s, STR("[GIN]")))
		return gin(s, r);
	if (takes(&s, STR("[pid: ")))
		return uwsgi(s, r);
	if (takes(&s, STR("INFO:  ")))
		return uvicorn(s, r);
	if (s.p[10] == '\t')
		return cloud_front(p, s, r);
	if (!r->has_time)
		return false;
	if (*s.p == '"')
		return istio(s, r);
	if (str_find(s, STR(" [Client ")) != SIZE_MAX)
		return proxy_manager(s, r);
	if (str_find(s, STR(" \"")) != SIZE_MAX && cloud_balancer(s, r))
		return true;
	return (is_digit(*s.p) || is_upper(*s.p)) && iis(p, s, r);
}
