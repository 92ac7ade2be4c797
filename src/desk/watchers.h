/*
 * watchers - CrowdSec agents that report what they saw.
 *
 * Their logins, and the last alerts as they told them, in fixed memory.
 */
#ifndef LPT_DESK_WATCHERS_H
#define LPT_DESK_WATCHERS_H

#include <jansson.h>

#include "desk/desk.h"

enum {
	ALERTS_KEPT = 256,
	ALERT_BYTES = 8 << 10, /* of one; its events go first */
	ALERTS_AT_ONCE = 1000, /* in a report */
	TOKEN_S = 3600,
	TRIES_A_SECOND = 50 /* logins */
};

struct alert_kept {
	uint64_t id; /* 0: none */
	char *text;
	char machine[64];
};

struct watchers {
	uint8_t token_key[32]; /* drawn at start */
	uint64_t ids, alerts, logins, failed;
	uint32_t second, tries;
	struct alert_kept kept[ALERTS_KEPT];
};

void watchers_new(struct watchers **ret);
/* alerts.c: takes *o (an object); what follows from it goes to judge. Its
 * number. */
uint64_t alert_take(struct http_request *r, json_t **o);
/* What is missing of those that must be there, added to `to`. */
void alert_missing(const json_t *o, size_t i, char *to, size_t size);

void get_alerts(struct http_request *r);
void delete_alerts(struct http_request *r);
void delete_decisions(struct http_request *r);

#endif
