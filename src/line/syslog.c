/*
 * syslog - RFC 3164, RFC 5424, and ISO-dated files of today.
 *
 * A line is syslog if "host program[pid]: " or "host program: " stands behind
 * its date. Application logs look alike ("2024-10-10 12:59:53 WARN Server:
 * ..."), so the less typical the date is of syslog, the more must be there:
 * a date without zone needs a pid, and a severity is never a host.
 */
#include "line/parser.h"

#include "line/scan.h"

enum {
	HOST = 1,
	PROGRAM = 2
};

/* What hosts and programs are written with. */
static const uint8_t class_of[256] = {
	['0' ... '9'] = HOST | PROGRAM,
	['A' ... 'Z'] = HOST | PROGRAM,
	['a' ... 'z'] = HOST | PROGRAM,
	['.'] = HOST | PROGRAM,
	['_'] = HOST | PROGRAM,
	['-'] = HOST | PROGRAM,
	['/'] = HOST | PROGRAM,
	['@'] = HOST | PROGRAM,
	['%'] = HOST | PROGRAM,
	[':'] = HOST,
	['('] = PROGRAM,
	[')'] = PROGRAM,
	['+'] = PROGRAM,
	['~'] = PROGRAM,
	['#'] = PROGRAM,
};

static inline const char *run(const char *p, const char *end, uint8_t class)
{
	while (p < end && class_of[(uint8_t)*p] & class)
		p++;
	return p;
}

/* Read in registers: in memory its words would be written one by one and read
 * as vectors, and such a read waits until the writes have reached the cache
 * (hence always_inline below). */
struct tag {
	struct str program, msg;
	uint32_t pid;
	bool has_pid;
};

/* A number in brackets at p, as nearly all are; where the bracket closes. */
static inline const char *number_in_brackets(const char *p, const char *end,
    uint32_t *ret)
{
	uint64_t v;
	size_t n;

	if (end - p < 10)
		return NULL;
	n = digits8(p + 1, &v);
	if (n == 0 || p[1 + n] != ']')
		return NULL;
	*ret = (uint32_t)v;
	return p + 1 + n;
}

/* Anything in brackets at p: longer numbers, and what is no number. */
static const char *text_in_brackets(const char *p, const char *end,
    uint32_t *ret)
{
	const char *q = memchr(p, ']', MIN((size_t)(end - p), 64));

	*ret = 0;
	if (!q || q == p + 1)
		return NULL;
	str_u32(span_of(p + 1, q), UINT32_MAX, ret);
	return q;
}

/* Solaris writes "[ID 800047 auth.info] " before the message. */
static inline struct str without_id(struct str msg)
{
	const char *q;

	if (likely(msg.n < 5 || *msg.p != '[' || msg.p[1] != 'I' ||
		   memcmp(msg.p, "[ID ", 4) != 0))
		return msg;
	q = memchr(msg.p, ']', MIN(msg.n, 40));
	return q ? trim_left(span_of(q + 1, msg.p + msg.n)) : msg;
}

/* "[pid]: msg"; the colon is left out by some. */
static always_inline bool pid_at(const char *p, const char *end,
    struct tag *ret)
{
	uint32_t pid = 0;
	const char *q = number_in_brackets(p, end, &pid);

	if (!q)
		q = text_in_brackets(p, end, &pid);
	if (!q)
		return false;
	q++;
	if (q < end && *q == ':')
		q++;
	else if (pid == 0)
		return false;
	if (q < end && *q != ' ')
		return false;
	ret->pid = pid;
	ret->has_pid = true;
	ret->msg = without_id(span_of(q < end ? q + 1 : q, end));
	return true;
}

/* "program[pid]: msg" or "program: msg" at p. */
static always_inline bool tag_at(const char *p, const char *end,
    struct tag *ret)
{
	const char *q = run(p, end, PROGRAM);

	if (q == p || q == end || q - p > 128)
		return false;
	/* a number is a count of lines: Cisco's */
	if (*q == ':' && digits(p, end, (size_t)(q - p)) == (size_t)(q - p))
		return false;
	ret->program = span_of(p, q);
	if (*q == '[')
		return pid_at(q, end, ret);
	if (*q != ':' || (q + 1 < end && q[1] != ' '))
		return false;
	ret->pid = 0;
	ret->has_pid = false;
	ret->msg = span_of(q + 1 < end ? q + 2 : q + 1, end);
	return true;
}

/* "authpriv.warn " at p, as busybox and OpenWrt have it; behind it, or NULL. */
static const char *facility_end(const char *p, const char *end)
{
	static const struct str names[] = { { "auth", 4 }, { "authpriv", 8 },
		{ "cron", 4 }, { "daemon", 6 }, { "ftp", 3 }, { "kern", 4 },
		{ "local", 5 }, { "lpr", 3 }, { "mail", 4 }, { "news", 4 },
		{ "syslog", 6 }, { "user", 4 }, { "uucp", 4 },
		{ "security", 8 }, { "console", 7 } };
	const char *q = memchr(p, ' ', MIN((size_t)(end - p), 20));
	const char *dot = q ? memchr(p, '.', (size_t)(q - p)) : NULL;
	struct str name;

	if (!dot || !is_level(span_of(dot + 1, q)))
		return NULL;
	name = span_of(p, dot);
	if (name.n == 6 && is_digit(name.p[5]))
		name.n--; /* local0 to local7 */
	for (size_t i = 0; i < countof(names); i++) {
		if (str_eq(name, names[i]))
			return skip_blanks(q, end);
	}
	return NULL;
}

/* Metalog's "[program] msg". */
static bool bracket_tag_at(const char *p, const char *end, struct tag *ret)
{
	const char *q = p < end && *p == '[' ? run(p + 1, end, PROGRAM) : p;

	if (end - q < 2 || q[0] != ']' || q[1] != ' ' || q == p + 1 ||
	    !is_alpha(p[1]) || is_level(span_of(p + 1, q)))
		return false;
	*ret = (struct tag){ span_of(p + 1, q), span_of(q + 2, end), 0, false };
	return true;
}

/* Headers that some write between date, host and tag; p is behind the date's
 * blanks. The host was looked for, but no tag follows it. */
static bool rare_header(const char *p, const char *end, struct str *host,
    struct tag *ret)
{
	const char *q, *f;

	if (p < end && *p == '<') { /* FreeBSD's <auth.info> */
		p = memchr(p, '>', MIN((size_t)(end - p), 20));
		if (!p || end - p < 3)
			return false;
		p = skip_blanks(p + 1, end);
		q = run(p, end, HOST);
		*host = span_of(p, q);
		return tag_at(skip_blanks(q, end), end, ret);
	}
	f = facility_end(p, end);
	if (f)
		return tag_at(f, end, ret);
	q = run(p, end, HOST);
	f = q < end ? facility_end(skip_blanks(q, end), end) : NULL;
	if (f && q > p) {
		*host = span_of(p, q);
		return tag_at(f, end, ret);
	}
	return bracket_tag_at(p, end, ret);
}

static inline bool tag_fits(const struct stamp *t, bool told, struct str host,
    const struct tag *g)
{
	if (told || t->form == DATE_MONTH)
		return host.n || !is_level(g->program);
	if (!host.n) /* journalctl --no-hostname */
		return g->has_pid && t->form == DATE_ISO &&
		       t->zone == ZONE_NUMERIC && !is_level(g->program);
	if (is_level(host))
		return false;
	if (g->has_pid)
		return true;
	return t->form == DATE_ISO && t->zone == ZONE_NUMERIC;
}

/* PAM ends its lines with a blank where it names no user. */
static inline struct str unpadded(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static inline bool record_tag(struct str host, const struct tag *g,
    const struct stamp *t, struct record *r)
{
	r->kind = RECORD_SYSLOG;
	r->host = host;
	r->program = g->program;
	r->pid = g->pid;
	r->msg = unpadded(g->msg);
	stamp_set(t, r);
	return true;
}

/* No host, or a header that few write. */
static bool rest_rare(const char *p, const char *end, const struct stamp *t,
    bool told, struct record *r)
{
	struct str host = { 0 };
	struct tag g;

	if (!tag_at(p, end, &g) &&
	    (t->form != DATE_MONTH || !rare_header(p, end, &host, &g)))
		return false;
	return tag_fits(t, told, host, &g) && record_tag(host, &g, t, r);
}

bool syslog_rest(struct str rest, const struct stamp *t, bool told,
    struct record *r)
{
	const char *p = rest.p, *end = rest.p + rest.n, *q;
	struct str host;
	struct tag g;

	if (p >= end || *p != ' ')
		return false;
	p = skip_blanks(p, end);
	q = run(p, end, HOST);
	if (q == p || q == end || *q != ' ' || q[-1] == ':' || q - p > 255 ||
	    !tag_at(skip_blanks(q, end), end, &g))
		return rest_rare(p, end, t, told, r);
	host = span_of(p, q);
	return tag_fits(t, told, host, &g) && record_tag(host, &g, t, r);
}

bool syslog_openwrt(struct str rest, const struct stamp *t, struct record *r)
{
	const char *end = rest.p + rest.n;
	const char *p = facility_end(skip_blanks(rest.p, end), end);
	struct tag g;

	return p && tag_at(p, end, &g) &&
	       record_tag((struct str){ 0 }, &g, t, r);
}

struct str behind_priority(struct str s)
{
	const char *end = s.p + s.n;
	size_t n;

	if (s.n == 0 || *s.p != '<')
		return s;
	n = digits(s.p + 1, end, 4);
	if (n < 1 || n > 3 || at_or_blank(s.p + 1 + n, end) != '>')
		return s;
	return str_from(s, n + 2);
}

/* Behind all [id name="value" ...]; NULL if they do not end. */
static const char *structured_end(const char *p, const char *end)
{
	if (*p == '-')
		return p + 1;
	while (p < end && *p == '[') {
		const char *q = p + 1;

		for (; q < end && *q != ']'; q++) {
			const char *close;

			if (*q != '"')
				continue;
			close = quote_end(q + 1, end);
			if (!close)
				return NULL;
			q = close;
		}
		if (q >= end)
			return NULL;
		p = q + 1;
	}
	return p;
}

/* "1 2003-10-11T22:14:15.003Z host app pid id [sd] msg"; p is behind "1 " */
static bool rfc5424(struct line_parser *lp, const char *p, const char *end,
    struct record *r)
{
	struct stamp t = { 0 };
	struct str f[4];
	const char *data;
	size_t n =
	    at_or_blank(p, end) == '-' ? 1 : stamp_at(lp, span_of(p, end), &t);
	uint32_t pid = 0;

	if (!n)
		return false;
	p += n;
	for (size_t i = 0; i < countof(f); i++) {
		const char *q;

		if (p >= end || *p != ' ')
			return false;
		q = memchr(p + 1, ' ', MIN((size_t)(end - p - 1), 256));
		if (!q || q == p + 1)
			return false;
		f[i] = span_of(p + 1, q);
		p = q;
	}
	data = p + 1;
	p = end - p > 1 ? structured_end(data, end) : NULL;
	if (!p || (p < end && *p != ' '))
		return false;
	p += p < end;
	if (p == end && *data == '[') /* some say all in structured data */
		p = data;
	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (size_t i = 0; i < countof(f); i++) {
		if (f[i].n == 1 && *f[i].p == '-')
			f[i] = (struct str){ 0 };
	}
	str_u32(f[2], UINT32_MAX, &pid);
	r->kind = RECORD_SYSLOG;
	r->host = f[0];
	r->program = f[1];
	r->pid = pid;
	r->msg = unpadded(span_of(p, end));
	stamp_set(&t, r);
	return true;
}

bool syslog_parse(struct line_parser *p, struct str s, bool told,
    struct record *r)
{
	struct str body = behind_priority(s);
	struct stamp t;
	size_t n;

	if (str_starts(body, STR("1 ")) &&
	    rfc5424(p, body.p + 2, body.p + body.n, r))
		return true;
	n = stamp_at(p, body, &t);
	return n && syslog_rest(str_from(body, n), &t, told || body.n < s.n, r);
}
