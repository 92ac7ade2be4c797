#include "judge/control_priv.h"

#include <stdio.h>

enum {
	EVENTS_SHOWN = 20,
	ASKING = 4,
	HISTORY_SHOWN = 20,
	WITHIN = 20
};

static json_t *place_json(const struct judge *j, const struct place *p)
{
	char key[20], hash[20], ino[24], shown[1024];
	const char *path = NULL, *cursor = "";
	uint8_t kind = SOURCE_FILE;

	for (size_t i = 0; i < j->logs.n; i++) {
		const struct log *g = j->logs.v[i];

		if (g->key != p->key)
			continue;
		path = g->path;
		cursor = g->cursor;
		kind = g->live          ? g->kind
		       : cursor[0] != 0 ? SOURCE_JOURNAL
					: SOURCE_FILE;
	}
	snprintf(key, sizeof(key), "%016llx", (unsigned long long)p->key);
	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)p->hash);
	snprintf(ino, sizeof(ino), "%llu", (unsigned long long)p->ino);
	(void)str_show(str_of(path ? path : "-"), shown, sizeof(shown));
	return json_pack("{s:s,s:s,s:b,s:s,s:I,s:i,s:s,s:I,s:s*}", "key", key,
	    "path", shown, "journal", kind == SOURCE_JOURNAL, "ino", ino,
	    "offset", (json_int_t)p->offset, "length", (int)p->length, "hash",
	    hash, "at", (json_int_t)p->at, "cursor",
	    kind == SOURCE_JOURNAL ? cursor : NULL);
}

struct sink {
	const struct judge *j;
	json_t *a;
	struct ledger_measure m;
	bool found;
};

static void add_place(void *arg, const struct place *p)
{
	struct sink *s = arg;

	json_array_append_new(s->a, place_json(s->j, p));
}

static void add_history(void *arg, const struct ledger_history *h)
{
	struct sink *s = arg;

	json_array_append_new(s->a, json_history(s->j, h));
}

static void add_event(void *arg, const struct ledger_event *e)
{
	struct sink *s = arg;
	char who[ADDR_MAX];

	(void)addr_print(&e->who, who);
	json_array_append_new(s->a,
	    json_pack("{s:s,s:I,s:s,s:o}", "who", who, "at", (json_int_t)e->at,
		"rule", book_name(s->j->book, e->rule), "line",
		place_json(s->j, &e->place)));
}

/* The names of the lists that have him, or his net. */
static json_t *listed_json(const struct judge *j, const struct net *n)
{
	uint8_t least = n->addr.family == 4 ? 24 : 48;
	json_t *a = json_array();

	for (int bits = n->bits; bits >= least; bits--) {
		struct net around = net_of(n->addr, (uint8_t)bits);
		const struct taken_list *l;
		size_t from = 0;

		while ((l = desk_list_with(j, &around, &from)))
			json_array_append_new(a, json_string(l->name));
	}
	return a;
}

struct word_sink {
	const struct net *net;
	json_t *a;
};

static void add_word(void *arg, const struct ledger_word *w)
{
	static const char *const names[] = { [WORD_DENY] = "deny",
		[WORD_ALLOW] = "allow",
		[WORD_PROXY] = "proxy",
		[WORD_SENSOR] = "sensor" };
	const char *name = w->what < countof(names) ? names[w->what] : NULL;
	struct word_sink *s = arg;
	char note[800];

	if (!net_has(&w->net, &s->net->addr) && !net_has(s->net, &w->net.addr))
		return;
	(void)str_show(str_of(w->note), note, sizeof(note));
	json_array_append_new(s->a,
	    json_pack("{s:o,s:s,s:I,s:I,s:I,s:s}", "net", json_net(&w->net),
		"what", name ? name : "?", "at", (json_int_t)w->at, "until",
		(json_int_t)w->until, "uid", (json_int_t)w->uid, "note", note));
}

/* The sentence of the rung that decided; a ruling made up again of what the
 * ledger kept of it. */
static json_t *reason_json(const struct judge *j,
    const struct ledger_measure *m)
{
	struct ruling r = { .verdict = m->verdict <= VERDICT_DENY
					   ? (enum verdict)m->verdict
					   : VERDICT_NONE,
		.rung = (enum rung)m->rung,
		.rule = m->rule,
		.by_slow = m->flags & MEASURE_SLOW,
		.net = m->net,
		.at = m->at,
		.until = m->until,
		.count = m->count,
		.need = m->need,
		.span = m->span,
		.first = m->first,
		.last = m->last,
		.repeats = m->repeats };
	char text[400];

	if (m->flags & MEASURE_ADOPTED)
		return json_string("banned by fail2ban before its jails were "
				   "imported; the ban goes on");
	if (m->flags & MEASURE_SENSOR)
		return json_string("a sensor of ours reported it");
	(void)law_reason(&r, book_name(j->book, m->rule), text, sizeof(text));
	return json_string(text);
}

static const char *about_of(const struct judge *j, uint16_t rule)
{
	return rule < j->book->n ? j->book->rules[rule].about : "";
}

static const struct seen_element *seen_of(const struct client *c,
    const struct net *n)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (!memcmp(&c->seen[i].net, n, sizeof(*n)))
			return &c->seen[i];
	return NULL;
}

static json_t *measure_json(struct client *c, const struct ledger_measure *m)
{
	static const char *const acts[] = { "?", "deny", "reject", "limit" };
	struct judge *j = c->all->j;
	const struct seen_element *e = seen_of(c, &m->net);
	uint64_t packets = m->packets + (e ? e->packets : 0);
	uint64_t bytes = m->bytes + (e ? e->bytes : 0);
	struct sink s = { .j = j, .a = json_array() };
	char ports[PORTS_MAX];
	json_t *o = json_pack("{s:o,s:s,s:s,s:s,s:s,s:s,s:o}", "net",
	    json_net(&m->net), "act", acts[m->act < 4 ? m->act : 0], "rung",
	    rung_name((enum rung)m->rung), "rule", judge_rule_of(j, m), "about",
	    about_of(j, m->rule), "attack",
	    m->rule < j->book->n ? j->book->rules[m->rule].attack : "",
	    "reason", reason_json(j, m));

	if (j->ledger)
		(void)ledger_lines_of(j->ledger, &m->net, add_place, &s);
	json_object_update_new(o,
	    json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "count",
		(json_int_t)m->count, "need", (json_int_t)m->need, "span",
		(json_int_t)m->span, "first", (json_int_t)m->first, "last",
		(json_int_t)m->last, "at", (json_int_t)m->at, "until",
		(json_int_t)m->until, "repeats", (json_int_t)m->repeats,
		"packets", (json_int_t)packets, "bytes", (json_int_t)bytes));
	json_object_update_new(o,
	    json_pack("{s:b,s:b,s:b,s:b,s:o}", "in_kernel", e != NULL,
		"proxied", (m->flags & MEASURE_PROXIED) != 0, "refused",
		(m->flags & MEASURE_REFUSED) != 0, "word",
		(m->flags & MEASURE_WORD) != 0, "lines", s.a));
	judge_ports_text(j, e ? e->ports : m->ports, ports);
	json_object_set_new(o, "ports", json_string(ports));
	if (e)
		json_object_set_new(o, "left", json_integer(e->left));
	return o;
}

static json_t *protection_json(const struct judge *j, const struct net *n)
{
	const struct guarded *g = protect_within(&j->protect, n, j->now);

	if (!g)
		return json_null();
	return json_pack("{s:o,s:s,s:i,s:I}", "net", json_net(&g->net), "why",
	    never_name(g->cause), "ref", (int)g->ref, "until",
	    (json_int_t)g->until);
}

/* Facts that wait are written first: an answer is never behind them. */
static json_t *story(struct client *c, const struct net *n)
{
	struct judge *j = c->all->j;
	struct sink h = { .j = j, .a = json_array() };
	struct sink e = { .j = j, .a = json_array() };
	struct word_sink w = { n, json_array() };
	char key[2][20];
	json_t *o;

	judge_commit(j);
	if (j->ledger) {
		(void)ledger_history_of(j->ledger, n, HISTORY_SHOWN,
		    add_history, &h);
		(void)ledger_events_of(j->ledger, n, EVENTS_SHOWN, add_event,
		    &e);
		(void)ledger_words(j->ledger, add_word, &w);
	}
	/* who knows the key can try users' names: not for visitors */
	for (int i = 0; i < 2; i++)
		snprintf(key[i], sizeof(key[i]), "%016llx",
		    c->by_desk ? 0ULL : (unsigned long long)j->line_key[i]);
	o = json_pack("{s:o,s:I,s:o,s:o,s:o,s:o,s:o,s:[ss],s:b,s:b}", "net",
	    json_net(n), "now", (json_int_t)j->now, "history", h.a, "events",
	    e.a, "words", w.a, "protected", protection_json(j, n), "lists",
	    listed_json(j, n), "line_key", key[0], key[1], "watch_only",
	    j->watch_only, "disarmed", is_disarmed(j));
	answer_ally_story(j, n, o);
	return o;
}

/* The enforcer hears few questions at a time and cuts off who asks more. */
static size_t asking(const struct control *all)
{
	size_t n = 0;

	for (size_t i = 0; i < CLIENTS; i++)
		n += all->clients[i] && all->clients[i]->waits == WAITS_ONE;
	return n;
}

void ask_why(struct client *c)
{
	struct judge *j = c->all->j;
	struct wire_ask a = { .what = ASK_ONE, .net = c->request.net };

	c->n_seen = 0;
	if (!j->enforcer_up || !j->ready_at || asking(c->all) >= ASKING) {
		answer_why(c, false);
		return;
	}
	a.id = c->order = ++j->order_id;
	client_wait(c, WAITS_ONE, KERNEL_S);
	judge_send(j, ENFORCER, 0, MSG_ASK, &a, sizeof(a));
}

/* All that stand over it, the narrowest first. */
static json_t *measures_json(struct client *c)
{
	const struct net *n = &c->request.net;
	const struct ledger_measure *m;
	json_t *a = json_array();
	uint8_t bits = n->bits;

	while ((m = measures_over(&c->all->j->measures, &n->addr, bits))) {
		json_array_append_new(a, measure_json(c, m));
		bits = (uint8_t)(m->net.bits - 1);
	}
	return a;
}

/* Of a range: those that are shut out in it, the first WITHIN of them. */
static void add_within(const struct judge *j, const struct net *n, json_t *o)
{
	json_t *a = json_array();
	size_t all = 0;

	for (size_t i = 0; i < j->measures.n; i++) {
		const struct ledger_measure *m = &j->measures.v[i];

		if (m->net.bits <= n->bits || !net_has(n, &m->net.addr))
			continue;
		if (all++ < WITHIN)
			json_array_append_new(a, json_net(&m->net));
	}
	json_object_set_new(o, "within", a);
	json_object_set_new(o, "within_n", json_integer((json_int_t)all));
}

void answer_why(struct client *c, bool kernel)
{
	json_t *o = story(c, &c->request.net);

	add_within(c->all->j, &c->request.net, o);

	json_object_set_new(o, "kernel_read", json_boolean(kernel));
	json_object_set_new(o, "measures", measures_json(c));
	client_end(c, &o);
}

static void add_window(void *arg, const struct law_window *w)
{
	struct sink *s = arg;

	json_array_append_new(s->a,
	    json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I}", "rule",
		book_name(s->j->book, w->rule), "about",
		about_of(s->j, w->rule), "slow", w->slow, "have",
		(json_int_t)w->have, "need", (json_int_t)w->need, "span",
		(json_int_t)w->span, "first", (json_int_t)w->first, "last",
		(json_int_t)w->last));
}

void answer_why_not(struct client *c)
{
	struct judge *j = c->all->j;
	const struct net *n = &c->request.net;
	struct sink s = { .j = j, .a = json_array() };
	json_t *o = story(c, n);

	law_windows(j->law, &n->addr, j->now, add_window, &s);
	json_object_set_new(o, "windows", s.a);
	json_object_set_new(o, "good_client",
	    json_boolean(law_is_good(j->law, &n->addr, j->now)));
	json_object_set_new(o, "shut_out",
	    json_boolean(
		measures_over(&j->measures, &n->addr, n->bits) != NULL));
	client_end(c, &o);
}
