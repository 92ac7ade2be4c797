/*
 * allied - what an ally's word may do here. Pure: (state, notice, now) ->
 * verdict.
 *
 * No clock, no I/O, no allocation after allied_new: the simulator, the test
 * of the theorem and the daemon run this same code. It is told who speaks
 * (a number, below allied_conf.parties, whose signature, roll and membership
 * were checked before) and answers with a rung, a term and one sentence.
 *
 * The theorem that its test shows: k colluding parties hold at most k x R
 * addresses at once, each at most 72 h in any 7 days, and one alone at most
 * 1 h in any 24 h; never territory, never who is protected, never wider than
 * allowed. Every measure is charged to each party whose unexpired notice
 * supports it, and stays charged until its first end even if it is pardoned.
 *
 * What was closed when is remembered for a week in a share of memory that
 * each party has for itself. A party whose share is full waits; nothing that
 * still counts is forgotten to make room. Up to 16 spans are remembered of a
 * subject; older ones are joined with the gap between them, which counts too
 * much, never too little. Times are receipt times in UTC seconds.
 */
#ifndef LPT_ALLIED_H
#define LPT_ALLIED_H

#include "law/law.h"

/* Clauses of the rule, for allied_conf.without: simulations without caps,
 * and the test that shows that each of them is needed. */
enum allied_clause {
	CLAUSE_NEVER = 1 << 0,    /* special-purpose ranges and aliases */
	CLAUSE_IMMUNITY = 1 << 1, /* territory, posts, shields */
	CLAUSE_WIDTH = 1 << 2,    /* /32 and /64 */
	CLAUSE_SLOTS = 1 << 3,    /* R */
	CLAUSE_STAYS = 1 << 4,    /* a pardoned slot stays occupied */
	CLAUSE_RATE = 1 << 5,     /* G and its burst */
	CLAUSE_SPREAD = 1 << 6,   /* slots per /48 and /32, the quarter */
	CLAUSE_ALONE = 1 << 7,    /* 1 h in 24 h on one word */
	CLAUSE_WEEK = 1 << 8,     /* 72 h in 7 days */
	CLAUSE_INDUCIBLE = 1 << 9,
	CLAUSE_AGE = 1 << 10,    /* too old, from the future, repeated */
	CLAUSE_CREDIT = 1 << 11, /* little credit: limit only */
};

enum {
	ALLIED_TERMS = 3
};

struct allied_conf {
	uint32_t parties;                /* at most ALLIED_PARTIES_MOST */
	uint32_t term[ALLIED_TERMS];     /* of 1, 2, 3 or more witnesses, s */
	uint32_t witness_span;           /* how long a witness counts, s */
	uint32_t alone_most, alone_span; /* on one party's word, s */
	uint32_t week_most, week_span;   /* on others' word, s */
	uint32_t slots;                  /* R, per party */
	uint32_t per_minute, burst;      /* G */
	uint32_t per_48, per_32;         /* slots of a party in IPv6 nets */
	uint32_t memory;                 /* subjects a party may add */
	uint8_t bits_v4, bits_v6;        /* widest subject; >= 24, >= 48 */
	uint32_t without;                /* allied_clause: not applied */
};
extern const struct allied_conf allied_defaults;

enum {
	ALLIED_PARTIES_MOST = 1024,
	ALLIED_CREDIT_START = 50,
	ALLIED_CREDIT_LOW = 40, /* below: limit only */
};

enum allied_evidence {
	ALLIED_OWN_ACT,   /* nobody can make another do it */
	ALLIED_INDUCIBLE, /* a web page can make its visitors do it */
	ALLIED_FORGEABLE, /* packets: no evidence for others */
};

struct allied_notice {
	struct net net;
	uint16_t party;
	uint8_t evidence;         /* enum allied_evidence */
	uint32_t issued, expires; /* s, as its author wrote them */
};

/* The ladder: the first rung that holds decides. */
enum allied_rung {
	ALLIED_STRANGER = 1, /* no such party */
	ALLIED_AGE,          /* expired, too old, from the future, repeated */
	ALLIED_NEVER,        /* nobody's address alone: never a subject */
	ALLIED_WIDE,         /* wider than the charter allows */
	ALLIED_TERRITORY,    /* an ally's own: referred, not closed */
	ALLIED_PROTECTED,    /* post, protected service, shield */
	ALLIED_GOOD,         /* a good client here: no one's word counts */
	ALLIED_WEAK,         /* packets can be forged */
	ALLIED_BUDGET,       /* the speaker's slots are taken */
	ALLIED_SPENT,        /* the hour a day, or the 72 a week, is used */
	ALLIED_HELD,         /* as hard a measure stands as long */
	ALLIED_LIMITED,      /* assisted, by limit */
	ALLIED_DENIED,       /* assisted, by deny */
};

/* What this host knows of a subject that others name. The whole net counts:
 * one protected address in it protects it. */
enum allied_immunity {
	IMMUNE_NOT,
	IMMUNE_TERRITORY,
	IMMUNE_PROTECTED,
	IMMUNE_GOOD,
	IMMUNE_SHARED, /* many people behind it: limit, never deny */
};
typedef enum allied_immunity allied_immunity_fn(void *arg,
    const struct net *net);

struct allied_verdict {
	enum allied_rung rung;
	enum verdict verdict; /* NONE, LIMIT or DENY: what is new */
	uint32_t until;       /* s; what is in force now ends then, or 0 */
	uint32_t witnesses;   /* full parties in the last 7 days */
};

struct allied;

/* immunity may be NULL: nobody is protected. */
void allied_new(struct allied **ret, const struct allied_conf *c,
    const struct hash_key *key, allied_immunity_fn *immunity, void *arg);
void allied_free(struct allied **ap);

/* Judges a notice. own: when this host last had evidence of its own against
 * the subject, 0 for never; it is one more witness, so that an ally's word is
 * not alone. now never goes back: an earlier one is taken for the latest. */
void allied_hear(struct allied *a, const struct allied_notice *n, uint32_t own,
    uint32_t now, struct allied_verdict *ret);
/* The party takes back what it said of this subject; the answer is what
 * stays in force on the others' word. */
void allied_pardon(struct allied *a, uint16_t party, const struct net *net,
    uint32_t now, struct allied_verdict *ret);
/* Opens whatever others said (a shield rose, the operator pardoned). */
void allied_lift(struct allied *a, const struct net *net, uint32_t now);

/* What stands on others' word: until when and how hard; 0: nothing. */
uint32_t allied_in_force(const struct allied *a, const struct net *net,
    uint32_t now, enum verdict *ret);

/* Own evidence against a subject: who named it gains credit. */
void allied_confirm(struct allied *a, const struct net *net, uint32_t now);
/* A notice of this party was wrong: 5 for a good client hit, 20 when a
 * human annulled it. */
void allied_fault(struct allied *a, uint16_t party, uint32_t points,
    uint32_t now);
uint32_t allied_credit(struct allied *a, uint16_t party, uint32_t now);
/* A newcomer: an eighth of the budget, and no witness beside others. */
void allied_probation(struct allied *a, uint16_t party, bool on);
uint32_t allied_slots_used(const struct allied *a, uint16_t party,
    uint32_t now);

/* One sentence: why. name is the party's. */
size_t allied_reason(const struct allied_verdict *v, const char *name,
    uint32_t now, char *to, size_t size);
const char *allied_rung_name(enum allied_rung r);

#endif
