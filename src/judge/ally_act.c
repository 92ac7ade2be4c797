#include "judge/ally_refer.h"

#include "base/log.h"

/* When this host last had evidence that nobody can make another do; what our
 * other hosts saw is testimony. */
static uint32_t own_evidence(const struct ally *y, const struct net *n)
{
	uint32_t at = 0;

	for (uint8_t i = 0; i < y->n_charters; i++) {
		const struct ally_told *t = ally_told_of(y, n, i);

		if (t && t->t.evidence == ALLIED_OWN_ACT)
			at = MAX(at, t->t.at);
	}
	return at;
}

static uint8_t answer_of(const struct judge *j, const struct net *n,
    const struct allied_verdict *v)
{
	const struct ledger_measure *m = measures_get(&j->measures, n);

	if (m && !(m->flags & MEASURE_ALLIED))
		return ANSWER_CLOSED;
	if (v->rung >= ALLIED_HELD)
		return v->until ? ANSWER_ASSISTING : ANSWER_DECLINED;
	if (v->rung == ALLIED_BUDGET)
		return ANSWER_DEFERRED;
	return v->rung == ALLIED_GOOD ? ANSWER_DISPUTED : ANSWER_DECLINED;
}

static void answer(struct judge *j, struct ally_charter *c,
    const struct envelope *e, const struct net *n,
    const struct allied_verdict *v)
{
	struct ally *y = j->ally;
	enum verdict in_force;
	uint32_t until = allied_in_force(y->law, n, j->now, &in_force);
	uint8_t measure = in_force == VERDICT_DENY    ? ASSIST_DENY
			  : in_force == VERDICT_LIMIT ? ASSIST_LIMIT
						      : ASSIST_NONE;

	ally_answer(y, c, e, answer_of(j, n, v), (uint8_t)v->rung, measure,
	    until);
}

/* What was said before, and stands or waits as it was heard then. */
static bool is_repeated(const struct judge *j, uint16_t party,
    const struct net *n, const struct allied_verdict *v)
{
	struct allied_word w;

	for (size_t i = 0;
	     v->rung == ALLIED_AGE && allied_word(j->ally->law, n, i, &w); i++)
		if (w.party == party)
			return true;
	return false;
}

static void remember(struct judge *j, const struct ally_charter *c,
    const struct ally_chain *h, const struct frame_act *a,
    const struct act_notice *n, const struct net *net,
    const struct allied_verdict *v)
{
	struct ally_fact *f = is_repeated(j, h->party, net, v)
				  ? NULL
				  : ally_fact(j->ally, AFACT_SAID);

	if (!f)
		return;
	f->said = (struct ledger_said){ .net = *net,
		.party = h->party,
		.charter = c->no,
		.evidence = n->evidence,
		.rung = (uint8_t)v->rung,
		.verdict = (uint8_t)v->verdict,
		.kind = n->kind,
		.chain = h->no,
		.count = n->count,
		.witnesses = v->witnesses,
		.at = j->now,
		.until = v->until,
		.expires = (uint32_t)(a->e.expires / 1000),
		.seq = a->e.seq };
	memcpy(f->said.service, n->service, sizeof(f->said.service));
}

/* A good client hit: it is no attack that its author saw. */
static void fault(struct judge *j, uint16_t party,
    const struct allied_verdict *v)
{
	if (v->rung == ALLIED_GOOD)
		allied_fault(j->ally->law, party, 5, j->now);
}

static struct net subject(const struct net *n)
{
	struct net unit = addr_unit(n->addr);

	return n->bits > unit.bits ? unit : *n;
}

static uint32_t seconds(uint64_t ms)
{
	return (uint32_t)MIN(ms / 1000, (uint64_t)UINT32_MAX);
}

/* A host of our own party, by its key; found or made. */
static uint16_t fleet_host(struct ally *y, const uint8_t *envoy)
{
	uint16_t i = 0;

	while (i < y->n_hosts && memcmp(y->hosts[i], envoy, ACT_KEY) != 0)
		i++;
	if (i == ALLY_FLEET)
		return ALLY_NOBODY;
	if (i == y->n_hosts)
		memcpy(y->hosts[y->n_hosts++], envoy, ACT_KEY);
	return i;
}

/* Another host of our own party: a full witness with our own first term. */
static void fleet_notice(struct judge *j, const struct ally_chain *h,
    struct allied_notice *m, struct allied_verdict *v)
{
	struct ally *y = j->ally;
	uint16_t host = fleet_host(y, h->c.envoy);

	*v = (struct allied_verdict){ .rung = ALLIED_BUDGET };
	if (host == ALLY_NOBODY)
		return;
	m->party = host;
	m->charter = 0;
	allied_hear(y->fleet, m, 0, j->now, v);
}

static void weigh(struct judge *j, const struct ally_charter *c,
    const struct ally_chain *h, const struct frame_act *a,
    const struct act_notice *n, uint32_t deferred, struct allied_verdict *v)
{
	struct allied_notice m = { .net = subject(&n->subject),
		.party = h->party,
		.charter = c->no,
		.evidence = n->evidence,
		.issued = seconds(a->e.issued),
		.expires = seconds(a->e.expires),
		.deferred = deferred };

	if (h->party == c->self_no)
		fleet_notice(j, h, &m, v);
	else
		allied_hear(j->ally->law, &m, own_evidence(j->ally, &m.net),
		    j->now, v);
}

static void carry_out(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct frame_act *a,
    const struct act_notice *n, const struct allied_verdict *v)
{
	struct ally *y = j->ally;
	struct net net = subject(&n->subject);

	if (v->verdict != VERDICT_NONE || v->rung == ALLIED_CONDUCT)
		ally_measure(j, &net, h->party, n->count);
	else if (v->rung == ALLIED_HELD)
		desk_witnessed(j, &net);
	if (h->party < ALLY_PARTIES)
		y->parties[h->party].rungs[v->rung]++;
	desk_allies(j, STOOD_NOTICE, &net, ally_party_name(y, h->party),
	    n->service, allied_rung_name(v->rung));
	fault(j, h->party, v);
	remember(j, c, h, a, n, &net, v);
	answer(j, c, &a->e, &net, v);
}

void ally_notice(struct judge *j, struct ally_charter *c, struct ally_chain *h,
    const struct frame_act *a, const struct act_notice *n)
{
	struct allied_verdict v;

	j->ally->counts[COUNT_NOTICES]++;
	weigh(j, c, h, a, n, 0, &v);
	carry_out(j, c, h, a, n, &v);
	if (v.rung == ALLIED_BUDGET)
		ally_later(j->ally, h->party,
		    &(struct ally_later){ .net = subject(&n->subject),
			.chain = h->no,
			.at = j->now,
			.seq = a->e.seq,
			.own_act = n->evidence == ALLIED_OWN_ACT });
}

bool ally_notice_again(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct frame_act *a, const struct act_notice *n,
    uint32_t heard)
{
	struct allied_verdict v;

	weigh(j, c, h, a, n, heard, &v);
	if (v.rung == ALLIED_BUDGET)
		return false;
	carry_out(j, c, h, a, n, &v);
	return true;
}

/* The act that an id names, if it is here. */
static bool named(struct judge *j, const struct ally_charter *c,
    const struct act_id *id, struct frame *f, size_t *at)
{
	const struct ally_chain *h =
	    ally_chain_find(j->ally, c->id, id->envoy, id->run);

	return h && chain_has(&h->c, id->seq) &&
	       ally_recorded(j, h, id->seq, f, at);
}

/* It comes before what it names: it is heard again after that. */
void ally_wait_for(struct judge *j, const struct act_id *id,
    const struct ally_chain *h, const struct envelope *e)
{
	struct ally *y = j->ally;
	struct ledger_early w = { .run = id->run,
		.seq = id->seq,
		.by = e->seq,
		.chain = h->no,
		.at = j->now };
	struct ally_fact *f;

	if (y->n_early == ALLY_EARLY)
		return;
	memcpy(w.envoy, id->envoy, ACT_KEY);
	y->early[y->n_early++] = w;
	f = ally_fact(y, AFACT_EARLY);
	if (f)
		f->early = w;
}

static void pardon_one(struct judge *j, uint16_t party,
    const struct frame_act *named)
{
	struct ally *y = j->ally;
	static union act_body b;
	struct allied_verdict v;
	struct ally_fact *f;
	struct net net;

	if (named->e.type != ACT_NOTICE || !named->salt ||
	    ally_party_no(y, named->e.party, NULL) != party ||
	    body_decode(ACT_NOTICE, named->body, &b) != ACT_OK)
		return;
	net = subject(&b.notice.subject);
	ally_later_drop(y, party, &net);
	allied_pardon(y->law, party, &net, seconds(named->e.issued), j->now,
	    &v);
	ally_measure(j, &net, party, 0);
	f = ally_fact(y, AFACT_PARDONED);
	if (!f)
		return;
	f->said.net = net;
	f->said.party = party;
}

static void pardon(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct envelope *e, const struct act_pardon *p)
{
	static struct frame f;
	size_t at;

	for (size_t i = 0; i < p->n; i++) {
		if (named(j, c, &p->ids[i], &f, &at))
			pardon_one(j, h->party, &f.acts[at]);
		else
			ally_wait_for(j, &p->ids[i], h, e);
	}
}

static void conduct(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct envelope *e, const struct act_conduct *s)
{
	struct ally *y = j->ally;
	struct net net = subject(&s->subject);
	static struct frame f;
	enum allied_conduct how;
	uint32_t ends;
	char text[NET_MAX];
	size_t at;

	if (!named(j, c, &s->notice, &f, &at)) {
		ally_wait_for(j, &s->notice, h, e);
		return;
	}
	if (s->basis == BASIS_LOGINS &&
	    (s->days < 3 || s->since >= f.acts[at].e.issued))
		return; /* logins on 3 days that began before it was seen */
	ends = MIN(seconds(e->expires), seconds(e->issued) + s->term);
	how = allied_conduct(y->law, h->party, &net, ends, j->now);
	net_print(&net, text);
	log_note("safe-conduct net=%s party=%s given=%s why=\"%s\"", text,
	    ally_party_name(y, h->party), how == CONDUCT_GIVEN ? "yes" : "no",
	    allied_conduct_why(how));
	if (how == CONDUCT_GIVEN)
		ally_measure(j, &net, h->party, 0);
	ally_answer(y, c, e,
	    how == CONDUCT_GIVEN ? ANSWER_ASSISTING : ANSWER_DECLINED,
	    ALLIED_CONDUCT, 0, how == CONDUCT_GIVEN ? ends : 0);
}

void ally_act(struct judge *j, struct ally_charter *c, struct ally_chain *h,
    const struct frame_act *a, const union act_body *b)
{
	switch (a->e.type) {
	case ACT_NOTICE:
		ally_notice(j, c, h, a, &b->notice);
		return;
	case ACT_RECEIPT:
		ally_receipt_heard(j, c, h->party, &b->receipt);
		return;
	case ACT_PARDON:
		pardon(j, c, h, &a->e, &b->pardon);
		return;
	case ACT_CONDUCT:
		conduct(j, c, h, &a->e, &b->conduct);
		return;
	case ACT_REFERRAL:
		ally_referral(j, c, h, a, &b->referral);
		return;
	case ACT_SETTLEMENT:
		ally_settlement(j, c, h->party, a, &b->settlement);
		return;
	case ACT_FORGET:
		ally_forget_heard(j, c, h, &b->forget, &a->e);
		return;
	case ACT_RUN:
		ally_run_heard(j, c, h, &b->run);
		return;
	}
	/* murmurs are stored */
}

static void hear_again(struct judge *j, const struct ledger_early *w)
{
	static struct frame f;
	static union act_body b;
	struct ally *y = j->ally;
	struct ally_chain *h = ally_chain_no(y, w->chain);
	size_t at;

	if (!h || !ally_recorded(j, h, w->by, &f, &at) || !f.acts[at].salt ||
	    body_decode(f.acts[at].e.type, f.acts[at].body, &b) != ACT_OK)
		return;
	if (f.acts[at].e.type == ACT_PARDON ||
	    f.acts[at].e.type == ACT_CONDUCT || f.acts[at].e.type == ACT_FORGET)
		ally_act(j, y->charters[h->charter], h, &f.acts[at], &b);
}

static void early_of(struct judge *j, const struct envelope *e)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_early;) {
		struct ledger_early w = y->early[i];
		struct ally_fact *f;

		if (w.seq != e->seq || w.run != e->run ||
		    memcmp(w.envoy, e->envoy, ACT_KEY) != 0) {
			i++;
			continue;
		}
		y->early[i] = y->early[--y->n_early];
		f = ally_fact(y, AFACT_EARLY_GONE);
		if (f)
			f->early = w;
		hear_again(j, &w);
	}
}

void ally_early(struct judge *j, const struct frame *f, const bool *fresh)
{
	for (size_t i = 0; i < f->n && j->ally->n_early > 0; i++)
		if (fresh[i])
			early_of(j, &f->acts[i].e);
}

void ally_early_tick(struct judge *j)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_early;) {
		struct ally_fact *f;

		if (y->early[i].at + 2 * NOTICE_LIVES > j->now) {
			i++;
			continue;
		}
		f = ally_fact(y, AFACT_EARLY_GONE);
		if (f)
			f->early = y->early[i];
		y->early[i] = y->early[--y->n_early];
	}
}
