#include "enforcer/enforcer.h"

#include "base/log.h"

/*
 * orders - from what the judge asked for to one transaction.
 *
 * Two nets of one transaction are never the same: their changes would not
 * keep their order. A small table of stamps tells; those of an older batch
 * are free slots, so it is never emptied.
 */

enum {
	AGREES = 2, /* s that a term may differ and stay as it is */
	YEARS = 10 * 365 * 86400,
};

static bool closes(const struct wire_order *o)
{
	return o->act == ACT_DENY || o->act == ACT_REJECT ||
	       o->act == ACT_LIMIT;
}

static void done(struct enforcer *e, const struct pending *p)
{
	struct wire_done d = { .id = p->order.id,
		.status = p->status,
		.value = p->value,
		.packets = p->packets,
		.bytes = p->bytes };

	if (!p->quiet || p->status != DONE_OK || p->packets)
		enforcer_say(e, MSG_DONE, &d, sizeof(d));
}

static void look_at(struct enforcer *e, struct pending *p, uint8_t act,
    uint8_t list, uint8_t ports, uint32_t left, size_t *n)
{
	struct nft_elem x = { .net = p->order.net,
		.set = net_set_of(&p->order.net, act, list, ports),
		.left_ms = (uint64_t)left * 1000 };

	if (!e->kind->has_set(e->fence, &x.set))
		return;
	e->looks[(*n)++] = x;
	p->n++;
}

/* Everywhere, but not there if a set is given. */
static void look_around(struct enforcer *e, struct pending *p,
    const struct net_set *but, size_t *n)
{
	for (uint8_t g = 0; g < NFT_GROUPS; g++) {
		uint8_t places = g ? PLACES / 2 : PLACES;

		for (uint8_t i = 0; (!g || e->groups[g].n) && i < places; i++) {
			uint8_t act = (uint8_t)(ACT_DENY + i % (PLACES / 2)),
				list = i >= PLACES / 2;

			if (!but || but->act != act || but->list != list ||
			    but->ports != g)
				look_at(e, p, act, list, g, 0, n);
		}
	}
}

/*
 * Where the kernel may hold this net: where memory says. If memory is not
 * complete: where the order wants it, and what is not there is looked for
 * everywhere else. What is to be opened: everywhere, whoever shut it.
 */
static void plan_looks(struct enforcer *e, struct pending *p, size_t *n)
{
	const struct stand *s = standing_get(&e->standing, &p->order.net);
	uint32_t left = s && s->until > e->now ? s->until - e->now : 0;

	p->first = (uint16_t)*n;
	p->n = 0;
	p->elsewhere = !s && !e->dry && !e->synced && closes(&p->order);
	if (s)
		look_at(e, p, s->act, s->list, s->ports, left, n);
	else if (p->elsewhere)
		look_at(e, p, p->order.act, p->order.list != 0, p->order.ports,
		    0, n);
	else if (!e->dry && !closes(&p->order))
		look_around(e, p, NULL, n);
}

static void plan_more_looks(struct enforcer *e, struct pending *p, size_t *n)
{
	const struct net_set but = { .act = p->order.act,
		.list = p->order.list != 0,
		.ports = p->order.ports };

	if (!p->elsewhere || (p->n && e->looks[p->first].held))
		return;
	p->first = (uint16_t)*n;
	p->n = 0;
	look_around(e, p, &but, n);
}

/* What cannot be looked at counts as not held. */
static void look(struct enforcer *e, size_t from, size_t to)
{
	if (from == to ||
	    e->kind->look(e->fence, e->looks + from, to - from) == 0)
		return;
	for (size_t i = from; i < to; i++)
		e->looks[i].held = false;
}

static void look_all(struct enforcer *e, struct pending *p, size_t n)
{
	size_t at_first = 0, all;

	for (size_t i = 0; i < n; i++)
		plan_looks(e, &p[i], &at_first);
	look(e, 0, at_first);
	all = at_first;
	for (size_t i = 0; i < n; i++)
		plan_more_looks(e, &p[i], &all);
	look(e, at_first, all);
}

static void change(struct enforcer *e, struct pending *p,
    const struct net_set *set, enum fence_how how, size_t *n)
{
	e->changes[(*n)++] = (struct fence_change){ *set, p->order.net.addr,
		(uint8_t)how, how == FENCE_DROP ? 60 : p->order.ttl };
	p->n_changes++;
}

/* A standing order that the kernel holds as it should be stays as it is. */
static bool agrees(const struct enforcer *e, const struct pending *p,
    const struct nft_elem *x)
{
	int64_t off = (int64_t)(x->left_ms / 1000) - p->order.ttl;

	return e->syncing && off >= -AGREES && off <= AGREES;
}

static void plan_changes(struct enforcer *e, struct pending *p, size_t *n)
{
	struct net_set to = net_set_of(&p->order.net, p->order.act,
	    p->order.list, p->order.ports);
	bool is_there = false;

	p->change = (uint16_t)*n;
	p->n_changes = 0;
	for (size_t i = p->first; i < (size_t)p->first + p->n; i++) {
		const struct nft_elem *x = &e->looks[i];

		if (!x->held)
			continue;
		p->packets += x->packets;
		p->bytes += x->bytes;
		if (!closes(&p->order) ||
		    memcmp(&x->set, &to, sizeof(to)) != 0) {
			change(e, p, &x->set, FENCE_DROP, n);
			continue;
		}
		is_there = true;
		if (!agrees(e, p, x))
			change(e, p, &to, FENCE_RENEW, n);
	}
	if (closes(&p->order) && !is_there)
		change(e, p, &to, FENCE_ADD, n);
}

/* Memory follows the kernel. */
static void remember(struct enforcer *e, const struct pending *p)
{
	struct stand *s;

	if (!closes(&p->order)) {
		standing_drop(&e->standing, &p->order.net);
		return;
	}
	s = standing_put(&e->standing, &p->order.net);
	if (!s) /* room was asked for before the kernel was */
		return;
	s->act = p->order.act;
	s->list = p->order.list != 0;
	s->ports = p->order.ports & 0x3fU;
	s->marked = true;
	s->until = e->now + p->order.ttl;
}

/*
 * All of these orders in one transaction; if the kernel refuses, half of them
 * at a time, until it is known which one it was.
 */
static void carry_out(struct enforcer *e, struct pending *p, size_t n)
{
	size_t from = p[0].change,
	       to = (size_t)p[n - 1].change + p[n - 1].n_changes;
	int err = to > from
		      ? e->kind->apply(e->fence, e->changes + from, to - from)
		      : 0;

	if (err < 0 && n > 1) {
		carry_out(e, p, n / 2);
		carry_out(e, p + n / 2, n - n / 2);
		return;
	}
	if (err == -ENOENT) { /* the table or the set is gone */
		enforcer_torn(e);
		err = e->kind->apply(e->fence, e->changes + from, to - from);
	}
	for (size_t i = 0; i < n; i++) {
		p[i].status = err < 0 ? DONE_E_KERNEL : DONE_OK;
		p[i].value = -err;
		if (err == 0)
			remember(e, &p[i]);
	}
}

/* Is this net in the batch? If not, its slot becomes the next order's. */
static bool is_in_batch(struct enforcer *e, const struct net *n)
{
	size_t i = hash_bytes(&e->standing.key, n, sizeof(*n)) % STAMPS;

	for (;; i = (i + 1) % STAMPS) {
		uint32_t s = e->stamps[i];

		if (s / ORDERS != e->stamp) {
			e->stamps[i] =
			    e->stamp * ORDERS + (uint32_t)e->n_orders;
			return false;
		}
		if (memcmp(&e->orders[s % ORDERS].order.net, n, sizeof(*n)) ==
		    0)
			return true;
	}
}

static void next_batch(struct enforcer *e)
{
	e->n_orders = 0;
	if (++e->stamp == UINT32_MAX / ORDERS) {
		memset(e->stamps, 0, STAMPS * sizeof(*e->stamps));
		e->stamp = 1;
	}
}

void enforcer_flush(struct enforcer *e)
{
	size_t n = e->n_orders, n_changes = 0;

	if (n == 0)
		return;
	look_all(e, e->orders, n);
	for (size_t i = 0; i < n; i++)
		plan_changes(e, &e->orders[i], &n_changes);
	carry_out(e, e->orders, n);
	next_batch(e);
	for (size_t i = 0; i < n; i++)
		done(e, &e->orders[i]);
}

/* Room in memory for it and for all that gathered before it. */
static bool has_room(const struct enforcer *e, const struct wire_order *o)
{
	return e->standing.n + e->n_orders < STANDING_MAX ||
	       standing_get(&e->standing, &o->net);
}

static enum done refusal(struct enforcer *e, const struct wire_order *o)
{
	enum done d = order_check(o);

	if (d != DONE_OK || !closes(o))
		return d;
	if (shield_over(&e->shield, &o->net))
		return DONE_E_PROTECTED;
	return has_room(e, o) ? DONE_OK : DONE_E_FULL;
}

/* The judge may protect, and take back what it said itself. */
static enum done spare(struct enforcer *e, const struct wire_order *o)
{
	struct shield_word w = { .net = o->net,
		.cause = (uint8_t)o->cause,
		.said = JUDGE,
		.until = o->ttl ? e->now + MIN(o->ttl, YEARS) : 0 };

	if (o->cause == 0 || o->cause > NEVER_PROXY)
		return DONE_E_SHAPE;
	if (o->act == ACT_SPARE)
		return enforcer_protect(e, &w) ? DONE_OK : DONE_E_FULL;
	enforcer_unprotect(e, &o->net, (uint8_t)o->cause, JUDGE);
	return DONE_OK;
}

/* As many as there is room to look for everywhere. */
static size_t most_orders(const struct enforcer *e)
{
	return ORDERS * PLACES / (PLACES + e->n_groups * PLACES / 2);
}

bool enforcer_order(struct enforcer *e, const struct wire_order *o)
{
	struct pending p = { .order = *o, .quiet = e->quiet };

	p.status = (uint8_t)refusal(e, o);
	if (p.status == DONE_OK && !enforcer_group(e, o->ports, &p.order.ports))
		p.status = DONE_E_SHAPE;
	if (p.status == DONE_OK &&
	    (o->act == ACT_SPARE || o->act == ACT_UNSPARE)) {
		enforcer_flush(e);
		p.status = (uint8_t)spare(e, o);
		done(e, &p);
		return true;
	}
	if (p.status != DONE_OK) {
		enforcer_flush(e);
		done(e, &p);
		return true;
	}
	if (is_in_batch(e, &o->net)) {
		enforcer_flush(e);
		(void)is_in_batch(e, &o->net);
	}
	e->orders[e->n_orders++] = p;
	if (e->n_orders >= most_orders(e))
		enforcer_flush(e);
	return true;
}
