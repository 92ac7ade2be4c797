#include "judge/ally_priv.h"

#include <stdio.h>

#include "base/log.h"

/* What stands on others' word, whoever of them says it. */
static uint32_t stands(const struct judge *j, const struct net *n,
    enum verdict *v)
{
	const struct ally *y = j->ally;
	enum verdict fleet = VERDICT_NONE;
	uint32_t until, also;

	*v = VERDICT_NONE;
	if (!y->law)
		return 0;
	until = allied_in_force(y->law, n, j->now, v);
	also = allied_in_force(y->fleet, n, j->now, &fleet);
	if (fleet > *v || (fleet == *v && also > until)) {
		*v = fleet;
		return also;
	}
	return until;
}

/* ACT_LIMIT is the softest, whatever its number. */
static bool is_hard(uint8_t act)
{
	return act == ACT_DENY || act == ACT_REJECT;
}

void ally_harden(const struct judge *j, const struct net *n, uint8_t *act,
    uint32_t *ttl, uint8_t *ports)
{
	enum verdict v;
	uint32_t until = stands(j, n, &v), left = until - j->now;
	uint8_t other = judge_act(j, v);

	if (!until)
		return;
	if (is_hard(other) && !is_hard(*act)) {
		*act = other;
		*ttl = left;
		*ports = 0;
	} else if (is_hard(other) == is_hard(*act)) {
		*ttl = MAX(*ttl, left);
		*ports = 0;
	}
}

bool ally_stays(const struct judge *j, const struct ledger_measure *was)
{
	enum verdict v;

	return !(was->flags & MEASURE_ALLIED) && stands(j, &was->net, &v) != 0;
}

static void remember(struct judge *j, struct ledger_measure *m)
{
	struct fact *f = facts_add(&j->facts, FACT_MEASURE);
	const struct ledger_measure *was = measures_get(&j->measures, &m->net);

	if (was)
		hosts_join(&m->hosts, &was->hosts);
	(void)measures_put(&j->measures, m);
	desk_shut(j, m);
	if (f)
		f->measure = *m;
}

static struct ledger_measure row_of(const struct judge *j, const struct net *n,
    enum verdict v, uint32_t until)
{
	return (struct ledger_measure){ .net = *n,
		.act = judge_act(j, v),
		.rung = RUNG_ALLIED,
		.verdict = (uint8_t)v,
		.flags = MEASURE_ALLIED,
		.rule = UINT16_MAX,
		.at = j->now,
		.until = until };
}

void ally_goes_on(struct judge *j, const struct net *n)
{
	struct ledger_measure m;
	enum verdict v;
	uint32_t until;

	if (!j->ally->law)
		return;
	switch (ally_immunity(j, n)) {
	case IMMUNE_POST:
	case IMMUNE_SERVICE:
	case IMMUNE_PROTECTED:
	case IMMUNE_TERRITORY:
	case IMMUNE_GOOD:
		allied_lift(j->ally->law, n, j->now);
		allied_lift(j->ally->fleet, n, j->now);
		(void)judge_order(j, n, ACT_OPEN, 0, 0);
		return;
	case IMMUNE_NOT:
	case IMMUNE_SHARED:
	case IMMUNE_REFERRED:
		break;
	}
	until = stands(j, n, &v);
	if (!until)
		return;
	m = row_of(j, n, v, until);
	(void)judge_shut(j, n, m.act, until - j->now, 0);
	remember(j, &m);
}

static void say(struct judge *j, const struct ledger_measure *m, uint16_t party)
{
	char net[NET_MAX], until[WHEN_MAX];

	net_print(&m->net, net);
	when_show(m->until, until);
	log_note("assisted net=%s party=%s act=%s until=%s", net,
	    ally_party_name(j->ally, party), is_hard(m->act) ? "deny" : "limit",
	    until);
}

/* An own measure goes on as it was; the kernel hears only what is more. */
static void beside_own(struct judge *j, const struct ledger_measure *own)
{
	uint32_t ttl = own->until ? own->until - j->now : (uint32_t)TTL_MAX;
	uint8_t act = own->act, ports = own->ports;
	uint32_t was = ttl;

	ally_harden(j, &own->net, &act, &ttl, &ports);
	if (act != own->act || ttl > was || ports != own->ports)
		(void)judge_shut(j, &own->net, act, ttl, ports);
}

void ally_measure(struct judge *j, const struct net *n, uint16_t party,
    uint32_t count)
{
	const struct ledger_measure *is = measures_get(&j->measures, n);
	struct ledger_measure m;
	enum verdict v;
	uint32_t until = stands(j, n, &v);

	if (is && !(is->flags & MEASURE_ALLIED)) {
		beside_own(j, is);
		return;
	}
	if (!until) {
		if (is)
			judge_open(j, n, HISTORY_PARDONED);
		return;
	}
	m = row_of(j, n, v, until);
	m.count = count;
	if (is && is->act == m.act && is->until == m.until)
		return;
	(void)judge_shut(j, n, m.act, until - j->now, 0); /* first of all */
	if (is) {
		m.packets = is->packets;
		m.bytes = is->bytes;
		m.repeats = is->repeats + 1;
	}
	remember(j, &m);
	judge_history(j, is_hard(m.act) ? HISTORY_DENIED : HISTORY_LIMITED, &m);
	judge_happened(j, m.verdict, &m);
	say(j, &m, party);
}

/* The words of one law that stand: how many, and whose was first. */
static uint32_t words(const struct allied *a, const struct net *n, uint32_t now,
    uint16_t *first)
{
	uint32_t at = UINT32_MAX, count = 0;
	struct allied_word w;

	for (size_t i = 0; allied_word(a, n, i, &w); i++) {
		if (w.pardoned || w.expires <= now)
			continue;
		count++;
		if (w.at < at) {
			at = w.at;
			*first = w.party;
		}
	}
	return count;
}

/* Hosts of our own party are one party: its own name. */
static const char *own_name(const struct ally *y)
{
	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->self_no != ALLY_NOBODY)
			return ally_party_name(y, y->charters[i]->self_no);
	return "";
}

uint32_t ally_witnesses(const struct judge *j, const struct net *n,
    char first[static 32])
{
	const struct ally *y = j->ally;
	uint16_t party = ALLY_NOBODY;
	uint32_t count;

	first[0] = '\0';
	if (!y->law)
		return 0;
	count = words(y->law, n, j->now, &party);
	if (count && party < y->n_parties)
		snprintf(first, 32, "%s", y->parties[party].name);
	else if (!count && words(y->fleet, n, j->now, &party))
		snprintf(first, 32, "%s", own_name(y));
	return count;
}

struct touched {
	struct judge *j;
	const struct net *net;
	struct net v[256];
	size_t n;
};

static void touch(void *arg, const struct net *n, enum verdict v,
    uint32_t until)
{
	struct touched *t = arg;

	if ((net_has(n, &t->net->addr) || net_has(t->net, &n->addr)) &&
	    t->n < countof(t->v))
		t->v[t->n++] = *n;
}

/* Our own notices of it, in every charter, as many as one pardon holds. */
static void pardon_own(struct judge *j, struct ally_charter *c,
    const struct net *n)
{
	struct act_pardon p = { .why = PARDON_HUMAN };
	struct ally *y = j->ally;

	for (size_t i = 0; i < ALLY_TOLD; i++) {
		struct ledger_told *t = &y->told[i].t;

		if (!y->told[i].used || t->charter != c->no ||
		    t->expires <= j->now || !t->seq ||
		    !(net_has(&t->net, &n->addr) || net_has(n, &t->net.addr)))
			continue;
		if (p.n == BODY_PARDONS) {
			(void)ally_say(j, c, ACT_PARDON,
			    &(union act_body){ .pardon = p }, NOTICE_LIVES);
			p.n = 0;
		}
		memcpy(p.ids[p.n].envoy, y->envoy, ACT_KEY);
		p.ids[p.n].run = t->run;
		p.ids[p.n++].seq = t->seq;
		t->expires = j->now;
		ally_told_put(y, t);
	}
	if (p.n > 0)
		(void)ally_say(j, c, ACT_PARDON,
		    &(union act_body){ .pardon = p }, NOTICE_LIVES);
}

void ally_pardoned(struct judge *j, const struct net *n)
{
	struct ally *y = j->ally;
	struct touched t = { .j = j, .net = n };

	if (!y->law)
		return;
	ally_later_drop(y, ALLY_NOBODY, n);
	allied_stand(y->law, j->now, touch, &t);
	allied_stand(y->fleet, j->now, touch, &t);
	for (size_t i = 0; i < t.n; i++) {
		allied_annul(y->law, &t.v[i], j->now);
		allied_annul(y->fleet, &t.v[i], j->now);
	}
	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->self != ALLIANCE_NOBODY)
			pardon_own(j, y->charters[i], n);
	ally_send_drafts(j);
}

void ally_refused(struct judge *j, const struct net *n)
{
	struct ally *y = j->ally;

	if (!y->law)
		return;
	allied_lift(y->law, n, j->now);
	allied_lift(y->fleet, n, j->now);
}
