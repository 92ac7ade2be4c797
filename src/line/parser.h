/*
 * parser - what the forms of this room share; nobody else includes it.
 *
 * Every form takes a text and fills a record or leaves it alone: it returns
 * false before it has written anything but scratch. record_begin sets the
 * fields that are always set; record_request those of a request.
 */
#ifndef LPT_PARSER_H
#define LPT_PARSER_H

#include "line/date.h"
#include "line/record.h"

#define HEAD_MAX     32          /* no date's head is longer */
#define SCRATCH      (256 << 10) /* pages that are not used cost nothing */
#define WRAPPERS_MAX 3
#define ORIGINS      16 /* hosts remembered of a source that logs URLs */
#define DATE_WITHIN  96 /* a date inside a line begins before */

struct stamp {
	enum date_form form;
	enum date_zone zone;
	bool has_time; /* false: a date that no calendar has */
	uint32_t at;
	uint16_t ms;
};

/* The date of the last line: most lines have the same up to the second. */
struct head {
	char text[HEAD_MAX];
	size_t n;
	struct date date;
	/* what the head alone says */
	int64_t local; /* date_local */
	bool fits;     /* there is such a time, and it is at */
	uint32_t at;   /* in the parser's zone */
	/* the last short tail, the byte that ended it too; and the whole */
	size_t tail_n; /* 0: none is remembered */
	uint64_t tail, tail_mask;
	struct stamp stamp;
};

/* Which of two leading addresses in an access log is the client: told by
 * lines in which only one of them is an address. */
enum {
	CLIENT_FIRST = 1,
	VHOST_FIRST = 2,
};

struct line_parser {
	struct zone *zone;
	uint32_t now;
	struct head head;
	unsigned order_seen;      /* CLIENT_FIRST | VHOST_FIRST */
	uint32_t origin[ORIGINS]; /* hashes; 0: none */
	unsigned origin_next;
	char *scratch;
	size_t used;
	struct pair pairs[RECORD_PAIRS];
};

/* The date at the very beginning of s; its length, or 0. */
size_t stamp_at(struct line_parser *p, struct str s, struct stamp *ret);
void stamp_set(const struct stamp *t, struct record *r);
/* The record's time from a date anywhere near the beginning of s. */
void stamp_find(struct line_parser *p, struct str s, struct record *r);

/* n bytes of scratch until the next line, or NULL if they do not fit. */
char *scratch_take(struct line_parser *p, size_t n);

/* A string with backslash escapes as JSON knows them, unescaped; as it is if
 * it has none. False if scratch is full. */
bool unescape(struct line_parser *p, struct str s, struct str *ret);

/* The same from q on, the first quote: it has a backslash before it. */
const char *quote_end_slow(const char *p, const char *q, const char *end);
/* The closing quote of a string that begins at p, or NULL; a backslash
 * takes the next byte's meaning. */
static inline const char *quote_end(const char *p, const char *end)
{
	const char *q = memchr(p, '"', (size_t)(end - p));

	if (likely(!q || q == p || q[-1] != '\\'))
		return q;
	return quote_end_slow(p, q, end);
}

bool is_level(struct str word); /* WARN, error, Info ... */
/* 192.0.2.1:5678, [2001:db8::1]:5678 -> the address. */
struct str without_port(struct str s);
bool looks_like_addr(struct str s); /* digits and dots, or hex and colons */

/* The fields every record has. */
void record_begin(struct record *r, struct str line);
/* Empties the request's fields and says that they count. */
void record_request(struct record *r);
/* METHOD TARGET PROTO out of r->request. */
void request_split(struct record *r);

/* r's target is a URL: see origin.c. */
void origin_learn(struct line_parser *p, struct record *r);
static inline bool is_url(const struct record *r)
{
	return unlikely(r->target.n > 8 && *r->target.p == 'h');
}

/* ---- forms ---- */

bool syslog_parse(struct line_parser *p, struct str s, bool told,
    struct record *r);
/* Without "<13>" at the beginning. */
struct str behind_priority(struct str s);
/* "host program[pid]: msg" behind a date of this form. */
bool syslog_rest(struct str rest, const struct stamp *t, bool told,
    struct record *r);
/* OpenWrt's logread: "Mon Jun  8 12:08:53 2020 authpriv.warn dropbear[1]: ". */
bool syslog_openwrt(struct str rest, const struct stamp *t, struct record *r);
bool access_parse(struct line_parser *p, struct str s, struct record *r);
/* The same for whole lines that begin as most do; false: not one of them, and
 * r is as record_begin left it but for what a request has. */
bool access_usual(struct line_parser *p, struct str s, struct record *r);
bool error_parse(struct line_parser *p, struct str s, struct record *r);
/* nginx: behind the date; Apache: in brackets, the date read before. */
bool error_nginx(struct str rest, struct record *r);
bool error_apache(struct str rest, struct record *r);
bool json_parse(struct line_parser *p, struct str s, struct record *r);
/* strict: every word must be a pair. */
bool logfmt_parse(struct line_parser *p, struct str s, bool strict,
    struct record *r);

/* Cuts the literal off the beginning of *s if it stands there. */
bool takes(struct str *s, struct str literal);
/* The text in quotes at the beginning of *s, cut off; NULL if none is. */
struct str quoted_cut(struct str *s);
bool status_of(struct str w, uint16_t *ret); /* three digits */
bool is_method(struct str w);
/* A request of which the method and the target are known. The line stays what
 * it is, so that an application's own rules still see it. */
void record_fill(struct record *r, struct str client, struct str method,
    struct str target, uint16_t status);

/* s, a line that is plain or whose client is no address, is a request as an
 * application's framework writes it. */
bool app_parse(struct line_parser *p, struct str s, struct record *r);
/* A plain line that is a request all the same. */
bool other_parse(struct line_parser *p, struct record *r);
bool other_werkzeug(struct line_parser *p, struct str s, struct record *r);
bool cloud_balancer(struct str s, struct record *r);
bool cloud_front(struct line_parser *p, struct str s, struct record *r);
/* stem?query, in scratch. */
struct str target_joined(struct line_parser *p, struct str stem, struct str q);
/* https://host/path -> /path, and the host; as it is if it is no URL. */
struct str without_origin(struct str url, struct str *host);

/* ---- pairs ---- */

enum role {
	ROLE_NONE,
	ROLE_TIME,
	ROLE_CLIENT,
	ROLE_FORWARDED,
	ROLE_STATUS,
	ROLE_REQUEST,
	ROLE_METHOD,
	ROLE_TARGET,
	ROLE_URL,   /* a target with scheme and host before it */
	ROLE_QUERY, /* of a target that has none */
	ROLE_PROTO,
	ROLE_VHOST,
	ROLE_USER,
	ROLE_AGENT,
	ROLE_REFERER,
	ROLE_MESSAGE, /* of journalctl -o json */
	ROLE_IDENT,
	ROLE_PID,
	ROLE_HOST,
	ROLES,
};

/* What is known of a record while its pairs come in. */
struct fields {
	struct line_parser *p;
	size_t n;
	bool has_time;
	struct stamp time;
	struct str as[ROLES]; /* the best value for each role */
	uint8_t rank[ROLES];  /* how good it is: small is better */
	bool client_doubtful; /* said twice, and differently */
};

void fields_begin(struct fields *f, struct line_parser *p);
/* depth: 0 for a key of the line itself. */
void fields_add(struct fields *f, struct str key, struct str value,
    unsigned depth);
/* whole: the line was not cut off. */
void fields_end(struct fields *f, bool whole, struct str text,
    struct record *r);

/* Without the colours of a terminal and the bytes that copytruncate or an
 * editor leave in front; as it is if it has none, or if scratch is full. */
struct str washed(struct line_parser *p, struct str s);

/* ---- wrappers ---- */

/* What stands in the wrappers; *t is the innermost's time if it has one. */
struct str unwrap(struct line_parser *p, struct str s, struct record *r,
    struct stamp *t);

#endif
