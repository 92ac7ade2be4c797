#include "judge/judge.h"

#include <stdio.h>

#include "act/keep.h"
#include "base/log.h"
#include "judge/ledger_ally.h"

enum {
	RETRY = 5,       /* s between tries at a ledger that fails */
	SAY_AGAIN = 60,  /* s between words about it */
	PRUNE = 5,       /* s */
	CHECKPOINT = 60, /* s between moves of the write-ahead log */
	WAL_LONG = 2048, /* pages that are moved at once, 8 MiB */
	GOOD = 10,       /* s between looks at the good clients */
	MEMORY = 3600,   /* s between walks through what is remembered */
	KEEP_HISTORY = 90 * 86400, /* s; and what is known of logs */
	KEEP_SAID = 30 * 86400,
};

static int put_positions(struct judge *j)
{
	int e = 0;

	for (size_t i = 0; !e && i < j->logs.n; i++) {
		struct log *g = j->logs.v[i];

		if (g->dirty)
			e = ledger_put_log(j->ledger, g->key,
			    str_of(g->path ? g->path : ""), str_of(g->cursor));
		for (size_t k = 0; !e && k < g->n; k++) {
			struct position *p = &g->at[k];

			if (p->dirty)
				e = ledger_put_position(j->ledger,
				    &(struct ledger_position){ g->key, p->ino,
					p->offset, p->before, p->n_at,
					p->used });
		}
	}
	return e;
}

/* The day in the upper 24 bits: today's count is void tomorrow. */
static int put_counters(struct judge *j)
{
	int e = 0;

	for (size_t i = 0; !e && j->book && i < j->book->n; i++) {
		const struct book_rule *r = &j->book->rules[i];
		char name[96];

		if (!r->dirty)
			continue;
		snprintf(name, sizeof(name), "sightings/%s", r->name);
		e = ledger_put_counter(j->ledger, name, r->total);
		snprintf(name, sizeof(name), "today/%s", r->name);
		if (!e)
			e = ledger_put_counter(j->ledger, name,
			    (uint64_t)r->day << 40 | r->today);
	}
	return e;
}

static int put_today(struct judge *j)
{
	const struct {
		const char *name;
		uint32_t n;
	} of[] = { { "day/denied", j->stats.denied_today },
		{ "day/limited", j->stats.limited_today },
		{ "day/alarms", j->stats.alarms_today } };
	int e = 0;

	for (size_t i = 0; !e && j->stats.today_dirty && i < countof(of); i++)
		e = ledger_put_counter(j->ledger, of[i].name,
		    (uint64_t)j->stats.day << 40 | of[i].n);
	return e;
}

static int write_all(struct judge *j)
{
	int e = ledger_begin(j->ledger);

	if (!e)
		e = facts_write(&j->facts, j->ledger);
	if (!e)
		e = put_positions(j);
	if (!e)
		e = put_counters(j);
	if (!e)
		e = put_today(j);
	if (!e)
		e = ally_write(j, j->ledger);
	if (!e)
		e = ledger_commit(j->ledger);
	if (e)
		ledger_back(j->ledger);
	return e;
}

static void acknowledge(struct judge *j)
{
	j->stats.today_dirty = false;
	for (size_t i = 0; i < j->logs.n; i++) {
		struct log *g = j->logs.v[i];

		g->dirty = false;
		for (size_t k = 0; k < g->n; k++) {
			struct wire_ack a = { .source = g->id,
				.ino = g->at[k].ino,
				.offset = g->at[k].offset };

			if (!g->at[k].dirty)
				continue;
			g->at[k].dirty = false;
			if (g->opened)
				judge_send(j, READER, g->reader, MSG_ACK, &a,
				    sizeof(a));
		}
	}
	for (size_t i = 0; j->book && i < j->book->n; i++)
		j->book->rules[i].dirty = false;
}

static bool anything(const struct judge *j)
{
	if (j->facts.n > 0 || ally_waits(j))
		return true;
	for (size_t i = 0; i < j->logs.n; i++) {
		const struct log *g = j->logs.v[i];

		if (g->dirty)
			return true;
		for (size_t k = 0; k < g->n; k++)
			if (g->at[k].dirty)
				return true;
	}
	return false;
}

static void failed(struct judge *j, int e)
{
	if (!j->ledger_fault)
		j->fault_since = j->now;
	j->ledger_fault = e;
	j->retry_at = j->now + RETRY;
	if (j->fault_said && j->now - j->fault_said < SAY_AGAIN)
		return;
	j->fault_said = j->now;
	log_err("ledger-fails why=\"%s\" detail=\"%s\" waiting=%zu lost=%llu "
		"text=\"defence goes on from memory\"",
	    ledger_why(e), j->ledger ? ledger_error(j->ledger) : "-",
	    j->facts.n, (unsigned long long)j->facts.lost);
}

static void recovered(struct judge *j)
{
	if (!j->ledger_fault)
		return;
	log_note("ledger-well after=%u lost=%llu", j->now - j->fault_since,
	    (unsigned long long)j->facts.lost);
	j->ledger_fault = 0;
	j->fault_said = 0;
}

/* The file is damaged: out of the way, and a new one from memory. */
static void begin_anew(struct judge *j)
{
	char path[256] = "-";
	int e;

	ledger_close(&j->ledger);
	(void)ledger_aside(j->state, path, sizeof(path));
	log_err("ledger-corrupt moved=%s text=\"a new one was begun; standing "
		"measures are kept\"",
	    path);
	e = judge_ledger_open(j);
	if (!e && !j->opened.read_only)
		e = ledger_rules(j->ledger, j->book->names, j->book->n);
	if (e)
		failed(j, e);
	else
		judge_refill(j);
}

/* A ledger that was not to be had: is it now? */
static bool have_ledger(struct judge *j)
{
	int e;

	if (j->ledger_fault && j->now < j->retry_at)
		return false;
	if (j->ledger && !j->opened.read_only)
		return true;
	ledger_close(&j->ledger);
	e = judge_ledger_open(j);
	if (!e && j->opened.read_only)
		e = LEDGER_E_READ_ONLY;
	if (!e)
		e = ledger_rules(j->ledger, j->book->names, j->book->n);
	if (e) {
		failed(j, e);
		return false;
	}
	if (!j->restored)
		judge_restore_late(j);
	judge_refill(j);
	return true;
}

void judge_commit(struct judge *j)
{
	struct mono from = mono_now();
	uint64_t us;
	int e;

	if (!j->book || !anything(j) || !have_ledger(j))
		return;
	e = write_all(j);
	if (e == LEDGER_E_CORRUPT) {
		begin_anew(j);
		return;
	}
	if (e) {
		failed(j, e);
		return;
	}
	recovered(j);
	facts_clear(&j->facts);
	ally_written(j);
	acknowledge(j);
	us = (uint64_t)(mono_now().ns - from.ns) / 1000;
	j->stats.commits++;
	j->stats.commit_us += us;
	j->stats.commit_us_max = MAX(j->stats.commit_us_max, us);
	ledger_checkpoint(j->ledger, WAL_LONG);
}

static void end_measures(struct judge *j)
{
	uint32_t next = UINT32_MAX;

	if (j->now < j->measures.next_end)
		return;
	for (size_t i = 0; i < j->measures.n;) {
		struct ledger_measure m = j->measures.v[i];

		if (m.until && m.until <= j->now) {
			judge_open(j, &m.net, HISTORY_ENDED);
			continue;
		}
		if (m.until)
			next = MIN(next, m.until);
		i++;
	}
	j->measures.next_end = next;
}

/* What stands for longer than the kernel's longest term is renewed daily. */
static void renew_long_ones(struct judge *j)
{
	for (size_t i = 0; i < j->measures.n; i++) {
		const struct ledger_measure *m = &j->measures.v[i];

		if (m->until == 0 || m->until - j->now > 29 * 86400)
			(void)judge_shut(j, &m->net, m->act, UINT32_MAX,
			    m->ports);
	}
}

static void good_changed(void *arg, const struct law_good *g, bool is_good)
{
	struct fact *f = facts_add(&((struct judge *)arg)->facts, FACT_GOOD);

	if (f)
		f->good = *g;
}

static void prune(struct judge *j)
{
	static const struct ledger_limits limits = { 1000000, 200000,
		KEEP_HISTORY };
	uint32_t quiet = j->law_conf.decay < UINT32_MAX / 16
			     ? j->law_conf.decay * 8
			     : UINT32_MAX;

	if (!j->ledger || j->ledger_fault || j->opened.read_only)
		return;
	if (j->now - j->pruned_at >= PRUNE) {
		j->pruned_at = j->now;
		(void)ledger_prune(j->ledger, j->now, &limits);
		(void)ledger_prune_ally(j->ledger,
		    j->now - MIN(j->now, (uint32_t)KEEP_HEADER),
		    j->now - MIN(j->now, (uint32_t)KEEP_SAID));
		ally_age(j);
	}
	if (j->now - j->checked_at >= CHECKPOINT) {
		j->checked_at = j->now;
		ledger_checkpoint(j->ledger, 1);
	}
	if (j->now - j->memory_pruned_at >= MEMORY && quiet < j->now) {
		j->memory_pruned_at = j->now;
		(void)ledger_prune_memory(j->ledger, j->now - quiet);
		(void)ledger_prune_logs(j->ledger, j->now - KEEP_HISTORY);
	}
}

void judge_tick(struct judge *j)
{
	uint32_t day = j->stats.day;

	asides_tick(j);
	end_measures(j);
	judge_new_day(j);
	if (j->stats.day != day && day != 0)
		renew_long_ones(j);
	if (j->good_dirty && j->law && j->now - j->good_at >= GOOD) {
		j->good_dirty = false;
		j->good_at = j->now;
		law_export_good(j->law, j->now, good_changed, j);
	}
	prune(j);
	desk_pulse(j);
	desk_lists_tick(j);
	sealed_tick(j);
	ally_tick(j);
}
