/*
 * cloud - requests as load balancers and caches of others write them.
 *
 * AWS's load balancers (classic and application) and CloudFront. The client's
 * address stands before anything that a stranger chose.
 */
#include "line/parser.h"

#include "line/scan.h"

#define COLUMNS 12 /* CloudFront's, as far as they tell something */

static bool is_status(struct str w)
{
	return w.n == 3 && digits(w.p, w.p + 3, 3) == 3;
}

/* [type date] name client:port target:port 3 times status status bytes bytes
 * "METHOD URL PROTO" "agent" ... */
bool cloud_balancer(struct str s, struct record *r)
{
	struct str client, status, host = { 0 };
	const char *q, *end = s.p + s.n;

	next_word(&s); /* its name, or what kind it is: h2, https... */
	client = next_word(&s);
	if (client.n > 20 && client.p[10] == 'T') {
		next_word(&s);
		client = next_word(&s);
	}
	next_word(&s); /* the target */
	for (int i = 0; i < 3; i++) {
		struct str w = next_word(&s);

		if (!w.n || (w.p[0] != '-' && !is_digit(w.p[0])))
			return false;
	}
	status = next_word(&s);
	for (int i = 0; i < 3; i++)
		next_word(&s);
	s = trim_left(s);
	client = without_port(client);
	if (!looks_like_addr(client) ||
	    (!is_status(status) && !str_eq(status, STR("-"))) || s.n < 3 ||
	    *s.p != '"')
		return false;
	q = quote_end(s.p + 1, end);
	if (!q)
		return false;
	record_request(r);
	r->client = client;
	r->status = is_status(status) ? (uint16_t)number(status.p, 3) : 0;
	r->request = span_of(s.p + 1, q);
	request_split(r);
	r->target = without_origin(r->target, &host);
	r->vhost = host;
	s = trim_left(span_of(q + 1, end));
	q = s.n > 1 && *s.p == '"' ? quote_end(s.p + 1, end) : NULL;
	if (q && q - s.p > 2)
		r->agent = span_of(s.p + 1, q);
	return true;
}

/* The date and the time have a tab between them, which no date has. */
static void tab_date(struct line_parser *p, struct str day, struct str time,
    struct record *r)
{
	size_t n = day.n + 1 + time.n;
	char *to = scratch_take(p, n);
	struct stamp t;

	if (!to)
		return;
	memcpy(to, day.p, day.n);
	to[day.n] = ' ';
	memcpy(to + day.n + 1, time.p, time.n);
	if (stamp_at(p, (struct str){ to, n }, &t))
		stamp_set(&t, r);
}

/* day time place bytes client METHOD host stem status referer agent query,
 * tabs between them; what a stranger chose holds none. */
bool cloud_front(struct line_parser *p, struct str s, struct record *r)
{
	struct str c[COLUMNS], query;

	for (size_t i = 0; i < countof(c); i++) {
		if (!str_cut(&s, '\t', &c[i]))
			return false;
	}
	if (c[0].n != 10 || c[1].n != 8 || !looks_like_addr(c[4]) || !c[5].n ||
	    !is_upper(*c[5].p) || !c[7].n || *c[7].p != '/' ||
	    !(is_status(c[8]) || str_eq(c[8], STR("000"))))
		return false;
	record_request(r);
	tab_date(p, c[0], c[1], r);
	r->client = c[4];
	r->method = c[5];
	r->vhost = c[6];
	query = c[11];
	r->target = target_joined(p, c[7], query);
	r->request = r->target;
	r->status = (uint16_t)number(c[8].p, 3);
	if (!str_eq(c[9], STR("-")))
		r->referer = c[9];
	if (!str_eq(c[10], STR("-")))
		r->agent = c[10];
	return true;
}
