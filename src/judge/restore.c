#include "judge/judge.h"

#include <stdio.h>

#include "base/log.h"

enum {
	BREATH = 512, /* rows between two looks at the enforcer's link */
};

static struct law *law_of(struct judge *j)
{
	struct law *l;

	law_new(&l, &j->law_conf, j->book->law, j->book->n, &j->law_key,
	    judge_shield, j);
	law_ports(l, judge_join, j);
	return l;
}

static void law_conf_of(struct judge *j)
{
	const struct conf *c = j->conf;

	j->law_conf = law_defaults;
	if (!c)
		return;
	j->law_conf.slots = c->slots;
	j->law_conf.term = c->term;
	j->law_conf.term_max = c->term_max;
	j->law_conf.decay = c->decay;
	j->law_conf.good_days = c->good_days;
	j->law_conf.alarm_failures = c->alarm_failures;
	j->law_conf.alarm_span = c->alarm_span;
	j->law_conf.immunity = c->immunity;
	j->law_conf.widen_v4 = (uint8_t)c->widen_v4;
	j->law_conf.widen_v6 = (uint8_t)c->widen_v6;
	j->law_conf.widen_witnesses = c->widen_witnesses;
}

static void see_again(void *arg, const struct ledger_event *e)
{
	struct judge *j = arg;
	struct law_event le = { e->who, e->rule, e->at, e->distinct };
	struct ruling r;

	if (e->rule < j->book->n)
		law_see(j->law, &le, &r);
}

/* The enforcer agrees with the kernel while more is read. */
static void breathe(struct judge *j)
{
	if (++j->breath % BREATH == 0 && j->ops.breathe)
		j->ops.breathe(j->arg);
}

static void memory_again(void *arg, const struct law_memory *m)
{
	struct judge *j = arg;

	law_import(j->law, m);
	breathe(j);
}

static void good_again(void *arg, const struct law_good *g, bool is_good)
{
	law_import_good(((struct judge *)arg)->law, g);
}

static void allied_again(struct judge *j, const struct ledger_measure *m)
{
	struct ledger_measure stands = *m;
	struct fact *f;

	stands.until = ally_restored(j, m);
	if (stands.until > j->now) {
		(void)measures_put(&j->measures, &stands);
		return;
	}
	f = facts_add(&j->facts, FACT_MEASURE_GONE);
	if (f)
		f->net = m->net;
	judge_history(j, HISTORY_ENDED, m);
}

static void measure_again(void *arg, const struct ledger_measure *m)
{
	struct judge *j = arg;

	if (m->flags & MEASURE_ALLIED)
		allied_again(j, m);
	else if (m->until == 0 || m->until > j->now)
		(void)measures_put(&j->measures, m);
	else
		j->measures.next_end = 0; /* the next tick tells its end */
	breathe(j);
}

static void ended_meanwhile(void *arg, const struct ledger_measure *m)
{
	struct judge *j = arg;
	struct fact *f;

	if (m->until == 0 || m->until > j->now || m->flags & MEASURE_ALLIED)
		return;
	f = facts_add(&j->facts, FACT_MEASURE_GONE);
	if (f)
		f->net = m->net;
	judge_history(j, HISTORY_ENDED, m);
}

static void position_again(void *arg, const struct ledger_position *p)
{
	struct judge *j = arg;
	struct log *g = logs_by_key(&j->logs, p->key);
	uint64_t gone;

	if (!g)
		return;
	*log_position(g, p->ino, p->used, &gone) = (struct position){ p->ino,
		p->offset, p->before, p->n_at, p->used, false };
}

static void log_again(void *arg, uint64_t key, struct str path,
    struct str cursor)
{
	struct judge *j = arg;
	struct log *g = logs_by_key(&j->logs, key);

	if (!g)
		return;
	if (!g->path)
		g->path = str_dup(path);
	cursor = str_head(cursor, WIRE_CURSOR);
	memcpy(g->cursor, cursor.p, cursor.n);
	g->cursor[cursor.n] = '\0';
}

static void word_again(void *arg, const struct ledger_word *w)
{
	struct judge *j = arg;
	struct guarded g = { w->net,
		w->what == WORD_PROXY ? NEVER_PROXY : NEVER_OPERATOR, true,
		w->until, 0 };
	struct fact *f;

	if (w->until == 0 || w->until > j->now) {
		if (w->what == WORD_ALLOW || w->what == WORD_PROXY)
			(void)protect_add(&j->protect, &g);
		return;
	}
	f = facts_add(&j->facts, FACT_WORD_GONE);
	if (f)
		f->word = mem_dup(w, sizeof(*w));
}

static void counter_again(void *arg, struct str name, uint64_t value)
{
	struct judge *j = arg;
	struct str kind;
	uint16_t rule;

	if (str_eq(name, STR(ALLY_AGED)))
		ally_aged(j, value);
	if (str_eq(name, STR(ALLY_PURGE)))
		ally_purge_again(j, value);
	if (!str_cut(&name, '/', &kind))
		return;
	if (str_eq(kind, STR("day")))
		judge_day_again(j, name, value);
	rule = book_find(j->book, name);
	if (rule == UINT16_MAX)
		return;
	if (str_eq(kind, STR("sightings"))) {
		j->book->rules[rule].total = value;
	} else if (str_eq(kind, STR("today"))) {
		j->book->rules[rule].day = (uint32_t)(value >> 40);
		j->book->rules[rule].today = value & 0xffffffffff;
	}
}

/* What is read back first is what the kernel must hear first. */
static int give_back(struct judge *j)
{
	struct ledger *l = j->ledger;
	int e = ledger_rules(l, j->book->names, j->book->n);

	if (j->opened.read_only)
		e = 0;
	if (!e)
		e = ledger_words(l, word_again, j);
	if (!e)
		e = desk_keys_restore(j);
	if (!e)
		e = ally_restore(j, l);
	if (!e)
		e = desk_lists_restore(j);
	if (!e)
		e = sealed_restore(j);
	if (!e)
		e = ledger_measures(l, measure_again, j);
	if (!e && j->measures.next_end == 0)
		e = ledger_measures(l, ended_meanwhile, j);
	if (!e)
		e = ledger_held(l, holding_again, j);
	if (!e)
		e = desk_sensed_restore(j);
	if (!e)
		e = ledger_logs(l, log_again, j);
	if (!e)
		e = ledger_positions(l, position_again, j);
	if (!e)
		e = ledger_counters(l, counter_again, j);
	if (!e)
		e = ledger_goods(l, good_again, j);
	if (!e)
		e = ledger_events(l, j->now, see_again, j);
	if (!e)
		e = ledger_memories(l, memory_again, j);
	return e;
}

static void say_opened(struct judge *j, int e)
{
	const struct ledger_opened *o = &j->opened;

	if (o->aside)
		log_err("ledger-corrupt moved=%s text=\"a new one was begun\"",
		    o->path);
	else if (o->from > 0 && o->from < LEDGER_VERSION && !o->read_only)
		log_note("ledger-migrated from=%d to=%d copy=%s", o->from,
		    LEDGER_VERSION, o->path);
	if (e || o->read_only) {
		j->ledger_fault = e ? e : LEDGER_E_READ_ONLY;
		j->fault_since = j->now;
		j->fault_said = j->now;
		log_err("ledger-fails why=\"%s\" text=\"defence goes on from "
			"memory\"",
		    ledger_why(j->ledger_fault));
	}
}

int judge_ledger_open(struct judge *j)
{
	int e = ledger_open(&j->ledger, j->state, &j->opened);

	if (j->ledger)
		judge_ledger_ports(j);
	return e;
}

void judge_restore(struct judge *j, const char *state)
{
	struct mono from = mono_now();
	struct law_stats stats;
	char path[256];
	int e;

	snprintf(j->state, sizeof(j->state), "%s", state);
	e = judge_ledger_open(j);
	say_opened(j, e);
	j->adopts = e || j->opened.aside;
	if (e)
		return;
	j->restoring = true;
	e = give_back(j);
	j->restoring = false;
	if (e == LEDGER_E_CORRUPT) {
		ledger_close(&j->ledger);
		j->adopts = true;
		(void)ledger_aside(state, path, sizeof(path));
		log_err("ledger-corrupt moved=%s text=\"a new one was begun; "
			"what could be read of it is kept\"",
		    path);
		e = judge_ledger_open(j);
		if (!e)
			e = ledger_rules(j->ledger, j->book->names, j->book->n);
		judge_refill(j);
		if (j->ready_at)
			judge_agree(j);
	}
	if (e) {
		j->ledger_fault = e;
		log_err("ledger-fails why=\"%s\"", ledger_why(e));
	}
	j->restored = true;
	law_stats(j->law, &stats);
	log_note("restored measures=%zu events=%llu ms=%lld", j->measures.n,
	    (unsigned long long)stats.seen,
	    (long long)(mono_now().ns - from.ns) / 1000000);
}

static void export_memory(void *arg, const struct law_memory *m)
{
	struct fact *f = facts_add(&((struct judge *)arg)->facts, FACT_MEMORY);

	if (f)
		f->memory = *m;
}

static void export_good(void *arg, const struct law_good *g, bool is_good)
{
	struct fact *f = facts_add(&((struct judge *)arg)->facts, FACT_GOOD);

	if (f)
		f->good = *g;
}

static void late_measure(void *arg, const struct ledger_measure *m)
{
	struct judge *j = arg;

	if ((m->until == 0 || m->until > j->now) &&
	    !(m->flags & MEASURE_ALLIED) &&
	    !measures_get(&j->measures, &m->net))
		(void)measures_put(&j->measures, m);
}

static void late_memory(void *arg, const struct law_memory *m)
{
	struct judge *j = arg;
	struct law_memory newer;

	if (!law_memory_of(j->law, &m->net.addr, &newer))
		law_import(j->law, m);
}

static void late_counter(void *arg, struct str name, uint64_t value)
{
	struct judge *j = arg;
	struct str kind;
	uint16_t rule;

	if (!str_cut(&name, '/', &kind))
		return;
	if (str_eq(kind, STR("day")))
		judge_day_again(j, name, value);
	if (!str_eq(kind, STR("sightings")))
		return;
	rule = book_find(j->book, name);
	if (rule == UINT16_MAX)
		return;
	j->book->rules[rule].total += value;
	j->book->rules[rule].dirty = true;
}

/* The ledger could not even be read at start, and now it can: what it knows
 * beyond us comes in; where a log was read to we know better. */
void judge_restore_late(struct judge *j)
{
	(void)ledger_measures(j->ledger, late_measure, j);
	(void)ledger_held(j->ledger, holding_again, j);
	(void)ledger_words(j->ledger, word_again, j);
	(void)desk_sensed_restore(j);
	(void)desk_keys_restore(j);
	(void)ally_restore(j, j->ledger);
	(void)sealed_restore(j);
	(void)ledger_memories(j->ledger, late_memory, j);
	(void)ledger_counters(j->ledger, late_counter, j);
	(void)ledger_goods(j->ledger, good_again, j);
	j->restored = true;
	desk_again(j);
	if (j->enforcer_up && j->ready_at)
		judge_sync(j);
}

/* All that memory holds becomes facts for a ledger that is empty or behind.
 * Only the windows' events before now are lost to it. */
void judge_refill(struct judge *j)
{
	j->stats.today_dirty = true;
	for (size_t i = 0; i < j->measures.n; i++) {
		struct fact *f = facts_add(&j->facts, FACT_MEASURE);

		if (f)
			f->measure = j->measures.v[i];
	}
	for (size_t i = 0; i < j->holders.n; i++) {
		struct fact *f = j->holders.v[i].used
				     ? facts_add(&j->facts, FACT_HELD)
				     : NULL;

		if (f)
			f->held = j->holders.v[i].is;
	}
	for (size_t i = 0; i < j->logs.n; i++) {
		struct log *g = j->logs.v[i];

		g->dirty = true;
		for (size_t k = 0; k < g->n; k++)
			g->at[k].dirty = true;
	}
	for (size_t i = 0; i < j->book->n; i++)
		j->book->rules[i].dirty |= j->book->rules[i].total > 0;
	law_export(j->law, export_memory, j);
	law_export_good(j->law, j->now, export_good, j);
	sealed_refill(j);
	ally_refill(j);
}

/* Totals go over by name. */
static void carry_totals(struct book *to, const struct book *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct book_rule *r = &from->rules[i];
		uint16_t n = book_find(to, str_of(r->name));

		if (n == UINT16_MAX)
			continue;
		to->rules[n].total = r->total;
		memcpy(to->rules[n].checked, r->checked, sizeof(r->checked));
		memcpy(to->rules[n].found, r->found, sizeof(r->found));
		to->rules[n].today = r->today;
		to->rules[n].measures = r->measures;
		to->rules[n].day = r->day;
		to->rules[n].dirty = r->dirty;
	}
}

struct handover {
	struct law *to;
};

static void hand_memory(void *arg, const struct law_memory *m)
{
	law_import(((struct handover *)arg)->to, m);
}

static void hand_good(void *arg, const struct law_good *g, bool is_good)
{
	law_import_good(((struct handover *)arg)->to, g);
}

/* Rules of measures in memory get their numbers of the new generation. */
static void renumber(struct judge *j)
{
	for (size_t i = 0; i < j->measures.n; i++) {
		struct ledger_measure *m = &j->measures.v[i];

		if (m->rule < j->former->n)
			m->rule = book_find(j->book,
			    str_of(j->former->rules[m->rule].name));
	}
}

static void next_generation(struct judge *j)
{
	struct handover h;
	struct law *was = j->law;

	carry_totals(j->book, j->former);
	renumber(j);
	holding_renumber(j);
	h.to = law_of(j);
	law_export_good(was, j->now, hand_good, &h);
	j->law = h.to;
	if (j->ledger && !j->ledger_fault) {
		(void)ledger_rules(j->ledger, j->book->names, j->book->n);
		(void)ledger_events(j->ledger, j->now, see_again, j);
	}
	law_export(was, hand_memory, &h);
	law_free(&was);
}

void judge_rules(struct judge *j, struct conf **conf, struct book **book)
{
	if (j->book)
		judge_commit(j); /* with the numbers it was counted by */
	conf_free(&j->conf);
	j->conf = take(*conf);
	law_conf_of(j);
	book_free(&j->former);
	j->former = take(j->book);
	j->book = take(*book);
	judge_number_rules(j);
	if (j->former)
		next_generation(j);
	else
		j->law = law_of(j);
}
