#include "judge/judge.h"

#include <stdio.h>

enum {
	LATELY = 3600,      /* s back that openings are told again, */
	LATELY_MOST = 10000 /* at most */
};

static enum origin origin_of(const struct ledger_measure *m)
{
	if (m->flags & MEASURE_SENSOR)
		return ORIGIN_SENSOR;
	if (m->flags & MEASURE_ALLIED)
		return ORIGIN_ALLIES;
	return m->rung == RUNG_DENIED ? ORIGIN_OPERATOR : ORIGIN_OWN;
}

static struct wire_stood stood_of(const struct judge *j,
    const struct ledger_measure *m, enum stood what)
{
	struct wire_stood s = { .net = m->net,
		.what = (uint8_t)what,
		.act = m->act,
		.rung = m->rung,
		.origin = (uint8_t)origin_of(m),
		.at = m->at,
		.until = m->until,
		.count = m->count,
		.repeats = m->repeats,
		.hosts = m->hosts };
	char ports[PORTS_MAX];

	judge_ports_text(j, m->ports, ports);
	(void)str_show(str_of(ports), s.ports, sizeof(s.ports));
	if (m->flags & MEASURE_PROXIED)
		s.flags |= STOOD_PROXIED;
	if (m->flags & MEASURE_REFUSED)
		s.flags |= STOOD_REFUSED;
	snprintf(s.rule, sizeof(s.rule), "%s",
	    m->rule < j->book->n || m->flags & MEASURE_SENSOR
		? judge_rule_of(j, m)
		: origin_name(s.origin));
	s.witnesses = ally_witnesses(j, &m->net, s.by);
	return s;
}

static void feed(struct judge *j, enum fed what, const struct wire_stood *v,
    uint32_t n)
{
	struct wire_fed f = { .seq = ++j->desk.seq,
		.n = n,
		.what = (uint8_t)what };

	j->ops.send(j->arg, DESK, 0, MSG_FED, &f, sizeof(f),
	    (struct str){ (const char *)v, n * sizeof(*v) });
}

static void change(struct judge *j, const struct ledger_measure *m,
    enum stood what, enum history how)
{
	struct wire_stood s;

	if (!j->desk.up || !j->book)
		return;
	s = stood_of(j, m, what);
	s.how = (uint8_t)how;
	feed(j, FED_CHANGE, &s, 1);
}

void desk_shut(struct judge *j, const struct ledger_measure *m)
{
	change(j, m, STOOD_SHUT, 0);
}

void desk_witnessed(struct judge *j, const struct net *n)
{
	const struct ledger_measure *m =
	    j->desk.up ? measures_get(&j->measures, n) : NULL;

	if (m)
		change(j, m, STOOD_SHUT, 0);
}

void desk_allies(struct judge *j, enum stood what, const struct net *n,
    const char *party, const char *service, const char *became)
{
	struct wire_stood s = { .net = *n,
		.what = (uint8_t)what,
		.origin = ORIGIN_ALLIES,
		.at = j->now };

	if (!j->desk.up || j->desk.syncing)
		return;
	if (j->desk.said_at != j->now)
		j->desk.said = 0;
	j->desk.said_at = j->now;
	if (j->desk.said++ >= ALLY_NEWS)
		return;
	snprintf(s.by, sizeof(s.by), "%s", party);
	snprintf(s.rule, sizeof(s.rule), "%.31s: %s", service, became);
	feed(j, FED_CHANGE, &s, 1);
}

void desk_alarm(struct judge *j, const struct ledger_measure *m)
{
	change(j, m, STOOD_ALARM, HISTORY_ALARM);
}

void desk_opened(struct judge *j, const struct ledger_measure *was,
    enum history how, size_t at)
{
	desk_sensed_gone(j, was);
	change(j, was, STOOD_OPENED, how);
	if (how == HISTORY_ENDED)
		desk_lists_again(j, &was->net);
	/* the last one moved to where the telling has been */
	if (j->desk.syncing && at < j->desk.at && at < j->measures.n)
		desk_shut(j, &j->measures.v[at]);
}

struct lately {
	struct judge *j;
	struct wire_stood v[STOOD_MOST];
	uint32_t n;
};

static void opened_lately(void *arg, const struct ledger_history *h)
{
	struct lately *l = arg;
	struct ledger_measure was = { .net = h->net,
		.act = ACT_DENY,
		.rung = h->rung,
		.rule = h->rule,
		.at = h->at,
		.until = h->until,
		.count = h->count,
		.repeats = h->repeats };

	if (h->what != HISTORY_ENDED && h->what != HISTORY_PARDONED &&
	    h->what != HISTORY_ALLOWED)
		return;
	if (measures_get(&l->j->measures, &h->net))
		return;
	l->v[l->n] = stood_of(l->j, &was, STOOD_OPENED);
	l->v[l->n++].how = h->what;
	if (l->n == STOOD_MOST) {
		feed(l->j, FED_ALL, l->v, l->n);
		l->n = 0;
	}
}

/* A visitor that keeps no time of its own waits for these. */
static void tell_lately(struct judge *j)
{
	struct lately *l;

	if (!j->ledger || j->ledger_fault)
		return;
	judge_commit(j);
	l = mem_new(1, sizeof(*l));
	l->j = j;
	(void)ledger_histories(j->ledger, j->now - LATELY, LATELY_MOST,
	    opened_lately, l);
	if (l->n)
		feed(j, FED_ALL, l->v, l->n);
	free(l);
}

static void begin(struct judge *j)
{
	j->desk.syncing = true;
	j->desk.at = 0;
	feed(j, FED_BEGIN, NULL, 0);
	desk_keys_tell(j);
	tell_lately(j);
}

void desk_linked(struct judge *j)
{
	j->desk.up = true;
	j->desk.syncing = false;
}

void desk_unlinked(struct judge *j)
{
	j->desk = (struct desk_feed){ .seq = j->desk.seq };
}

bool desk_more(struct judge *j)
{
	struct wire_stood v[STOOD_MOST];
	uint32_t n = 0;

	if (!j->desk.syncing)
		return false;
	while (n < STOOD_MOST && j->desk.at < j->measures.n) {
		const struct ledger_measure *m = &j->measures.v[j->desk.at++];

		if (!m->until || m->until > j->now)
			v[n++] = stood_of(j, m, STOOD_SHUT);
	}
	if (n)
		feed(j, FED_ALL, v, n);
	if (j->desk.at < j->measures.n)
		return true;
	j->desk.syncing = false;
	feed(j, FED_END, NULL, 0);
	return false;
}

void desk_pulse(struct judge *j)
{
	if (j->desk.up)
		feed(j, FED_PULSE, NULL, 0);
}

void desk_again(struct judge *j)
{
	if (j->desk.up && j->book)
		begin(j);
}

bool judge_hear_desk(struct judge *j, uint32_t type, const void *body, size_t n)
{
	if (type == MSG_SENSED)
		return judge_sensed(j, body);
	if (type == MSG_ENROL)
		return desk_keys_enrol(j, body);
	if (type != MSG_FEED)
		return false;
	if (j->book && !j->desk.syncing)
		begin(j);
	return true;
}
