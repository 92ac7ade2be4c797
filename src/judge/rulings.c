#include "judge/judge.h"

#include "base/log.h"

#include <stdio.h>

enum {
	ALARM_AGAIN = 300 /* s until the same alarm is said again */
};

enum shield judge_shield(void *arg, const struct addr *who)
{
	const struct judge *j = arg;
	const struct guarded *g = protect_of(&j->protect, who, j->now);

	if (!g)
		return SHIELD_NONE;
	if (g->cause == NEVER_PROXY)
		return SHIELD_PROXY;
	return g->cause == NEVER_OPERATOR ? SHIELD_ALLOWED : SHIELD_ABSOLUTE;
}

void judge_new_day(struct judge *j)
{
	uint32_t day = j->now / 86400;

	if (j->stats.day == day)
		return;
	j->stats.day = day;
	j->stats.alarms_today = 0;
	j->stats.denied_today = 0;
	j->stats.limited_today = 0;
}

void judge_day_again(struct judge *j, struct str name, uint64_t value)
{
	uint32_t n = (uint32_t)(value & UINT32_MAX);

	judge_new_day(j);
	if (value >> 40 != j->stats.day)
		return;
	if (str_eq(name, STR("denied")))
		j->stats.denied_today += n;
	else if (str_eq(name, STR("limited")))
		j->stats.limited_today += n;
	else if (str_eq(name, STR("alarms")))
		j->stats.alarms_today += n;
}

void judge_history(struct judge *j, enum history what,
    const struct ledger_measure *m)
{
	struct fact *f = facts_add(&j->facts, FACT_HISTORY);

	if (f)
		f->history = (struct ledger_history){ .at = j->now,
			.until = m->until,
			.count = m->count,
			.repeats = m->repeats,
			.net = m->net,
			.what = (uint8_t)what,
			.rung = m->rung,
			.rule = m->rule };
}

void judge_happened(struct judge *j, uint8_t what,
    const struct ledger_measure *m)
{
	struct wire_happened h = { .id = ++j->stats.happened,
		.what = what,
		.rung = m->rung,
		.net = m->net,
		.at = j->now,
		.until = m->until,
		.count = m->count,
		.repeats = m->repeats };

	snprintf(h.rule, sizeof(h.rule), "%s", judge_rule_of(j, m));
	judge_send(j, HERALD, 0, MSG_HAPPENED, &h, sizeof(h));
}

static uint64_t order(struct judge *j, struct wire_order *o)
{
	o->id = ++j->order_id;
	o->ttl = MIN(o->ttl, (uint32_t)TTL_MAX);
	j->orders[o->id % ORDERS] =
	    (struct sent_order){ o->id, o->net, o->act };
	j->stats.orders++;
	judge_send(j, ENFORCER, 0, MSG_ORDER, o, sizeof(*o));
	return o->id;
}

uint64_t judge_order(struct judge *j, const struct net *n, uint8_t act,
    uint32_t ttl, uint32_t cause)
{
	return order(j, &(struct wire_order){ .net = *n,
			    .act = act,
			    .ttl = ttl,
			    .cause = cause });
}

uint64_t judge_shut(struct judge *j, const struct net *n, uint8_t act,
    uint32_t ttl, uint8_t ports)
{
	return order(j, &(struct wire_order){ .net = *n,
			    .act = act,
			    .ttl = ttl,
			    .ports = ports });
}

/* Was just this said within the last minutes? Then not again. */
static bool said_lately(struct judge *j, const struct ruling *r)
{
	struct said *oldest = &j->said[0];

	for (size_t i = 0; i < SAID; i++) {
		struct said *s = &j->said[i];

		if (s->at && s->rule == r->rule && s->rung == r->rung &&
		    !memcmp(&s->net, &r->net, sizeof(r->net)))
			return j->now - s->at < ALARM_AGAIN
				   ? true
				   : (s->at = j->now, false);
		if (s->at < oldest->at)
			oldest = s;
	}
	*oldest = (struct said){ r->net, r->rule, (uint8_t)r->rung, j->now };
	return false;
}

static struct ledger_measure measure_of(const struct ruling *r,
    const struct wire_sighting *s)
{
	uint8_t flags = 0;

	if (s->flags & SIGHT_PROXIED)
		flags |= MEASURE_PROXIED;
	if (r->by_slow)
		flags |= MEASURE_SLOW;
	return (struct ledger_measure){
		.net = r->net.addr.family ? r->net : addr_unit(s->who),
		.rung = (uint8_t)r->rung,
		.verdict = (uint8_t)r->verdict,
		.flags = flags,
		.ports = r->ports,
		.rule = r->rule,
		.count = r->count,
		.need = r->need,
		.span = r->span,
		.first = r->first,
		.last = r->last,
		.at = r->at,
		.until = r->until,
		.repeats = r->repeats,
	};
}

static void alarm_said(struct judge *j, const struct ruling *r,
    const struct ledger_measure *m)
{
	char net[NET_MAX], why[256];

	if (said_lately(j, r))
		return;
	judge_new_day(j);
	j->stats.alarms_today++;
	j->stats.today_dirty = true;
	net_print(&m->net, net);
	(void)law_reason(r, book_name(j->book, r->rule), why, sizeof(why));
	log_warn("alarm net=%s rule=%s rung=%s count=%u why=\"%s\"", net,
	    book_name(j->book, r->rule), rung_name(r->rung), r->count, why);
	judge_history(j, HISTORY_ALARM, m);
	judge_happened(j, VERDICT_ALARM, m);
	desk_alarm(j, m);
}

uint8_t judge_act(const struct judge *j, enum verdict v)
{
	uint32_t how = j->conf ? j->conf->measure : CONF_MEASURE_DENY;

	if (v == VERDICT_LIMIT || how == CONF_MEASURE_LIMIT)
		return ACT_LIMIT;
	return how == CONF_MEASURE_REJECT ? ACT_REJECT : ACT_DENY;
}

uint8_t judge_act_by(const struct judge *j, enum verdict v, uint16_t rule)
{
	uint8_t act = judge_act(j, v);
	enum rule_answer a =
	    rule < j->book->n ? j->book->rules[rule].answer : ANSWER_CONFIGURED;

	if (act == ACT_LIMIT || a == ANSWER_CONFIGURED)
		return act;
	return a == ANSWER_REJECT ? ACT_REJECT : ACT_DENY;
}

static void say_measure(struct judge *j, const struct ledger_measure *m)
{
	char net[NET_MAX], until[WHEN_MAX] = "for-ever", ports[PORTS_MAX];
	const char *what = m->act == ACT_LIMIT ? "limited" : "denied";

	if (j->watch_only)
		what = m->act == ACT_LIMIT ? "would-limit" : "would-deny";
	if (m->flags & MEASURE_PROXIED)
		what = "not-enforceable";
	net_print(&m->net, net);
	if (m->until)
		when_show(m->until, until);
	judge_ports_text(j, m->ports, ports);
	log_note("%s net=%s rule=%s rung=%s count=%u span=%u until=%s "
		 "repeats=%u ports=%s",
	    what, net, judge_rule_of(j, m), rung_name(m->rung), m->count,
	    m->span, until, m->repeats, m->ports ? ports : "all");
}

static uint32_t ttl_of(const struct judge *j, const struct ledger_measure *m)
{
	return m->until ? m->until - j->now : (uint32_t)TTL_MAX;
}

static bool shuts(uint8_t act)
{
	return act == ACT_DENY || act == ACT_REJECT;
}

static uint32_t later(uint32_t a, uint32_t b)
{
	return a && b ? MAX(a, b) : 0;
}

/* One of ours that stands is as hard, as long and on as many ports. If both
 * shut out, its ports go on in what takes its place, no softer and no
 * shorter. */
static bool stands(struct judge *j, const struct ledger_measure *was,
    struct ledger_measure *m)
{
	if (!was || was->flags & MEASURE_ALLIED || m->rung == RUNG_DENIED)
		return false;
	if (shuts(was->act) && shuts(m->act)) {
		m->ports = judge_join(j, was->ports, m->ports);
		m->act = MIN(was->act, m->act);
		if (was->act > m->act)
			m->until = later(was->until, m->until);
	}
	if (was->act > m->act)
		return false;
	if (was->until && was->until < m->until)
		return false;
	if (was->act < m->act || was->ports == m->ports)
		return true;
	m->until = was->until;
	return false;
}

/* A jail's own end, where it joins another's measure, is what its own term
 * makes of it. */
static void hold(struct judge *j, const struct ledger_measure *was,
    const struct ledger_measure *m)
{
	struct law_memory mem;
	uint32_t until = m->until;

	if (until && law_memory_of(j->law, &m->net.addr, &mem) && mem.term)
		until = MIN(until, m->at + mem.term);
	(void)holding_add(j, was, m->rule, m->at, until);
}

/* The order goes out first; everything else is bookkeeping. */
void judge_close(struct judge *j, struct ledger_measure *m, bool lines)
{
	const struct ledger_measure *was = measures_get(&j->measures, &m->net);
	uint8_t act, ports;
	uint32_t ttl;
	struct fact *f;

	if (was)
		hold(j, was, m);
	if (stands(j, was, m))
		return;
	act = m->act;
	ports = m->ports;
	ttl = ttl_of(j, m);
	ally_harden(j, &m->net, &act, &ttl, &ports);
	if (!(m->flags & MEASURE_PROXIED))
		(void)judge_shut(j, &m->net, act, ttl, ports);
	if (was) {
		hosts_join(&m->hosts, &was->hosts);
		m->packets = was->packets;
		m->bytes = was->bytes;
	}
	(void)measures_put(&j->measures, m);
	desk_shut(j, m);
	f = facts_add(&j->facts, FACT_MEASURE);
	if (f) {
		f->measure = *m;
		f->lines = lines;
	}
	judge_new_day(j);
	if (m->act == ACT_LIMIT)
		j->stats.limited_today++;
	else
		j->stats.denied_today++;
	j->stats.today_dirty = true;
	if (m->rule < j->book->n)
		j->book->rules[m->rule].measures++,
		    j->book->rules[m->rule].shut++;
	judge_history(j, m->act == ACT_LIMIT ? HISTORY_LIMITED : HISTORY_DENIED,
	    m);
	say_measure(j, m);
	judge_jail_log(j, "Ban", m);
	judge_happened(j, m->verdict, m);
}

/* A measure is over or taken back; the kernel's element only in the latter
 * case, for it ends by itself. */
void judge_open(struct judge *j, const struct net *n, enum history what)
{
	struct ledger_measure *m = measures_get(&j->measures, n), was;
	struct fact *f;
	bool stays;
	size_t at;

	if (!m)
		return;
	was = *m;
	stays = ally_stays(j, &was);
	if (what != HISTORY_ENDED && !stays && !(was.flags & MEASURE_PROXIED))
		(void)judge_order(j, n, ACT_OPEN, 0, 0);
	at = measures_drop(&j->measures, n);
	if (j->syncing && at < j->sync_at && at < j->measures.n) {
		/* the last one moved to where the SYNC has been */
		const struct ledger_measure *moved = &j->measures.v[at];

		(void)judge_shut(j, &moved->net, moved->act, ttl_of(j, moved),
		    moved->ports);
	}
	desk_opened(j, &was, what, at);
	holding_end(j, n);
	f = facts_add(&j->facts, FACT_MEASURE_GONE);
	if (f)
		f->net = *n;
	judge_history(j, what, &was);
	judge_jail_log(j, "Unban", &was);
	judge_happened(j, 0, &was);
	if (stays)
		ally_goes_on(j, n);
}

static void remember(struct judge *j, const struct addr *who)
{
	struct law_memory m;
	struct fact *f;

	if (!law_memory_of(j->law, who, &m))
		return;
	f = facts_add(&j->facts, FACT_MEMORY);
	if (f)
		f->memory = m;
}

void judge_ruled(struct judge *j, const struct ruling *r,
    const struct wire_sighting *s)
{
	struct ledger_measure m = measure_of(r, s);

	j->good_dirty |= r->revoked;
	if (r->verdict >= VERDICT_LIMIT) {
		if (m.net.bits == 64)
			(void)hosts_add(&m.hosts, &s->who);
		m.act = judge_act_by(j, r->verdict, m.rule);
		if (m.until > j->now) /* else the log told of long ago */
			judge_close(j, &m, true);
		ally_ruled(j, r, &m);
		remember(j, &s->who);
	}
	if (r->verdict == VERDICT_ALARM || r->alarm)
		alarm_said(j, r, &m);
}

/* Until now he came through a proxy; now he knocks himself, and the kernel
 * can stop that. Or it is another address of that /64. */
void judge_held(struct judge *j, const struct wire_sighting *s)
{
	struct net unit = addr_unit(s->who);
	struct ledger_measure *m = measures_get(&j->measures, &unit);
	bool knocks =
	    m && m->flags & MEASURE_PROXIED && !(s->flags & SIGHT_PROXIED);
	bool is_other = m && hosts_add(&m->hosts, &s->who);
	struct fact *f;

	if (!knocks && !is_other)
		return;
	if (knocks) {
		m->flags &= (uint8_t)~MEASURE_PROXIED;
		(void)judge_shut(j, &m->net, m->act, ttl_of(j, m), m->ports);
	}
	f = facts_add(&j->facts, FACT_MEASURE);
	if (f)
		f->measure = *m;
	if (knocks)
		say_measure(j, m);
	if (is_other)
		desk_shut(j, m);
}
