#include "judge/ledger_priv.h"

/* One row to the caller's function; u is its callback and argument. */
struct sink {
	struct ledger *l;
	union {
		ledger_event_fn *event;
		ledger_position_fn *position;
		ledger_log_fn *log;
		ledger_measure_fn *measure;
		ledger_history_fn *history;
		ledger_word_fn *word;
		ledger_counter_fn *counter;
		ledger_place_fn *place;
		law_memory_fn *memory;
		law_good_fn *good;
	} fn;
	void *arg;
};
typedef void row_fn(const struct sink *k, sqlite3_stmt *s);

static int each(struct ledger *l, sqlite3_stmt *s, row_fn *row,
    const struct sink *k)
{
	int rc;

	if (!s)
		return ledger_answer(sqlite3_errcode(l->db)) == LEDGER_OK
			   ? LEDGER_E_OTHER
			   : ledger_answer(sqlite3_errcode(l->db));
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		row(k, s);
	sqlite3_reset(s);
	return ledger_answer(rc);
}

struct addr column_addr(sqlite3_stmt *s, int at)
{
	const void *p = sqlite3_column_blob(s, at);
	int n = sqlite3_column_bytes(s, at);
	struct addr a = { 0 };

	if (n != 4 && n != 16)
		return a;
	a.family = n == 4 ? 4 : 6;
	memcpy(a.b, p, (size_t)n);
	return a;
}

struct net column_net(sqlite3_stmt *s, int at)
{
	struct addr a = column_addr(s, at);
	uint32_t bits = column_u32(s, at + 1);

	if (a.family == 0 || bits > addr_bits(&a))
		return (struct net){ 0 };
	return net_of(a, (uint8_t)bits);
}

/* Names are asked of it: what no rung is, is none. */
static uint8_t rung_at(sqlite3_stmt *s, int at)
{
	uint32_t r = column_u32(s, at);

	return (
	    uint8_t)(r >= RUNG_NEVER && r <= RUNG_ALLIED ? r : RUNG_NOTHING);
}

static struct str text_at(sqlite3_stmt *s, int at)
{
	const unsigned char *p = sqlite3_column_text(s, at);

	return (
	    struct str){ (const char *)p, (size_t)sqlite3_column_bytes(s, at) };
}

/* The rule that has this name now, or none. */
uint16_t ledger_rule_at(struct ledger *l, sqlite3_stmt *s, int at)
{
	int64_t id = sqlite3_column_int64(s, at);
	size_t i = 0;

	/* neighbours are mostly of one rule; and in a file that always had
	 * these rules, id is the number plus one */
	if (l->last_rule < l->n_rules && l->rule_ids[l->last_rule] == id)
		return (uint16_t)l->last_rule;
	if (id > 0 && (size_t)id <= l->n_rules && l->rule_ids[id - 1] == id)
		i = (size_t)(id - 1);
	while (id > 0 && i < l->n_rules && l->rule_ids[i] != id)
		i++;
	if (id <= 0 || i == l->n_rules)
		return UINT16_MAX;
	l->last_rule = i;
	return (uint16_t)i;
}

static void event_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_event e = {
		.who = column_addr(s, 0),
		.rule = ledger_rule_at(k->l, s, 1),
		.at = column_u32(s, 2),
		.expires = column_u32(s, 3),
		.distinct = column_u64(s, 4),
		.user = column_u64(s, 5),
		.flags = (uint8_t)column_u32(s, 6),
		.place = { .key = column_u64(s, 7),
		    .ino = column_u64(s, 8),
		    .offset = column_u64(s, 9),
		    .length = column_u32(s, 10),
		    .hash = column_u64(s, 11),
		    .at = column_u32(s, 2) },
	};

	if (e.who.family)
		k->fn.event(k->arg, &e);
}

static void position_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_position p = { .key = column_u64(s, 0),
		.ino = column_u64(s, 1),
		.offset = column_u64(s, 2),
		.n_at = column_u32(s, 3),
		.used = column_u32(s, 4),
		.before = column_u64(s, 5) };

	k->fn.position(k->arg, &p);
}

static void log_row(const struct sink *k, sqlite3_stmt *s)
{
	k->fn.log(k->arg, column_u64(s, 0), text_at(s, 1), text_at(s, 2));
}

static uint8_t ports_at(const struct ledger *l, sqlite3_stmt *s, int at)
{
	struct str text = { (const char *)sqlite3_column_text(s, at),
		(size_t)sqlite3_column_bytes(s, at) };

	return text.n && l->ports_number ? l->ports_number(l->ports_arg, text)
					 : 0;
}

static struct hosts hosts_of(sqlite3_stmt *s, int at)
{
	const void *p = sqlite3_column_blob(s, at);
	size_t n = (size_t)sqlite3_column_bytes(s, at);
	struct hosts h = { 0 };

	if (p && n <= sizeof(h.v) && n % sizeof(h.v[0]) == 0) {
		memcpy(h.v, p, n);
		h.n = (uint8_t)(n / sizeof(h.v[0]));
	}
	return h;
}

static void measure_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_measure m = {
		.net = column_net(s, 0),
		.act = (uint8_t)column_u32(s, 2),
		.rung = rung_at(s, 3),
		.verdict = (uint8_t)column_u32(s, 4),
		.flags = (uint8_t)column_u32(s, 5),
		.rule = ledger_rule_at(k->l, s, 6),
		.count = column_u32(s, 7),
		.need = column_u32(s, 8),
		.span = column_u32(s, 9),
		.first = column_u32(s, 10),
		.last = column_u32(s, 11),
		.at = column_u32(s, 12),
		.until = column_u32(s, 13),
		.repeats = column_u32(s, 14),
		.packets = column_u64(s, 15),
		.bytes = column_u64(s, 16),
		.ports = ports_at(k->l, s, 17),
		.hosts = hosts_of(s, 18),
	};

	if (m.net.addr.family)
		k->fn.measure(k->arg, &m);
}

static void place_row(const struct sink *k, sqlite3_stmt *s)
{
	struct place p = { .key = column_u64(s, 0),
		.ino = column_u64(s, 1),
		.offset = column_u64(s, 2),
		.hash = column_u64(s, 3),
		.length = column_u32(s, 4),
		.at = column_u32(s, 5) };

	k->fn.place(k->arg, &p);
}

static void history_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_history h = {
		.at = column_u32(s, 0),
		.net = column_net(s, 1),
		.what = (uint8_t)column_u32(s, 3),
		.rung = rung_at(s, 4),
		.rule = ledger_rule_at(k->l, s, 5),
		.count = column_u32(s, 6),
		.until = column_u32(s, 7),
		.repeats = column_u32(s, 8),
	};

	k->fn.history(k->arg, &h);
}

static void memory_row(const struct sink *k, sqlite3_stmt *s)
{
	struct law_memory m = {
		.net = column_net(s, 0),
		.verdict = MIN(column_u32(s, 2), (uint32_t)VERDICT_DENY),
		.until = column_u32(s, 3),
		.term = column_u32(s, 4),
		.repeats = column_u32(s, 5),
		.last = column_u32(s, 6),
		.failures = column_u32(s, 7),
		.ports = ports_at(k->l, s, 8),
	};

	if (m.net.addr.family)
		k->fn.memory(k->arg, &m);
}

static void good_row(const struct sink *k, sqlite3_stmt *s)
{
	struct law_good g = { .net = column_net(s, 0),
		.days = column_u32(s, 2),
		.last = column_u32(s, 3),
		.barred = column_u32(s, 4) };

	if (g.net.addr.family)
		k->fn.good(k->arg, &g, false);
}

static void word_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_word w = { .net = column_net(s, 0),
		.what = (uint8_t)column_u32(s, 2),
		.at = column_u32(s, 3),
		.until = column_u32(s, 4),
		.uid = column_u32(s, 5) };
	struct str note = text_at(s, 6);

	note = str_head(note, sizeof(w.note) - 1);
	memcpy(w.note, note.p, note.n);
	if (w.net.addr.family)
		k->fn.word(k->arg, &w);
}

static void counter_row(const struct sink *k, sqlite3_stmt *s)
{
	k->fn.counter(k->arg, text_at(s, 0), column_u64(s, 1));
}

static void bind_span(sqlite3_stmt *s, const struct net *n, size_t max)
{
	struct span_of r = ledger_span(n);

	if (!s)
		return;
	sqlite3_bind_blob(s, 1, r.low, r.n, SQLITE_TRANSIENT);
	sqlite3_bind_blob(s, 2, r.high, r.n, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 3, (int64_t)max);
}

int ledger_events(struct ledger *l, uint32_t now, ledger_event_fn *fn,
    void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_EVENT_ALL);

	if (s)
		sqlite3_bind_int64(s, 1, now);
	return each(l, s, event_row, &(struct sink){ l, { .event = fn }, arg });
}

int ledger_events_of(struct ledger *l, const struct net *n, size_t max,
    ledger_event_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_EVENT_OF);

	bind_span(s, n, max);
	return each(l, s, event_row, &(struct sink){ l, { .event = fn }, arg });
}

int ledger_positions(struct ledger *l, ledger_position_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_POSITION_ALL), position_row,
	    &(struct sink){ l, { .position = fn }, arg });
}

int ledger_logs(struct ledger *l, ledger_log_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_LOG_ALL), log_row,
	    &(struct sink){ l, { .log = fn }, arg });
}

int ledger_measures(struct ledger *l, ledger_measure_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_MEASURE_ALL), measure_row,
	    &(struct sink){ l, { .measure = fn }, arg });
}

int ledger_measure_of(struct ledger *l, const struct net *n,
    ledger_measure_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_MEASURE_OF);

	if (s)
		ledger_bind_net(s, 1, n);
	return each(l, s, measure_row,
	    &(struct sink){ l, { .measure = fn }, arg });
}

int ledger_lines_of(struct ledger *l, const struct net *n, ledger_place_fn *fn,
    void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_LINE_OF);

	if (s)
		ledger_bind_net(s, 1, n);
	return each(l, s, place_row, &(struct sink){ l, { .place = fn }, arg });
}

int ledger_histories(struct ledger *l, uint32_t since, size_t max,
    ledger_history_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_HISTORY_ALL);

	if (s) {
		sqlite3_bind_int64(s, 1, since);
		sqlite3_bind_int64(s, 2, (int64_t)max);
	}
	return each(l, s, history_row,
	    &(struct sink){ l, { .history = fn }, arg });
}

int ledger_history_of(struct ledger *l, const struct net *n, size_t max,
    ledger_history_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_HISTORY_OF);

	bind_span(s, n, max);
	return each(l, s, history_row,
	    &(struct sink){ l, { .history = fn }, arg });
}

int ledger_memories(struct ledger *l, law_memory_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_MEMORY_ALL), memory_row,
	    &(struct sink){ l, { .memory = fn }, arg });
}

int ledger_goods(struct ledger *l, law_good_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_GOOD_ALL), good_row,
	    &(struct sink){ l, { .good = fn }, arg });
}

int ledger_words(struct ledger *l, ledger_word_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_WORD_ALL), word_row,
	    &(struct sink){ l, { .word = fn }, arg });
}

int ledger_counters(struct ledger *l, ledger_counter_fn *fn, void *arg)
{
	return each(l, ledger_st(l, ST_COUNTER_ALL), counter_row,
	    &(struct sink){ l, { .counter = fn }, arg });
}
