/*
 * law - from events to rulings. Pure: (state, event) -> ruling.
 *
 * No clock, no I/O, no allocation after law_new: replay, simulator, scenario
 * tests and the daemon run this same code. Times are event times in UTC
 * seconds. A subject is an IPv4 address or an IPv6 /64, aliases folded.
 *
 * Counting. Per (subject, rule) a ring of the last times: a rule "5 in 10m"
 * is reached when the fifth most recent time is at most 600 s before the
 * newest one, both ends included. Order does not matter within the window:
 * an event that comes late by up to the rule's longer span is put where it
 * belongs; one that is older still is not counted (law_stats.late). Counts
 * over 32 use two buckets instead: the estimate is off by at most what the
 * former bucket's arrivals deviate from evenly spread, so by less than the
 * rule's count. A rule of fail2ban's may be counted by the rate instead, as
 * fail2ban does (rate.h). Distinct values are 32-bit keyed hashes beside their
 * times; the same value again only refreshes its time. Reaching a threshold
 * empties that window: no event is used twice.
 *
 * A measure in force holds back what would only repeat it. Evidence that
 * reaches a threshold again gives a harder measure at once, renews the same
 * one (at the same length) in the second half of its term, and otherwise
 * answers RUNG_HELD. Only evidence after the end of a measure doubles.
 *
 * A rule's measures may close some ports alone. What is as hard and on other
 * ports than those that are closed already is joined with them to one measure
 * on all of these; what is harder takes its place.
 */
#ifndef LPT_LAW_H
#define LPT_LAW_H

#include "base/addr.h"
#include "base/hash.h"

enum {
	LAW_TERMS = 24
};

/* What the law must know of a rule; a copy, so that law needs no rule room.
 * The small enums are rule.h's. */
struct law_rule {
	uint32_t count, span;           /* at most 65,535 */
	uint32_t slow_count, slow_span; /* 0: no slow companion */
	bool distinct;
	uint8_t kind, evidence, outcome, login, measure;
	uint32_t term, term_max; /* of its measures, s; 0: as law_conf says */
	bool by_rate;            /* counted as fail2ban counts: see rate.h */
	uint32_t spread;         /* up to so much more for repeaters, s */
	uint8_t n_terms; /* 0: it doubles; else the lengths one by one */
	uint32_t terms[LAW_TERMS];
	uint8_t ports; /* number of those that its measures close; 0: all */
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
	uint32_t widen_witnesses;   /* addresses it takes, */
	uint32_t widen_span;        /* within so many seconds */
};
extern const struct law_conf law_defaults;

struct law_event {
	struct addr who;
	uint16_t rule;
	uint32_t at;       /* s */
	uint64_t distinct; /* keyed hash of the distinct value; 0: none */
};

/* In rising order of force. */
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
	RUNG_DENIED,    /* the operator's word: shut out (judge's) */
	RUNG_GOOD,      /* good client: limit first, then deny */
	RUNG_WIDE,      /* several addresses of one prefix */
	RUNG_OWN,       /* own evidence reached the rule's threshold */
	RUNG_ALARM,     /* success after failures; alarm-only rules */
	RUNG_HELD,      /* as hard a ruling stands already */
	RUNG_NOTHING,   /* not enough */
	RUNG_ALLIED,    /* on allies' word; see law/allied.h */
};

struct ruling {
	enum verdict verdict;
	enum rung rung;
	uint16_t rule;
	bool by_slow; /* the slow companion reached it */
	bool alarm;   /* tell people, whatever the measure */
	bool share;   /* may be told to allies: neither forgeable nor packet */
	bool renewed; /* goes on with the measure that was in force */
	bool revoked; /* the subject was a good client until now */
	struct net net;       /* what to close */
	uint32_t at, until;   /* s; until 0 without a measure */
	uint32_t count, need; /* what was counted, what it took, */
	uint32_t span;        /* within so many seconds */
	uint32_t first, last; /* of the counted events, s */
	uint32_t repeats;     /* doublings applied */
	uint8_t ports;        /* number of those to close; 0: all */
};

/* Who is protected is asked of the owner of the lists, only when a threshold
 * is reached, and never without law_conf.immunity. */
enum shield {
	SHIELD_NONE,
	SHIELD_ABSOLUTE,
	SHIELD_PROXY,
	SHIELD_ALLOWED
};
typedef enum shield law_shield_fn(void *arg, const struct addr *who);

struct law;

/* The rules are copied. shield may be NULL: nobody is protected. */
void law_new(struct law **ret, const struct law_conf *c,
    const struct law_rule *rules, size_t n, const struct hash_key *key,
    law_shield_fn *shield, void *arg);
void law_free(struct law **lp);
/* Ports are numbers of somebody else, who can tell the number of what either
 * of two closes. Without him two that differ close every port. */
typedef uint8_t law_join_fn(void *arg, uint8_t a, uint8_t b);
void law_ports(struct law *l, law_join_fn *join, void *arg);

/* Counts the event and rules on it. RUNG_NOTHING with VERDICT_NONE is by far
 * the commonest answer; then only rule and at are set beside them. */
void law_see(struct law *l, const struct law_event *e, struct ruling *ret);

/* One sentence: why this was ruled. rule is its full name. */
size_t law_reason(const struct ruling *r, const char *rule, char *to,
    size_t size);

const char *rung_name(enum rung r);
const char *verdict_name(enum verdict v);

/* What is remembered of a subject (or widened prefix) that earned a measure,
 * for the ledger: export after each ruling or all at once, import at start.
 */
struct law_memory {
	struct net net;
	enum verdict verdict; /* of the last ruling */
	uint32_t until;       /* its end, s */
	uint32_t term;        /* its length, s */
	uint32_t repeats;     /* measures so far that are not forgotten */
	uint32_t last;        /* last evidence that counted, s */
	uint32_t failures;    /* counted by its rulings, at most 65,535 */
	uint8_t ports;        /* number of those it closed; 0: all */
};
bool law_memory_of(const struct law *l, const struct addr *who,
    struct law_memory *ret);
typedef void law_memory_fn(void *arg, const struct law_memory *m);
void law_export(const struct law *l, law_memory_fn *fn, void *arg);
void law_import(struct law *l, const struct law_memory *m);

/* Good clients, for the ledger and for those who judge others' word. */
struct law_good {
	struct net net;
	uint32_t days;   /* on which it logged in; 0 after a revocation */
	uint32_t last;   /* last login, s */
	uint32_t barred; /* no good client before this, s; 0: not barred */
};
enum {
	LAW_GOOD_MAX = 1024
};
bool law_is_good(const struct law *l, const struct addr *who, uint32_t now);
typedef void law_good_fn(void *arg, const struct law_good *g, bool is_good);
void law_export_good(const struct law *l, uint32_t now, law_good_fn *fn,
    void *arg);
void law_import_good(struct law *l, const struct law_good *g);

/* How far each rule is for this address at this time ("3 of 5 within 10
 * min"); rules with nothing in the window are left out. */
struct law_window {
	uint16_t rule;
	bool slow;
	uint32_t have, need, span;
	uint32_t first, last; /* of what counts, s; 0 if not known */
};
/* How many subjects have something in the window of each rule: n as given to
 * law_new, all of them. Walks every seat. */
void law_failing(struct law *l, uint32_t now, uint32_t *counts);
typedef void law_window_fn(void *arg, const struct law_window *w);
void law_windows(struct law *l, const struct addr *who, uint32_t now,
    law_window_fn *fn, void *arg);

/* A pardon: forgets the windows, the measure and the repeats of all inside
 * the net. Walks all memory: for an operator's word, not for each line. */
void law_pardon(struct law *l, const struct net *n);

/* The clock was set back to now: times after it are forgotten, else nothing
 * would count until the clock gets there again. Walks all memory. */
void law_set_back(struct law *l, uint32_t now);

struct law_stats {
	uint64_t seen, rulings;
	uint64_t late;       /* not counted: older than the window */
	uint64_t pushed_out; /* pairs that gave way while still warm */
	uint64_t pairs, pairs_max, memories, good;
	uint64_t bytes; /* of all pools, touched or not */
};
void law_stats(const struct law *l, struct law_stats *ret);

#endif
