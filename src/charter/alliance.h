/*
 * alliance - what the sealed acts of one charter add up to. Pure.
 *
 * Sealed acts are taken in any order and any number of times; each is
 * verified, kept if it is the newest of its kind, and answered in one
 * sentence. Versions of the charter are walked from 1 on: each needs the
 * seals of the version before and its own, and of every party it adds. A
 * version that does not have them yet waits, and seals for it are gathered.
 * What comes out are facts: who is a party, who speaks for it, what is whose
 * territory, what the limits are. No clock, no I/O; now is UTC ms.
 */
#ifndef LPT_ALLIANCE_H
#define LPT_ALLIANCE_H

#include "charter/charter.h"
#include "charter/record.h"
#include "charter/roll.h"
#include "charter/sealed.h"
#include "law/allied.h"

struct alliance;

enum alliance_answer {
	ALLIANCE_TAKEN,   /* something changed */
	ALLIANCE_KNOWN,   /* had it already, or a newer one */
	ALLIANCE_WAITS,   /* more seals or an earlier version are needed */
	ALLIANCE_STORED,  /* right as far as can be said; nothing follows yet */
	ALLIANCE_REFUSED, /* see fault and why */
};

/* Why not: counted by whoever asks. */
enum alliance_fault {
	ALLIANCE_OK,
	ALLIANCE_E_SHAPE,    /* no sealed act */
	ALLIANCE_E_TEXT,     /* its text is wrong */
	ALLIANCE_E_SEAL,     /* a seal is wrong */
	ALLIANCE_E_FEW,      /* too few seals */
	ALLIANCE_E_STRANGER, /* of no party here */
	ALLIANCE_E_OTHER,    /* of another alliance */
	ALLIANCE_E_OLD,      /* a lower number than the one that holds */
	ALLIANCE_E_RULE,     /* the charter's own rules forbid it */
	ALLIANCE_E_FULL,     /* no room for more that waits */
	ALLIANCE_FAULTS
};
const char *alliance_fault_name(enum alliance_fault f);

struct alliance_how {
	enum alliance_answer answer;
	enum alliance_fault fault;
	enum sealed_type type;
	uint8_t hash[32]; /* of the text */
	unsigned line;    /* in the text, of a fault; or 0 */
	uint16_t party;   /* whose; ALLIANCE_NOBODY */
	char why[320];    /* one sentence */
};
#define ALLIANCE_NOBODY UINT16_MAX

/* The charter's version 1 must hash to this id. */
void alliance_new(struct alliance **ret, const uint8_t id[static 32]);
void alliance_free(struct alliance **ap);

void alliance_take(struct alliance *a, const void *p, size_t n, uint64_t now_ms,
    struct alliance_how *how);

enum alliance_state {
	ALLIANCE_EMPTY, /* version 1 is not here yet */
	ALLIANCE_ALIVE,
	ALLIANCE_RIVALS, /* two versions N + 1: governance waits for N + 2 */
	ALLIANCE_LAPSED, /* nobody renewed it: no ally is heard any more */
};
enum alliance_state alliance_state(const struct alliance *a, uint64_t now_ms);
const uint8_t *alliance_id(const struct alliance *a);
/* The present version, or NULL while empty; with rivals the first taken. */
const struct charter *alliance_charter(const struct alliance *a);
const uint8_t *alliance_hash(const struct alliance *a); /* its hash, or NULL */
/* The hash of its rival, or NULL. */
const uint8_t *alliance_rival(const struct alliance *a);
uint32_t alliance_version(const struct alliance *a); /* 0: empty */
uint64_t alliance_expires(const struct alliance *a);
/* What the charter says of judging: the receiver may only lower it. parties
 * and memory are the caller's. */
void alliance_limits(const struct alliance *a, struct allied_conf *ret);

/* A party by its number: stable while the process lives; newcomers get higher
 * ones; who left keeps his. */
struct alliance_party {
	char name[TEXT_NAME_MAX + 1];
	uint8_t id[32];
	bool present; /* in the present version, and not withdrawn */
	const struct charter_party *entry; /* what the charter says, or said */
	const struct party_record *record; /* or NULL: none yet */
	const struct roll *roll;           /* or NULL */
	uint64_t withdrawn;                /* ms, when it was received; or 0 */
	uint64_t suspended;                /* by us alone: since; or 0 */
};
size_t alliance_parties(const struct alliance *a); /* numbers given so far */
const struct alliance_party *alliance_party(const struct alliance *a,
    uint16_t no);
uint16_t alliance_party_named(const struct alliance *a, struct str name);
uint16_t alliance_party_of_id(const struct alliance *a,
    const uint8_t id[static 32]);
/* Is it on probation? An eighth of the budget. */
bool alliance_probation(const struct alliance *a, uint16_t no, uint64_t now_ms);
/* "mine alone": nobody else is told, no seal is needed. */
void alliance_suspend(struct alliance *a, uint16_t no, uint64_t since_ms);

/* Who speaks with this key? Only ENVOY_OK is judged; the others are chained
 * and receipted with their reason. */
enum envoy_standing {
	ENVOY_OK,
	ENVOY_UNKNOWN,   /* on no roll */
	ENVOY_EXPIRED,   /* his time on the roll is over: history */
	ENVOY_REVOKED,   /* for ever */
	ENVOY_LEFT,      /* his party is none any more */
	ENVOY_SUSPENDED, /* his party is, by us */
	ENVOY_LAPSED,    /* the charter is */
};
struct alliance_envoy {
	uint16_t party; /* ALLIANCE_NOBODY if unknown */
	uint32_t rights;
	uint64_t not_after;
	const char *host;
};
/* party: its id, as the act says: a key may stand on two parties' rolls, for
 * nobody proves to own what he lists. */
enum envoy_standing alliance_envoy(const struct alliance *a,
    const uint8_t party[static 32], const uint8_t key[static 32],
    uint64_t now_ms, struct alliance_envoy *ret);

/* Whose territory the whole or a part of the net is; or ALLIANCE_NOBODY. */
uint16_t alliance_territory(const struct alliance *a, const struct net *n,
    uint64_t now_ms);
/* Does the net hold the literal address of a member's post? */
bool alliance_is_post(const struct alliance *a, const struct net *n);

/* All that is to be handed on and stored: versions in their order, then what
 * waits, records, rolls, revocations, withdrawals. Borrowed until the next
 * alliance_take. */
typedef void alliance_act_fn(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes);
void alliance_acts(const struct alliance *a, alliance_act_fn *fn, void *arg);

/* Versions that wait for seals. */
struct alliance_waiting {
	const struct charter *charter;
	uint8_t hash[32];
	size_t have, need;         /* of the version before */
	size_t have_own, need_own; /* of its own */
	uint64_t since;            /* ms, when it was first taken */
	char missing[200];         /* in words */
};
size_t alliance_waiting(const struct alliance *a);
bool alliance_waits(const struct alliance *a, size_t i,
    struct alliance_waiting *ret);
/* Did this party seal what waits? */
bool alliance_waits_sealed_by(const struct alliance *a, size_t i,
    const uint8_t party[static 32]);

#endif
