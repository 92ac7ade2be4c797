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
 *
 * Several charters share one judge: witnesses count within one charter, and
 * a party is charged for all its words together. What a notice supports is
 * charged even if it closes nothing new, so that no pardon of an honest party
 * leaves a measure that nobody pays for.
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
	uint32_t conducts;               /* safe-conducts of a party */
	uint32_t conduct_term;           /* longest, s */
	uint32_t conduct_again;          /* not again before, s */
	uint8_t bits_v4, bits_v6;        /* widest subject; >= 24, >= 48 */
	uint32_t without;                /* allied_clause: not applied */
};
extern const struct allied_conf allied_defaults;

enum {
	ALLIED_PARTIES_MOST = 1024,
	ALLIED_CREDIT_START = 50,
	ALLIED_CREDIT_LOW = 40, /* below: limit only */
	ALLIED_CHARTERS = 16,
	ALLIED_CONDUCTS = 16, /* safe-conducts in force of a party, at most */
};

enum allied_evidence {
	ALLIED_OWN_ACT,   /* nobody can make another do it */
	ALLIED_INDUCIBLE, /* a web page can make its visitors do it */
	ALLIED_FORGEABLE, /* packets: no evidence for others */
};

struct allied_notice {
	struct net net;
	uint16_t party;
	uint8_t charter;          /* a number below ALLIED_CHARTERS */
	uint8_t evidence;         /* enum allied_evidence */
	uint32_t issued, expires; /* s, as its author wrote them */
	uint32_t deferred; /* it was heard then, and there was no room in its
			      author's budget; 0: this is the first time */
};

/* The ladder: the first rung that holds decides. */
enum allied_rung {
	ALLIED_STRANGER = 1, /* no such party */
	ALLIED_AGE,          /* expired, too old, from the future, repeated */
	ALLIED_NEVER,        /* nobody's address alone: never a subject */
	ALLIED_WIDE,         /* wider than the charter allows */
	ALLIED_TERRITORY,    /* an ally's own: referred, not closed */
	ALLIED_POST,         /* a member's post */
	ALLIED_SERVICE,      /* of the shipped list of protected services */
	ALLIED_PROTECTED,    /* the absolute shield */
	ALLIED_GOOD,         /* a good client here: no one's word counts */
	ALLIED_WEAK,         /* packets can be forged */
	ALLIED_BUDGET,       /* the speaker's slots are taken */
	ALLIED_CONDUCT,      /* a safe-conduct, and one word against it */
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
	IMMUNE_POST,
	IMMUNE_SERVICE,
	IMMUNE_PROTECTED,
	IMMUNE_GOOD,
	IMMUNE_SHARED,   /* many people behind it: limit, never deny */
	IMMUNE_REFERRED, /* territory, a referral is open: limit */
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

/* immunity may be NULL: nobody is protected. key: one that is kept as long as
 * what allied_changed tells, if anything is to be kept. */
void allied_new(struct allied **ret, const struct allied_conf *c,
    const struct hash_key *key, allied_immunity_fn *immunity, void *arg);
void allied_free(struct allied **ap);
/* What this charter says instead of the defaults: terms and widths. */
void allied_charter(struct allied *a, uint8_t charter,
    const uint32_t term[static ALLIED_TERMS], uint8_t bits_v4, uint8_t bits_v6);

/* Judges a notice. own: when this host last had evidence of its own against
 * the subject, 0 for never; it is one more witness, so that an ally's word is
 * not alone. now never goes back: an earlier one is taken for the latest. */
void allied_hear(struct allied *a, const struct allied_notice *n, uint32_t own,
    uint32_t now, struct allied_verdict *ret);
/* The party takes back what it said of this subject, issued until then; the
 * answer is what stays in force on the others' word. */
void allied_pardon(struct allied *a, uint16_t party, const struct net *net,
    uint32_t issued, uint32_t now, struct allied_verdict *ret);
/* Opens whatever others said (a shield rose). */
void allied_lift(struct allied *a, const struct net *net, uint32_t now);
/* A human here says they were wrong: opens it, their words count no more and
 * each of their authors loses credit. */
void allied_annul(struct allied *a, const struct net *net, uint32_t now);
/* The party's words of this subject, for why: false past the last. */
struct allied_word {
	uint16_t party, charters;
	bool pardoned, own_act;
	uint32_t at, issued, expires;
};
bool allied_word(const struct allied *a, const struct net *net, size_t i,
    struct allied_word *ret);

/* A party says: this address that others name is a proven good client of
 * mine. It lifts what stands on one word, is void when a second party gives
 * notice, and costs its author then. */
enum allied_conduct {
	CONDUCT_GIVEN,
	CONDUCT_NO_NOTICE, /* no other party's notice stands against it */
	CONDUCT_VOID,      /* more than one party's does */
	CONDUCT_AGAIN,     /* it had one within 7 days */
	CONDUCT_FULL,      /* as many as a party may have in force */
	CONDUCT_OVER,      /* expired */
};
enum allied_conduct allied_conduct(struct allied *a, uint16_t party,
    const struct net *net, uint32_t expires, uint32_t now);
const char *allied_conduct_why(enum allied_conduct c);
/* Until when one is in force, and whose; 0: none. */
uint32_t allied_conduct_of(const struct allied *a, const struct net *net,
    uint32_t now, uint16_t *party);

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

/* For the ledger: what is remembered of a subject and of a party, as bytes.
 * Only what changed since allied_kept is told; what came back with
 * allied_restore* must be of the same conf.memory, with no fewer parties. */
enum {
	ALLIED_PACKED = 640,         /* a subject, at most */
	ALLIED_PARTY_PACKED = 16384, /* a party, at most */
	ALLIED_SLOTS_MOST = 1024
};
typedef void allied_keep_fn(void *arg, uint32_t place, const struct net *net,
    struct str bytes);
typedef void allied_keep_party_fn(void *arg, uint16_t party, struct str bytes);
void allied_changed(const struct allied *a, allied_keep_fn *subject,
    allied_keep_party_fn *party, void *arg);
bool allied_has_changed(const struct allied *a);
/* Tells a party, or all there is, again. */
void allied_touch(struct allied *a, uint16_t party);
void allied_keep_all(struct allied *a);
/* They are safe. */
void allied_kept(struct allied *a);
/* False: not what allied_changed made, and nothing was taken. */
bool allied_restore(struct allied *a, uint32_t place, struct str bytes);
bool allied_restore_party(struct allied *a, uint16_t party, struct str bytes);
/* After a restart, once, at this time: a measure stands at most its length
 * and to its end; with the clock behind what was known (last), it is over. */
void allied_resume(struct allied *a, uint32_t last, uint32_t now);
/* The clock was set back to now: what was written after it counts as now. */
void allied_set_back(struct allied *a, uint32_t now);

/* All that stand, for whoever lists them. */
typedef void allied_stands_fn(void *arg, const struct net *net,
    enum verdict verdict, uint32_t until);
void allied_stand(const struct allied *a, uint32_t now, allied_stands_fn *fn,
    void *arg);

/* Forgets which address this was, not what it cost: opens it, and what the
 * caps need lies under a keyed hash until somebody names it again. */
void allied_forget(struct allied *a, const struct net *net, uint32_t now);

/* One sentence: why. name is the party's. */
size_t allied_reason(const struct allied_verdict *v, const char *name,
    uint32_t now, char *to, size_t size);
const char *allied_rung_name(enum allied_rung r);

#endif
