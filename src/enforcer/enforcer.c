#include "enforcer/enforcer.h"

#include "base/log.h"

void enforcer_new(struct enforcer *e, const struct fence_kind *kind,
    void *fence)
{
	*e = (struct enforcer){ .kind = kind, .fence = fence, .stamp = 1 };
	e->dry = kind == &fence_dry;
	standing_new(&e->standing);
	e->orders = mem_new(ORDERS, sizeof(*e->orders));
	e->stamps = mem_new(STAMPS, sizeof(*e->stamps));
	e->looks = mem_new(ORDERS * PLACES, sizeof(*e->looks));
	e->changes = mem_new(ORDERS * (PLACES + 1), sizeof(*e->changes));
}

void enforcer_free(struct enforcer *e)
{
	standing_free(&e->standing);
	shield_free(&e->shield);
	free_ptr(&e->orders);
	free_ptr(&e->stamps);
	free_ptr(&e->looks);
	free_ptr(&e->changes);
	free_ptr(&e->beyond);
}

void enforcer_say(struct enforcer *e, uint32_t type, const void *body, size_t n)
{
	if (e->say)
		e->say(e->say_arg, type, body, n);
}

/* The elements that should be there: first who is never shut, then our own
 * measures, then what imported lists say. */
struct remaking {
	const struct enforcer *e;
	size_t never;
	size_t stand; /* slots, twice over */
};

static bool next_never(struct remaking *r, struct fence_change *ret)
{
	const struct shield *s = &r->e->shield;

	for (; r->never < s->n; r->never++) {
		const struct net *n = &s->v[r->never].net;

		/* several words for one net stand side by side */
		if (r->never &&
		    memcmp(&s->v[r->never - 1].net, n, sizeof(*n)) == 0)
			continue;
		*ret = (struct fence_change){ net_set_of(n, ACT_NEVER, 0, 0),
			n->addr, FENCE_ADD, 0 };
		r->never++;
		return true;
	}
	return false;
}

static bool next_element(struct fence_change *ret, void *arg)
{
	struct remaking *r = arg;
	const struct standing *s = &r->e->standing;

	if (next_never(r, ret))
		return true;
	for (; r->stand < 2 * (s->mask + 1); r->stand++) {
		const struct stand *x = &s->v[r->stand & s->mask];
		bool lists = r->stand > s->mask;
		struct net n = stand_net(x);

		if (!x->family || x->until <= r->e->now || x->list != lists)
			continue;
		*ret = (struct fence_change){ net_set_of(&n, x->act, x->list,
						  x->ports),
			n.addr, FENCE_ADD, x->until - r->e->now };
		r->stand++;
		return true;
	}
	return false;
}

int enforcer_remake(struct enforcer *e)
{
	struct remaking r = { .e = e };
	int err = e->kind->remake(e->fence, next_element, &r);

	e->rebuilds++;
	if (err < 0)
		log_err("table-remake-failed error=\"%s\"", strerror(-err));
	else
		log_warn("table-remade elements=%zu", e->standing.n);
	return err;
}

void enforcer_torn(struct enforcer *e)
{
	int err = e->dry ? 0 : e->kind->check(e->fence);

	if (e->dry)
		return;
	if (err == FENCE_E_TORN)
		(void)enforcer_remake(e);
	else if (err < 0)
		log_err("table-check-failed error=\"%s\"", strerror(-err));
	else /* the frame stands; some elements may be gone */
		e->verify_at = e->standing.mask + 1;
}

static void go_dry(struct enforcer *e, int err)
{
	log_err("no-kernel-measures error=\"%s\"", strerror(-err));
	e->kind = &fence_dry;
	e->dry = true;
}

static bool want_all(const struct net_set *s, void *arg)
{
	return s->act != ACT_NEVER;
}

static void take_in(const struct nft_elem *x, void *arg)
{
	struct enforcer *e = arg;
	struct stand *s = standing_put(&e->standing, &x->net);

	if (!s)
		return;
	s->act = x->set.act;
	s->list = x->set.list != 0;
	s->ports = x->set.ports & 0x3fU;
	s->until = e->now + (uint32_t)(x->left_ms / 1000) + 1;
}

/* A table of another layout: its measures are carried over, without a gap. */
static int carry_over(struct enforcer *e)
{
	int more;

	do {
		more = e->kind->walk(e->fence, want_all, take_in, e);
	} while (more == NFT_WALK_MORE);
	return enforcer_remake(e);
}

int enforcer_claim(struct enforcer *e)
{
	int err = e->kind->claim(e->fence, &e->state);

	enforcer_groups_read(e);
	if (err == 0 && e->state.torn)
		err = carry_over(e);
	if (err == -EBUSY) /* it belongs to another */
		return err;
	if (err < 0) {
		go_dry(e, err);
		err = 0;
	}
	e->never_at = e->now + NEVER_GRACE;
	e->synced = e->state.made || e->state.torn;
	return err;
}

int enforcer_change(struct enforcer *e, const struct fence_change *c, size_t n)
{
	int err = n ? e->kind->apply(e->fence, c, n) : 0;

	if (err == -ENOENT && !e->dry) {
		enforcer_torn(e);
		err = e->kind->apply(e->fence, c, n);
	}
	if (err < 0 && n > 1) {
		err = enforcer_change(e, c, n / 2);
		return err < 0 ? err : enforcer_change(e, c + n / 2, n - n / 2);
	}
	if (err < 0)
		log_err("change-refused error=\"%s\"", strerror(-err));
	return err;
}

static void tell_protected(struct enforcer *e, const struct shield_word *w,
    bool gone)
{
	struct wire_never n = { .net = w->net,
		.cause = w->cause,
		.gone = gone,
		.ttl = w->until > e->now ? w->until - e->now : 0,
		.ref = w->ref };

	enforcer_say(e, MSG_PROTECTED, &n, sizeof(n));
}

/* Those that a newly protected net overlaps, to be opened with it. */
struct opening {
	struct fence_change c[ORDERS];
	struct net gone[ORDERS];
	size_t n;
};

static void open_too(const struct stand *s, void *arg)
{
	struct opening *o = arg;
	struct net n = stand_net(s);

	if (o->n == ORDERS)
		return;
	o->gone[o->n] = n;
	o->c[o->n++] =
	    (struct fence_change){ net_set_of(&n, s->act, s->list, s->ports),
		    n.addr, FENCE_DROP, 60 };
}

static void note_net(const char *what, const struct net *n)
{
	char text[NET_MAX];

	net_print(n, text);
	log_note("%s net=%s", what, text);
}

/* The never-element and the openings are one transaction. */
static void put_never(struct enforcer *e, const struct net *n)
{
	struct opening *o = mem_new(1, sizeof(*o));
	bool more;

	o->c[o->n++] = (struct fence_change){ net_set_of(n, ACT_NEVER, 0, 0),
		n->addr, FENCE_RENEW, 0 };
	do {
		size_t first = o->n;

		standing_overlaps(&e->standing, n, open_too, o);
		more = o->n == ORDERS;
		(void)enforcer_change(e, o->c, o->n);
		for (size_t i = first; i < o->n; i++) {
			standing_drop(&e->standing, &o->gone[i]);
			note_net("opened-protected", &o->gone[i]);
		}
		o->n = 0;
	} while (more);
	free(o);
}

bool enforcer_protect(struct enforcer *e, const struct shield_word *w)
{
	int r = shield_add(&e->shield, w);

	if (r == SHIELD_E_FULL)
		return false;
	if (r == SHIELD_E_NEW) {
		enforcer_flush(e);
		put_never(e, &w->net);
	}
	tell_protected(e, w, false);
	return true;
}

void enforcer_gone(struct enforcer *e, const struct shield_word *w)
{
	struct fence_change c = { net_set_of(&w->net, ACT_NEVER, 0, 0),
		w->net.addr, FENCE_DROP, 60 };

	tell_protected(e, w, true);
	if (!shield_has(&e->shield, &w->net))
		(void)enforcer_change(e, &c, 1);
}

void enforcer_unprotect(struct enforcer *e, const struct net *n, uint8_t cause,
    enum role said)
{
	struct shield_word w = { .net = *n,
		.cause = cause,
		.said = (uint8_t)said };

	if (shield_drop(&e->shield, n, cause, said))
		enforcer_gone(e, &w);
}

static bool never_ok(const struct wire_never *n)
{
	return net_ok(&n->net) && n->cause >= NEVER_ALLOW &&
	       n->cause <= NEVER_PROXY && n->gone <= 1;
}

static bool hear_never(struct enforcer *e, const struct wire_never *n)
{
	struct shield_word w = { .net = n->net,
		.cause = n->cause,
		.said = WARDEN,
		.until = n->ttl ? e->now + n->ttl : 0,
		.ref = n->ref };

	if (!never_ok(n))
		return false;
	if (n->gone)
		enforcer_unprotect(e, &n->net, n->cause, WARDEN);
	else if (!enforcer_protect(e, &w))
		log_err("never-list-full");
	return true;
}

/* One address for one allowed name; it can only add. */
static bool hear_named(struct enforcer *e, const struct wire_never *n)
{
	struct shield_word w = { .net = n->net,
		.cause = NEVER_NAME,
		.said = NAMER,
		.until = e->now + CLAMP(n->ttl, 60U, 86400U) + NAME_GRACE,
		.ref = n->ref };

	if (!never_ok(n) || n->gone || n->cause != NEVER_NAME ||
	    n->net.bits != addr_bits(&n->net.addr))
		return false;
	if (!enforcer_protect(e, &w))
		log_warn("names-full");
	return true;
}

static void take_unmarked(struct enforcer *e, enum role said)
{
	struct shield_word w;

	while (shield_take_unmarked(&e->shield, said, &w))
		enforcer_gone(e, &w);
	shield_unmark(&e->shield, said);
}

/* The list of live sessions: what it no longer has ended. */
static bool hear_live(struct enforcer *e, const struct wire_live *l)
{
	struct shield_word w = { .cause = l->cause,
		.said = WHO,
		.until = e->now + LIVE_TERM };

	if (l->last) {
		take_unmarked(e, WHO);
		return true;
	}
	if ((l->cause != NEVER_SESSION && l->cause != NEVER_INSTALLER) ||
	    (l->who.family != 4 && l->who.family != 6))
		return false;
	w.net = net_of(l->who, addr_bits(&l->who));
	if (!net_ok(&w.net))
		return false;
	if (!enforcer_protect(e, &w))
		log_warn("sessions-full");
	return true;
}

static bool hear_ask(struct enforcer *e, const struct wire_ask *a)
{
	if (a->what > ASK_SUMS || (a->what == ASK_ONE && !net_ok(&a->net)))
		return false;
	if (e->n_asks == ASKS)
		return false; /* a judge has one or two open at a time */
	e->asks[e->n_asks++] = *a;
	return true;
}

static bool hear_standing(struct enforcer *e, const struct packet *p)
{
	const struct wire_standing *w = p->p;
	const char *tail = (const char *)p->p + sizeof(*w);

	if (w->n == 0 || w->n > STANDING_MOST ||
	    p->n - sizeof(*w) != w->n * sizeof(struct wire_stand))
		return false;
	for (uint32_t i = 0; i < w->n; i++) {
		struct wire_order o = standing_order(w, tail, i);

		e->quiet = i + 1 < w->n;
		(void)enforcer_order(e, &o);
	}
	e->quiet = false;
	return true;
}

bool enforcer_hear(struct enforcer *e, enum role from, const struct packet *p)
{
	if (!msg_fits(p->type, from, ENFORCER, p->n))
		return false;
	switch ((enum msg)p->type) {
	case MSG_ORDER:
		return enforcer_order(e, p->p);
	case MSG_STANDING:
		return hear_standing(e, p);
	case MSG_PORTS:
		return enforcer_ports(e, p->p);
	case MSG_SYNC:
		if (((const struct wire_sync *)p->p)->end > SYNC_PART)
			return false;
		enforcer_sync(e, ((const struct wire_sync *)p->p)->end);
		return true;
	case MSG_ASK:
		enforcer_flush(e);
		return hear_ask(e, p->p);
	case MSG_NEVER:
		return hear_never(e, p->p);
	case MSG_NAMED:
		return hear_named(e, p->p);
	case MSG_LIVE:
		return hear_live(e, p->p);
	default: /* the other rows are main's: they carry descriptors */
		return false;
	}
}

void enforcer_host_begin(struct enforcer *e)
{
	shield_unmark(&e->shield, ENFORCER);
}

void enforcer_host(struct enforcer *e, const struct net *n,
    enum never_cause why)
{
	struct shield_word w = { .net = *n,
		.cause = (uint8_t)why,
		.said = ENFORCER };

	if (!enforcer_protect(e, &w))
		log_warn("own-addresses-full");
}

void enforcer_host_end(struct enforcer *e)
{
	take_unmarked(e, ENFORCER);
}

void enforcer_greet(struct enforcer *e)
{
	struct wire_ready r = { .owner = e->state.owner,
		.persist = e->state.persist,
		.dry = e->dry,
		.rebuilt = e->state.made || e->state.torn,
		.elements = (uint32_t)e->standing.n,
		.rebuilds = e->rebuilds };

	e->n_asks = 0;
	e->asking = e->syncing = false;
	enforcer_groups_greet(e);
	enforcer_say(e, MSG_READY, &r, sizeof(r));
	for (size_t i = 0; i < e->shield.n; i++)
		tell_protected(e, &e->shield.v[i], false);
}

void enforcer_disarm(struct enforcer *e)
{
	int err;

	enforcer_flush(e);
	err = e->dry ? 0 : e->kind->raze(e->fence);
	if (err < 0 && err != -ENOENT)
		log_err("disarm-failed error=\"%s\"", strerror(-err));
	else
		log_warn("disarmed");
	e->kind = &fence_dry;
	e->dry = true;
	e->walking = false;
	e->verify_at = 0;
}
