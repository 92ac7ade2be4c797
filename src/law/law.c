#include "law/state.h"

#include "law/subject.h"
#include "rule/rule.h"

const struct law_conf law_defaults = {
	.slots = 1000000,
	.term = 4 * 3600,
	.term_max = 7 * 86400,
	.decay = 7 * 86400,
	.good_days = 2,
	.alarm_failures = 5,
	.alarm_span = 86400,
	.immunity = true,
	.widen_witnesses = 4,
	.widen_span = 86400,
};

static void forms_make(struct law *l)
{
	const struct window_rule wide = { .count = l->conf.widen_witnesses,
		.span = l->conf.widen_span,
		.distinct = true };

	l->forms = mem_new(l->n + 1, sizeof(*l->forms));
	l->repeats_most = memory_repeats_most(memory_terms(&l->conf, NULL));
	for (size_t i = 0; i < l->n; i++) {
		const struct law_rule *r = &l->rules[i];
		const struct window_rule w = { MAX(r->count, 1),
			MAX(r->span, 1), r->slow_count, MAX(r->slow_span, 1),
			r->distinct, r->by_rate };
		const struct terms t = memory_terms(&l->conf, r);

		window_form_of(&w, &l->forms[i]);
		l->forms[i].waits = waiting_form(&l->forms[i]);
		l->repeats_most = MAX(l->repeats_most, memory_repeats_most(t));
	}
	window_form_of(&wide, &l->forms[l->n]);
}

void law_new(struct law **ret, const struct law_conf *c,
    const struct law_rule *rules, size_t n, const struct hash_key *key,
    law_shield_fn *shield, void *arg)
{
	struct law *l = mem_new(1, sizeof(*l));

	assert(n < UINT16_MAX && c->term > 0 && c->decay > 0 &&
	       c->widen_witnesses > 0 && c->widen_span > 0);
	l->conf = *c;
	l->n = n;
	l->rules = mem_dup(rules, n * sizeof(*rules));
	l->shield = shield;
	l->arg = arg;
	forms_make(l);
	windows_init(&l->windows, c->slots, key, l->forms, n + 1);
	waiting_init(&l->waiting, &l->windows, key);
	seats_init(&l->memories, MAX(c->slots / 8, 64), key);
	goods_init(&l->goods, c->good_days, key);
	*ret = l;
}

void law_ports(struct law *l, law_join_fn *join, void *arg)
{
	l->join = join;
	l->join_arg = arg;
}

void law_free(struct law **lp)
{
	struct law *l = *lp;

	if (!l)
		return;
	waiting_fini(&l->waiting);
	windows_fini(&l->windows);
	seats_fini(&l->memories);
	goods_fini(&l->goods);
	free(l->forms);
	free(l->rules);
	free(l);
	*lp = NULL;
}

/* Others could have made this evidence in somebody's name: it earns our own
 * measure, but never a longer, a wider or an ally's one. */
static bool is_solid(const struct law_rule *r)
{
	return r->evidence == EV_OWN_ACT || r->evidence == EV_INDUCIBLE;
}

/* A guess at somebody's password, by the guesser's own act: what a success
 * after it makes suspicious. */
static bool is_guess(const struct law_rule *r)
{
	return r->evidence == EV_OWN_ACT &&
	       (r->kind == KIND_BRUTEFORCE || r->kind == KIND_ENUMERATION ||
		   r->kind == KIND_SPRAYING);
}

static enum verdict asked_by(const struct law_rule *r)
{
	switch ((enum measure)r->measure) {
	case MEASURE_ALARM:
		return VERDICT_ALARM;
	case MEASURE_LIMIT:
		return VERDICT_LIMIT;
	case MEASURE_DENY:
		return r->evidence == EV_PACKET ? VERDICT_LIMIT : VERDICT_DENY;
	}
	die("no such measure");
}

static enum shield shield_of(const struct law *l, const struct addr *who)
{
	if (!l->conf.immunity || !l->shield)
		return SHIELD_NONE;
	return l->shield(l->arg, who);
}

/* The rung and what it gives, before we look at what is in force. */
static void ladder(const struct law *l, const struct law_event *e,
    const struct seat_key *k, const struct memory *m, struct ruling *ret)
{
	const struct law_rule *r = &l->rules[e->rule];
	enum shield shield = shield_of(l, &e->who);

	ret->verdict = asked_by(r);
	ret->alarm = ret->verdict == VERDICT_ALARM;

	/* 1. never means never, whoever asks */
	if (shield == SHIELD_ABSOLUTE) {
		ret->rung = RUNG_NEVER;
		ret->verdict = VERDICT_ALARM;
		ret->alarm = true;
		return;
	}
	/* 2. behind a proxy are many: closing it closes all of them out */
	if (shield == SHIELD_PROXY) {
		ret->rung = RUNG_PROXY;
		ret->verdict = VERDICT_ALARM;
		ret->alarm = true;
		return;
	}
	/* 3. an operator's word stands above any counting */
	if (shield == SHIELD_ALLOWED) {
		ret->rung = RUNG_ALLOWED;
		ret->verdict = VERDICT_NONE;
		return;
	}
	/* 5. a good client is limited first; he is denied if he reaches the
	 * threshold again under the limit, so at twice */
	if (ret->verdict == VERDICT_DENY && l->conf.immunity &&
	    goods_has(&l->goods, k, e->at)) {
		bool limited =
		    memory_holds(m, e->at) && m->verdict >= VERDICT_LIMIT;

		ret->rung = RUNG_GOOD;
		ret->verdict = limited ? VERDICT_DENY : VERDICT_LIMIT;
		ret->alarm = true;
		return;
	}
	/* 7. what we saw ourselves, or 8. only worth a word */
	ret->rung = ret->verdict == VERDICT_ALARM ? RUNG_ALARM : RUNG_OWN;
}

/* So that nobody can tell from outside when he is let in again. */
static uint32_t spread_of(const struct law *l, const struct law_rule *r,
    const struct ruling *ret)
{
	uint64_t who;

	memcpy(&who, ret->net.addr.b, sizeof(who));
	return (uint32_t)(hash_u64x2(&l->memories.key, who, ret->at) %
			  ((uint64_t)r->spread + 1));
}

/* The ports of what goes on: what is as hard adds its own to them. */
static uint8_t joined(const struct law *l, const struct memory *m,
    const struct ruling *r)
{
	if (r->ports == m->ports || r->verdict < m->verdict ||
	    r->verdict <= VERDICT_ALARM)
		return m->ports;
	return l->join ? l->join(l->join_arg, m->ports, r->ports) : 0;
}

/* Adds the ruling to what is remembered, or finds that it holds already. */
static void enter(const struct law *l, const struct law_rule *r, bool solid,
    struct memory *m, struct ruling *ret)
{
	bool held = memory_holds(m, ret->at);
	bool harder = ret->verdict > m->verdict;
	uint8_t repeats = memory_repeats(m, l->conf.decay, ret->at);
	bool measure = ret->verdict > VERDICT_ALARM;
	struct terms usual = memory_terms(&l->conf, NULL);
	struct terms terms = memory_terms(&l->conf, r);
	uint32_t term;

	/* What was in force and is hardened or goes on is one measure. */
	if (held && m->verdict > VERDICT_ALARM && repeats > 0)
		repeats--;
	ret->repeats = solid && measure ? repeats : 0;
	term = memory_term(terms, ret->repeats);
	if (r && r->spread && ret->repeats)
		term += spread_of(l, r, ret);
	if (held && !harder)
		ret->ports = joined(l, m, ret);
	/* In its second half it is renewed; it is never cut short. */
	if (held && !harder && ret->ports == m->ports &&
	    m->until - ret->at >= term / 2) {
		ret->verdict = VERDICT_NONE;
		ret->rung = RUNG_HELD;
		ret->alarm = false;
		ret->until = m->until;
		ret->repeats = 0;
		return;
	}
	ret->renewed = held && !harder;
	m->verdict = ret->verdict;
	m->term = term;
	m->until = held && !harder ? MAX(m->until, later(ret->at, m->term))
				   : later(ret->at, m->term);
	m->ports = ret->ports;
	if (solid && measure)
		repeats = MIN(repeats + 1, MAX(memory_repeats_most(usual),
					       memory_repeats_most(terms)));
	m->repeats = repeats;
	ret->until = measure ? m->until : 0;
}

static struct seat *memory_take(struct law *l, const struct seat_key *k,
    uint32_t at)
{
	uint32_t decay = l->conf.decay;

	return seats_take(&l->memories, k, at > decay ? at - decay : 0);
}

/* The prefix that this subject speaks against when widening is on. */
static bool wide_net(const struct law *l, const struct law_event *e,
    struct net *ret)
{
	struct addr a = addr_fold(e->who);
	uint8_t bits = a.family == 4 ? l->conf.widen_v4 : l->conf.widen_v6;

	if (bits == 0 || bits >= subject_bits(a.family))
		return false;
	*ret = net_of(a, bits);
	return true;
}

/* One more address of a prefix was shut out: was it enough of them? */
static seldom void widen(struct law *l, const struct law_event *e,
    const struct seat_key *subject, struct ruling *ret)
{
	struct seat_key k;
	struct window_count found;
	struct ruling wide = *ret;
	struct memory m;
	struct seat *s;
	bool slow;

	if (!wide_net(l, e, &wide.net))
		return;
	k = subject_of(&wide.net.addr, (uint16_t)l->n);
	if (windows_add(&l->windows, &k, e->at,
		(uint32_t)hash_u64x2(&l->memories.key, subject->subject, 0),
		&found, &slow) != WINDOW_REACHED)
		return;
	if (l->conf.immunity && goods_within(&l->goods, &wide.net, e->at))
		return;
	k.about = wide.net.bits;
	s = memory_take(l, &k, e->at);
	m = memory_at(s);
	wide.rung = RUNG_WIDE;
	wide.count = found.have;
	wide.need = l->conf.widen_witnesses;
	wide.span = l->conf.widen_span;
	wide.first = found.first;
	wide.last = found.last;
	wide.by_slow = false;
	enter(l, NULL, true, &m, &wide);
	m.last = MAX(m.last, e->at);
	memory_put(s, &m);
	if (wide.rung != RUNG_HELD)
		*ret = wide;
}

static void found_into(const struct law_rule *r, const struct window_count *f,
    struct ruling *ret)
{
	ret->count = f->have;
	ret->need = ret->by_slow ? r->slow_count : MAX(r->count, 1);
	ret->span = ret->by_slow ? r->slow_span : r->span;
	ret->first = f->first;
	ret->last = f->last;
	ret->share = is_solid(r);
}

/* A threshold was reached. */
static kept_aside void rule_on(struct law *l, const struct law_event *e,
    struct seat_key k, struct ruling *ret)
{
	const struct law_rule *r = &l->rules[e->rule];
	struct memory m;
	struct seat *s;

	k.about = subject_bits(k.family);
	ret->net = (struct net){ subject_addr(k.subject, k.family),
		subject_bits(k.family) };
	ret->ports = r->ports;
	s = memory_take(l, &k, e->at);
	m = memory_at(s);
	if (is_guess(r))
		m.failures = (uint16_t)MIN(m.failures + ret->count, UINT16_MAX);
	k.about = 0;
	ladder(l, e, &k, &m, ret);
	if (ret->verdict != VERDICT_NONE)
		enter(l, r, is_solid(r), &m, ret);
	m.last = MAX(m.last, e->at);
	memory_put(s, &m);
	if (ret->verdict == VERDICT_DENY && ret->rung == RUNG_OWN &&
	    is_solid(r) && !ret->renewed)
		widen(l, e, &k, ret);
}

/* fail2ban, where terms grow: each failure of who was banned n times counts for
 * 2^(n-1) more, so that he needs fewer. */
static seldom uint32_t known_better(const struct law *l,
    const struct law_event *e, struct seat_key k)
{
	const struct law_rule *r = &l->rules[e->rule];
	const struct seat *s;
	struct memory m;
	uint32_t n;

	if (r->n_terms < 2 && r->term_max <= r->term)
		return 0;
	k.about = subject_bits(k.family);
	s = seats_find(&l->memories, &k);
	if (!s)
		return 0;
	m = memory_at(s);
	n = memory_repeats(&m, l->conf.decay, e->at);
	return n == 0 || r->count == 0
		   ? 0
		   : (uint32_t)MIN((UINT64_C(1) << (n - 1)) + 1, r->count) - 1;
}

static void see_failure(struct law *l, const struct law_event *e,
    struct ruling *ret)
{
	struct seat_key k = subject_of(&e->who, e->rule);
	uint32_t value = (uint32_t)(e->distinct ^ e->distinct >> 32);
	struct window_count found;
	enum window_answer got;

	if (l->rules[e->rule].by_rate)
		got = windows_add_by_rate(&l->windows, &k, e->at,
		    known_better(l, e, k), &found);
	else
		got = waiting_add(&l->waiting, &k, e->at, value, &found,
		    &ret->by_slow);
	if (got != WINDOW_REACHED)
		return;
	found_into(&l->rules[e->rule], &found, ret);
	rule_on(l, e, k, ret);
}

/* A success soon after a burst of failures is a guess that hit. */
static kept_aside void see_success(struct law *l, const struct law_event *e,
    struct ruling *ret)
{
	struct seat_key k = subject_of(&e->who, 0), km = k;
	struct memory m = { 0 };
	struct seat *s;

	km.about = subject_bits(k.family);
	s = seats_find(&l->memories, &km);
	if (s)
		m = memory_at(s);
	if (!s || m.failures < l->conf.alarm_failures ||
	    (e->at > m.last && e->at - m.last > l->conf.alarm_span)) {
		if (l->rules[e->rule].login == LOGIN_HOST)
			goods_login(&l->goods, &k, e->at);
		return;
	}
	ret->verdict = VERDICT_ALARM;
	ret->rung = RUNG_ALARM;
	ret->alarm = true;
	ret->net = (struct net){ subject_addr(k.subject, k.family),
		subject_bits(k.family) };
	ret->count = m.failures;
	ret->need = l->conf.alarm_failures;
	ret->span = l->conf.alarm_span;
	ret->last = m.last;
	ret->revoked = goods_revoke(&l->goods, &k, e->at);
	m.failures = 0; /* said once */
	memory_put(s, &m);
}

void law_see(struct law *l, const struct law_event *e, struct ruling *ret)
{
	assert(e->rule < l->n && e->who.family != 0);

	*ret = (struct ruling){ .verdict = VERDICT_NONE,
		.rung = RUNG_NOTHING,
		.rule = e->rule,
		.at = e->at };
	l->seen++;
	if (l->rules[e->rule].outcome == OUTCOME_SUCCESS)
		see_success(l, e, ret);
	else
		see_failure(l, e, ret);
	l->rulings += ret->verdict != VERDICT_NONE;
}
