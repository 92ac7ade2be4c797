#include "enforcer/enforcer.h"

#include "base/log.h"

/*
 * tasks - what takes longer than a turn: answers about everything, verifying
 * that the kernel holds what stands, finding what it holds beyond that.
 */

enum {
	BEYOND = 1 << 16,  /* found in one walk */
	WALK_MAX = 250000, /* of a set: see standing.h */
};

static void tell(struct enforcer *e, const struct nft_elem *x, uint64_t id)
{
	struct wire_element w = { .id = id,
		.net = x->net,
		.act = x->set.act,
		.list = x->set.list,
		.ports = enforcer_number(e, x->set.ports),
		.left = (uint32_t)(x->left_ms / 1000),
		.packets = x->packets,
		.bytes = x->bytes };

	enforcer_say(e, MSG_ELEMENT, &w, sizeof(w));
}

/* What was not looked at is held as often as what was. */
static void tell_last(struct enforcer *e, const struct wire_ask *a)
{
	struct wire_element w = { .id = a->id, .last = 1 };

	if (a->what == ASK_SUMS && e->n_looked)
		w.packets = e->n_listed * e->n_held / e->n_looked;

	enforcer_say(e, MSG_ELEMENT, &w, sizeof(w));
}

static void look_for(const struct enforcer *e, const struct stand *s,
    struct nft_elem *to)
{
	*to = (struct nft_elem){ .net = stand_net(s) };
	to->set = net_set_of(&to->net, s->act, s->list, s->ports);
	to->left_ms =
	    s->until > e->now ? (uint64_t)(s->until - e->now) * 1000 : 0;
}

struct some {
	struct enforcer *e;
	size_t n;
};

static void add_look(const struct stand *s, void *arg)
{
	struct some *to = arg;

	if (to->n < LOOKS)
		look_for(to->e, s, &to->e->looks[to->n++]);
}

/* Millions of a list, which have no counters, are not read one by one to be
 * counted. */
static bool is_counted(struct enforcer *e, const struct stand *s, size_t at)
{
	if (!s->list || at % SUMS_EACH == 0)
		return false;
	e->n_listed++;
	return true;
}

/* The next entries downwards from *at: who moves up in the table meanwhile
 * may be seen twice, but is not missed. */
static size_t next_looks(struct enforcer *e, size_t *at, bool sums)
{
	size_t n = 0;

	*at = MIN(*at, e->standing.mask + 1);
	for (size_t turn = 0; *at && n < LOOKS && turn < 64 * LOOKS; turn++) {
		const struct stand *s = &e->standing.v[--*at];

		if (s->family && s->until > e->now &&
		    !(sums && is_counted(e, s, *at)))
			look_for(e, s, &e->looks[n++]);
	}
	return n;
}

static void tell_some(struct enforcer *e, size_t n, uint64_t id)
{
	if (n == 0 || e->kind->look(e->fence, e->looks, n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct nft_elem *x = &e->looks[i];

		e->n_looked += x->set.list;
		e->n_held += x->set.list && x->held;
		if (x->held)
			tell(e, x, id);
	}
}

static void answer(struct enforcer *e)
{
	const struct wire_ask *a = &e->asks[0];
	struct some to = { e, 0 };

	if (a->what == ASK_ONE) {
		standing_overlaps(&e->standing, &a->net, add_look, &to);
		tell_some(e, to.n, a->id);
	} else {
		if (!e->asking) {
			e->ask_at = e->standing.mask + 1;
			e->n_listed = e->n_looked = e->n_held = 0;
		}
		e->asking = true;
		tell_some(e, next_looks(e, &e->ask_at, a->what == ASK_SUMS),
		    a->id);
		if (e->ask_at)
			return;
		e->asking = false;
	}
	tell_last(e, a);
	e->n_asks--;
	memmove(e->asks, e->asks + 1, e->n_asks * sizeof(e->asks[0]));
}

/* What stands and is not held is shut again, for the rest of its term. */
static void verify(struct enforcer *e)
{
	size_t n = next_looks(e, &e->verify_at, false), lost = 0;
	struct fence_change c[LOOKS];

	for (size_t i = 0; i < n; i++)
		c[i].ttl = (uint32_t)(e->looks[i].left_ms / 1000);
	if (n == 0 || e->kind->look(e->fence, e->looks, n) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct nft_elem *x = &e->looks[i];

		if (!x->held && c[i].ttl)
			c[lost++] = (struct fence_change){ x->set, x->net.addr,
				FENCE_RENEW, c[i].ttl };
	}
	(void)enforcer_change(e, c, lost);
}

static bool want(const struct net_set *s, void *arg)
{
	const struct enforcer *e = arg;

	if (e->walk_never || s->act == ACT_NEVER)
		return e->walk_never && s->act == ACT_NEVER;
	return e->standing.lengths[s->family == 6][s->bits] < WALK_MAX;
}

static void find_beyond(const struct nft_elem *x, void *arg)
{
	struct enforcer *e = arg;
	const struct stand *s = standing_get(&e->standing, &x->net);
	bool stands = x->set.act == ACT_NEVER ? shield_has(&e->shield, &x->net)
					      : s && s->act == x->set.act &&
						    s->list == x->set.list &&
						    s->ports == x->set.ports;

	if (!stands && e->n_beyond < BEYOND)
		e->beyond[e->n_beyond++] = (struct fence_change){ x->set,
			x->net.addr, FENCE_DROP, 60 };
}

/*
 * The kernel counts where a walk stands by elements: what is found is dropped
 * after the walk, or as many would be skipped. Whoever finds something walks
 * again, for orders that came meanwhile shift it too.
 */
static void walk(struct enforcer *e)
{
	size_t n;

	if (!e->beyond)
		e->beyond = mem_new(BEYOND, sizeof(*e->beyond));
	if (e->kind->walk(e->fence, want, find_beyond, e) == NFT_WALK_MORE)
		return;
	n = e->n_beyond;
	for (size_t i = 0; i < n; i += ORDERS)
		(void)enforcer_change(e, e->beyond + i, MIN(n - i, ORDERS));
	if (n)
		log_note("opened-beyond count=%zu", n);
	e->n_beyond = 0;
	e->walking = n > 0;
	if (!e->walking)
		free_ptr(&e->beyond);
}

bool enforcer_work(struct enforcer *e)
{
	if (e->n_asks)
		answer(e);
	else if (e->verify_at)
		verify(e);
	else if (e->walking)
		walk(e);
	return e->n_asks || e->verify_at || e->walking;
}

/* Not told again since the begin: it is to be open. */
static void open_unmarked(struct enforcer *e)
{
	struct fence_change *c = mem_new(ORDERS, sizeof(*c));
	struct net *gone = mem_new(ORDERS, sizeof(*gone));
	size_t at = 0, n;

	do {
		for (n = 0; at <= e->standing.mask && n < ORDERS; at++) {
			const struct stand *s = &e->standing.v[at];

			if (!s->family || s->marked)
				continue;
			gone[n] = stand_net(s);
			c[n] =
			    (struct fence_change){ net_set_of(&gone[n], s->act,
						       s->list, s->ports),
				    gone[n].addr, FENCE_DROP, 60 };
			n++;
		}
		(void)enforcer_change(e, c, n);
		for (size_t i = 0; i < n; i++)
			standing_drop(&e->standing, &gone[i]);
		if (n == ORDERS)
			at = 0; /* entries moved: from the start */
	} while (n == ORDERS);
	free(c);
	free(gone);
}

void enforcer_sync(struct enforcer *e, uint8_t end)
{
	enforcer_flush(e);
	if (end == SYNC_BEGIN) {
		for (size_t i = 0; i <= e->standing.mask; i++)
			e->standing.v[i].marked = false;
		e->syncing = true;
		return;
	}
	if (!e->syncing)
		return;
	e->syncing = false;
	if (end == SYNC_PART)
		return;
	open_unmarked(e);
	e->synced = true;
	e->walking = !e->dry;
	e->walk_never = false;
}

static void open_over(struct enforcer *e)
{
	struct shield_word w;

	while (shield_take_over(&e->shield, e->now, &w))
		enforcer_gone(e, &w);
}

void enforcer_tick(struct enforcer *e)
{
	enforcer_flush(e);
	open_over(e);
	standing_sweep(&e->standing, e->now, &e->sweep_at,
	    (e->standing.mask + 1) / 16);
	if (e->never_at && e->now >= e->never_at && !e->walking) {
		e->never_at = 0;
		e->walking = !e->dry;
		e->walk_never = true;
	}
}
