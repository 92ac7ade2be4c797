/*
 * learn - addresses that earlier lines told for an id.
 *
 * A fixed table: who fills it pushes out what is oldest in the same place.
 * Keys are hashed with a key drawn at start; a remembered address holds for
 * ten minutes of the lines' own time.
 */
#ifndef LPT_LEARN_H
#define LPT_LEARN_H

#include "base/addr.h"
#include "base/hash.h"

enum {
	LEARN_SETS = 1024,
	LEARN_WAYS = 4,
	LEARN_SPAN = 600,
};

struct learned {
	uint64_t tag; /* 0: free */
	uint32_t at;
	struct addr who;
};

struct learn {
	struct hash_key key;
	struct learned slots[LEARN_SETS][LEARN_WAYS];
};

void learn_new(struct learn **ret);
void learn_put(struct learn *l, unsigned service, struct str id, uint32_t at,
    const struct addr *who);
/* False if nothing was learned within the last ten minutes. */
bool learn_get(const struct learn *l, unsigned service, struct str id,
    uint32_t at, struct addr *ret);

#endif
