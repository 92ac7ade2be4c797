/*
 * tally - whom a replay names: one entry per (subject, rule) that earned a
 * ruling, and how often each address logged in.
 *
 * Offline and inside the jail, so the tables may grow with the logs, up to
 * the jail's memory limit.
 */
#ifndef LPT_TALLY_H
#define LPT_TALLY_H

#include "law/law.h"

/* One attacker, as it goes through the pipe; fixed size, no pointers. */
struct named {
	struct addr who; /* as the line said it */
	uint16_t rule;
	uint8_t verdict, rung; /* the hardest, and why */
	bool success_after;    /* a success after its failures */
	uint32_t ruled;        /* when first, s */
	uint32_t first, last;  /* of its lines that count, s */
	uint32_t until;        /* of its last measure; 0: none */
	uint32_t count;        /* lines that count: in windows and after */
	uint32_t need, span;   /* what it took at first */
	uint32_t rulings;
	uint32_t logins; /* successful ones of this subject */
	bool by_slow;
};

struct tally;

void tally_new(struct tally **ret, const struct hash_key *key);
void tally_free(struct tally **tp);

/* What an event came to; login: it was a success. Its address is folded. */
void tally_event(struct tally *t, const struct law_event *e, bool login,
    const struct ruling *r);

size_t tally_named(const struct tally *t);
/* The i-th, with its logins filled in. */
struct named tally_at(const struct tally *t, size_t i);
/* Different subjects among the named. */
size_t tally_subjects(const struct tally *t);

#endif
