/*
 * book - the rules of one generation, as far as the judge needs them.
 *
 * Parsed from the same bytes as the reader's and in the same order, so a
 * rule's number means the same in both. Kept are names and what the law
 * counts by; patterns and examples are let go at once.
 */
#ifndef LPT_BOOK_H
#define LPT_BOOK_H

#include "conf/conf.h"
#include "law/law.h"
#include "rule/rule.h"
#include "wire/asking.h"

struct book_rule {
	char *name; /* service/name */
	char *about;
	char *jail;         /* fail2ban's name of it; NULL: it is none of its */
	struct net *ignore; /* of a jail that looks names up: its ignoreip */
	size_t n_ignore;
	char attack[12];
	struct ports ports; /* that its measures close; n 0: all */
	enum rule_answer answer;
	uint64_t total;    /* sightings ever */
	uint64_t today;    /* sightings of the day `day` */
	uint64_t measures; /* of this day */
	uint64_t shut;     /* measures since the start */
	uint32_t day;      /* since 1970 */
	bool dirty;        /* not in the ledger yet */
	/* what became of questions since the start, see asides.h */
	uint64_t checked[CHECKED_KINDS], found[FOUND_KINDS];
};

struct book {
	uint32_t generation;
	uint32_t faults;
	size_t n;
	struct book_rule *rules;
	struct law_rule *law;
	const char **names;
};

/* files: as in conf/pack.h. What is wrong in them is told to fault and left
 * out. */
void book_load(struct book **ret, uint32_t generation, struct str files,
    const struct conf *c, rule_fault_fn *fault, void *arg);
void book_free(struct book **pp);

/* The number of the rule with that name, or UINT16_MAX. */
uint16_t book_find(const struct book *p, struct str name);
/* Its name; "-" past the end. */
const char *book_name(const struct book *p, uint16_t rule);

#endif
