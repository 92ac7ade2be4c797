#include "judge/control_priv.h"

#include <stdio.h>

#include "base/jail.h"

/* JSON text that came from outside: escaped to ASCII first. */
static json_t *shown(const char *s)
{
	char text[1024];

	(void)str_show(str_of(s ? s : ""), text, sizeof(text));
	return json_string(text);
}

static json_t *num(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static void put(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, num(n));
}

/* Why this host is not defended now, or NULL if it is. */
static const char *undefended(const struct judge *j)
{
	bool reads = false;

	for (size_t i = 0; i < READERS; i++)
		reads |= j->readers[i].used;
	if (j->watch_only)
		return "it only watches: no measure reaches the kernel";
	if (!j->enforcer_up || !j->ready_at)
		return "the enforcer is not there";
	if (j->ready.dry)
		return "the enforcer may not change the kernel, or somebody "
		       "disarmed it";
	if (!reads)
		return "no reader is there";
	if (j->book->n == 0)
		return "there are no rules";
	for (size_t i = 0; i < j->logs.n; i++)
		if (j->logs.v[i]->live && j->logs.v[i]->reads)
			return NULL;
	return "no log is read";
}

static json_t *kernel_json(const struct judge *j, const struct kernel_view *k)
{
	json_t *o = json_object();
	uint64_t by[4] = { 0 }, list = 0, packets = 0, bytes = 0;

	for (size_t i = 0; i < k->n; i++) {
		const struct seen_element *e = &k->v[i];

		by[e->act < 4 ? e->act : 0]++;
		list += e->list;
		packets += e->packets;
		bytes += e->bytes;
	}
	list += k->listed;
	put(o, "elements", k->n + k->over + k->listed);
	put(o, "deny", by[ACT_DENY] + k->listed);
	put(o, "reject", by[ACT_REJECT]);
	put(o, "limit", by[ACT_LIMIT]);
	put(o, "list", list);
	put(o, "packets", packets);
	put(o, "bytes", bytes);
	put(o, "rebuilds", j->ready.rebuilds);
	json_object_set_new(o, "owner", json_boolean(j->ready.owner));
	json_object_set_new(o, "persist", json_boolean(j->ready.persist));
	json_object_set_new(o, "dry", json_boolean(j->ready.dry));
	return o;
}

static json_t *measures_json(const struct judge *j)
{
	uint64_t refused = 0, proxied = 0, words = 0, packets = 0;
	json_t *o = json_object();

	for (size_t i = 0; i < j->measures.n; i++) {
		const struct ledger_measure *m = &j->measures.v[i];

		refused += !!(m->flags & MEASURE_REFUSED);
		proxied += !!(m->flags & MEASURE_PROXIED);
		words += !!(m->flags & MEASURE_WORD);
		packets += m->packets;
	}
	put(o, "standing", j->measures.n);
	put(o, "refused", refused);
	put(o, "proxied", proxied);
	put(o, "words", words);
	put(o, "packets_before", packets);
	return o;
}

static json_t *today_json(const struct judge *j)
{
	json_t *o = json_object();
	bool today = j->stats.day == j->now / 86400;

	put(o, "denied", today ? j->stats.denied_today : 0);
	put(o, "limited", today ? j->stats.limited_today : 0);
	put(o, "alarms", today ? j->stats.alarms_today : 0);
	return o;
}

static uint64_t today_of(const struct judge *j, const struct book_rule *r)
{
	return r->day == j->now / 86400 ? r->today : 0;
}

enum {
	TOP_RULES = 8,
	LAST_ALARMS = 5
};

/* The rules with the most sightings today, most first. */
static json_t *top_json(const struct judge *j)
{
	const struct book_rule *top[TOP_RULES] = { 0 };
	json_t *a = json_array();

	for (size_t i = 0; i < j->book->n; i++) {
		const struct book_rule *r = &j->book->rules[i];

		if (today_of(j, r) == 0)
			continue;
		for (size_t k = 0; k < TOP_RULES; k++) {
			const struct book_rule *was = top[k];

			if (was && today_of(j, was) >= today_of(j, r))
				continue;
			top[k] = r;
			r = was;
			if (!r)
				break;
		}
	}
	for (size_t k = 0; k < TOP_RULES && top[k]; k++)
		json_array_append_new(a,
		    json_pack("{s:s,s:o,s:I,s:I,s:I}", "rule", top[k]->name,
			"about", shown(top[k]->about), "sightings",
			(json_int_t)today_of(j, top[k]), "measures",
			(json_int_t)top[k]->measures, "ever",
			(json_int_t)top[k]->total));
	return a;
}

/* Rules that close some ports alone, and how many nets that is now. */
static json_t *ports_json(const struct judge *j)
{
	auto_free uint32_t *now = mem_new(j->book->n + 1, sizeof(*now));
	json_t *o = json_object();
	char text[PORTS_MAX];

	for (size_t i = 0; i < j->measures.n; i++)
		if (j->measures.v[i].rule < j->book->n)
			now[j->measures.v[i].rule]++;
	for (size_t i = 0; i < j->book->n; i++) {
		judge_ports_text(j, j->book->law[i].ports, text);
		if (*text)
			json_object_set_new(o, j->book->rules[i].name,
			    json_pack("{s:s,s:I}", "ports", text, "now",
				(json_int_t)now[i]));
	}
	return o;
}

static json_t *rules_json(const struct judge *j, bool all)
{
	json_t *o = json_object(), *totals;

	put(o, "n", j->book->n);
	put(o, "faults", j->book->faults);
	put(o, "generation", j->book->generation);
	json_object_set_new(o, "top", top_json(j));
	if (!all)
		return o;
	totals = json_object();
	for (size_t i = 0; i < j->book->n; i++)
		if (j->book->rules[i].total > 0)
			put(totals, j->book->rules[i].name,
			    j->book->rules[i].total);
	json_object_set_new(o, "totals", totals);
	json_object_set_new(o, "ports", ports_json(j));
	return o;
}

static const char *kind_of(uint8_t kind)
{
	static const char *const names[] = { "file", "stream", "datagram",
		"journal" };

	return kind < countof(names) ? names[kind] : "?";
}

static const char *remark_name(size_t what)
{
	static const char *const names[REMARKS] = { "", "long-line", "skew",
		"host-name", "ambiguous", "over-limit", "lost" };

	return names[what];
}

static json_t *remarks_json(const struct judge *j, const struct log *g)
{
	json_t *a = json_array();

	for (size_t i = 1; g->remarks && i < REMARKS; i++) {
		const struct remark_seen *r = &g->remarks[i];

		if (r->last == 0)
			continue;
		json_array_append_new(a,
		    json_pack("{s:s,s:I,s:I,s:i,s:s,s:s}", "what",
			remark_name(i), "count", (json_int_t)r->count, "value",
			(json_int_t)r->value, "last", (int)r->last, "rule",
			book_name(j->book, r->rule), "sample", r->sample));
	}
	return a;
}

/* The generation that was read last. */
static const struct position *newest(const struct log *g)
{
	const struct position *p = NULL;

	for (size_t i = 0; i < g->n; i++)
		if (!p || g->at[i].used >= p->used)
			p = &g->at[i];
	return p;
}

static json_t *log_json(const struct judge *j, const struct log *g, bool doctor)
{
	const struct position *p = newest(g);
	char key[20], ino[24], who[ADDR_MAX];
	json_t *o;

	snprintf(key, sizeof(key), "%016llx", (unsigned long long)g->key);
	/* as text: many programs round so large a number */
	snprintf(ino, sizeof(ino), "%llu", p ? (unsigned long long)p->ino : 0);
	o = json_pack("{s:s,s:o,s:s,s:b,s:b,s:i,s:s}", "key", key, "path",
	    shown(g->path), "kind", kind_of(g->kind), "open", g->opened,
	    "trusted", g->trust, "id", (int)g->id, "ino", ino);
	put(o, "offset", p ? p->offset : 0);
	put(o, "lines", g->lines);
	put(o, "bytes", g->bytes);
	put(o, "hits", g->hits);
	put(o, "duplicates", g->duplicates);
	put(o, "looked", g->looked);
	put(o, "hit", g->hit);
	put(o, "gone", g->gone);
	put(o, "back", g->back);
	if (!doctor)
		return o;
	json_object_set_new(o, "remarks", remarks_json(j, g));
	if (g->proxy.of) {
		(void)addr_print(&g->proxy.who, who);
		json_object_set_new(o, "proxy",
		    json_pack("{s:s,s:i,s:i}", "net", who, "permille",
			(int)g->proxy.share, "of", (int)g->proxy.of));
	}
	return o;
}

static json_t *logs_json(const struct judge *j, bool doctor)
{
	json_t *a = json_array();

	for (size_t i = 0; i < j->logs.n; i++)
		if (j->logs.v[i]->live)
			json_array_append_new(a,
			    log_json(j, j->logs.v[i], doctor));
	return a;
}

/* Whose lines the reader looks for. */
static json_t *services_json(const struct judge *j)
{
	struct str left = str_of(j->active_names ? j->active_names : ""), name;
	json_t *o = json_object(), *a = json_array();

	put(o, "n", j->active.n);
	put(o, "of", j->active.of);
	while (str_cut(&left, '\n', &name))
		json_array_append_new(a, json_stringn(name.p, name.n));
	json_object_set_new(o, "active", a);
	return o;
}

static json_t *protected_json(const struct judge *j, bool all)
{
	json_t *o = json_object(), *by = json_object(), *list = json_array();
	uint64_t n[NEVER_PROXY + 1] = { 0 };

	for (size_t i = 0; i < j->protect.n; i++) {
		const struct guarded *g = &j->protect.v[i];

		if (g->until && g->until <= j->now)
			continue;
		n[g->cause]++;
		if (all && i < 1000)
			json_array_append_new(list,
			    json_pack("{s:o,s:s,s:I,s:i}", "net",
				json_net(&g->net), "why", never_name(g->cause),
				"until", (json_int_t)g->until, "ref",
				(int)g->ref));
	}
	for (size_t i = 1; i <= NEVER_PROXY; i++)
		if (n[i])
			put(by, never_name((enum never_cause)i), n[i]);
	put(o, "n", j->protect.n);
	json_object_set_new(o, "by", by);
	if (all)
		json_object_set_new(o, "list", list);
	json_decref(all ? NULL : list);
	return o;
}

static json_t *programs_json(const struct judge *j)
{
	json_t *a = json_array();

	for (size_t i = 0; i < j->n_programs; i++) {
		const struct wire_program *p = &j->programs[i];
		json_t *missing = json_array(), *o;

		for (uint32_t bit = 1; bit <= JAIL_LIMITS; bit <<= 1)
			if (p->missing & bit)
				json_array_append_new(missing,
				    json_string(
					jail_step_name((enum jail_step)bit)));
		if (p->role >= ROLES) {
			json_decref(missing);
			continue;
		}
		o = json_pack("{s:s,s:b,s:i,s:i,s:o}", "program",
		    role_name((enum role)p->role), "running", p->running, "pid",
		    (int)p->pid, "restarts", (int)p->restarts, "missing",
		    missing);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *ledger_json(const struct judge *j)
{
	const struct judge_stats *s = &j->stats;
	json_t *o = json_pack("{s:b,s:s,s:i,s:b}", "well", !j->ledger_fault,
	    "why", ledger_why(j->ledger_fault), "version", LEDGER_VERSION,
	    "moved_aside", j->opened.aside);

	put(o, "waiting", j->facts.n);
	put(o, "lost", j->facts.lost);
	put(o, "commits", s->commits);
	put(o, "commit_us", s->commits ? s->commit_us / s->commits : 0);
	put(o, "commit_us_max", s->commit_us_max);
	return o;
}

static json_t *law_json(const struct judge *j)
{
	struct law_stats s;
	json_t *o = json_object();

	law_stats(j->law, &s);
	put(o, "seen", s.seen);
	put(o, "rulings", s.rulings);
	put(o, "late", s.late);
	put(o, "pushed_out", s.pushed_out);
	put(o, "pairs", s.pairs);
	put(o, "pairs_max", s.pairs_max);
	put(o, "memories", s.memories);
	put(o, "good_clients", s.good);
	return o;
}

json_t *json_history(const struct judge *j, const struct ledger_history *h)
{
	char by[32] = "";
	json_t *o = json_pack("{s:i,s:o,s:s,s:s,s:s,s:i,s:I,s:i}", "at",
	    (int)h->at, "net", json_net(&h->net), "what",
	    history_name((enum history)h->what), "rung",
	    rung_name((enum rung)h->rung), "rule", book_name(j->book, h->rule),
	    "count", (int)h->count, "until", (json_int_t)h->until, "repeats",
	    (int)h->repeats);

	if (h->rung == RUNG_ALLIED)
		(void)ally_witnesses(j, &h->net, by);
	if (by[0])
		json_object_set_new(o, "by", json_string(by));
	return o;
}

struct history_sink {
	const struct judge *j;
	json_t *a;
};

static void add_history(void *arg, const struct ledger_history *h)
{
	struct history_sink *s = arg;

	if (h->what == HISTORY_ALARM && json_array_size(s->a) < LAST_ALARMS)
		json_array_append_new(s->a, json_history(s->j, h));
}

static json_t *alarms_json(struct judge *j)
{
	struct history_sink s = { j, json_array() };

	if (j->ledger)
		(void)ledger_histories(j->ledger, j->now - 86400, 500,
		    add_history, &s);
	return s.a;
}

/* Lists of others that were taken in. */
static json_t *lists_json(const struct judge *j)
{
	json_t *o = json_object(), *a = json_array();

	put(o, "elements", desk_lists_elements(j));
	for (size_t i = 0; i < j->lists.n; i++) {
		const struct taken_list *l = j->lists.v[i];

		json_array_append_new(a,
		    json_pack("{s:s,s:I,s:I,s:b,s:s}", "name", l->name, "nets",
			(json_int_t)l->now.n, "good_at", (json_int_t)l->good_at,
			"well", l->good_at && !l->bad_at, "status",
			l->good_at || l->bad_at
			    ? fetched_name((enum fetched)l->status)
			    : "not fetched yet"));
	}
	json_object_set_new(o, "sources", a);
	return o;
}

static json_t *counters_json(const struct judge *j)
{
	json_t *o = json_object();

	put(o, "sightings", j->stats.sightings);
	put(o, "orders", j->stats.orders);
	put(o, "refused", j->stats.refused);
	put(o, "dropped", j->stats.dropped);
	put(o, "lines", j->stats.lines);
	put(o, "bytes", j->stats.bytes);
	put(o, "hooked", j->stats.hooked);
	put(o, "hooks_failed", j->stats.hooks_failed);
	return o;
}

void answer_status(struct client *c, bool kernel, bool doctor)
{
	struct judge *j = c->all->j;
	const char *not = undefended(j);
	json_t *o = json_pack("{s:s,s:I,s:I,s:b,s:b}", "version", LPT_VERSION,
	    "now", (json_int_t)j->now, "started", (json_int_t)j->started,
	    "defended", !not &&kernel, "watch_only", j->watch_only);

	if (!not &&!kernel)
		not = "the enforcer did not read the kernel back in time";
	if (not )
		json_object_set_new(o, "why_not", json_string(not ));
	json_object_set_new(o, "kernel",
	    kernel ? kernel_json(j, &c->all->sums) : json_null());
	json_object_set_new(o, "measures", measures_json(j));
	json_object_set_new(o, "today", today_json(j));
	json_object_set_new(o, "rules", rules_json(j, doctor));
	json_object_set_new(o, "sources", logs_json(j, doctor));
	json_object_set_new(o, "services", services_json(j));
	json_object_set_new(o, "protected", protected_json(j, doctor));
	json_object_set_new(o, "programs", programs_json(j));
	json_object_set_new(o, "ledger", ledger_json(j));
	json_object_set_new(o, "charters", json_charters(j));
	json_object_set_new(o, "law", law_json(j));
	json_object_set_new(o, "lists", lists_json(j));
	json_object_set_new(o, "counters", counters_json(j));
	json_object_set_new(o, "alarms", alarms_json(j));
	client_end(c, &o);
}
