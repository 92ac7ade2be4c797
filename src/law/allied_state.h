/*
 * allied_state - how the allies' judge remembers subjects and parties.
 */
#ifndef LPT_ALLIED_STATE_H
#define LPT_ALLIED_STATE_H

#include "law/allied.h"
#include "law/subject.h"

enum {
	WITNESSES = 8,
	SPANS = 16,
	SHARE_TRIES = 16, /* places looked at for a forgotten one */
	CREDIT_MOST = 100,
	CREDIT_DAY_MOST = 20, /* lost in one day */
	CONDUCT_COSTS = 20,   /* that two parties contradict */
	ANNULLED_COSTS = 20,  /* by a human */
	CREDIT_HALVES = 30 * 86400,
};

/* A party's word on a subject. */
struct witness {
	uint16_t party;
	uint16_t charters; /* in which it was said: bits */
	bool used, pardoned, own_act, confirmed;
	uint32_t at, issued, expires; /* at: receipt, s */
};

/* Closed on others' word from..until. */
struct span_closed {
	uint32_t from, until;
};

/* Index 0 is nobody; chains and lookups end there. */
struct remembered {
	uint64_t subject;
	uint8_t family, bits;
	bool used;
	uint8_t verdict;
	uint32_t until; /* of the measure; 0: none */
	uint32_t last;  /* last receipt, s */
	uint32_t own;   /* last own evidence, s; 0: none */
	uint32_t next;  /* in the bucket */
	uint8_t n_spans;
	uint16_t alone; /* bit i: span i stood on one party's word */
	bool changed;
	uint16_t conduct_party;
	uint32_t conduct_until, conduct_at; /* s; at 0: there was none */
	struct span_closed span[SPANS];     /* oldest first */
	struct witness witness[WITNESSES];
};

/* What a party is charged with. */
struct slot {
	uint64_t subject;
	uint8_t family, bits;
	uint32_t until; /* s; over: free */
};

struct party {
	struct slot *slots;
	uint32_t tokens_ms; /* thousandths of a grant */
	uint32_t tokens_at;
	uint32_t cursor; /* in its share of the memory */
	uint32_t credit, credit_at;
	uint32_t lost, lost_day;
	uint32_t conducts[ALLIED_CONDUCTS]; /* ends, s */
	bool probation, changed;
};

/* What a charter says instead of the defaults. */
struct terms {
	uint32_t term[ALLIED_TERMS];
	uint8_t bits_v4, bits_v6;
};

struct allied {
	struct allied_conf c;
	struct hash_key key;
	allied_immunity_fn *immunity;
	void *arg;
	uint32_t now;
	struct terms charter[ALLIED_CHARTERS];
	struct party *parties;
	struct remembered *memory; /* 1 + parties * c.memory */
	uint32_t *buckets, mask;
	uint32_t *changed, n_changed; /* in memory, since allied_kept */
	uint32_t hidden;              /* of a forgotten address */
};

enum {
	HIDDEN = 0x80 /* in family: subject is a keyed hash of it */
};

static inline bool without(const struct allied *a, enum allied_clause c)
{
	return (a->c.without & (uint32_t)c) != 0;
}

static inline uint32_t later(uint32_t at, uint32_t span)
{
	return at > UINT32_MAX - span ? UINT32_MAX : at + span;
}

/* memory: NULL if it is not remembered. */
struct remembered *remember_find(const struct allied *a, const struct net *n);
/* As find, or a new one in the party's share; NULL: the share is full. */
struct remembered *remember_take(struct allied *a, uint16_t party,
    const struct net *n);

/* It must be told to the ledger. */
void changed(struct allied *a, struct remembered *m);
/* What a bucket holds, taken out and put in again. */
void remember_unlink(struct allied *a, uint32_t i);
void remember_link(struct allied *a, uint32_t i);
/* A forgotten one that is named again. */
void remember_wake(struct allied *a, const struct net *n);

/* The time since now - span that the subject was closed, at most until now;
 * with alone only what stood on one word. */
uint32_t closed_since(const struct remembered *m, uint32_t from, uint32_t now,
    bool alone);
/* The latest end, at most want, with which no window of span seconds has more
 * than most closed ones. */
uint32_t closed_fit(const struct remembered *m, uint32_t now, uint32_t want,
    uint32_t most, uint32_t span, bool alone);
/* From now on closed until then, instead of what was in force. */
void closed_set(struct remembered *m, uint32_t now, uint32_t until, bool alone);

/* Is there room for this subject in the party's budget? */
bool budget_has(const struct allied *a, uint16_t party,
    const struct remembered *m);
/* Until when the party pays for this subject; 0: it does not. */
uint32_t budget_until(const struct allied *a, uint16_t party,
    const struct remembered *m);
/* Charges until then, or longer if it was; only after budget_has. */
void budget_charge(struct allied *a, uint16_t party, const struct remembered *m,
    uint32_t until);
/* Forgets the charge: only the model without CLAUSE_STAYS does. */
void budget_drop(struct allied *a, uint16_t party, const struct remembered *m);
/* The credit of now, after its months. */
void credit_age(struct allied *a, struct party *p);
/* One grant out of the party's rate. */
bool budget_rate(struct allied *a, uint16_t party);

/* May this one's word be counted, and does it hold up a measure? */
bool counts(const struct allied *a, const struct witness *w);
bool supports(const struct allied *a, const struct witness *w);
/* Is a safe-conduct in force? One that two parties contradict is void, and
 * its author pays. */
bool conduct_holds(struct allied *a, struct remembered *m);

#endif
