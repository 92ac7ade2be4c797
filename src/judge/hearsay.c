#include "judge/hearsay.h"

void hearsay_add(struct hearsay *h, const struct net *n, uint32_t until,
    uint32_t now)
{
	size_t seat = HEARSAYS;

	for (size_t i = 0; i < HEARSAYS; i++) {
		bool same = memcmp(&h->of[i].net, n, sizeof(*n)) == 0;

		if (same || (seat == HEARSAYS && h->of[i].until <= now))
			seat = i;
		if (same)
			break;
	}
	if (seat == HEARSAYS) {
		h->full_until = MAX(h->full_until, until);
		return;
	}
	h->of[seat].until =
	    h->of[seat].until > now && !memcmp(&h->of[seat].net, n, sizeof(*n))
		? MAX(h->of[seat].until, until)
		: until;
	h->of[seat].net = *n;
}

bool hearsay_has(const struct hearsay *h, const struct net *n, uint32_t now)
{
	if (h->full_until > now)
		return true;
	for (size_t i = 0; i < HEARSAYS; i++)
		if (h->of[i].until > now &&
		    (net_has(n, &h->of[i].net.addr) ||
			net_has(&h->of[i].net, &n->addr)))
			return true;
	return false;
}
