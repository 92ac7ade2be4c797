#include "judge/ledger_priv.h"

void ledger_bind(sqlite3_stmt *s, int at, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(s, at + (int)i, v[i]);
}

void ledger_bind_text(sqlite3_stmt *s, int at, struct str t)
{
	sqlite3_bind_text(s, at, t.p ? t.p : "", (int)t.n, SQLITE_TRANSIENT);
}

static int name_add(struct ledger *l, const char *name)
{
	sqlite3_stmt *s = ledger_st(l, ST_NAME_ADD);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_text(s, 1, str_of(name));
	return ledger_run(s);
}

/* 0 for a name that is not there. */
static int name_get(struct ledger *l, const char *name, int64_t *ret)
{
	sqlite3_stmt *s = ledger_st(l, ST_NAME_GET);
	int rc;

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_text(s, 1, str_of(name));
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return ledger_answer(rc);
}

int ledger_rules(struct ledger *l, const char *const *names, size_t n)
{
	int64_t *ids = mem_new(n + 1, sizeof(*ids));
	bool may_add = sqlite3_db_readonly(l->db, "main") == 0;
	int e = may_add ? ledger_begin(l) : 0;

	for (size_t i = 0; !e && may_add && i < n; i++)
		e = name_add(l, names[i]);
	if (!e && may_add)
		e = ledger_commit(l);
	if (e)
		ledger_back(l);
	for (size_t i = 0; i < n; i++)
		(void)name_get(l, names[i], &ids[i]);
	free(l->rule_ids);
	l->rule_ids = ids;
	l->n_rules = n;
	return e;
}

int64_t ledger_rule_id(const struct ledger *l, uint16_t rule)
{
	return rule < l->n_rules ? l->rule_ids[rule] : 0;
}

void ledger_ports(struct ledger *l, ledger_ports_text_fn *text,
    ledger_ports_number_fn *number, void *arg)
{
	l->ports_text = text;
	l->ports_number = number;
	l->ports_arg = arg;
}

static void bind_ports(const struct ledger *l, sqlite3_stmt *s, int at,
    uint8_t number)
{
	char text[PORTS_MAX] = "";

	if (number && l->ports_text)
		l->ports_text(l->ports_arg, number, text);
	ledger_bind_text(s, at, str_of(text));
}

int ledger_put_event(struct ledger *l, const struct ledger_event *e)
{
	sqlite3_stmt *s = ledger_st(l, ST_EVENT_ADD);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_addr(s, 1, &e->who);
	BIND(s, 2, ledger_rule_id(l, e->rule), e->at, e->expires,
	    (int64_t)e->distinct, (int64_t)e->user, e->flags,
	    (int64_t)e->place.key, (int64_t)e->place.ino,
	    (int64_t)e->place.offset, e->place.length, (int64_t)e->place.hash);
	return ledger_run(s);
}

int ledger_put_position(struct ledger *l, const struct ledger_position *p)
{
	sqlite3_stmt *s = ledger_st(l, ST_POSITION_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, (int64_t)p->key, (int64_t)p->ino, (int64_t)p->offset,
	    p->n_at, p->used, (int64_t)p->before);
	return ledger_run(s);
}

int ledger_drop_position(struct ledger *l, uint64_t key, uint64_t ino)
{
	sqlite3_stmt *s = ledger_st(l, ST_POSITION_DROP);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, (int64_t)key, (int64_t)ino);
	return ledger_run(s);
}

int ledger_put_log(struct ledger *l, uint64_t key, struct str path,
    struct str cursor)
{
	sqlite3_stmt *s = ledger_st(l, ST_LOG_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, (int64_t)key);
	ledger_bind_text(s, 2, path);
	ledger_bind_text(s, 3, cursor);
	return ledger_run(s);
}

void ledger_bind_span(sqlite3_stmt *s, int at, const struct net *n)
{
	struct span_of r = ledger_span(n);

	sqlite3_bind_blob(s, at, r.low, r.n, SQLITE_TRANSIENT);
	sqlite3_bind_blob(s, at + 1, r.high, r.n, SQLITE_TRANSIENT);
}

static int put_lines(struct ledger *l, const struct ledger_measure *m)
{
	sqlite3_stmt *s = ledger_st(l, ST_LINE_CLEAR);
	int e;

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &m->net);
	if ((e = ledger_run(s)))
		return e;
	if (!(s = ledger_st(l, ST_LINE_COPY)))
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &m->net);
	ledger_bind_span(s, 3, &m->net);
	BIND(s, 5, ledger_rule_id(l, m->rule), LEDGER_LINES);
	return ledger_run(s);
}

int ledger_put_measure(struct ledger *l, const struct ledger_measure *m,
    bool lines)
{
	sqlite3_stmt *s = ledger_st(l, ST_MEASURE_PUT);
	int e;

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &m->net);
	BIND(s, 3, m->act, m->rung, m->verdict, m->flags,
	    ledger_rule_id(l, m->rule), m->count, m->need, m->span, m->first,
	    m->last, m->at, m->until, m->repeats, (int64_t)m->packets,
	    (int64_t)m->bytes);
	bind_ports(l, s, 18, m->ports);
	sqlite3_bind_blob(s, 19, m->hosts.v,
	    (int)(m->hosts.n * sizeof(m->hosts.v[0])), SQLITE_TRANSIENT);
	e = ledger_run(s);
	return !e && lines ? put_lines(l, m) : e;
}

int ledger_run_net(struct ledger *l, enum statement st, const struct net *n)
{
	sqlite3_stmt *s = ledger_st(l, st);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, n);
	return ledger_run(s);
}

int ledger_run_span(struct ledger *l, enum statement st, const struct net *n)
{
	sqlite3_stmt *s = ledger_st(l, st);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_span(s, 1, n);
	return ledger_run(s);
}

int ledger_drop_measure(struct ledger *l, const struct net *n)
{
	int e = ledger_run_net(l, ST_LINE_CLEAR, n);

	return e ? e : ledger_run_net(l, ST_MEASURE_DROP, n);
}

int ledger_put_history(struct ledger *l, const struct ledger_history *h)
{
	sqlite3_stmt *s = ledger_st(l, ST_HISTORY_ADD);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, h->at);
	ledger_bind_net(s, 2, &h->net);
	BIND(s, 4, h->what, h->rung, ledger_rule_id(l, h->rule), h->count,
	    h->until, h->repeats);
	return ledger_run(s);
}

int ledger_put_memory(struct ledger *l, const struct law_memory *m)
{
	sqlite3_stmt *s = ledger_st(l, ST_MEMORY_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &m->net);
	BIND(s, 3, m->verdict, m->until, m->term, m->repeats, m->last,
	    m->failures);
	bind_ports(l, s, 9, m->ports);
	return ledger_run(s);
}

int ledger_drop_memory(struct ledger *l, const struct net *n)
{
	return ledger_run_span(l, ST_MEMORY_DROP, n);
}

int ledger_put_good(struct ledger *l, const struct law_good *g)
{
	sqlite3_stmt *s = ledger_st(l, ST_GOOD_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &g->net);
	BIND(s, 3, g->days, g->last, g->barred);
	return ledger_run(s);
}

int ledger_put_word(struct ledger *l, const struct ledger_word *w)
{
	sqlite3_stmt *s = ledger_st(l, ST_WORD_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &w->net);
	BIND(s, 3, w->what, w->at, w->until, w->uid);
	ledger_bind_text(s, 7, str_of(w->note));
	return ledger_run(s);
}

int ledger_drop_word(struct ledger *l, const struct net *n, uint8_t what)
{
	sqlite3_stmt *s = ledger_st(l, ST_WORD_DROP);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, n);
	BIND(s, 3, what);
	return ledger_run(s);
}

int ledger_put_counter(struct ledger *l, const char *name, uint64_t value)
{
	sqlite3_stmt *s = ledger_st(l, ST_COUNTER_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_text(s, 1, str_of(name));
	BIND(s, 2, (int64_t)value);
	return ledger_run(s);
}

int ledger_drop_events(struct ledger *l, const struct net *n)
{
	return ledger_run_span(l, ST_EVENT_DROP, n);
}

enum {
	SWEEP = 4000
}; /* events looked at in a turn */

int ledger_prune(struct ledger *l, uint32_t now,
    const struct ledger_limits *limits)
{
	sqlite3_stmt *s = ledger_st(l, ST_EVENT_LAST);
	int64_t low, high;
	int e;

	if (!s || sqlite3_step(s) != SQLITE_ROW)
		return LEDGER_E_OTHER;
	low = sqlite3_column_int64(s, 0);
	high = sqlite3_column_int64(s, 1);
	sqlite3_reset(s);
	if (l->swept < low || l->swept >= high)
		l->swept = low - 1;
	if (!(s = ledger_st(l, ST_EVENT_EXPIRE)))
		return LEDGER_E_OTHER;
	BIND(s, 1, l->swept, l->swept + SWEEP, now);
	l->swept += SWEEP;
	if ((e = ledger_run(s)))
		return e;
	if ((uint64_t)(high - low) > limits->events) {
		if (!(s = ledger_st(l, ST_EVENT_SURPLUS)))
			return LEDGER_E_OTHER;
		BIND(s, 1, SWEEP);
		if ((e = ledger_run(s)))
			return e;
	}
	if (!(s = ledger_st(l, ST_HISTORY_EXPIRE)))
		return LEDGER_E_OTHER;
	BIND(s, 1, now > limits->history_age ? now - limits->history_age : 0,
	    (int64_t)limits->history);
	return ledger_run(s);
}

int ledger_prune_memory(struct ledger *l, uint32_t before)
{
	sqlite3_stmt *s = ledger_st(l, ST_MEMORY_EXPIRE);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, before);
	return ledger_run(s);
}

int ledger_prune_logs(struct ledger *l, uint32_t before)
{
	sqlite3_stmt *s = ledger_st(l, ST_POSITION_EXPIRE);
	int e;

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, before);
	e = ledger_run(s);
	return e ? e : ledger_run(ledger_st(l, ST_LOG_EXPIRE));
}
