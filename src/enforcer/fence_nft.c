#include "enforcer/fence.h"
#include "enforcer/fence_sets.h"

#include "enforcer/fence_watch.h"
#include "nft/nft_bits.h"

enum {
	CHUNK = 16000, /* elements in a transaction, if it need not be one */
	CLAIM_TRIES = 40,
	CLAIM_WAIT_US = 25000,
};

struct fence {
	struct nft nft, walker; /* a walk may not stand between an order and
				   its ack */
	int watch;
	bool owned;
	struct fence_sets sets;
	struct net_set at;   /* the walk is in this set, */
	bool walking, begun; /* if any */
};

static bool nft_has_set(const void *arg, const struct net_set *s)
{
	return sets_has(&((const struct fence *)arg)->sets, s);
}

static void note_set(const struct net_set *s, void *arg)
{
	sets_note(&((struct fence *)arg)->sets, s);
}

static void note_group(uint8_t group, const struct ports *p, void *arg)
{
	((struct fence *)arg)->sets.groups[group] =
	    p ? *p : (struct ports){ 0 };
}

static const struct ports *group(const void *arg, uint8_t at)
{
	const struct ports *p = &((const struct fence *)arg)->sets.groups[at];

	return p->n ? p : NULL;
}

static void fence_close(void **arg)
{
	struct fence *f = *arg;

	nft_close(&f->nft);
	nft_close(&f->walker);
	close_fd(&f->watch);
	free_ptr(arg);
}

static int fence_open(void **ret, const char *table)
{
	struct fence *f = mem_new(1, sizeof(*f));
	void *p = f;
	int e;

	f->watch = f->walker.fd = -1;
	e = nft_open(&f->nft, table);
	if (e == 0)
		e = nft_open(&f->walker, table);
	if (e == 0)
		f->watch = fence_watch_open(f->nft.port);
	if (e == 0 && f->watch < 0)
		e = f->watch;
	if (e == 0)
		*ret = take(p);
	else
		fence_close(&p);
	return e;
}

static int make_table(struct fence *f, uint32_t flags)
{
	nft_begin(&f->nft);
	nft_add_table(&f->nft, flags);
	return nft_commit(&f->nft);
}

static int make(struct fence *f)
{
	int e = make_table(f, NFT_OWNER | NFT_PERSIST);

	/* older than 6.9: an owner that does not persist would take the table
	 * with it, so nobody owns it and we watch */
	f->owned = e == 0;
	if (e == -EOPNOTSUPP || e == -EINVAL)
		e = make_table(f, 0);
	if (e < 0)
		return e;
	nft_begin(&f->nft);
	nft_add_chains(&f->nft);
	return nft_commit(&f->nft);
}

/* Its last owner may be about to end: wait a second for him. */
static int take_over(struct fence *f, const struct nft_table *t)
{
	int e = 0;

	f->owned = t->flags & NFT_PERSIST;
	if (!f->owned)
		return 0;
	for (int i = 0; i < CLAIM_TRIES; i++) {
		e = make_table(f, NFT_OWNER | NFT_PERSIST);
		if (e != -EPERM && e != -EOPNOTSUPP)
			break;
		usleep(CLAIM_WAIT_US);
	}
	return e == -EPERM || e == -EOPNOTSUPP ? -EBUSY : e;
}

static int read_sets(struct fence *f)
{
	int e;

	f->sets = (struct fence_sets){ 0 };
	e = nft_read_groups(&f->nft, note_group, f);
	return e < 0 ? e : nft_read_sets(&f->nft, note_set, f);
}

static int check(void *arg)
{
	struct fence *f = arg;
	struct fence_sets had = f->sets;
	struct nft_table t;
	int e = nft_read_table(&f->nft, &t);

	if (e == -ENOENT)
		return FENCE_E_TORN;
	if (e < 0)
		return e;
	e = read_sets(f);
	if (e < 0)
		return e;
	if (memcmp(&had, &f->sets, sizeof(had)) != 0) {
		/* the sets that are there may be walked; the groups are made
		 * again as they were */
		memcpy(f->sets.groups, had.groups, sizeof(had.groups));
		return FENCE_E_TORN;
	}
	if (!t.base || t.layout != NFT_LAYOUT ||
	    t.chains != sets_chains(&f->sets) || (t.flags & 1) || /* dormant */
	    t.rules != sets_rules(&f->sets))
		return FENCE_E_TORN;
	return FENCE_OK;
}

static int claim(void *arg, struct fence_state *ret)
{
	struct fence *f = arg;
	struct nft_table t;
	int e = nft_read_table(&f->nft, &t);

	*ret = (struct fence_state){ .made = e == -ENOENT };
	if (e == -ENOENT)
		e = make(f);
	else if (e == 0)
		e = take_over(f, &t);
	if (e == 0)
		e = read_sets(f);
	if (e == 0)
		e = check(f);
	if (e < 0)
		return e;
	if (f->owned) { /* who listens makes every change dearer */
		close_fd(&f->watch);
		f->watch = -1;
	}
	ret->torn = e == FENCE_E_TORN;
	ret->owner = ret->persist = f->owned;
	return 0;
}

static int set_group(void *arg, uint8_t at, const struct ports *p)
{
	struct fence *f = arg;
	int e = 0;

	if (p) {
		nft_begin(&f->nft);
		nft_add_group(&f->nft, at, p);
		e = nft_commit(&f->nft);
	}
	if (e == 0)
		note_group(at, p, f);
	return e;
}

static bool has_sets(const struct fence *f, const struct fence_change *c,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!nft_has_set(f, &c[i].set))
			return false;
	return true;
}

static void put_sets(struct fence *f, const struct fence_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!nft_has_set(f, &c[i].set)) {
			nft_add_set(&f->nft, &c[i].set);
			note_set(&c[i].set, f);
		}
}

/*
 * To renew is to add, drop and add: dropping what is not there would undo the
 * whole batch, and before Linux 6.12 adding what is there keeps the old term.
 */
static int apply(void *arg, const struct fence_change *c, size_t n)
{
	struct fence *f = arg;
	struct fence_sets had;
	bool more = !has_sets(f, c, n);
	int e;

	nft_begin(&f->nft);
	if (more) {
		had = f->sets;
		put_sets(f, c, n);
	}
	for (size_t i = 0; i < n; i++)
		nft_add(&f->nft, &c[i].set, &c[i].addr,
		    (uint64_t)c[i].ttl * 1000);
	for (size_t i = 0; i < n; i++)
		if (c[i].how != FENCE_ADD)
			nft_drop(&f->nft, &c[i].set, &c[i].addr);
	for (size_t i = 0; i < n; i++)
		if (c[i].how == FENCE_RENEW)
			nft_add(&f->nft, &c[i].set, &c[i].addr,
			    (uint64_t)c[i].ttl * 1000);
	e = nft_commit(&f->nft);
	if (e < 0 && more)
		f->sets = had;
	return e;
}

static int look(void *arg, struct nft_elem *e, size_t n)
{
	struct fence *f = arg;

	return nft_read_some(&f->nft, e, n);
}

/* Up to `most` elements into the batch; false: there are no more. */
static bool put_some(struct fence *f, size_t most, fence_next next, void *arg)
{
	struct fence_change c;

	for (size_t i = 0; i < most; i++) {
		if (!next(&c, arg))
			return false;
		put_sets(f, &c, 1);
		nft_add(&f->nft, &c.set, &c.addr, (uint64_t)c.ttl * 1000);
	}
	return true;
}

static int remake(void *arg, fence_next next, void *next_arg)
{
	struct fence *f = arg;
	struct nft_table t;
	int e = nft_read_table(&f->nft, &t);
	bool is_there = e == 0, more = true;

	if (e < 0 && e != -ENOENT)
		return e;
	sets_forget(&f->sets);
	nft_begin(&f->nft);
	if (is_there)
		nft_drop_table(&f->nft);
	nft_add_table(&f->nft, f->owned ? NFT_OWNER | NFT_PERSIST : 0);
	nft_add_chains(&f->nft);
	for (uint8_t i = 1; i < NFT_GROUPS; i++)
		if (f->sets.groups[i].n)
			nft_add_group(&f->nft, i, &f->sets.groups[i]);
	while (more) {
		/* what stands shields until what replaces it does */
		more = put_some(f, is_there ? SIZE_MAX : CHUNK, next, next_arg);
		e = nft_commit(&f->nft);
		if (e < 0)
			return e;
		nft_begin(&f->nft);
	}
	return 0;
}

static int heard(void *arg)
{
	struct fence *f = arg;

	return fence_watch_hear(f->watch, str_of(f->nft.table), f->walker.in,
	    NFT_IN);
}

static int watch_fd(const void *arg)
{
	const struct fence *f = arg;

	return f->watch;
}

/* The first set from f->at on that is there and wanted. */
static bool find_set(struct fence *f,
    bool (*want)(const struct net_set *s, void *), void *arg)
{
	do {
		if (nft_has_set(f, &f->at) && want(&f->at, arg))
			return true;
	} while (sets_next(&f->sets, &f->at));
	return false;
}

/* A set that went away meanwhile was read. */
static int walk(void *arg, bool (*want)(const struct net_set *s, void *),
    void (*each)(const struct nft_elem *e, void *), void *each_arg)
{
	struct fence *f = arg;
	int e;

	if (!f->walking)
		f->at = (struct net_set){ .family = 4 };
	f->walking = true;
	if (!f->begun) {
		f->walking = find_set(f, want, each_arg);
		if (!f->walking)
			return NFT_WALK_END;
		e = nft_walk_begin(&f->walker, &f->at);
		if (e < 0)
			return e;
		f->begun = true;
	}
	e = nft_walk(&f->walker, &f->at, each, each_arg);
	if (e == NFT_WALK_MORE)
		return e;
	f->begun = false;
	f->walking = sets_next(&f->sets, &f->at);
	return f->walking ? NFT_WALK_MORE : NFT_WALK_END;
}

static int raze(void *arg)
{
	struct fence *f = arg;

	nft_begin(&f->nft);
	nft_drop_table(&f->nft);
	return nft_commit(&f->nft);
}

const struct fence_kind fence_nft = { "nft", fence_open, claim, apply, look,
	nft_has_set, group, set_group, remake, check, watch_fd, heard, walk,
	raze, fence_close };
