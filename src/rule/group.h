/*
 * group - patterns that may be tried on the same messages.
 *
 * Most log messages begin with words of their program, so most patterns wait
 * in a tree of leading literals; those that are dear to try wait for another
 * literal too. The others wait behind a literal that they need somewhere; a
 * few are always tried.
 */
#ifndef LPT_GROUP_H
#define LPT_GROUP_H

#include "rule/compiled.h"

/* One pattern of a rule, or one that only learns. */
struct candidate {
	const struct reader *reader;
	uint16_t rule, pattern;
	uint16_t service;
	bool learns;
	bool waits; /* its leading words are not enough; the group's */
};

struct group;

void group_new(struct group **ret);
void group_free(struct group **gp);
/* In the rules' order: the first added is the first tried. */
void group_add(struct group *g, const struct candidate *c);
void group_ready(struct group *g);

/* Which candidates are worth a try, in order; they stay until the next call. */
const uint16_t *group_find(struct group *g, struct str message, size_t *n);
static inline const struct candidate *group_at(const struct group *g,
    uint16_t i);

struct group {
	size_t n;
	struct candidate *candidates;
	struct prefixes *leads;
	struct literals *needs;
	struct memo *bare; /* messages without any of them; or NULL */
	bool has_needs, has_waiting;
	uint32_t turn, *met; /* by candidate: when its other need was met */
	size_t n_always;
	uint16_t *always;
	uint16_t *found; /* room for all */
};

static inline const struct candidate *group_at(const struct group *g,
    uint16_t i)
{
	return &g->candidates[i];
}

#endif
