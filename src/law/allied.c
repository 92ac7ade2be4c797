#include "law/allied_state.h"

const struct allied_conf allied_defaults = {
	.parties = 64,
	.term = { 3600, 4 * 3600, 24 * 3600 },
	.witness_span = 7 * 86400,
	.alone_most = 3600,
	.alone_span = 86400,
	.week_most = 72 * 3600,
	.week_span = 7 * 86400,
	.slots = 256,
	.per_minute = 60,
	.burst = 60,
	.per_48 = 8,
	.per_32 = 32,
	.memory = 2048,
	.conducts = 16,
	.conduct_term = 86400,
	.conduct_again = 7 * 86400,
	.bits_v4 = 32,
	.bits_v6 = 64,
};

enum {
	ISSUED_BEFORE = 86400, /* a notice may be that old, */
	ISSUED_AFTER = 120,    /* or that far ahead, s */
	BITS_V4 = 24,          /* never wider, whatever the charter says */
	BITS_V6 = 48,
	BUCKETS_LEAST = 16,
};

void allied_new(struct allied **ret, const struct allied_conf *c,
    const struct hash_key *key, allied_immunity_fn *immunity, void *arg)
{
	struct allied *a = mem_new(1, sizeof(*a));
	uint32_t places, buckets = BUCKETS_LEAST;

	assert(c->parties > 0 && c->parties <= ALLIED_PARTIES_MOST);
	assert(c->slots > 0 && c->slots <= ALLIED_SLOTS_MOST);
	assert(c->memory > 0 && c->memory <= 1 << 20);
	assert(c->conducts <= ALLIED_CONDUCTS);
	assert(c->bits_v4 >= BITS_V4 && c->bits_v6 >= BITS_V6);
	a->c = *c;
	a->key = *key;
	a->immunity = immunity;
	a->arg = arg;
	places = c->parties * c->memory;
	while (buckets < places)
		buckets *= 2;
	a->mask = buckets - 1;
	a->buckets = mem_new(buckets, sizeof(*a->buckets));
	a->memory = mem_new(1 + (size_t)places, sizeof(*a->memory));
	a->changed = mem_new(1 + (size_t)places, sizeof(*a->changed));
	for (uint8_t i = 0; i < ALLIED_CHARTERS; i++)
		allied_charter(a, i, c->term, c->bits_v4, c->bits_v6);
	a->parties = mem_new(c->parties, sizeof(*a->parties));
	for (uint32_t i = 0; i < c->parties; i++) {
		a->parties[i].slots = mem_new(c->slots, sizeof(struct slot));
		a->parties[i].tokens_ms = c->burst * 1000;
		a->parties[i].credit = ALLIED_CREDIT_START;
	}
	*ret = a;
}

void allied_free(struct allied **ap)
{
	struct allied *a = *ap;

	if (!a)
		return;
	for (uint32_t i = 0; i < a->c.parties; i++)
		free(a->parties[i].slots);
	free(a->parties);
	free(a->memory);
	free(a->buckets);
	free(a->changed);
	free(a);
	*ap = NULL;
}

void allied_charter(struct allied *a, uint8_t charter,
    const uint32_t term[static ALLIED_TERMS], uint8_t bits_v4, uint8_t bits_v6)
{
	struct terms *t = &a->charter[charter];

	memcpy(t->term, term, sizeof(t->term));
	t->bits_v4 = MAX(bits_v4, (uint8_t)BITS_V4);
	t->bits_v6 = MAX(bits_v6, (uint8_t)BITS_V6);
}

void allied_probation(struct allied *a, uint16_t party, bool on)
{
	a->parties[party].changed |= a->parties[party].probation != on;
	a->parties[party].probation = on;
}

bool counts(const struct allied *a, const struct witness *w)
{
	return w->used && !w->pardoned &&
	       later(w->at, a->c.witness_span) > a->now;
}

/* Supports what is in force, and is charged for it. */
bool supports(const struct allied *a, const struct witness *w)
{
	return counts(a, w) && w->expires > a->now;
}

static struct witness *witness_of(struct remembered *m, uint16_t party)
{
	for (size_t i = 0; i < WITNESSES; i++) {
		if (m->witness[i].used && m->witness[i].party == party)
			return &m->witness[i];
	}
	return NULL;
}

/* The party's place, or one whose word counts no more. A pardoned one keeps
 * its place for the span, so that what it said cannot be said again. */
static struct witness *witness_place(const struct allied *a,
    struct remembered *m, uint16_t party)
{
	struct witness *w = witness_of(m, party);

	for (size_t i = 0; !w && i < WITNESSES; i++) {
		const struct witness *o = &m->witness[i];

		if (!o->used || later(o->at, a->c.witness_span) <= a->now)
			w = &m->witness[i];
	}
	return w;
}

/* Full parties with own-act evidence, within one charter, this host among
 * them; who is on probation adds nothing. */
static uint32_t witnesses(const struct allied *a, const struct remembered *m,
    uint16_t charters)
{
	uint32_t n = m->own && later(m->own, a->c.witness_span) > a->now;

	for (size_t i = 0; i < WITNESSES; i++) {
		const struct witness *w = &m->witness[i];

		n += counts(a, w) && w->own_act && (w->charters & charters) &&
		     !a->parties[w->party].probation &&
		     (w->expires <= a->now || budget_has(a, w->party, m));
	}
	return n;
}

static bool out_of_age(const struct allied *a, const struct allied_notice *n)
{
	uint32_t oldest = a->now > ISSUED_BEFORE ? a->now - ISSUED_BEFORE : 0;
	struct remembered *m = remember_find(a, &n->net);
	const struct witness *w = m ? witness_of(m, n->party) : NULL;
	/* the same word in another charter is no repetition, nor one that
	 * waited for room */
	bool other = w && (!(w->charters >> n->charter & 1) ||
			      (n->deferred && !w->pardoned));

	if (n->expires <= a->now || n->expires <= n->issued)
		return true;
	if (without(a, CLAUSE_AGE))
		return false;
	return n->issued < oldest || n->issued > later(a->now, ISSUED_AFTER) ||
	       (w && (n->issued < w->issued ||
			 (n->issued == w->issued && !other)));
}

static bool is_wide(const struct allied *a, const struct allied_notice *n)
{
	const struct terms *t = &a->charter[n->charter];

	return n->net.bits <
	       (n->net.addr.family == 4 ? t->bits_v4 : t->bits_v6);
}

static enum allied_rung immune_rung(enum allied_immunity i)
{
	switch (i) {
	case IMMUNE_TERRITORY:
		return ALLIED_TERRITORY;
	case IMMUNE_POST:
		return ALLIED_POST;
	case IMMUNE_SERVICE:
		return ALLIED_SERVICE;
	case IMMUNE_PROTECTED:
		return ALLIED_PROTECTED;
	case IMMUNE_GOOD:
		return ALLIED_GOOD;
	case IMMUNE_NOT:
	case IMMUNE_SHARED:
	case IMMUNE_REFERRED:
		return 0;
	}
	die("no such immunity");
}

/* What can be said without looking at standing and budget; 0: go on. */
static enum allied_rung refuse(const struct allied *a,
    const struct allied_notice *n, enum allied_immunity *immune)
{
	const struct net *net = &n->net;
	enum allied_rung r;

	/* 1. who speaks, and when */
	if (n->party >= a->c.parties || n->charter >= ALLIED_CHARTERS)
		return ALLIED_STRANGER;
	if (out_of_age(a, n))
		return ALLIED_AGE;
	/* 2. what is nobody's address alone, or no subject at all */
	if ((net->addr.family != 4 && net->addr.family != 6) ||
	    net->bits > addr_bits(&net->addr))
		return ALLIED_NEVER;
	if (addr_is_special(&net->addr) && !without(a, CLAUSE_NEVER))
		return ALLIED_NEVER;
	if (is_wide(a, n) && !without(a, CLAUSE_WIDTH))
		return ALLIED_WIDE;
	/* 3. who is immune */
	*immune = a->immunity && !without(a, CLAUSE_IMMUNITY)
		      ? a->immunity(a->arg, net)
		      : IMMUNE_NOT;
	r = immune_rung(*immune);
	if (r)
		return r;
	/* 4. what the evidence is */
	if (n->evidence > ALLIED_INDUCIBLE)
		return ALLIED_WEAK;
	return 0;
}

/* A measure that may be given. */
struct grant {
	enum verdict verdict;
	uint32_t until;
	bool alone;
};

/* The term that so many witnesses earn from then on, within all caps. */
static struct grant grant_of(const struct allied *a, const struct remembered *m,
    uint32_t n, const struct witness *w, const uint32_t *term)
{
	bool own_act = w->own_act;

	struct grant g = { .verdict = own_act ? VERDICT_DENY : VERDICT_LIMIT,
		.alone = n < 2 };
	uint32_t step = CLAMP(n, 1, ALLIED_TERMS) - 1;

	if (!own_act && without(a, CLAUSE_INDUCIBLE))
		g.verdict = VERDICT_DENY;
	else if (!own_act)
		step = 0;
	g.until = later(w->at, term[step]);
	if (g.alone && !without(a, CLAUSE_ALONE))
		g.until = closed_fit(m, a->now, g.until, a->c.alone_most,
		    a->c.alone_span, true);
	if (!without(a, CLAUSE_WEEK))
		g.until = closed_fit(m, a->now, g.until, a->c.week_most,
		    a->c.week_span, false);
	return g;
}

/* Everyone whose unexpired notice supports the measure is charged. */
static void charge(struct allied *a, const struct remembered *m)
{
	for (size_t i = 0; i < WITNESSES; i++) {
		const struct witness *w = &m->witness[i];

		if (supports(a, w) && budget_has(a, w->party, m))
			budget_charge(a, w->party, m, m->until);
	}
}

/* What stands already, on others' word, now stands on its word too. */
static enum allied_rung hold(struct allied *a, const struct remembered *m,
    const struct allied_notice *n)
{
	budget_charge(a, n->party, m, MIN(m->until, n->expires));
	return ALLIED_HELD;
}

static enum allied_rung put(struct allied *a, struct remembered *m,
    const struct allied_notice *n, const struct grant *g)
{
	bool stands = m->until > a->now;

	if (g->until <= a->now)
		return stands ? hold(a, m, n) : ALLIED_SPENT;
	if (stands && (g->verdict < m->verdict ||
			  (g->verdict == m->verdict && g->until <= m->until)))
		return hold(a, m, n);
	if (!budget_rate(a, n->party))
		return ALLIED_BUDGET;
	closed_set(m, a->now, g->until, g->alone);
	m->verdict = (uint8_t)g->verdict;
	charge(a, m);
	return g->verdict == VERDICT_DENY ? ALLIED_DENIED : ALLIED_LIMITED;
}

/* 5. the budget, 6. the ladder of witnesses and the caps */
static enum allied_rung weigh(struct allied *a, const struct allied_notice *n,
    uint32_t own, bool mild, struct allied_verdict *v)
{
	bool probation = a->parties[n->party].probation;
	struct remembered *m = remember_take(a, n->party, &n->net);
	uint16_t charter = (uint16_t)(1u << n->charter);
	struct witness *w;
	struct grant g;
	bool same;

	if (!m || !budget_has(a, n->party, m))
		return ALLIED_BUDGET;
	w = witness_place(a, m, n->party);
	if (!w)
		return ALLIED_HELD;
	same = w->used && w->party == n->party;
	*w = (struct witness){ .party = n->party,
		.charters = same ? w->charters | charter : charter,
		.used = true,
		.own_act = n->evidence == ALLIED_OWN_ACT,
		.confirmed = same && w->confirmed,
		.at = n->deferred ? MIN(n->deferred, a->now) : a->now,
		.issued = n->issued,
		.expires = n->expires };
	m->last = a->now;
	m->own = MAX(m->own, MIN(own, a->now));
	changed(a, m);
	v->witnesses = witnesses(a, m, charter);
	if (conduct_holds(a, m))
		return ALLIED_CONDUCT;
	g = grant_of(a, m, probation ? 1 : v->witnesses, w,
	    a->charter[n->charter].term);
	g.until = MIN(g.until, n->expires);
	if (mild || (!without(a, CLAUSE_CREDIT) &&
			allied_credit(a, n->party, a->now) < ALLIED_CREDIT_LOW))
		g.verdict = VERDICT_LIMIT;
	return put(a, m, n, &g);
}

void allied_hear(struct allied *a, const struct allied_notice *n, uint32_t own,
    uint32_t now, struct allied_verdict *ret)
{
	enum allied_immunity immune = IMMUNE_NOT;
	enum verdict in_force;

	a->now = MAX(a->now, now);
	remember_wake(a, &n->net);
	*ret = (struct allied_verdict){ .rung = refuse(a, n, &immune) };
	if (!ret->rung)
		ret->rung = weigh(a, n, own, immune != IMMUNE_NOT, ret);
	if (ret->rung == ALLIED_DENIED)
		ret->verdict = VERDICT_DENY;
	else if (ret->rung == ALLIED_LIMITED)
		ret->verdict = VERDICT_LIMIT;
	if (ret->rung >= ALLIED_BUDGET)
		ret->until = allied_in_force(a, &n->net, a->now, &in_force);
}

/* The longest term that the charters it spoke in give. */
static struct grant grant_best(const struct allied *a,
    const struct remembered *m, const struct witness *w)
{
	struct grant best = { 0 };

	for (uint8_t c = 0; c < ALLIED_CHARTERS; c++) {
		struct grant g;

		if (!(w->charters >> c & 1))
			continue;
		g = grant_of(a, m, witnesses(a, m, (uint16_t)(1u << c)), w,
		    a->charter[c].term);
		if (g.until > best.until)
			best = g;
	}
	return best;
}

/* The best that the words that were not taken back still earn, and that
 * somebody pays for. */
static struct grant what_stays(const struct allied *a,
    const struct remembered *m)
{
	struct grant best = { 0 };

	for (size_t i = 0; i < WITNESSES; i++) {
		const struct witness *w = &m->witness[i];
		struct grant g;

		if (!supports(a, w))
			continue;
		g = grant_best(a, m, w);
		g.until = MIN(g.until, w->expires);
		if (!without(a, CLAUSE_SLOTS | CLAUSE_STAYS))
			g.until = MIN(g.until, budget_until(a, w->party, m));
		g.verdict = MIN(g.verdict, m->verdict);
		if (g.until > best.until)
			best = g;
	}
	best.until = MIN(best.until, m->until);
	return best;
}

void allied_pardon(struct allied *a, uint16_t party, const struct net *net,
    uint32_t issued, uint32_t now, struct allied_verdict *ret)
{
	struct remembered *m = remember_find(a, net);
	struct witness *w = m ? witness_of(m, party) : NULL;
	struct grant g;

	a->now = MAX(a->now, now);
	*ret = (struct allied_verdict){ .rung = ALLIED_HELD };
	if (w && !w->pardoned && w->issued <= issued) {
		w->pardoned = true;
		changed(a, m);
		if (without(a, CLAUSE_STAYS))
			budget_drop(a, party, m);
		if (m->until > a->now) {
			g = what_stays(a, m);
			closed_set(m, a->now, g.until, g.alone);
			m->verdict = (uint8_t)g.verdict;
		}
		ret->witnesses = witnesses(a, m, UINT16_MAX);
	}
	ret->until = allied_in_force(a, net, a->now, &ret->verdict);
}

void allied_lift(struct allied *a, const struct net *net, uint32_t now)
{
	struct remembered *m = remember_find(a, net);

	a->now = MAX(a->now, now);
	if (!m || m->until <= a->now)
		return;
	closed_set(m, a->now, a->now, false);
	changed(a, m);
}

void allied_annul(struct allied *a, const struct net *net, uint32_t now)
{
	struct remembered *m = remember_find(a, net);

	allied_lift(a, net, now);
	for (size_t i = 0; m && i < WITNESSES; i++) {
		struct witness *w = &m->witness[i];

		if (!supports(a, w))
			continue;
		w->pardoned = true;
		allied_fault(a, w->party, ANNULLED_COSTS, a->now);
		changed(a, m);
	}
}

bool allied_word(const struct allied *a, const struct net *net, size_t i,
    struct allied_word *ret)
{
	const struct remembered *m = remember_find(a, net);

	for (size_t k = 0; m && k < WITNESSES; k++) {
		const struct witness *w = &m->witness[k];

		if (!w->used || i-- > 0)
			continue;
		*ret = (struct allied_word){ w->party, w->charters, w->pardoned,
			w->own_act, w->at, w->issued, w->expires };
		return true;
	}
	return false;
}

uint32_t allied_in_force(const struct allied *a, const struct net *net,
    uint32_t now, enum verdict *ret)
{
	const struct remembered *m = remember_find(a, net);

	*ret = VERDICT_NONE;
	if (!m || m->until <= now)
		return 0;
	*ret = m->verdict;
	return m->until;
}
