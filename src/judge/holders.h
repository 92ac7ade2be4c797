/*
 * holders - which jails shut an address out, where several do.
 *
 * There is one measure for a net, whatever reasons it has: its ports are those
 * of all, its end the last. Where jails of fail2ban's share one, each has an
 * entry here, so that one can let go and the others stay. A measure of one
 * jail alone has none. Bounded: beyond it a measure is its last rule's alone.
 */
#ifndef LPT_HOLDERS_H
#define LPT_HOLDERS_H

#include "base/hash.h"
#include "judge/ledger.h"

enum {
	HOLDERS_MAX = 65536
};

struct holder {
	struct ledger_held is;
	uint32_t next; /* place + 1 of the same bucket's, or of a free one */
	bool used;
};

struct holders {
	struct hash_key key;
	size_t n, used;
	struct holder *v;
	uint32_t *bucket, free; /* place + 1; 0: none */
};

void holders_new(struct holders *h);
void holders_free(struct holders *h);
/* Adds it, or prolongs it. True: it was not there. */
bool holders_put(struct holders *h, const struct ledger_held *x);
bool holders_drop(struct holders *h, const struct net *n, uint16_t rule);
/* The next of that net after `was`, or the first; NULL: there is none. */
const struct ledger_held *holders_next(const struct holders *h,
    const struct net *n, const struct ledger_held *was);

#endif
