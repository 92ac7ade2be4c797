#include "judge/ally_refer.h"

#include "base/log.h"

enum {
	ACKNOWLEDGE = 15 * 60, /* s; then it was not */
	SETTLE = 86400,
	AGAIN = 7 * 86400, /* after a settlement: no immunity at once, */
	LAPSED = 30 * 86400,
};

static void keep(struct ally *y, const struct ledger_referral *r)
{
	struct ally_fact *f = ally_fact(y, AFACT_REFERRAL);

	if (f)
		f->referral = *r;
}

static bool is_of(const struct ledger_referral *r, const struct act_id *id)
{
	return r->run == id->run && r->seq == id->seq &&
	       !memcmp(r->envoy, id->envoy, ACT_KEY);
}

static bool touch(const struct net *a, const struct net *b)
{
	return net_has(a, &b->addr) || net_has(b, &a->addr);
}

/* The charter's words for it, or the usual ones. */
static uint32_t within(const struct judge *j, const struct ledger_referral *r,
    bool settle)
{
	const struct ally_charter *c = j->ally->charters[r->charter];
	const struct charter *t = c->a ? alliance_charter(c->a) : NULL;

	if (!t)
		return settle ? SETTLE : ACKNOWLEDGE;
	return settle ? t->terms.settle : t->terms.acknowledge;
}

static bool settled_before(const struct judge *j,
    const struct ledger_referral *r)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_referrals; i++) {
		const struct ledger_referral *o = &y->referrals[i];

		if (o != r && o->charter == r->charter && o->settled &&
		    o->settled < r->at && o->settled + AGAIN > r->at &&
		    touch(&o->net, &r->net))
			return true;
	}
	return false;
}

static enum ally_refer state_of(const struct judge *j,
    const struct ledger_referral *r)
{
	if (r->at + LAPSED <= j->now)
		return REFER_NONE;
	if (settled_before(j, r))
		return REFER_LAPSED;
	switch (r->state) {
	case SETTLED_SETTLED:
		return REFER_NONE;
	case SETTLED_REFUSED:
		return REFER_LAPSED;
	case SETTLED_ACKNOWLEDGED:
		return r->at + within(j, r, true) > j->now ? REFER_OPEN
							   : REFER_LAPSED;
	}
	return r->at + within(j, r, false) > j->now ? REFER_OPEN : REFER_LAPSED;
}

enum ally_refer ally_refer_of(const struct judge *j, const struct net *n)
{
	const struct ally *y = j->ally;
	enum ally_refer worst = REFER_NONE;

	for (size_t i = 0; i < y->n_referrals; i++) {
		const struct ledger_referral *r = &y->referrals[i];

		/* what was referred and nothing wider */
		if (net_has(&r->net, &n->addr) && n->bits >= r->net.bits)
			worst = MAX(worst, state_of(j, r));
	}
	return worst;
}

static struct ledger_referral *add(struct ally *y)
{
	if (y->n_referrals == ALLY_REFERRALS) {
		y->n_referrals--; /* the oldest is the first */
		memmove(&y->referrals[0], &y->referrals[1],
		    y->n_referrals * sizeof(y->referrals[0]));
	}
	return &y->referrals[y->n_referrals++];
}

static bool open_already(const struct judge *j, const struct ally_charter *c,
    const struct net *n)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_referrals; i++) {
		const struct ledger_referral *r = &y->referrals[i];

		if (r->charter == c->no && r->author == c->self_no &&
		    !memcmp(&r->net, n, sizeof(*n)) &&
		    state_of(j, r) == REFER_OPEN)
			return true;
	}
	return false;
}

bool ally_referred_since(const struct judge *j, const struct ally_charter *c,
    const struct net *n, uint32_t since)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_referrals; i++) {
		const struct ledger_referral *r = &y->referrals[i];

		if (r->charter == c->no && r->author == c->self_no &&
		    r->at >= since && !memcmp(&r->net, n, sizeof(*n)))
			return true;
	}
	return false;
}

void ally_refer(struct judge *j, struct ally_charter *c, uint16_t owner,
    const struct ledger_measure *m)
{
	union act_body b = { .referral = { .subject = m->net,
				 .kind = j->book->law[m->rule].kind,
				 .evidence = j->book->law[m->rule].evidence,
				 .count = m->count,
				 .first = (uint64_t)m->first * 1000,
				 .last = (uint64_t)m->last * 1000 } };
	struct ally_draft *d;
	char net[NET_MAX];

	if (open_already(j, c, &m->net))
		return;
	memcpy(b.referral.to, alliance_party(c->a, owner)->id, ACT_KEY);
	d = ally_say(j, c, ACT_REFERRAL, &b, NOTICE_LIVES);
	if (!d)
		return;
	d->net = m->net;
	net_print(&m->net, net);
	log_note("referred net=%s party=%s", net,
	    alliance_party(c->a, owner)->name);
}

/* An attack out of our own territory: people here must look at it. */
static void acknowledge(struct judge *j, struct ally_charter *c,
    const struct ledger_referral *r)
{
	union act_body b = { .settlement = { .state = SETTLED_ACKNOWLEDGED } };
	char net[NET_MAX];

	net_print(&r->net, net);
	log_warn("rebellion net=%s party=%s text=\"our address attacks an "
		 "ally; settle it within %u h\"",
	    net, ally_party_name(j->ally, r->author),
	    within(j, r, true) / 3600);
	if (!ally_is_chancery(j->ally, c))
		return;
	memcpy(b.settlement.referral.envoy, r->envoy, ACT_KEY);
	b.settlement.referral.run = r->run;
	b.settlement.referral.seq = r->seq;
	(void)ally_say(j, c, ACT_SETTLEMENT, &b, NOTICE_LIVES);
}

struct act_notice ally_referral_says(const struct act_referral *r)
{
	return (struct act_notice){ .subject = r->subject,
		.kind = r->kind,
		.evidence = r->evidence,
		.count = r->count };
}

/* While it is open its word counts as a notice's does, by limit. */
static void limit(struct judge *j, struct ally_charter *c, struct ally_chain *h,
    const struct frame_act *a, const struct act_referral *r)
{
	struct act_notice n = ally_referral_says(r);

	ally_notice(j, c, h, a, &n);
}

static struct ledger_referral *enter(struct judge *j,
    const struct ally_charter *c, uint16_t owner, uint16_t author,
    const struct frame_act *a, const struct act_referral *r)
{
	struct ledger_referral *to = add(j->ally);

	*to = (struct ledger_referral){ .run = a->e.run,
		.seq = a->e.seq,
		.charter = c->no,
		.owner = ally_number(j->ally, c, owner),
		.author = author,
		.net = r->subject,
		.at = j->now };
	memcpy(to->envoy, a->e.envoy, ACT_KEY);
	keep(j->ally, to);
	return to;
}

void ally_referred(struct judge *j, struct ally_charter *c,
    const struct frame_act *a)
{
	static union act_body b;
	uint16_t owner;

	if (body_decode(ACT_REFERRAL, a->body, &b) != ACT_OK)
		return;
	owner = alliance_party_of_id(c->a, b.referral.to);
	if (owner != ALLIANCE_NOBODY)
		(void)enter(j, c, owner, c->self_no, a, &b.referral);
}

void ally_referral(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct frame_act *a,
    const struct act_referral *r)
{
	uint16_t owner = alliance_territory(c->a, &r->subject, ally_ms(j));
	struct ledger_referral *to;

	if (owner == ALLIANCE_NOBODY ||
	    memcmp(alliance_party(c->a, owner)->id, r->to, ACT_KEY) != 0 ||
	    a->e.issued + (uint64_t)NOTICE_LIVES * 1000 < ally_ms(j) ||
	    r->evidence > ALLIED_INDUCIBLE)
		return;
	to = enter(j, c, owner, h->party, a, r);
	if (owner == c->self)
		acknowledge(j, c, to);
	else
		limit(j, c, h, a, r);
}

static void settle(struct judge *j, struct ledger_referral *r, uint8_t state)
{
	char net[NET_MAX];

	r->state = state;
	if (state == SETTLED_ACKNOWLEDGED)
		r->acknowledged = j->now;
	else
		r->settled = j->now;
	keep(j->ally, r);
	net_print(&r->net, net);
	log_note("settlement net=%s party=%s state=%s", net,
	    ally_party_name(j->ally, r->owner),
	    state == SETTLED_ACKNOWLEDGED ? "acknowledged"
	    : state == SETTLED_SETTLED    ? "settled"
					  : "refused");
}

/* Only who owns the address may settle it. */
void ally_settlement(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const struct act_settlement *s)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_referrals; i++) {
		struct ledger_referral *r = &y->referrals[i];
		bool late = r->at + within(j, r, r->state != 0) <= j->now;

		if (r->charter != c->no || !is_of(r, &s->referral) ||
		    r->owner != party || r->state >= SETTLED_SETTLED || late)
			continue;
		settle(j, r, s->state);
		if (s->state == SETTLED_SETTLED) {
			allied_lift(y->law, &r->net, j->now);
			ally_measure(j, &r->net, party, 0);
		}
	}
}

size_t ally_settle(struct judge *j, const struct net *n, enum act_settled state)
{
	struct ally *y = j->ally;
	size_t k = 0;

	for (size_t i = 0; y->law && i < y->n_referrals; i++) {
		struct ledger_referral *r = &y->referrals[i];
		struct ally_charter *c = y->charters[r->charter];
		union act_body b = { .settlement = {
					 .state = (uint8_t)state } };

		if (r->owner != c->self_no || r->state >= SETTLED_SETTLED ||
		    !touch(&r->net, n))
			continue;
		memcpy(b.settlement.referral.envoy, r->envoy, ACT_KEY);
		b.settlement.referral.run = r->run;
		b.settlement.referral.seq = r->seq;
		if (!ally_say(j, c, ACT_SETTLEMENT, &b, NOTICE_LIVES))
			continue;
		settle(j, r, (uint8_t)state);
		k++;
	}
	ally_send_drafts(j);
	return k;
}

/* What we referred and nobody settled in time is told as a notice is. */
static void tell_lapsed(struct judge *j)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_referrals; i++) {
		const struct ledger_referral *r = &y->referrals[i];
		struct ally_charter *c = y->charters[r->charter];
		const struct ledger_measure *m;

		if (!c->a || r->author != c->self_no ||
		    state_of(j, r) != REFER_LAPSED)
			continue;
		m = measures_get(&j->measures, &r->net);
		if (m && !(m->flags & (MEASURE_ALLIED | MEASURE_WORD)) &&
		    m->rule < j->book->n)
			ally_tell(j, c, m);
	}
}

/* Old ones are over; see state_of. */
void ally_refer_tick(struct judge *j)
{
	struct ally *y = j->ally;

	tell_lapsed(j);
	while (y->n_referrals > 0 && y->referrals[0].at + LAPSED <= j->now) {
		struct ally_fact *f = ally_fact(y, AFACT_REFERRAL_GONE);

		if (f)
			f->referral = y->referrals[0];
		y->n_referrals--;
		memmove(&y->referrals[0], &y->referrals[1],
		    y->n_referrals * sizeof(y->referrals[0]));
	}
}
