/*
 * request - the request line, and where the client stands in an access log.
 */
#include "line/parser.h"

#include "line/scan.h"

void record_request(struct record *r)
{
	static const struct str none;

	r->is_request = true;
	r->malformed = false;
	r->client = r->forwarded = none;
	r->user = r->request = r->method = r->target = r->proto = none;
	r->vhost = r->referer = r->agent = none;
	r->status = 0;
	r->peer_text = none;
}

/* Behind a method as HTTP's own and its extensions are written; p itself if
 * there is none. */
static inline const char *method_end(const char *p, const char *end)
{
	if (end - p > 32)
		end = p + 32;
	while (p < end && (is_upper(*p) || *p == '-' || *p == '_'))
		p++;
	return p;
}

/* Behind one of the three that nearly all requests have, or NULL. */
static inline const char *usual_method(const char *p)
{
	if (memcmp(p, "GET ", 4) == 0)
		return p + 3;
	if (memcmp(p, "POST ", 5) == 0 || memcmp(p, "HEAD ", 5) == 0)
		return p + 4;
	return NULL;
}

/* HTTP/1.1 */
static inline bool is_proto(const char *p, size_t n)
{
	return n >= 6 && n <= 8 && memcmp(p, "HTTP/", 5) == 0 &&
	       is_digit(p[5]) && (n == 6 || p[6] == '.') &&
	       (n < 8 || is_digit(p[7]));
}

void request_split(struct record *r)
{
	struct str q = r->request;
	const char *end, *a, *b;

	if (q.n == 0 || (q.n == 1 && *q.p == '-'))
		return;
	end = q.p + q.n;
	r->malformed = true;
	a = q.n > 5 ? usual_method(q.p) : NULL;
	if (!a)
		a = method_end(q.p, end);
	if (a == q.p || a == end || *a != ' ')
		return;
	r->method = span_of(q.p, a);
	b = end - a > 9 && end[-9] == ' '
		? end - 9
		: memrchr(a + 1, ' ', (size_t)(end - a - 1));
	if (!b || !is_proto(b + 1, (size_t)(end - b - 1))) {
		r->target = span_of(a + 1, end);
		return;
	}
	r->proto = span_of(b + 1, end);
	r->target = span_of(a + 1, b);
	r->malformed =
	    b == a + 1 || memchr(a + 1, ' ', (size_t)(b - a - 1)) != NULL;
}
