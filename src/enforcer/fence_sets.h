/*
 * fence_sets - which sets and groups of ports our table has.
 *
 * What was made or read is noted, so that a set is made when its first
 * element comes, and so that the table can be compared with what it should
 * be: each set has its rules, each group of ports its chains.
 */
#ifndef LPT_FENCE_SETS_H
#define LPT_FENCE_SETS_H

#include "nft/nft.h"

/* A bit for each length of prefix. */
struct present {
	uint64_t bits[3];
};

struct fence_sets {
	struct present plain[2][4][2];           /* family, act, list */
	struct present ported[NFT_GROUPS][2][4]; /* group, family, act */
	struct ports groups[NFT_GROUPS];         /* n 0: there is none */
};

bool sets_has(const struct fence_sets *all, const struct net_set *s);
void sets_note(struct fence_sets *all, const struct net_set *s);
/* All but the groups. */
void sets_forget(struct fence_sets *all);
/* The set after *s in the order of ports, family, act, list, bits; false: no
 * more. Of groups that are not there none is told. */
bool sets_next(const struct fence_sets *all, struct net_set *s);

/* So many the table must have. */
uint32_t sets_rules(const struct fence_sets *all);
uint32_t sets_chains(const struct fence_sets *all);

#endif
