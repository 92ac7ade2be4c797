#include "judge/judge.h"

#include "base/log.h"

static void say_synced(struct judge *j)
{
	j->sync_last = 0;
	log_note("in-agreement measures=%zu ms=%lld", j->measures.n,
	    (long long)(mono_now().ns - j->sync_from.ns) / 1000000);
}

/* All that stands, to an enforcer that knows nothing of it yet. A judge whose
 * ledger was lost knows less than the kernel: then it says what it knows, and
 * not that this is all, or the rest would be opened. */
void judge_sync(struct judge *j)
{
	struct wire_sync begin = { .end = SYNC_BEGIN };

	if (!j->adopts)
		judge_send(j, ENFORCER, 0, MSG_SYNC, &begin, sizeof(begin));
	desk_lists_sync(j);
	j->syncing = true;
	j->sync_at = 0;
	j->sync_from = mono_now();
	for (size_t i = 0; i < j->protect.n; i++) {
		const struct guarded *g = &j->protect.v[i];

		if (g->ours && (!g->until || g->until > j->now))
			(void)judge_order(j, &g->net, ACT_SPARE,
			    g->until ? g->until - j->now : 0, g->cause);
	}
	j->sync_acked = j->order_id;
}

static struct wire_stand stand_of(const struct judge *j,
    const struct ledger_measure *m)
{
	struct wire_stand s = { .net = m->net,
		.act = m->act,
		.ports = m->ports,
		.ttl = m->until ? m->until - j->now : UINT32_MAX };

	ally_harden(j, &m->net, &s.act, &s.ttl, &s.ports);
	s.ttl = MIN(s.ttl, (uint32_t)TTL_MAX);
	return s;
}

/* A message's worth, at most max measures looked at; how many they were. */
static size_t sync_some(struct judge *j, size_t max)
{
	struct wire_stand v[STANDING_MOST];
	struct wire_standing w = { .first = j->order_id + 1 };
	size_t from = j->sync_at;

	while (j->sync_at < j->measures.n && j->sync_at - from < max &&
	       w.n < STANDING_MOST) {
		const struct ledger_measure *m = &j->measures.v[j->sync_at++];

		if (m->flags & MEASURE_PROXIED ||
		    (m->until && m->until <= j->now))
			continue;
		v[w.n++] = stand_of(j, m);
		j->order_id++;
		j->orders[j->order_id % ORDERS] =
		    (struct sent_order){ j->order_id, m->net, m->act };
	}
	j->stats.orders += w.n;
	if (w.n)
		j->ops.send(j->arg, ENFORCER, 0, MSG_STANDING, &w, sizeof(w),
		    (struct str){ (const char *)v, w.n * sizeof(v[0]) });
	return j->sync_at - from;
}

/* Orders whose answer is awaited stay fewer than the ring remembers. */
static bool has_window(const struct judge *j)
{
	return j->order_id < j->sync_acked + ORDERS / 2;
}

bool judge_sync_more(struct judge *j, size_t max)
{
	struct wire_sync end = { .end = SYNC_END };

	if (!j->syncing)
		return false;
	if (j->restoring && j->measures.n - j->sync_at < STANDING_MOST)
		return false; /* no small messages: more are being read */
	while (j->sync_at < j->measures.n && max > 0 && has_window(j))
		max -= sync_some(j, max);
	if (j->sync_at < j->measures.n)
		return has_window(j);
	if (j->restoring)
		return false; /* more of them are being read */
	if (j->lists.in_sync && desk_lists_sync_more(j))
		return has_window(j);
	if (!j->adopts)
		judge_send(j, ENFORCER, 0, MSG_SYNC, &end, sizeof(end));
	j->syncing = false;
	j->sync_last = j->order_id;
	if (!j->sync_last)
		say_synced(j);
	return false;
}

/* The ledger was lost: before the kernel is told what stands, it is asked. */
static void ask_first(struct judge *j)
{
	struct wire_ask a = { .what = ASK_ALL };

	a.id = j->adopt_id = ++j->order_id;
	judge_send(j, ENFORCER, 0, MSG_ASK, &a, sizeof(a));
}

static void adopt(struct judge *j, const struct wire_element *e)
{
	struct ledger_measure m = { .net = e->net,
		.act = e->act,
		.ports = e->ports <= WIRE_PORTS ? e->ports : 0,
		.rung = RUNG_OWN,
		.verdict = e->act == ACT_LIMIT ? VERDICT_LIMIT : VERDICT_DENY,
		.rule = UINT16_MAX,
		.at = j->now,
		.until = j->now + e->left,
		.packets = 0 };
	struct fact *f;

	if (net_ok(&e->net) && !e->list && e->left > 0 &&
	    (e->act == ACT_DENY || e->act == ACT_REJECT ||
		e->act == ACT_LIMIT) &&
	    !measures_get(&j->measures, &e->net)) {
		(void)measures_put(&j->measures, &m);
		desk_shut(j, &m);
		f = facts_add(&j->facts, FACT_MEASURE);
		if (f)
			f->measure = m;
	}
	if (!e->last)
		return;
	j->adopt_id = 0;
	log_note("adopted measures=%zu", j->measures.n);
	judge_sync(j);
}

static bool hear_element(struct judge *j, const struct wire_element *e)
{
	if (j->adopt_id && e->id == j->adopt_id)
		adopt(j, e);
	else if (j->ops.element)
		j->ops.element(j->arg, e);
	return true;
}

void judge_agree(struct judge *j)
{
	struct wire_sync part = { .end = SYNC_PART };

	if (j->syncing && j->adopts) {
		judge_send(j, ENFORCER, 0, MSG_SYNC, &part, sizeof(part));
		j->syncing = false;
	}
	if (j->adopts)
		ask_first(j);
	else
		judge_sync(j);
}

/* Once for each enforcer, and whenever the table had to be made anew. */
static void hear_ready(struct judge *j, const struct wire_ready *r)
{
	bool again = !j->ready_at || r->rebuilds != j->ready.rebuilds;

	if (j->ready_at && r->rebuilds != j->ready.rebuilds)
		log_warn("table-rebuilt times=%u", r->rebuilds);
	j->ready = *r;
	j->ready_at = j->now;
	judge_tell_ports(j);
	if (again)
		judge_agree(j);
}

static void refused(struct judge *j, const struct net *n, enum done why,
    int value)
{
	struct ledger_measure *m = measures_get(&j->measures, n), was;
	char net[NET_MAX];
	struct fact *f;

	net_print(n, net);
	log_warn("refused net=%s why=\"%s\" value=%d", net, done_name(why),
	    value);
	j->stats.refused++;
	if (!m)
		return;
	m->flags |= MEASURE_REFUSED;
	was = *m;
	judge_history(j, HISTORY_REFUSED, &was);
	if (why != DONE_E_PROTECTED)
		return; /* it may be possible at the next SYNC */
	ally_refused(j, n);
	desk_opened(j, &was, HISTORY_REFUSED, measures_drop(&j->measures, n));
	f = facts_add(&j->facts, FACT_MEASURE_GONE);
	if (f)
		f->net = *n;
}

/* What the kernel had dropped for him before the refresh. */
static void add_packets(struct judge *j, const struct net *n,
    const struct wire_done *d)
{
	struct ledger_measure *m = measures_get(&j->measures, n);
	struct fact *f;

	if (!m)
		return;
	m->flags &= (uint8_t)~MEASURE_REFUSED;
	if (d->packets == 0)
		return;
	m->packets += d->packets;
	m->bytes += d->bytes;
	f = facts_add(&j->facts, FACT_MEASURE);
	if (f)
		f->measure = *m;
}

static void hear_done(struct judge *j, const struct wire_done *d)
{
	const struct sent_order *o = &j->orders[d->id % ORDERS];

	if (d->id != 0 && o->id == d->id) {
		if (d->status == DONE_OK)
			add_packets(j, &o->net, d);
		else if (o->act != ACT_OPEN && o->act != ACT_UNSPARE)
			refused(j, &o->net, d->status, d->value);
	}
	j->sync_acked = MAX(j->sync_acked, d->id);
	if (d->id != 0 && d->id == j->sync_last)
		say_synced(j);
	if (j->ops.done)
		j->ops.done(j->arg, d->id, d);
}

static bool hear_protected(struct judge *j, const struct wire_never *w)
{
	struct guarded g = { w->net, w->cause, false,
		w->ttl ? j->now + w->ttl : 0, w->ref };

	if (!net_ok(&w->net) || w->cause == 0 || w->cause > NEVER_PROXY)
		return false;
	if (w->cause == NEVER_OPERATOR)
		return true; /* our own word, told back */
	if (w->gone)
		protect_drop(&j->protect, &w->net, w->cause);
	else if (!protect_add(&j->protect, &g))
		log_warn("protected-too-many max=%u", PROTECT_MAX);
	return true;
}

bool judge_hear_enforcer(struct judge *j, uint32_t type, const void *body,
    size_t n)
{
	switch (type) {
	case MSG_GROUP: /* it will be told by its number */
		if (!wire_ports_ok(body))
			return false;
		(void)judge_ports(j, &((const struct wire_ports *)body)->ports);
		return true;
	case MSG_READY:
		hear_ready(j, body);
		return true;
	case MSG_DONE:
		hear_done(j, body);
		return true;
	case MSG_PROTECTED:
		return hear_protected(j, body);
	case MSG_ELEMENT:
		return hear_element(j, body);
	}
	return false;
}

static void hear_program(struct judge *j, const struct wire_program *p)
{
	size_t i = 0;

	while (i < j->n_programs && j->programs[i].role != p->role)
		i++;
	if (i == PROGRAMS)
		return;
	j->n_programs = MAX(j->n_programs, i + 1);
	j->programs[i] = *p;
}

static void hear_gone(struct judge *j, const struct wire_gone *w)
{
	struct log *g = logs_by_id(&j->logs, w->id);

	if (!g)
		return;
	g->back = w->back ? j->now : 0;
	if (!w->back)
		g->gone = j->now;
}

/* SETUP, CONF, PACK, LINK and LISTEN carry descriptors: main.c has them. */
bool judge_hear_warden(struct judge *j, uint32_t type, const void *body,
    size_t n)
{
	struct str tail = { (const char *)body + msgs[type].size,
		n - msgs[type].size };

	switch (type) {
	case MSG_SOURCE_NAME:
		if (!logs_name(&j->logs, body, tail))
			log_warn("log-refused why=\"too many logs\"");
		return true;
	case MSG_SOURCE_GONE:
		hear_gone(j, body);
		return true;
	case MSG_SOURCE_OVER:
		logs_over(&j->logs, ((const struct wire_over *)body)->id);
		return true;
	case MSG_ACTIVE:
		memcpy(&j->active, body, sizeof(j->active));
		free(j->active_names);
		j->active_names = str_dup(tail);
		return true;
	case MSG_PROGRAM:
		hear_program(j, body);
		return true;
	case MSG_RELOADED:
		if (j->ops.reloaded)
			j->ops.reloaded(j->arg, body, tail);
		return true;
	}
	return false;
}
