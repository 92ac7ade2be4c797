/*
 * body - what an act says: one struct and one table of fields for each type.
 *
 * Deterministic CBOR (RFC 8949 section 4.2.1): one map with small integer
 * keys in rising order, shortest lengths, nothing indefinite. Decoding is
 * bounded by the tables, allocates nothing, ignores keys that it does not
 * know and refuses the rest with a fault. The notary signs what encodes from
 * these structs and decodes to them, and nothing else.
 *
 * Lists of acts name a chain once and then numbers in it: `chain` below is
 * the index in the body's own list of chains.
 */
#ifndef LPT_BODY_H
#define LPT_BODY_H

#include "act/envelope.h"
#include "base/addr.h"

enum {
	BODY_CHAINS = 48,
	BODY_ANSWERS = 256,
	BODY_IDS = 256,
	BODY_PARDONS = 16,
	BODY_RANGES = 32,
	BODY_HEADS = 64,
};

struct act_id {
	uint8_t envoy[ACT_KEY];
	uint64_t run, seq;
};

/* I was attacked by this address or prefix. */
struct act_notice {
	struct net subject;
	uint16_t kind;
	uint8_t evidence; /* enum allied_evidence: 0 own act, 1 inducible */
	uint32_t count;
	uint64_t first, last; /* ms */
	char service[32];     /* printable ASCII, NUL-ended */
	uint8_t asked;        /* enum act_measure */
	uint32_t term;        /* s */
	uint8_t update;       /* 1: of a notice of this subject before */
};
enum act_measure {
	ASSIST_NONE,
	ASSIST_LIMIT,
	ASSIST_DENY,
	ASSISTS
};

struct act_murmur {
	uint8_t mac[32]; /* HMAC(key of the epoch, address) */
	uint32_t epoch;
	uint16_t kind;
	uint64_t at; /* ms */
};

struct act_chain {
	uint8_t envoy[ACT_KEY];
	uint64_t run;
};
enum act_answered {
	ANSWER_ASSISTING = 1,
	ANSWER_CLOSED, /* already, by ourselves */
	ANSWER_DEFERRED,
	ANSWER_DECLINED,
	ANSWER_DISPUTED,
	ANSWER_SUSPENDED, /* its author is */
	ANSWER_FORGOTTEN, /* erased, as asked */
	ANSWERS
};
const char *act_answered_name(uint8_t a);
struct act_answer {
	uint16_t chain;
	uint64_t seq;
	uint8_t verdict; /* enum act_answered */
	uint8_t reason;  /* enum allied_rung, or 0 */
	uint8_t measure; /* enum act_measure */
	uint32_t until;  /* s since 1970; 0: none */
};
struct act_receipt {
	uint16_t n_chains, n;
	struct act_chain chains[BODY_CHAINS];
	struct act_answer answers[BODY_ANSWERS];
	uint32_t over_budget; /* refused, not listed */
};
/* One more answer; false: it is full, send it and begin a new one. */
bool receipt_add(struct act_receipt *r, const struct act_id *id,
    const struct act_answer *a);

enum act_pardon_why {
	PARDON_HUMAN = 1, /* somebody took it back */
	PARDON_GOOD,      /* a good client after all */
	PARDON_FAULT,     /* our rule was wrong */
	PARDON_WHYS
};
struct act_pardon {
	uint8_t why; /* enum act_pardon_why */
	uint16_t n;
	struct act_id ids[BODY_PARDONS]; /* of our party's notices */
};

enum act_basis {
	BASIS_HUMAN = 1,
	BASIS_LOGINS,
	BASES
};
struct act_conduct {
	struct act_id notice; /* that it answers */
	struct net subject;   /* of that notice */
	uint8_t basis;        /* enum act_basis */
	uint16_t days;        /* with logins */
	uint64_t since;       /* the first login, ms */
	uint32_t term;        /* s */
};

struct act_referral {
	uint8_t to[ACT_KEY]; /* the party whose territory it is */
	struct net subject;
	uint16_t kind;
	uint8_t evidence;
	uint32_t count;
	uint64_t first, last; /* ms */
};

enum act_settled {
	SETTLED_ACKNOWLEDGED = 1,
	SETTLED_SETTLED,
	SETTLED_REFUSED,
	SETTLEDS
};
struct act_settlement {
	struct act_id referral;
	uint8_t state;  /* enum act_settled */
	uint8_t reason; /* free for the sender, 0: none */
};

struct act_forget {
	uint16_t n_chains, n;
	struct act_chain chains[BODY_CHAINS];
	struct act_forgotten {
		uint16_t chain;
		uint64_t seq;
	} ids[BODY_IDS];
};
bool forget_add(struct act_forget *f, const struct act_id *id);

enum act_run_why {
	RUN_START = 1,
	RUN_LAPSE, /* somebody spoke in our run: we go on in another */
	RUN_WHYS
};
struct act_run {
	uint8_t why;            /* enum act_run_why */
	uint64_t run, seq;      /* the last head we remember; 0: none */
	uint8_t head[ACT_HASH]; /* and its hash */
};

/* Not chained: seq is a counter of its own. */
struct act_head {
	uint8_t envoy[ACT_KEY];
	uint64_t run, seq;
	uint8_t hash[ACT_HASH];
};
struct act_heartbeat {
	uint64_t clock; /* ms */
	uint8_t all;    /* 1: all chains, in so many parts; 0: changed ones */
	uint16_t part, of;
	uint16_t n;
	struct act_head heads[BODY_HEADS];
};

struct act_range {
	uint8_t envoy[ACT_KEY];
	uint64_t run, from, to; /* both included */
};
/* CARRY says which ranges were handed on and which are not had; the acts
 * themselves go as FRAME_FORWARDED, verbatim. */
struct act_want {
	uint8_t to[ACT_KEY]; /* the ally that is asked, or answered */
	uint16_t n;
	struct act_range ranges[BODY_RANGES];
};
struct act_carry {
	uint8_t to[ACT_KEY];
	uint16_t n, n_lacked;
	struct act_range ranges[BODY_RANGES], lacked[BODY_RANGES];
};

union act_body {
	struct act_notice notice;
	struct act_murmur murmur;
	struct act_receipt receipt;
	struct act_pardon pardon;
	struct act_conduct conduct;
	struct act_referral referral;
	struct act_settlement settlement;
	struct act_forget forget;
	struct act_run run;
	struct act_heartbeat heartbeat;
	struct act_want want;
	struct act_carry carry;
};

/* Only the struct of that type in *ret is written. ACT_E_TYPE for a type that
 * this version does not know. */
enum act_fault body_decode(uint8_t type, struct str bytes, union act_body *ret);
/* At most ACT_BODY_MOST bytes; ACT_E_LONG if they do not fit into size, and
 * the fault that body_decode would find in what it gave. */
enum act_fault body_encode(uint8_t type, const union act_body *b, uint8_t *to,
    size_t size, size_t *ret_n);

#endif
