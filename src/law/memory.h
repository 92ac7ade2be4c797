/*
 * memory - what a subject already earned: measure, end, repeats.
 *
 * One seat per subject or widened prefix that ever reached a threshold; as
 * many as a quarter of the pairs, and the one that was quiet for longest
 * gives way. Repeats are measures that are not forgotten yet; one is
 * forgotten per `decay` of quiet after the end of the last.
 */
#ifndef LPT_MEMORY_H
#define LPT_MEMORY_H

#include "law/law.h"
#include "law/seats.h"

/* How a seat of this table reads. Heat is the later of end and evidence. */
struct memory {
	enum verdict verdict;
	uint32_t until, term, last;
	uint16_t failures;
	uint8_t repeats, ports;
};

struct memory memory_at(const struct seat *s);
void memory_put(struct seat *s, const struct memory *m);

/* In force at this time? */
static inline bool memory_holds(const struct memory *m, uint32_t at)
{
	return m->verdict != VERDICT_NONE && at < m->until;
}

/* Repeats that are not forgotten at this time. */
uint8_t memory_repeats(const struct memory *m, uint32_t decay, uint32_t at);

/* The first term of a measure and the cap of its doubling, s; or each of the
 * terms, one after the other. */
struct terms {
	uint32_t first, most;
	size_t n; /* 0: it doubles */
	const uint32_t *each;
};

/* Those of the rule; NULL: of a prefix, or a rule without its own. */
struct terms memory_terms(const struct law_conf *c, const struct law_rule *r);

/* The length of a measure after so many repeats. */
uint32_t memory_term(struct terms t, uint32_t repeats);

/* A doubling more than reach the cap would only take longer to forget. */
uint8_t memory_repeats_most(struct terms t);

#endif
