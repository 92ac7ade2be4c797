/*
 * hearsay - who was blamed by a name of late.
 *
 * Whoever owns an address chooses what name it is logged by, and whoever owns
 * a name what addresses it has: so one can be made to look like another. What
 * names say counts on this host, whose administrator asked for it, and is
 * forgeable evidence for others: while some of it may stand in a window,
 * nothing is told to allies about that address. If more addresses are named
 * than are remembered, nothing at all is told meanwhile.
 */
#ifndef LPT_HEARSAY_H
#define LPT_HEARSAY_H

#include "base/addr.h"

enum {
	HEARSAYS = 512
};

struct hearsay {
	struct {
		struct net net;
		uint32_t until; /* s; 0: free */
	} of[HEARSAYS];
	uint32_t full_until; /* s: more were named than there is room for */
};

void hearsay_add(struct hearsay *h, const struct net *n, uint32_t until,
    uint32_t now);
/* May evidence about it come of a name? */
bool hearsay_has(const struct hearsay *h, const struct net *n, uint32_t now);

#endif
