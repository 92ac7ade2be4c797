#include "judge/judge.h"

#include "base/log.h"

/*
 * holding - jails that share a measure, and what becomes of it when one of
 * them lets go. See holders.h.
 */

static bool is_jail(const struct judge *j, uint16_t rule)
{
	return rule < j->book->n && j->book->rules[rule].jail;
}

static bool put(struct judge *j, const struct ledger_held *x)
{
	bool is_new = holders_put(&j->holders, x);
	struct fact *f;

	if (!holders_next(&j->holders, &x->net, NULL))
		return false; /* there is no room */
	f = facts_add(&j->facts, FACT_HELD);
	if (f)
		f->held = *x;
	return is_new;
}

static void drop(struct judge *j, const struct ledger_held *of)
{
	struct ledger_held x = *of;
	struct fact *f;

	if (!holders_drop(&j->holders, &x.net, x.rule))
		return;
	f = facts_add(&j->facts, FACT_HELD_GONE);
	if (f)
		f->held = x;
}

bool holding_add(struct judge *j, const struct ledger_measure *was,
    uint16_t rule, uint32_t at, uint32_t until)
{
	struct ledger_held x = { was->net, rule, at, until };

	if (!is_jail(j, rule))
		return false;
	if (was->rule == rule && !holders_next(&j->holders, &was->net, NULL))
		return false;
	if (is_jail(j, was->rule) &&
	    !holders_next(&j->holders, &was->net, NULL)) {
		struct ledger_held first = { was->net, was->rule, was->at,
			was->until };

		(void)put(j, &first);
	}
	return put(j, &x);
}

void holding_end(struct judge *j, const struct net *n)
{
	const struct ledger_held *x;

	while ((x = holders_next(&j->holders, n, NULL)))
		drop(j, x);
}

static uint32_t term_of(const struct judge *j, uint16_t rule)
{
	uint32_t term = j->book->law[rule].term;

	return term ? term : j->law_conf.term;
}

void holding_ruled(struct judge *j, const struct ruling *r)
{
	struct ledger_measure *m = measures_get(&j->measures, &r->net), x;
	uint32_t until;

	if (!m || !is_jail(j, r->rule))
		return;
	x = *m;
	x.rule = r->rule;
	until = j->now + term_of(j, r->rule);
	if (m->until) /* it ends with what there is in the kernel */
		until = MIN(until, m->until);
	if (!holding_add(j, m, r->rule, j->now, until))
		return;
	j->book->rules[r->rule].shut++;
	judge_jail_log(j, "Ban", &x);
}

static uint8_t act_of(const struct judge *j, uint16_t rule)
{
	return judge_act_by(j, VERDICT_DENY, rule);
}

/* What is left of it, by those who still hold. False: nobody does. */
static bool left(struct judge *j, struct ledger_measure *m)
{
	const struct ledger_held *x = NULL;
	bool any = false;

	while ((x = holders_next(&j->holders, &m->net, x))) {
		bool longer =
		    !any || x->until == 0 || (m->until && x->until > m->until);

		if (x->until && x->until <= j->now)
			continue;
		m->ports =
		    any ? judge_join(j, m->ports, j->book->law[x->rule].ports)
			: j->book->law[x->rule].ports;
		m->act =
		    any ? MIN(m->act, act_of(j, x->rule)) : act_of(j, x->rule);
		if (longer) {
			m->rule = x->rule;
			m->at = x->at;
			m->until = x->until;
		}
		any = true;
	}
	return any;
}

static uint64_t anew(struct judge *j, struct ledger_measure *m)
{
	uint32_t ttl = m->until ? m->until - j->now : (uint32_t)TTL_MAX;
	uint8_t act = m->act, ports = m->ports;
	struct law_memory mem;
	uint64_t before = j->order_id;
	struct fact *f;

	ally_harden(j, &m->net, &act, &ttl, &ports);
	if (!(m->flags & MEASURE_PROXIED))
		(void)judge_shut(j, &m->net, act, ttl, ports);
	(void)measures_put(&j->measures, m);
	desk_shut(j, m);
	f = facts_add(&j->facts, FACT_MEASURE);
	if (f)
		f->measure = *m;
	if (!law_memory_of(j->law, &m->net.addr, &mem))
		return j->order_id > before ? j->order_id : 0;
	mem.until = m->until ? m->until : UINT32_MAX;
	mem.ports = m->ports;
	law_import(j->law, &mem);
	f = facts_add(&j->facts, FACT_MEMORY);
	if (f)
		f->memory = mem;
	return j->order_id > before ? j->order_id : 0;
}

bool holding_let_go(struct judge *j, const struct net *n, uint16_t rule,
    uint32_t uid, uint64_t *order)
{
	struct ledger_measure *m = measures_get(&j->measures, n), after, was;
	struct ledger_held mine = { *n, rule };
	char net[NET_MAX];

	if (!m || !is_jail(j, rule))
		return false;
	was = after = *m;
	was.rule = rule;
	drop(j, &mine);
	if (is_jail(j, m->rule)) { /* else another reason holds it anyhow */
		if (!left(j, &after))
			return false;
		*order = anew(j, &after);
	}
	judge_history(j, HISTORY_PARDONED, &was);
	judge_jail_log(j, "Unban", &was);
	net_print(n, net);
	log_note("let-go net=%s rule=%s uid=%u", net, book_name(j->book, rule),
	    uid);
	return true;
}

void holding_renumber(struct judge *j)
{
	for (size_t i = 0; i < j->holders.n; i++) {
		struct holder *h = &j->holders.v[i];
		uint16_t rule;

		if (!h->used || h->is.rule >= j->former->n)
			continue;
		rule = book_find(j->book,
		    str_of(j->former->rules[h->is.rule].name));
		if (rule ==
		    UINT16_MAX) /* the ledger forgets it with the rest */
			(void)holders_drop(&j->holders, &h->is.net, h->is.rule);
		else
			h->is.rule = rule;
	}
}

void holding_again(void *arg, const struct ledger_held *x)
{
	struct judge *j = arg;

	if (measures_get(&j->measures, &x->net))
		(void)holders_put(&j->holders, x);
}
