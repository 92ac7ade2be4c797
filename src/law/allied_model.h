/*
 * allied_model - the theorem's own book of what was closed when.
 *
 * It knows nothing of the judge's insides: what parties said and what the
 * judge answered is noted here, and each clause of allied.h is checked against
 * these notes alone. For allied_theorem_test.c, which plays the histories.
 */
#ifndef LPT_ALLIED_MODEL_H
#define LPT_ALLIED_MODEL_H

#include "base/draw.h"
#include "law/allied.h"

enum {
	PARTIES = 5,
	SUBJECTS = 24,
	ACTS = 60,
	SPANS = ACTS + 1,
	CONDUCTS = 2,
	PLACES = 1 + PARTIES * 32,
	HOUR = 3600,
	DAY = 24 * HOUR,
	WORD = 8 * DAY, /* at least as long as a word counts */
};

enum nature {
	PLAIN,
	SPECIAL,
	WIDE,
	TERRITORY,
	SHIELDED,
	GOOD,
	SHARED
};

struct subject {
	const char *net;
	enum nature nature;
};
extern const struct subject subjects[SUBJECTS];
extern const struct allied_conf small;
extern struct net nets[SUBJECTS]; /* of the subjects */

struct span_seen {
	uint32_t from, until;
	bool alone;
};

struct book {
	struct net net;
	struct span_seen span[SPANS];
	size_t n;
	uint32_t word[PARTIES];    /* last said and not taken back; 0: none */
	uint32_t issued[PARTIES];  /* of the last that was assisted */
	uint32_t charged[PARTIES]; /* until */
	uint32_t expires[PARTIES]; /* of what was said last */
	struct allied_notice refused[PARTIES]; /* for want of budget, last */
	uint32_t own;                          /* last own evidence */
	uint32_t conduct_at, conduct_until;
	uint16_t conduct_of;
};

/* What a ledger would hold. */
struct kept {
	size_t n;
	char bytes[ALLIED_PACKED];
};

struct history {
	uint64_t state;
	struct allied *a;
	uint32_t now, traitors, pace, spread, clauses;
	struct book book[SUBJECTS];
	uint32_t grant[PARTIES][ACTS];
	size_t n_grants[PARTIES];
	struct kept subject[PLACES];
	struct kept party[PARTIES];
	const char *broken; /* NULL: all holds */
};

/* As the nature of the subject says. */
enum allied_immunity immunity(void *arg, const struct net *net);
/* The first that does not hold is remembered. */
void must(struct history *h, bool holds, const char *what);
/* Parties whose word on it counts now, and our own. */
uint32_t words(const struct history *h, const struct book *b);
/* Ends what stood and begins what stands; before: words before this act. */
void note(struct history *h, struct book *b, uint32_t before);
/* Traitors hold up no more than their slots. */
void check_force(struct history *h);
/* Other parties whose word on it counts now. */
uint32_t words_beside(const struct history *h, const struct book *b,
    uint16_t party);
/* What may never be, whatever was said before. */
void check_grant(struct history *h, size_t i, const struct allied_notice *n,
    const struct allied_verdict *v, uint32_t credit);

#endif
