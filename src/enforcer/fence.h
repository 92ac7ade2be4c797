/*
 * fence - what keeps the shut nets out. One vtable; two ways to build it.
 *
 * fence_nft is the kernel's nf_tables, fence_dry is nothing at all: the same
 * answers for who may only watch. All calls are synchronous and take
 * microseconds for one net; the caller is the one who remembers what stands.
 */
#ifndef LPT_FENCE_H
#define LPT_FENCE_H

#include "nft/nft.h"

enum fence_how {
	FENCE_ADD,   /* it is not there */
	FENCE_RENEW, /* it may be: its term begins anew */
	FENCE_DROP,  /* it may be there */
};

struct fence_change {
	struct net_set set;
	struct addr addr;
	uint8_t how;  /* enum fence_how */
	uint32_t ttl; /* s; 0: for ever */
};

struct fence_state {
	bool owner, persist; /* the table is ours alone, and outlives us */
	bool made;           /* it was not there, or not whole */
	bool torn;           /* it is there and not as it should be */
};

/* The next element that should be there; false at the end. */
typedef bool (*fence_next)(struct fence_change *ret, void *arg);

struct fence_kind {
	const char *name;
	/* sockets only: before the jail closes */
	int (*open)(void **ret, const char *table);
	/* makes the table, or takes the one that is there with all its
	 * elements; with torn set, nothing but walk and remake is allowed;
	 * -EBUSY: somebody who lives owns it */
	int (*claim)(void *f, struct fence_state *ret);
	/* all or nothing; no net and set twice in one call */
	int (*apply)(void *f, const struct fence_change *c, size_t n);
	/* fills in left, packets, bytes, held; dry: held if left is given */
	int (*look)(void *f, struct nft_elem *e, size_t n);
	bool (*has_set)(const void *f, const struct net_set *s);
	/* the ports of a group; NULL: there is no such group */
	const struct ports *(*group)(const void *f, uint8_t group);
	/* makes a group that is not there, 1 to NFT_GROUPS - 1; with no ports:
	 * the next remake is without it */
	int (*set_group)(void *f, uint8_t group, const struct ports *p);
	/* makes everything anew; if a table is there, in one transaction */
	int (*remake)(void *f, fence_next next, void *arg);
	/* is the table as we made it? 0, FENCE_E_TORN */
	int (*check)(void *f);
	/* readable when somebody changed something; -1: nobody can */
	int (*watch_fd)(const void *f);
	/* 0: not our table; FENCE_E_TORN: check it; FENCE_E_DISARMED */
	int (*heard)(void *f);
	/* all elements of the sets that are wanted, some at a time:
	 * NFT_WALK_*. What large sets cost, see standing.h. */
	int (*walk)(void *f, bool (*want)(const struct net_set *s, void *),
	    void (*each)(const struct nft_elem *e, void *), void *arg);
	/* takes the table away */
	int (*raze)(void *f);
	void (*close)(void **f);
};

enum {
	FENCE_OK,
	FENCE_E_TORN,
	FENCE_E_DISARMED, /* the operator took the table away */
};

extern const struct fence_kind fence_nft, fence_dry;

#endif
