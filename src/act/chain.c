#include "act/chain.h"

void chain_begin(struct chain_author *a, uint64_t now_ms, enum act_run_why why,
    struct act_run *ret)
{
	*ret = (struct act_run){ .why = (uint8_t)why };
	if (a->seq > 0) {
		ret->run = a->run;
		ret->seq = a->seq;
		memcpy(ret->head, a->head.b, sizeof(ret->head));
	}
	a->run = MAX(now_ms, a->run + 1);
	a->seq = 0;
}

void chain_next(const struct chain_author *a, struct envelope *e)
{
	assert(a->run > 0);
	e->run = a->run;
	e->seq = a->seq + 1;
	e->prev = a->head;
}

void chain_said(struct chain_author *a, const struct act_hash *hash)
{
	a->seq++;
	a->head = *hash;
}

void chain_new(struct chain *c, const struct envelope *e)
{
	*c = (struct chain){ .run = e->run };
	memcpy(c->alliance, e->alliance, ACT_KEY);
	memcpy(c->party, e->party, ACT_KEY);
	memcpy(c->envoy, e->envoy, ACT_KEY);
}

/* The lowest number that the window holds. */
static uint64_t low(uint64_t head)
{
	return head < CHAIN_WIDTH ? 1 : head - CHAIN_WIDTH + 1;
}

static bool bit(const struct chain *c, uint64_t seq)
{
	return c->seen[seq % CHAIN_WIDTH / 64] >> seq % 64 & 1;
}

static void mark(struct chain *c, uint64_t seq, bool on)
{
	uint64_t *w = &c->seen[seq % CHAIN_WIDTH / 64];
	uint64_t b = UINT64_C(1) << seq % 64;

	*w = on ? *w | b : *w & ~b;
}

static struct chain_gap *gap_of(const struct chain *c, uint64_t seq)
{
	for (uint32_t i = 0; i < c->n_gaps; i++)
		if (seq >= c->gaps[i].from && seq <= c->gaps[i].to)
			return (struct chain_gap *)(uintptr_t)&c->gaps[i];
	return NULL;
}

static void gap_drop(struct chain *c, size_t i)
{
	c->n_gaps--;
	memmove(&c->gaps[i], &c->gaps[i + 1],
	    (c->n_gaps - i) * sizeof(c->gaps[0]));
}

/* Joins the two that are next to each other: what lies between is asked for
 * again. */
static void gaps_join(struct chain *c)
{
	size_t best = 0;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i + 1 < c->n_gaps; i++) {
		uint64_t d = c->gaps[i + 1].from - c->gaps[i].to;

		if (d < least) {
			least = d;
			best = i;
		}
	}
	c->gaps[best].to = c->gaps[best + 1].to;
	gap_drop(c, best + 1);
}

/* Numbers come in rising order. */
static void gap_add(struct chain *c, uint64_t from, uint64_t to)
{
	struct chain_gap *last = c->n_gaps ? &c->gaps[c->n_gaps - 1] : NULL;

	if (last && last->to + 1 == from) {
		last->to = to;
		return;
	}
	if (c->n_gaps == CHAIN_GAPS)
		gaps_join(c);
	c->gaps[c->n_gaps++] = (struct chain_gap){ from, to };
}

/* One that was missing is there. In the midst of a gap that cannot be split
 * any more it stays: what was recorded tells. */
static void gap_cut(struct chain *c, struct chain_gap *g, uint64_t seq)
{
	size_t i = (size_t)(g - c->gaps);

	if (g->from == seq && g->to == seq) {
		gap_drop(c, i);
	} else if (g->from == seq) {
		g->from++;
	} else if (g->to == seq) {
		g->to--;
	} else if (c->n_gaps < CHAIN_GAPS) {
		memmove(g + 1, g, (c->n_gaps - i) * sizeof(*g));
		c->n_gaps++;
		g[0].to = seq - 1;
		g[1].from = seq + 1;
	}
}

/* The window goes on to `to`; holes that leave it become gaps. */
static void slide(struct chain *c, uint64_t to)
{
	uint64_t keep = low(to);

	for (uint64_t q = low(c->head); q < keep && q <= c->head; q++)
		if (!bit(c, q))
			gap_add(c, q, q);
	if (keep > c->head + 1)
		gap_add(c, c->head + 1, keep - 1);
	for (uint64_t q = MAX(c->head + 1, keep); q <= to; q++)
		mark(c, q, false);
	c->head = to;
}

bool chain_has(const struct chain *c, uint64_t seq)
{
	if (seq == 0 || seq > c->head)
		return false;
	return seq >= low(c->head) ? bit(c, seq) : !gap_of(c, seq);
}

/* Below the window a joined gap may hold what was heard, too. */
static bool may_know(const struct chain *c, uint64_t seq)
{
	return seq > 0 && seq <= c->head && (seq < low(c->head) || bit(c, seq));
}

static bool link_at(const struct chain *c, uint64_t seq, chain_known_fn *known,
    void *arg, struct chain_link *ret)
{
	return may_know(c, seq) && known(arg, c, seq, ret);
}

static bool fits(const struct chain *c, const struct envelope *e,
    const struct act_hash *hash, chain_known_fn *known, void *arg)
{
	struct chain_link l;

	if (e->seq > 1 && e->seq - 1 == c->head && bit(c, c->head))
		return act_hash_eq(&e->prev, &c->hash);
	if (e->seq > 1 && link_at(c, e->seq - 1, known, arg, &l) &&
	    !act_hash_eq(&l.hash, &e->prev))
		return false;
	if (link_at(c, e->seq + 1, known, arg, &l) &&
	    !act_hash_eq(&l.prev, hash))
		return false;
	return true;
}

static void take_in(struct chain *c, uint64_t seq, const struct act_hash *hash)
{
	struct chain_gap *g;

	if (seq > c->head) {
		slide(c, seq);
		c->hash = *hash;
	}
	if (seq >= low(c->head)) {
		mark(c, seq, true);
		return;
	}
	g = gap_of(c, seq);
	if (g)
		gap_cut(c, g, seq);
}

enum chain_heard chain_hear(struct chain *c, const struct envelope *e,
    const struct act_hash *hash, chain_known_fn *known, void *arg)
{
	struct chain_link l;

	assert(act_is_chained(e->type));
	if (e->run != c->run || memcmp(e->envoy, c->envoy, ACT_KEY) != 0 ||
	    memcmp(e->alliance, c->alliance, ACT_KEY) != 0)
		return CHAIN_FOREIGN;
	if (link_at(c, e->seq, known, arg, &l)) {
		if (!act_hash_eq(&l.hash, hash))
			return CHAIN_PERJURY;
		take_in(c, e->seq, hash); /* out of a joined gap */
		return CHAIN_KNOWN;
	}
	if (!fits(c, e, hash, known, arg))
		return CHAIN_BROKEN;
	take_in(c, e->seq, hash);
	return CHAIN_NEW;
}

size_t chain_missing(const struct chain *c, struct chain_gap *to, size_t n)
{
	size_t k = 0;

	for (uint32_t i = 0; i < c->n_gaps && k < n; i++) {
		const struct chain_gap *g = &c->gaps[i];

		to[k++] = (struct chain_gap){ g->from,
			MIN(g->to, g->from + CHAIN_WIDTH - 1) };
	}
	for (uint64_t q = low(c->head); q <= c->head; q++) {
		if (bit(c, q))
			continue;
		if (k > 0 && to[k - 1].to + 1 == q &&
		    q - to[k - 1].from < CHAIN_WIDTH)
			to[k - 1].to = q;
		else if (k < n)
			to[k++] = (struct chain_gap){ q, q };
		else
			break;
	}
	return k;
}

uint64_t chain_lacking(const struct chain *c)
{
	uint64_t n = MIN(c->head, (uint64_t)CHAIN_WIDTH);

	for (size_t i = 0; i < countof(c->seen); i++)
		n -= (uint64_t)__builtin_popcountll(c->seen[i]);
	for (uint32_t i = 0; i < c->n_gaps; i++)
		n += c->gaps[i].to - c->gaps[i].from + 1;
	return n;
}

void chain_gave_up(struct chain *c, const struct chain_gap *g)
{
	for (size_t i = 0; i < c->n_gaps;) {
		struct chain_gap *o = &c->gaps[i];
		uint64_t to = o->to;

		if (g->to < o->from || g->from > to) {
			i++;
			continue;
		}
		if (g->from > o->from) {
			o->to = g->from - 1;
			i++;
			if (g->to < to && c->n_gaps < CHAIN_GAPS) {
				memmove(o + 2, o + 1,
				    (c->n_gaps - i) * sizeof(*o));
				o[1] = (struct chain_gap){ g->to + 1, to };
				c->n_gaps++;
				i++;
			}
		} else if (g->to < to) {
			o->from = g->to + 1;
		} else {
			gap_drop(c, i);
		}
	}
	for (uint64_t q = MAX(g->from, low(c->head));
	     q <= g->to && q <= c->head; q++)
		mark(c, q, true);
}

enum chain_view chain_compare(const struct chain *c, uint64_t seq,
    const struct act_hash *hash, chain_known_fn *known, void *arg,
    struct chain_gap *ask)
{
	struct chain_link l;

	if (seq > c->head) {
		*ask = (struct chain_gap){ MAX(c->head, 1),
			MIN(seq, c->head + CHAIN_WIDTH - 1) };
		return VIEW_BEHIND;
	}
	*ask = (struct chain_gap){ seq, seq };
	if (seq == c->head && bit(c, seq))
		return act_hash_eq(hash, &c->hash) ? VIEW_SAME : VIEW_SPLIT;
	if (!link_at(c, seq, known, arg, &l))
		return chain_has(c, seq) ? VIEW_SAME : VIEW_BEHIND;
	return act_hash_eq(hash, &l.hash) ? VIEW_SAME : VIEW_SPLIT;
}

bool chain_ok(const struct chain *c)
{
	uint64_t last = 0;

	if (c->run == 0 || c->n_gaps > CHAIN_GAPS)
		return false;
	for (uint32_t i = 0; i < c->n_gaps; i++) {
		const struct chain_gap *g = &c->gaps[i];

		if (g->from <= last || g->to < g->from || g->to >= low(c->head))
			return false;
		last = g->to;
	}
	return true;
}
