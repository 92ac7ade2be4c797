/*
 * record - one log line, taken apart.
 *
 * line_parse recognises a line's form (or is told it), finds its date and
 * splits it into slices of the caller's bytes: nothing is copied, nothing is
 * written, any byte may stand anywhere. Wrappers that a container runtime or
 * a forwarder put around a line are taken off first, at most three deep. A line
 * that fits no form is RECORD_PLAIN with the whole line as message, so nothing
 * is ever refused here.
 *
 * What the message is. Syslog: what follows "program[pid]: ", or RFC 5424's
 * structured data if nothing follows that. Error logs: what follows
 * "[error] 12#12: *3 " (nginx) or "[core:error] [pid 1:tid 2] " (Apache). A
 * plain line that begins with a date (in brackets perhaps): what follows it,
 * without blanks at both ends; nothing else is cut. Any other line: all of it,
 * without its wrappers. A message that is itself JSON, a web request or logfmt
 * throughout gives the record its kind; program, host and time stay those of
 * the outer line, and msg stays the text.
 */
#ifndef LPT_RECORD_H
#define LPT_RECORD_H

#include "base/addr.h"

enum record_kind {
	RECORD_PLAIN,  /* any line, with or without a date */
	RECORD_SYSLOG, /* RFC 3164, RFC 5424, ISO-dated syslog, journal */
	RECORD_ACCESS, /* a web request: combined and its kin, JSON too */
	RECORD_ERROR,  /* nginx or Apache error log */
	RECORD_FIELDS, /* JSON or logfmt: pairs */
};

#define RECORD_PAIRS 96 /* more keys than this in a line are not seen */

struct pair {
	struct str key;   /* nested keys joined by dots */
	struct str value; /* unescaped only where it had to be */
};

/* Always set: all but the request's fields, which hold something only if
 * is_request is set. What is not there is absent. The order is for speed: a
 * slice is stored in one go and shall not lie across two pages. */
struct record {
	_Alignas(16) enum record_kind kind;
	uint32_t at;     /* UTC seconds since 1970 */
	uint32_t pid;    /* 0 if none */
	uint16_t ms;     /* of at */
	bool has_time;   /* at and ms hold the line's own date */
	bool is_request; /* RECORD_ACCESS, or pairs that also are a request */

	struct str line;      /* all of it, without its line end */
	struct str msg;       /* see above */
	struct str host;      /* syslog */
	struct str program;   /* syslog identifier; absent if none */
	struct str container; /* docker-compose's "name  | " */

	/* a request's */
	struct str client;    /* the client field without its port; absent if
			       * two fields might be it */
	struct str forwarded; /* X-Forwarded-For if the format has it */
	struct str user, request, method, target, proto, vhost, referer, agent;

	/* RECORD_FIELDS */
	struct pair *pairs; /* lives in the parser until the next line */
	size_t n_pairs;

	/* a request's, too */
	uint16_t status;
	bool malformed; /* the request is not METHOD TARGET PROTO; an empty one
			 * or "-" is no request, nor this */

	/* see record_client */
	struct str peer_text;
	struct addr peer;
};

/* The client's address, folded; false if the field holds none. Asked again,
 * it is known. */
static inline bool record_client(struct record *r, struct addr *ret)
{
	struct addr a;

	if (!r->client.p)
		return false;
	if (r->peer_text.p != r->client.p || r->peer_text.n != r->client.n) {
		r->peer_text = r->client;
		r->peer.family = 0;
		if (addr_parse(r->client, &a))
			r->peer = addr_fold(a);
	}
	*ret = r->peer;
	return ret->family;
}

/* One a source: it learns the source's habits. */
struct line_parser; /* the zone, the year's guess, scratch for JSON */

/* What a source is told or known to be; LINE_AUTO looks at each line. */
enum line_form {
	LINE_AUTO,
	LINE_SYSLOG,
	LINE_ACCESS,
	LINE_ERROR,
	LINE_JSON,
	LINE_LOGFMT,
	LINE_PLAIN,
};

/* The forms' names as in --format and `format:`; NULL past the last. */
const char *line_form_name(unsigned i);
bool line_form_of(struct str name, enum line_form *ret);

/* zone: IANA name or "+02:00" for dates that carry none; NULL: the system's.
 * 0, or -EINVAL for a zone nobody knows. now: what dates without a year are
 * near to (they are never more than a day after it). */
int line_parser_new(struct line_parser **ret, const char *zone, uint32_t now);
/* Another of the same zone; opens no file, so also within a jail. */
void line_parser_like(struct line_parser **ret, const struct line_parser *p);
void line_parser_free(struct line_parser **pp);
/* Whoever parses for longer than a day says from time to time what time it is:
 * a date without a year is of the last one that is not later. */
void line_parser_now(struct line_parser *p, uint32_t now);

/* For a record made from the journal: looks into r->msg for a form of its own
 * as line_parse does for a syslog line. All that is always set must be set. */
void line_inside(struct line_parser *p, struct record *r);

/* Never fails; *ret's slices point into line or into p's scratch. */
void line_parse(struct line_parser *p, enum line_form form, struct str line,
    struct record *ret);

#endif
