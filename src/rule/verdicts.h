/*
 * verdicts - which rules held for a request line when it was seen before.
 *
 * Most requests of a site are for the same few thousand pages. What the rules
 * say of a request line and its status stays the same as long as its other
 * texts (agent, referer, host, user) have nothing in them, so it is kept: two
 * places a request, the later seen first, as in the memo. What is pushed out
 * is merely looked at again. The key is drawn at start and a tag has 52 bits
 * of the hash, so nobody can make a request that passes for another.
 */
#ifndef LPT_VERDICTS_H
#define LPT_VERDICTS_H

#include "base/hash.h"
#include "line/record.h"
#include "rule/match.h"

struct verdict {
	uint16_t n, rules[MATCH_HITS];
};

struct verdicts;

void verdicts_new(struct verdicts **ret);
void verdicts_free(struct verdicts **vp);

/* The hash of all that a verdict depends on; false if the record has more
 * than its request line says, or too long a one. */
bool verdicts_hash(const struct verdicts *v, const struct record *rec,
    uint64_t *ret);
/* It will be asked for soon: fetched into the cache. */
void verdicts_fetch(const struct verdicts *v, uint64_t hash);
/* NULL if it is not known. */
const struct verdict *verdicts_get(const struct verdicts *v, uint64_t hash);
void verdicts_put(struct verdicts *v, uint64_t hash, const uint16_t *rules,
    size_t n);

#endif
