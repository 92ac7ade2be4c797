/*
 * watchers - CrowdSec agents that report what they saw.
 *
 * Their logins, and the last alerts as they told them, in fixed memory.
 */
#ifndef LPT_DESK_WATCHERS_H
#define LPT_DESK_WATCHERS_H

#include <jansson.h>

#include "desk/lapi.h"
#include "desk/sensed.h"

enum {
	ALERTS_KEPT = 256,
	ALERT_BYTES = 8 << 10, /* of one; its events go first */
	ALERT_NETS = 256,      /* of one, that are remembered */
	ALERTS_AT_ONCE = 1000, /* in a report */
	TOKEN_S = 3600,
	TRIES_A_SECOND = 50 /* logins */
};

struct alert_kept {
	uint64_t id; /* 0: none */
	uint32_t at;
	char *text;
	struct net *nets; /* what it asked for, as it is counted */
	size_t n_nets;
	char machine[64];
};

struct watchers {
	uint8_t token_key[32]; /* drawn at start */
	uint64_t ids, alerts, logins, failed;
	uint32_t second, tries;
	struct sensed sensed;
	struct alert_kept kept[ALERTS_KEPT];
};

void watchers_new(struct watchers **ret);
/* alerts.c: takes *o (an object); what follows from it goes to judge. Its
 * number. */
uint64_t alert_take(struct http_request *r, json_t **o);
/* What is missing of those that must be there, added to `to`. */
void alert_missing(const json_t *o, size_t i, char *to, size_t size);
/* How many words to judge would follow from it. */
size_t alert_words(const json_t *o);
/* The sensor asked for it, or takes it back. */
void alert_take_back(struct http_request *r, const struct net *n);
void alert_forget(struct alert_kept *k);
/* "1h30m", "90s", "3h59m59.5s", as Go writes it; 0 if it is none. */
uint32_t go_duration(const char *z);

/* alerts_find.c, alerts_drop.c */
void get_alerts(struct http_request *r);
void get_alert(struct http_request *r);
void delete_alerts(struct http_request *r);
void delete_alert(struct http_request *r);
void delete_decisions(struct http_request *r);
void delete_decision(struct http_request *r);

/* What a search for alerts asks for. */
struct alert_search {
	struct lapi_wanted wanted;
	struct lapi_filter filter;
	struct str scenario, source; /* exact names; source: another scope's */
	struct str scope;
	uint32_t since, until, limit; /* limit 0: all */
	bool active, inactive;        /* only with, only without a measure */
};

/* false: it makes no sense, and was answered. */
bool alert_search_of(struct http_request *r, struct alert_search *s);
/* Is that one wanted, of those that are kept? */
bool alert_fits(const struct desk *d, const struct alert_search *s,
    const struct alert_kept *k);
/* A measure that a sensor asked for and that stands; NULL: there is none. */
const struct held *alert_held(const struct table *t, const struct net *n);
/* What stands under that number; NULL: nothing. */
const struct held *alert_measure(const struct table *t, uint64_t id);
/* The number at the end of the path; 0: there is none. */
uint64_t alert_number(const struct http_request *r);

#endif
