/*
 * measures - what is shut out now, as the judge ordered it.
 *
 * A dense array with a hash index over it: quick to find by net, cheap to
 * walk. The kernel's own truth is asked for separately (see kernel.h).
 */
#ifndef LPT_MEASURES_H
#define LPT_MEASURES_H

#include "base/hash.h"
#include "judge/ledger.h"

struct measures {
	struct hash_key key;
	size_t n, room;
	struct ledger_measure *v;
	uint32_t *index; /* position + 1, 0: free; a power of two */
	size_t mask;
	uint32_t next_end; /* nothing ends before, s */
};

void measures_new(struct measures *m);
void measures_free(struct measures *m);
/* NULL if there is none for exactly this net. */
struct ledger_measure *measures_get(const struct measures *m,
    const struct net *n);
/* The narrowest one with this address in it and at most that many bits, or
 * NULL. */
struct ledger_measure *measures_over(const struct measures *m,
    const struct addr *a, uint8_t bits);
/* Adds or replaces; the pointer holds until the next put or drop. */
struct ledger_measure *measures_put(struct measures *m,
    const struct ledger_measure *x);
/* The last one moves to its place: its position, or SIZE_MAX if it was not
 * there. */
size_t measures_drop(struct measures *m, const struct net *n);

#endif
