/*
 * law - from events to rulings. Pure: (state, event, now) -> ruling.
 *
 * No clock, no I/O, no allocation after law_new: replay, simulator, scenario
 * tests and the daemon run this same code. Times are event times in UTC
 * seconds. Counting is exact: a ring of the last times per (subject, rule),
 * a subject being an IPv4 address or an IPv6 /64.
 */
#ifndef LPT_LAW_H
#define LPT_LAW_H

#include "base/addr.h"
#include "base/hash.h"

/* What the law must know of a rule; a copy, so that law needs no rule room.
 * The small enums are rule.h's. */
struct law_rule {
	uint32_t count, span, slow_count, slow_span;
	bool distinct;
	uint8_t kind, evidence, outcome, login, measure;
};

struct law_conf {
	uint32_t slots;     /* (subject, rule) pairs watched at once */
	uint32_t term;      /* first own measure, s */
	uint32_t term_max;  /* cap of the doubling, s */
	uint32_t decay;     /* quiet time after which one doubling is
			       forgotten, s */
	uint32_t good_days; /* login days that make a good client */
	uint32_t alarm_failures, alarm_span; /* success after failures */
	bool immunity;              /* false: judge without the shields */
	uint8_t widen_v4, widen_v6; /* 0: never widen; else prefix */
	uint32_t widen_witnesses;   /* addresses it takes */
};
extern const struct law_conf law_defaults;

struct law_event {
	struct addr who;
	uint16_t rule;
	uint32_t at;       /* s */
	uint64_t distinct; /* keyed hash of the distinct value; 0: none */
	uint64_t user;     /* keyed hash of the user; 0: none */
};

enum verdict {
	VERDICT_NONE,
	VERDICT_ALARM,
	VERDICT_LIMIT,
	VERDICT_DENY
};

/* The ladder: the first rung that holds decides. */
enum rung {
	RUNG_NEVER = 1, /* absolute shield: alarm, never a measure */
	RUNG_PROXY,     /* a proxy or container bridge: alarm */
	RUNG_ALLOWED,   /* the operator's word: spared */
	RUNG_DENIED,    /* the operator's word: shut out */
	RUNG_GOOD,      /* good client: limit first, deny at twice */
	RUNG_OWN,       /* own evidence reached the rule's threshold */
	RUNG_WIDE,      /* several addresses of one prefix did */
	RUNG_ALARM,     /* success after failures; alarm-only rules */
	RUNG_NOTHING,   /* not enough */
};

struct ruling {
	enum verdict verdict;
	enum rung rung;
	uint16_t rule;
	bool by_slow;         /* the slow companion reached it */
	struct net net;       /* what to close */
	uint32_t at, until;   /* s; until 0 without a measure */
	uint32_t count, need; /* what was counted, what it took */
	uint32_t first, last; /* of the counted events, s */
	uint32_t repeats;     /* doublings applied */
};

/* Who is protected is asked of the owner of the lists. */
enum shield {
	SHIELD_NONE,
	SHIELD_ABSOLUTE,
	SHIELD_PROXY,
	SHIELD_ALLOWED
};
typedef enum shield law_shield_fn(void *arg, const struct addr *who);

struct law;

void law_new(struct law **ret, const struct law_conf *c,
    const struct law_rule *rules, size_t n, const struct hash_key *key,
    law_shield_fn *shield, void *arg);
void law_free(struct law **lp);

/* Counts the event and rules on it. */
void law_see(struct law *l, const struct law_event *e, struct ruling *ret);

#endif
