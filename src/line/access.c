/*
 * access - web servers' logs of requests, in words.
 *
 * What identifies them is the date in brackets, as 29/Sep/2021:14:11:34 +0200,
 * behind a few words and before a request in quotes. Everything in front of
 * the date but the client's address may be a stranger's choice (user, virtual
 * host), so the client is told by its place; see client_of.
 */
#include "line/parser.h"

#include "base/quad.h"
#include "line/scan.h"

#define FRONT_MAX 512 /* the date begins before */
#define QUOTES    8   /* unescaped ones seen in one request */

static struct str unless_dash(struct str s)
{
	if (s.n == 0 || (s.n == 1 && *s.p == '-'))
		return (struct str){ 0 };
	return s;
}

/* The next word of *s; empty at the end. */
static struct str word(struct str *s)
{
	const char *p = skip_blanks(s->p, s->p + s->n), *end = s->p + s->n;
	const char *q = p < end ? memchr(p, ' ', (size_t)(end - p)) : NULL;

	if (!q)
		q = end;
	*s = span_of(q, end);
	return span_of(p, q);
}

struct str without_port(struct str s)
{
	const char *c;

	if (s.n && *s.p == '[') {
		c = memchr(s.p, ']', s.n);
		return c ? span_of(s.p + 1, c) : s;
	}
	c = s.n ? memchr(s.p, ':', s.n) : NULL;
	if (c && !memchr(c + 1, ':', (size_t)(s.p + s.n - c - 1)))
		s.n = (size_t)(c - s.p);
	return s;
}

/* All that is left; a "-" behind other words is the user that is none. */
static struct str user_of(struct str s)
{
	s = unless_dash(str_trim(s));
	return str_ends(s, STR(" -")) ? (struct str){ 0 } : s;
}

struct front {
	struct str client, vhost, user;
};

/*
 * "client ident user", "vhost client ident user" and "client vhost user" all
 * occur. If the second word is "-" the first is the client, else the one
 * that is an address. If both are, one of them is a virtual host that a
 * stranger chose to be an address: then what other lines of the source have
 * shown decides, and if they have not, nobody is the client.
 */
static void client_of(struct line_parser *p, struct str s, struct front *f)
{
	struct str a = word(&s), b = word(&s), ident, first, second;
	bool is_a, is_b;

	*f = (struct front){ .client = without_port(a) };
	if (b.n == 0)
		return;
	if (b.n == 1 && *b.p == '-') {
		f->user = user_of(s);
		return;
	}
	first = f->client;
	second = without_port(b);
	is_a = looks_like_addr(first);
	is_b = looks_like_addr(second) || str_eq(b, STR("unix:"));
	if (is_a != is_b)
		p->order_seen |= is_a ? CLIENT_FIRST : VHOST_FIRST;
	if (is_a && is_b) {
		is_a = p->order_seen == CLIENT_FIRST;
		is_b = p->order_seen == VHOST_FIRST;
		if (!is_a && !is_b)
			f->client = (struct str){ 0 };
	}
	if (is_b) {
		f->client = second;
		f->vhost = unless_dash(a);
		ident = word(&s);
		f->user = user_of(s);
		if (s.n == 0) /* no ident here: "vhost client user" */
			f->user = unless_dash(ident);
		return;
	}
	f->vhost = is_a ? b : (struct str){ 0 };
	f->user = user_of(s);
}

/* 200, "200" or - ; where it ends, or NULL. */
static inline const char *status_at(const char *p, const char *end,
    uint16_t *ret)
{
	bool quoted = p < end && *p == '"';

	p += quoted;
	if (digits(p, end, 4) == 3) {
		*ret = (uint16_t)number(p, 3);
		p += 3;
	} else if (p < end && *p == '-') {
		*ret = 0;
		p++;
	} else {
		return NULL;
	}
	if (quoted)
		return p < end && *p == '"' ? p + 1 : NULL;
	return is_blank(at_or_blank(p, end)) ? p : NULL;
}

/* The request's end is the first closing quote that a status follows: some
 * servers do not escape quotes. Where the status ends, or NULL. */
static const char *request_at(const char *p, const char *end,
    struct str *request, uint16_t *status)
{
	const char *q = p;

	for (int i = 0; i < QUOTES && (q = quote_end(q, end)); i++, q++) {
		const char *s;

		if (q + 1 >= end || q[1] != ' ')
			continue;
		s = status_at(q + 2, end, status);
		if (!s)
			continue;
		*request = span_of(p, q);
		return s;
	}
	return NULL;
}

/* The next quote, a few bytes away as a rule; end if there is none. */
static inline const char *quote_at(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t x = little8(p) ^ UINT64_C(0x2222222222222222);
		uint64_t is = (x - UINT64_C(0x0101010101010101)) & ~x &
			      UINT64_C(0x8080808080808080);

		if (is) /* the lowest is right, whatever stands above it */
			return p + __builtin_ctzll(is) / 8;
	}
	while (p < end && *p != '"')
		p++;
	return p;
}

/* The next quoted text from p on; its end, or NULL. A text that was cut off
 * ends with the line. */
static inline const char *quoted_at(const char *p, const char *end,
    struct str *ret)
{
	const char *close;

	p = quote_at(p, end);
	if (p >= end)
		return NULL;
	p++;
	if (end - p >= 2 && p[0] == '-' && p[1] == '"') {
		*ret = (struct str){ 0 };
		return p + 2;
	}
	close = quote_end(p, end);
	*ret = unless_dash(span_of(p, close ? close : end));
	return close ? close + 1 : end;
}

static bool looks_like_url(struct str s)
{
	return str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

/* Addresses, commas and blanks only. */
static bool looks_like_hops(struct str s)
{
	if (s.n < 2)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (hex_of(c) < 0 && c != '.' && c != ':' && c != ',' &&
		    c != ' ')
			return false;
	}
	return memchr(s.p, '.', s.n) || memchr(s.p, ':', s.n);
}

/* Behind the status: size, "referer" "agent", and perhaps the hops. */
static void rest_of(const char *p, const char *end, struct record *r)
{
	struct str more = { 0 };
	const char *q = quoted_at(p, end, &r->referer);

	if (!q)
		return;
	p = quoted_at(q, end, &r->agent);
	if (!p) {
		if (r->referer.p && !looks_like_url(r->referer)) {
			r->agent = r->referer;
			r->referer = (struct str){ 0 };
		}
		return;
	}
	if (quoted_at(p, end, &more) && looks_like_hops(more))
		r->forwarded = more;
}

static void fill(struct record *r, struct str s, const struct front *f,
    struct str request, uint16_t status, const struct stamp *t)
{
	record_request(r);
	r->kind = RECORD_ACCESS;
	r->msg = s;
	stamp_set(t, r);
	r->client = f->client;
	r->vhost = f->vhost;
	r->user = f->user;
	r->status = status;
	r->request = request;
	request_split(r);
}

/* haproxy writes the port behind a bare IPv6 address too. */
static struct str before_port(struct str s)
{
	const char *c = s.n ? memrchr(s.p, ':', s.n) : NULL;

	return c ? without_port(span_of(s.p, c)) : s;
}

/* What haproxy was told to capture of the request's headers, {host|agent}; it
 * writes the text's own braces and quotes as numbers. */
static struct str captured(struct str rest)
{
	const char *end, *open, *close;

	end = rest.n ? memchr(rest.p, '"', rest.n) : NULL;
	open = end ? memchr(rest.p, '{', (size_t)(end - rest.p)) : NULL;
	close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
	return close ? span_of(open + 1, close) : (struct str){ 0 };
}

/* size cookie cookie state: "C" is the client, who closed. */
static bool went_away(struct str rest)
{
	struct str w = { 0 };

	for (int i = 0; i < 4; i++)
		w = word(&rest);
	return w.n == 4 && *w.p == 'C';
}

/* haproxy: frontend backend/server times status size ... "request". Who went
 * before he asked for anything, as monitors do, has 400 there like who wrote
 * nonsense; here he has nginx's 499. */
static bool haproxy(struct str s, struct str client, struct str rest,
    const struct stamp *t, struct record *r)
{
	struct front f = { .client = before_port(client) };
	struct str w[4], request = { 0 };
	uint16_t status;

	for (size_t i = 0; i < countof(w); i++)
		w[i] = word(&rest);
	if (!w[1].n || !memchr(w[1].p, '/', w[1].n) || !w[2].n ||
	    !memchr(w[2].p, '/', w[2].n))
		return false;
	if (str_eq(w[3], STR("-1")))
		status = 0;
	else if (w[3].n != 3 || !status_at(w[3].p, w[3].p + 3, &status))
		return false;
	if (!quoted_at(rest.p, rest.p + rest.n, &request))
		return false;
	if (str_eq(request, STR("<BADREQ>")) && went_away(rest))
		status = 499;
	fill(r, s, &f, request, status, t);
	r->agent = unless_dash(captured(rest));
	return true;
}

/* Is there a date in brackets at b? *n gets its length. nginx may be told to
 * write ISO dates. */
static inline bool date_at(struct line_parser *p, const char *b,
    const char *end, size_t *n, struct stamp *t)
{
	if (end - b < 24 || (b[3] != '/' && b[2] != '/' && b[5] != '-'))
		return false;
	*n = stamp_at(p, span_of(b + 1, end), t);
	return *n && (t->form == DATE_CLF || t->form == DATE_ISO) &&
	       end - b - 1 > (ptrdiff_t)*n && b[1 + *n] == ']';
}

/* The bracket that opens the date; *n gets the date's length. A user's name
 * may hold a date too, but no quote: the one before the request counts. */
static const char *bracket_at(struct line_parser *p, struct str s, size_t *n,
    struct stamp *t)
{
	const char *end = s.p + s.n, *b = s.p, *first = NULL;

	for (int i = 0; i < 4 && b < end; i++, b++) {
		b = memchr(b, '[', MIN((size_t)(end - b), FRONT_MAX));
		if (!b)
			break;
		if (b == s.p || b[-1] != ' ' || !date_at(p, b, end, n, t))
			continue;
		if (end - b > (ptrdiff_t)*n + 3 && b[*n + 3] == '"')
			return b;
		if (!first)
			first = b;
	}
	return first && date_at(p, first, end, n, t) ? first : NULL;
}

/* What is left of the line once its date was found: "request" status ...
 * In one piece with its caller: written to memory word by word and read in
 * pairs, the front would be waited for. */
static always_inline bool from_request(const char *q, const struct front *f,
    const struct stamp *t, struct str s, struct record *r)
{
	const char *end = s.p + s.n;
	struct str request;
	uint16_t status;

	q = request_at(q + 1, end, &request, &status);
	if (!q)
		return false;
	fill(r, s, f, request, status, t);
	rest_of(q, end, r);
	return true;
}

static bool from_any_request(const char *q, const struct front *f,
    const struct stamp *t, struct str s, struct record *r)
{
	return from_request(q, f, t, s, r);
}

/* "192.0.2.1 - - [", as nearly all lines begin; the bracket, or NULL. */
static inline const char *usual_front(struct str s, struct front *f)
{
	const char *p = blank_or_less(s.p, s.p + MIN(s.n, 64));

	if (s.p + s.n - p < 8 || memcmp(p, " - - [", 6) != 0)
		return NULL;
	f->client = span_of(s.p, p);
	if (memchr(s.p, ':', f->client.n))
		f->client = without_port(f->client);
	f->user = f->vhost = (struct str){ 0 };
	return p + 5;
}

bool access_parse(struct line_parser *p, struct str s, struct record *r)
{
	const char *end = s.p + s.n, *b, *q;
	struct stamp t;
	struct front f;
	struct str front;
	size_t n;

	b = usual_front(s, &f);
	if (b && date_at(p, b, end, &n, &t) && end - b > (ptrdiff_t)n + 3 &&
	    b[n + 3] == '"')
		return from_any_request(b + n + 3, &f, &t, s, r);
	b = bracket_at(p, s, &n, &t);
	if (!b)
		return false;
	front = span_of(s.p, b - 1);
	q = skip_blanks(b + 2 + n, end);
	if (q < end && *q != '"') {
		if (!memchr(front.p, ' ', front.n))
			return haproxy(s, front, span_of(q, end), &t, r);
		q = memchr(q, '"', MIN((size_t)(end - q), 256));
	}
	if (!q || q == end)
		return false;
	client_of(p, front, &f);
	return from_any_request(q, &f, &t, s, r);
}

/*
 * As nearly all lines of nearly all access logs begin. An IPv4 address is no
 * date, and what follows it is none of a wrapper's, so nothing else is asked;
 * what does not go on as usual is looked at again with all care.
 */
bool access_usual(struct line_parser *p, struct str s, struct record *r)
{
	const char *end = s.p + s.n, *b;
	struct front f = { .client = { 0 } };
	struct stamp t;
	struct quad q;
	size_t n;

	if (s.n < 40 || !is_digit(*s.p))
		return false;
	q = quad_at(s.p, s.n);
	if (!q.n || !q.valid || memcmp(s.p + q.n, " - - [", 6) != 0)
		return false;
	b = s.p + q.n + 5;
	if (!date_at(p, b, end, &n, &t) || end - b <= (ptrdiff_t)n + 3 ||
	    b[n + 3] != '"')
		return false;
	f.client = str_head(s, q.n);
	/* now, so that it has reached the cache when it is read as one */
	r->peer = (struct addr){ .family = 4 };
	memcpy(r->peer.b, &q.b, sizeof(q.b));
	if (!from_request(b + n + 3, &f, &t, s, r))
		return false;
	r->peer_text = f.client;
	return true;
}
