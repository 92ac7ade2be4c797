#include "desk/bouncers.h"
#include "desk/metrics.h"
#include "desk/watchers.h"

/* Numbers of judge's answer by their path: "kernel.packets". */
static double number(const json_t *o, const char *path)
{
	struct str left = str_of(path), name;
	char key[40];

	while (o && str_cut(&left, '.', &name)) {
		snprintf(key, sizeof(key), STR_F, STR_A(name));
		o = json_object_get(o, key);
	}
	return json_number_value(json_object_get(o, left.p));
}

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

struct plain_metric {
	const char *name, *kind, *help;
	const char *path; /* in judge's answer */
	bool is_flag;
};

/* clang-format off */
static const struct plain_metric plain[] = {
	{ "liptako_defended", "gauge", "1 if this host is defended now, read back from the kernel.", "defended", true },
	{ "liptako_start_time_seconds", "gauge", "When the judge started.", "started", false },
	{ "liptako_kernel_elements", "gauge", "Elements in the kernel's sets.", "kernel.elements", false },
	{ "liptako_kernel_list_elements", "gauge", "Those of imported lists.", "kernel.list", false },
	{ "liptako_kernel_dropped_packets", "gauge", "Packets dropped by the elements that are there now.", "kernel.packets", false },
	{ "liptako_kernel_dropped_bytes", "gauge", "Bytes dropped by the elements that are there now.", "kernel.bytes", false },
	{ "liptako_kernel_table_rebuilds", "counter", "Times the table had to be made again.", "kernel.rebuilds", false },
	{ "liptako_measures_refused", "gauge", "Standing measures that the kernel would not take.", "measures.refused", false },
	{ "liptako_sightings", "counter", "Log lines that rules hit.", "counters.sightings", false },
	{ "liptako_orders", "counter", "Orders to the kernel.", "counters.orders", false },
	{ "liptako_orders_refused", "counter", "Orders that were refused.", "counters.refused", false },
	{ "liptako_hooks_run", "counter", "Hooks that were run.", "counters.hooked", false },
	{ "liptako_hooks_failed", "counter", "Hooks that failed.", "counters.hooks_failed", false },
	{ "liptako_rules_loaded", "gauge", "Rules in force.", "rules.n", false },
	{ "liptako_protected_prefixes", "gauge", "Prefixes that are never shut out.", "protected.n", false },
	{ "liptako_good_clients", "gauge", "Clients shielded by their regular logins.", "law.good_clients", false },
	{ "liptako_ledger_up", "gauge", "1 if the ledger can be written.", "ledger.well", true },
	{ "liptako_ledger_commits", "counter", "Transactions.", "ledger.commits", false },
	{ "liptako_ledger_waiting_facts", "gauge", "Facts that wait to be written.", "ledger.waiting", false },
	{ "liptako_ledger_lost_facts", "counter", "Facts that could not wait any longer.", "ledger.lost", false },
};
/* clang-format on */

static bool flag(const json_t *o, const char *path)
{
	struct str left = str_of(path), name;
	char key[40];

	while (o && str_cut(&left, '.', &name)) {
		snprintf(key, sizeof(key), STR_F, STR_A(name));
		o = json_object_get(o, key);
	}
	return json_is_true(json_object_get(o, left.p));
}

static void write_plain(const struct page_of *p, const json_t *status)
{
	for (size_t i = 0; i < countof(plain); i++) {
		const struct plain_metric *m = &plain[i];
		char name[80];

		metric_about(p, m->name, m->kind, m->help);
		snprintf(name, sizeof(name), "%s%s", m->name,
		    strcmp(m->kind, "counter") == 0 ? "_total" : "");
		metric_put(p, name, NULL,
		    m->is_flag ? flag(status, m->path)
			       : number(status, m->path));
	}
}

struct per_source {
	const char *name, *help, *key;
};

static void write_sources(const struct page_of *p, const json_t *status)
{
	static const struct per_source all[] = {
		{ "liptako_log_lines", "Lines read of each source.", "lines" },
		{ "liptako_log_bytes", "Bytes read of each source.", "bytes" },
		{ "liptako_log_hits", "Lines that rules hit.", "hits" },
	};
	const json_t *o;
	size_t i;

	for (size_t k = 0; k < countof(all); k++) {
		char name[80];

		metric_about(p, all[k].name, "counter", all[k].help);
		snprintf(name, sizeof(name), "%s_total", all[k].name);
		json_array_foreach(json_object_get(status, "sources"), i, o)
		    metric_put(p, name, LABELS("source", text(o, "path")),
			number(o, all[k].key));
	}
}

static void write_programs(const struct page_of *p, const json_t *status)
{
	const json_t *o, *all = json_object_get(status, "programs");
	size_t i;

	metric_about(p, "liptako_program_up", "gauge",
	    "1 if the program runs.");
	json_array_foreach(all, i, o) metric_put(p, "liptako_program_up",
	    LABELS("program", text(o, "program")), flag(o, "running"));
	metric_about(p, "liptako_program_restarts", "counter",
	    "Times it had to be started again.");
	json_array_foreach(all, i, o)
	    metric_put(p, "liptako_program_restarts_total",
		LABELS("program", text(o, "program")), number(o, "restarts"));
	metric_about(p, "liptako_program_missing_walls", "gauge",
	    "Steps of its jail that were not to be had.");
	json_array_foreach(all, i, o)
	    metric_put(p, "liptako_program_missing_walls",
		LABELS("program", text(o, "program")),
		(double)json_array_size(json_object_get(o, "missing")));
}

static void write_table(const struct page_of *p, const struct table *t,
    const json_t *status)
{
	static const char *const names[ORIGINS] = { NULL, "own", "operator",
		"allied", "sensor" };
	uint64_t by[ORIGINS] = { 0 };
	auto_free uint32_t *rules = mem_new(TABLE_RULES, sizeof(*rules));

	for (size_t i = 0; i < t->used; i++)
		if (table_at(t, i)) {
			by[t->v[i].origin]++;
			rules[t->v[i].rule]++;
		}
	metric_about(p, "liptako_bans_active", "gauge",
	    "Measures that stand, by whose evidence; foreign: imported.");
	for (size_t i = 1; i < ORIGINS; i++)
		metric_put(p, "liptako_bans_active", LABELS("origin", names[i]),
		    (double)by[i]);
	metric_put(p, "liptako_bans_active", LABELS("origin", "foreign"),
	    number(status, "lists.elements"));
	metric_about(p, "liptako_bans_by_rule", "gauge",
	    "Measures that stand, by rule.");
	for (size_t i = 0; i < t->rules.n; i++)
		metric_put(p, "liptako_bans_by_rule",
		    LABELS("rule", t->rules.v[i]), rules[i]);
	metric_about(p, "liptako_shut", "counter", "Nets shut out.");
	metric_put(p, "liptako_shut_total", NULL, (double)t->shut);
	metric_about(p, "liptako_opened", "counter", "Nets opened again.");
	metric_put(p, "liptako_opened_total", NULL, (double)t->opened);
	metric_about(p, "liptako_alarms", "counter", "Alarms.");
	metric_put(p, "liptako_alarms_total", NULL, (double)t->alarms);
}

struct per_bouncer {
	const char *name, *kind, *help;
	size_t at; /* uint64_t in struct bouncer */
};

static void write_bouncers(const struct page_of *p, const struct bouncers *b)
{
	static const struct per_bouncer all[] = {
		{ "liptako_bouncer_pulls", "counter",
		    "Complete pulls by the holders of a key.",
		    offsetof(struct bouncer, pulls) },
		{ "liptako_bouncer_decisions", "counter",
		    "Decisions told to them.", offsetof(struct bouncer, told) },
		{ "liptako_bouncer_dropped_packets", "counter",
		    "Packets they dropped, as they say.",
		    offsetof(struct bouncer, dropped) },
	};

	/* one key may have many holders: their sum, or a label were an
	 * address */
	for (size_t k = 0; k < countof(all); k++) {
		char name[80];

		metric_about(p, all[k].name, all[k].kind, all[k].help);
		snprintf(name, sizeof(name), "%s_total", all[k].name);
		for (size_t i = 0; i < b->n; i++) {
			uint64_t sum = 0, one;
			bool said = false;

			for (size_t j = 0; j < b->n; j++) {
				if (strcmp(b->v[i].name, b->v[j].name) != 0)
					continue;
				said |= j < i;
				memcpy(&one, (const char *)&b->v[j] + all[k].at,
				    sizeof(one));
				sum += one;
			}
			if (!said)
				metric_put(p, name,
				    LABELS("bouncer", b->v[i].name),
				    (double)sum);
		}
	}
	metric_about(p, "liptako_bouncers", "gauge",
	    "Holders of keys that pulled.");
	metric_put(p, "liptako_bouncers", NULL, (double)b->n);
}

static void write_http(const struct page_of *p, const struct desk *d)
{
	static const char *const classes[] = { "other", "1xx", "2xx", "3xx",
		"4xx", "5xx" };
	const struct http_stats *s = http_stats(d->http);

	metric_about(p, "liptako_http_requests", "counter",
	    "Answers of the desk, by status.");
	for (size_t i = 2; i < countof(classes); i++)
		metric_put(p, "liptako_http_requests_total",
		    LABELS("status", classes[i]), (double)s->answers[i]);
	metric_about(p, "liptako_http_visitors", "gauge",
	    "Connections to the desk.");
	metric_put(p, "liptako_http_visitors", NULL, (double)s->visitors);
	metric_about(p, "liptako_sensor_alerts", "counter",
	    "Alerts that agents reported.");
	metric_put(p, "liptako_sensor_alerts_total", NULL,
	    (double)d->watchers->alerts);
	metric_about(p, "liptako_sensor_logins_failed", "counter",
	    "Agents that were not let in.");
	metric_put(p, "liptako_sensor_logins_failed_total", NULL,
	    (double)d->watchers->failed);
}

void metrics_write(const struct page_of *p, const struct desk *d,
    const json_t *status)
{
	metric_about(p, "liptako_build", "info", "What is at work here.");
	metric_put(p, "liptako_build_info", LABELS("version", LPT_VERSION), 1);
	metric_about(p, "liptako_judge_up", "gauge",
	    "1 if the judge answered: without it the numbers below that are "
	    "its own are missing.");
	metric_put(p, "liptako_judge_up", NULL, status != NULL);
	write_table(p, &d->table, status);
	write_bouncers(p, d->bouncers);
	write_http(p, d);
	if (!status)
		return;
	write_plain(p, status);
	write_sources(p, status);
	write_programs(p, status);
}
