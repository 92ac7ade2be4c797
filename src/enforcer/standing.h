/*
 * standing - the orders that stand: which nets are shut, how, and until when.
 *
 * The kernel keeps the measures; this copy of 24 bytes each is for what the
 * kernel cannot do cheaply: tell all of a large set (its dumps walk from the
 * start for every packet: a million elements take half a minute), and make
 * all of it again after somebody flushed the ruleset. One net has one
 * measure. Open addressing with linear probing and a keyed hash; grows by
 * doubling up to STANDING_MAX entries.
 */
#ifndef LPT_STANDING_H
#define LPT_STANDING_H

#include "base/addr.h"
#include "base/hash.h"

enum {
	STANDING_MAX = 2000000
};

struct stand {
	uint8_t b[16];  /* of the address */
	uint32_t until; /* s on the clock of struct mono */
	uint8_t family; /* 0: free */
	uint8_t bits;
	uint8_t act;
	bool list : 1, marked : 1;
	uint8_t ports : 6; /* group; 0: every port */
};
static_assert(sizeof(struct stand) == 24, "a million of them are there");

struct standing {
	struct hash_key key;
	size_t n, mask; /* slots - 1, slots a power of two */
	struct stand *v;
	/* how many of each length: which prefixes are worth a look */
	uint32_t lengths[2][129];
};

void standing_new(struct standing *ret);
void standing_free(struct standing *s);
/* NULL if there is none for exactly this net. */
struct stand *standing_get(const struct standing *s, const struct net *n);
/* The entry, new or old; NULL if there is no more room. Pointers hold until
 * the next put or drop. */
struct stand *standing_put(struct standing *s, const struct net *n);
void standing_drop(struct standing *s, const struct net *n);
struct net stand_net(const struct stand *e);

/* Calls each for every entry whose net overlaps n; each must not change the
 * table. */
void standing_overlaps(const struct standing *s, const struct net *n,
    void (*each)(const struct stand *e, void *arg), void *arg);

/* Forgets what is over, looking at no more than `most` slots from *at on;
 * *at goes on and wraps round. */
void standing_sweep(struct standing *s, uint32_t now, size_t *at, size_t most);

#endif
