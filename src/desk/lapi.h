/*
 * lapi - decisions as CrowdSec's bouncers ask for them.
 *
 * A measure is a decision: a deny or reject is a ban, a limit a captcha. What
 * bouncers are known to need of each field and answer, see the comments where
 * it is written; docs/bouncers.md tells it to people.
 */
#ifndef LPT_DESK_LAPI_H
#define LPT_DESK_LAPI_H

#include "desk/bouncers.h"
#include "desk/desk.h"
#include "desk/table.h"

extern const struct http_route lapi_routes[], lapi_watch_routes[];

enum {
	SCOPE_IP = 1,
	SCOPE_RANGE = 2,
	DECISION_TEXT = 512 /* the longest one */
};

/* Which decisions are asked for; slices of the request. */
struct lapi_filter {
	uint8_t scopes; /* SCOPE_* */
	struct str origins, with, without, type;
	bool expands;        /* ranges are told address by address */
	struct addr visitor; /* IPv6: it is about him alone; else family 0 */
};

enum {
	LAPI_VALUES = HOSTS + 1 /* of one measure */
};

/* As what a measure is told to who asks so: as itself; a range of IPv6 to who
 * can do no ranges by its addresses, as far as they are known, or by that of
 * the visitor. How many; 0: not at all. */
size_t lapi_values(const struct lapi_filter *f, const struct held *s,
    struct net to[static LAPI_VALUES]);

/* Is the word in the comma list? An empty or missing one has all. */
bool lapi_lists(struct str list, const char *word);
struct lapi_filter lapi_filter_of(const struct http_request *r);
/* The request's own bytes may go before the answer has left: f points into the
 * copy that is returned, the caller's to free. */
char *lapi_filter_own(struct lapi_filter *f);
bool lapi_has_origin(struct str origins, const struct table *t,
    const struct held *s);
bool lapi_passes(const struct lapi_filter *f, const struct table *t,
    const struct held *s);
/* value: the net as it is told. left: seconds; gone: for the list of those
 * that are deleted. At most DECISION_TEXT bytes, NUL-ended. */
const char *lapi_type(const struct held *s);
void lapi_duration(char to[24], uint32_t seconds);
size_t lapi_decision(char *to, const struct table *t, const struct held *s,
    const struct net *value, bool gone);
/* s: until it ends; for ever is the longest term that all of them can do. */
uint32_t lapi_left(const struct table *t, const struct held *s);

/* One answer of the stream, from malloc, to who has heard all changes up to
 * *since, which is moved on. renews: what is prolonged is taken away and given
 * again. */
char *lapi_stream_text(struct desk *d, uint64_t *since,
    const struct lapi_filter *filter, bool renews, bool startup, size_t *n);

/* Of whom, as the query says it: ip=, range=, value=, contains=. */
struct lapi_wanted {
	struct net net; /* family 0: of all */
	bool within;    /* inside of it; else around it */
	struct str value;
	struct net exact; /* that value; family 0: it is no address */
	size_t offset, limit;
};

/* The hardest and longest first; v is the caller's to free. */
struct lapi_found {
	const struct held **v;
	size_t n, room;
};

enum {
	LAPI_ROWS = 100000 /* found at most */
};

/* false: it makes no sense, and was answered. */
bool lapi_wanted_of(struct http_request *r, struct lapi_wanted *w);
bool lapi_is_wanted(const struct lapi_wanted *w, const struct net *n);
/* f learns about whom it is. */
void lapi_find(const struct table *t, const struct lapi_wanted *w,
    struct lapi_filter *f, struct lapi_found *ret);
/* "true" and "false" as their library reads them. */
bool lapi_is_true(struct str s);
bool lapi_is_false(struct str s);

/* lapi_stream.c, lapi_decisions.c */
void lapi_stream(struct http_request *r);
void lapi_decisions(struct http_request *r);

#endif
