/*
 * proxy - who is the client behind a proxy, and who looks like a proxy.
 *
 * A forwarded address is believed only if the peer that logged it is trusted:
 * then the rightmost address of X-Forwarded-For that is not itself trusted is
 * the client. And an address that makes more than 30 % of a source's
 * successful requests (of at least 1,000) is taken for a proxy: shutting it
 * out would shut out everybody behind it.
 */
#ifndef LPT_PROXY_H
#define LPT_PROXY_H

#include "base/addr.h"

struct trusted {
	size_t n;
	struct net *nets;
};

bool proxy_trusts(const struct trusted *t, const struct addr *a);

/* The client's text within forwarded, or absent if there is none to be
 * believed. */
struct str proxy_client(const struct trusted *t, struct str forwarded);

/* The heavy hitters of one source (Metwally's space saving: a newcomer takes
 * the seat of the least seen and inherits its count as possible error). */
enum {
	HEAVY_SEATS = 24,
	HEAVY_LEAST = 1000,
	HEAVY_PERMILLE = 300,
	HEAVY_SPAN = 100000, /* then all counts are halved */
	HEAVY_GROUPS = 256,
};

struct heavy {
	uint32_t of;
	uint32_t next; /* look again when so many were seen */
	uint64_t key[HEAVY_SEATS];
	uint32_t n[HEAVY_SEATS], error[HEAVY_SEATS];
	/* by hash of the key: bits of the seats, so that most newcomers are
	 * known as such at once */
	uint32_t seats[HEAVY_GROUPS];
	/* The least seen so far, and where the search for such goes on. */
	uint32_t least, hand;
	struct addr who[HEAVY_SEATS];
};

/* Counts a successful request. True if it is time to tell: then *who makes
 * *share permille of the last *of at least. */
bool heavy_see(struct heavy *h, const struct addr *a, struct addr *who,
    uint32_t *share, uint32_t *of);

#endif
