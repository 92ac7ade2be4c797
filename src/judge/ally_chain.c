#include "judge/ally_priv.h"

#include "base/log.h"

enum {
	UNHEARD_FOR = 60 /* s before it gives way to another one */
};

static uint32_t *bucket(struct ally *y, const uint8_t *envoy, uint64_t run)
{
	uint64_t h = hash_bytes(&y->key, envoy, ACT_KEY);

	return &y->chain_head[hash_u64x2(&y->key, h, run) % ALLY_CHAINS];
}

static bool is_of(const struct ally_chain *h, const uint8_t *alliance,
    const uint8_t *envoy, uint64_t run)
{
	return h->c.run == run && !memcmp(h->c.envoy, envoy, ACT_KEY) &&
	       !memcmp(h->c.alliance, alliance, ACT_KEY);
}

struct ally_chain *ally_chain_find(const struct ally *y,
    const uint8_t alliance[static 32], const uint8_t envoy[static 32],
    uint64_t run)
{
	uint32_t i = *bucket((struct ally *)(uintptr_t)y, envoy, run);

	while (i && !is_of(&y->chains[i], alliance, envoy, run))
		i = y->chains[i].next;
	return i ? &y->chains[i] : NULL;
}

struct ally_chain *ally_chain_no(const struct ally *y, uint32_t no)
{
	for (uint32_t i = 1; i <= y->n_chains; i++)
		if (y->chains[i].no == no)
			return &y->chains[i];
	return NULL;
}

static void take_out(struct ally *y, uint32_t i)
{
	uint32_t *at = bucket(y, y->chains[i].c.envoy, y->chains[i].c.run);

	while (*at != i)
		at = &y->chains[*at].next;
	*at = y->chains[i].next;
}

/* The one least lately used, out of its bucket. Its acts stay in the ledger;
 * should it speak again, they are asked for again. */
static uint32_t give_way(struct ally *y)
{
	uint32_t least = 1;

	for (uint32_t i = 2; i <= y->n_chains; i++)
		if (y->chains[i].used < y->chains[least].used)
			least = i;
	take_out(y, least);
	return least;
}

static struct ally_chain *sit(struct ally *y, uint32_t i, const struct chain *c)
{
	uint32_t *head = bucket(y, c->envoy, c->run);

	y->chains[i] = (struct ally_chain){ .c = *c, .next = *head };
	*head = i;
	return &y->chains[i];
}

static struct ally_chain *seat(struct ally *y, const struct chain *c)
{
	return sit(y, y->n_chains < ALLY_CHAINS ? ++y->n_chains : give_way(y),
	    c);
}

/* On whose roll is this key? */
static const struct alliance_party *owner_of(const struct judge *j,
    const struct ally_charter *c, const uint8_t envoy[static 32])
{
	for (size_t i = 0; i < alliance_parties(c->a); i++) {
		const struct alliance_party *p =
		    alliance_party(c->a, (uint16_t)i);
		struct alliance_envoy e;

		if (alliance_envoy(c->a, p->id, envoy, ally_ms(j), &e) !=
		    ENVOY_UNKNOWN)
			return p;
	}
	return NULL;
}

/* An ally that names what nobody ever said has a few places for it, each for a
 * while. */
static uint32_t place_of(struct ally *y, uint16_t by, uint32_t now)
{
	uint32_t n = 0, oldest = 0;

	for (uint32_t i = 1; i <= y->n_chains; i++) {
		const struct ally_chain *h = &y->chains[i];

		if (h->c.head > 0 || h->named_by != by)
			continue;
		n++;
		if (!oldest || h->no < y->chains[oldest].no)
			oldest = i;
	}
	if (n < ALLY_UNHEARD)
		return y->n_chains < ALLY_CHAINS ? ++y->n_chains : 0;
	if (y->chains[oldest].named_at + UNHEARD_FOR > now)
		return 0;
	take_out(y, oldest);
	return oldest;
}

struct ally_chain *ally_chain_named(struct judge *j,
    const struct ally_charter *c, const uint8_t envoy[static 32], uint64_t run,
    uint16_t by)
{
	struct ally *y = j->ally;
	const struct alliance_party *p = owner_of(j, c, envoy);
	struct chain empty = { .run = run };
	struct ally_chain *h;
	uint32_t i = p ? place_of(y, by, j->now) : 0;

	if (!i)
		return NULL;
	memcpy(empty.alliance, c->id, ACT_KEY);
	memcpy(empty.party, p->id, ACT_KEY);
	memcpy(empty.envoy, envoy, ACT_KEY);
	h = sit(y, i, &empty);
	h->no = ++y->chain_no;
	h->party = ally_party_no(y, p->id, p->name);
	h->charter = c->no;
	h->named_by = by;
	h->named_at = j->now;
	return h;
}

struct ally_chain *ally_chain(struct judge *j, const struct ally_charter *c,
    const struct envelope *e, uint16_t party)
{
	struct ally *y = j->ally;
	struct ally_chain *h =
	    ally_chain_find(y, e->alliance, e->envoy, e->run);
	struct chain empty;

	if (!h) {
		chain_new(&empty, e);
		h = seat(y, &empty);
		h->no = ++y->chain_no;
	}
	h->party = party;
	h->charter = c->no;
	h->used = j->now;
	return h;
}

void ally_chain_again(struct judge *j, uint32_t no, uint32_t used,
    const struct chain *c)
{
	struct ally *y = j->ally;
	struct ally_charter *of = ally_charter_of(y, c->alliance);
	struct ally_chain *h;

	if (!of)
		return;
	h = seat(y, c);
	h->no = no;
	h->used = used;
	h->charter = of->no;
	h->party = ally_party_no(y, c->party, NULL);
	y->chain_no = MAX(y->chain_no, no);
}

struct found {
	uint64_t seq;
	struct frame *f;
	size_t *at;
	uint8_t *bytes;
	bool yes;
};

static bool pick(struct found *w, struct str bytes)
{
	memcpy(w->bytes, bytes.p, MIN(bytes.n, (size_t)FRAME_MOST));
	if (frame_parse(w->f, w->bytes, bytes.n) != ACT_OK)
		return false;
	for (size_t i = 0; i < w->f->n && !w->yes; i++) {
		const struct envelope *e = &w->f->acts[i].e;

		if (act_is_chained(e->type) && e->seq == w->seq) {
			*w->at = i;
			w->yes = true;
		}
	}
	return w->yes;
}

static void pick_row(void *arg, const struct ledger_frame *row)
{
	struct found *w = arg;

	/* of two rows the one that has the body */
	if (w->yes && w->f->acts[*w->at].salt)
		return;
	w->yes = false;
	if (row->bytes.n <= FRAME_MOST)
		(void)pick(w, row->bytes);
}

bool ally_recorded(struct judge *j, const struct ally_chain *c, uint64_t seq,
    struct frame *f, size_t *at)
{
	static uint8_t bytes[FRAME_MOST];
	struct ally *y = j->ally;
	struct found w = { seq, f, at, bytes, false };

	for (size_t i = y->n_facts; i-- > 0 && !w.yes;) {
		const struct ally_fact *a = &y->facts[i];

		if (a->kind == AFACT_FRAME && a->frame.chain == c->no &&
		    a->frame.first <= seq && a->frame.last >= seq)
			(void)pick(&w, a->frame.bytes);
	}
	if (!w.yes && j->ledger)
		(void)ledger_frame_of(j->ledger, c->no, seq, pick_row, &w);
	return w.yes;
}

bool ally_known(void *arg, const struct chain *c, uint64_t seq,
    struct chain_link *ret)
{
	const struct ally_known_arg *k = arg;
	static struct frame f;
	size_t at;

	if (!ally_recorded(k->j, k->c, seq, &f, &at))
		return false;
	ret->hash = f.acts[at].hash;
	ret->prev = f.acts[at].e.prev;
	return true;
}
