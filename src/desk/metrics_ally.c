#include "desk/metrics.h"

#include <stdio.h>

/* The alliance as judge tells it: rows of charters, parties and posts, and a
 * last object with what became of acts. Parties are named, addresses never. */

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static bool is(const json_t *row, const char *what)
{
	return strcmp(text(row, "is"), what) == 0;
}

json_t *metrics_rows(struct str answer)
{
	json_t *all = json_array();
	struct str line;

	while (answer.n > 0) {
		json_t *o;

		if (!str_cut(&answer, '\n', &line)) {
			line = answer;
			answer.n = 0;
		}
		o = line.n ? json_loadb(line.p, line.n, 0, NULL) : NULL;
		if (o)
			json_array_append(all, json_object_get(o, "row")
						   ? json_object_get(o, "row")
						   : o);
		json_decref(o);
	}
	return all;
}

struct gauge {
	const char *of; /* "alliance", "party" or "post" */
	const char *name, *help, *key;
	double unit; /* of the number, in the metric's */
};

/* clang-format off */
static const struct gauge gauges[] = {
	{ "alliance", "liptako_charter_version", "Version of the charter that holds here.", "version", 1 },
	{ "alliance", "liptako_charter_expiry_seconds", "When the charter lapses.", "expires", 1 },
	{ "alliance", "liptako_acts_unposted", "Acts of this run that no outbox has yet.", "behind", 1 },
	{ "alliance", "liptako_notices_held_back", "Own notices that wait, for the quota of the charter is used up.", "held_back", 1 },
	{ "party", "liptako_party_roll_expiry_seconds", "When the first envoy of its roll is no longer heard.", "roll_ends", 1 },
	{ "party", "liptako_party_heartbeat_seconds", "When it was last heard.", "beat", 1 },
	{ "party", "liptako_clock_offset_seconds", "Its clock against ours.", "offset_ms", 1e-3 },
	{ "party", "liptako_chain_gap", "Acts of it that are missing here.", "missing", 1 },
	{ "party", "liptako_party_credit", "What its word is worth here, 0 to 100.", "credit", 1 },
	{ "party", "liptako_party_slots_used", "Measures charged to its word.", "slots", 1 },
	{ "party", "liptako_party_slots", "Measures that its word may hold at once.", "slots_most", 1 },
	{ "post", "liptako_post_rtt_seconds", "Round trip on the line to a post.", "rtt_us", 1e-6 },
	{ "post", "liptako_post_pending", "Messages that lie at a post for us.", "pending", 1 },
};
/* clang-format on */

static bool is_other(const json_t *row)
{
	return is(row, "party") && !json_is_true(json_object_get(row, "self"));
}

/* A party's posts are told apart by their place in judge's list. */
static void put(const struct page_of *p, const char *name, const json_t *rows,
    size_t at, double value)
{
	const json_t *row = json_array_get(rows, at), *o;
	char no[16];
	size_t i, nth = 0;

	if (is(row, "alliance")) {
		metric_put(p, name, LABELS("alliance", text(row, "alliance")),
		    value);
		return;
	}
	if (is(row, "party")) {
		metric_put(p, name,
		    LABELS("alliance", text(row, "alliance"), "party",
			text(row, "party")),
		    value);
		return;
	}
	json_array_foreach((json_t *)(uintptr_t)rows, i, o) nth +=
	    i < at && is(o, "post") &&
	    !strcmp(text(o, "party"), text(row, "party"));
	snprintf(no, sizeof(no), "%zu", nth + 1);
	metric_put(p, name, LABELS("party", text(row, "party"), "post", no),
	    value);
}

static void write_gauges(const struct page_of *p, const json_t *rows)
{
	const json_t *row;
	size_t at;

	for (size_t i = 0; i < countof(gauges); i++) {
		const struct gauge *g = &gauges[i];

		metric_about(p, g->name, "gauge", g->help);
		json_array_foreach((json_t *)(uintptr_t)rows, at,
		    row) if (is(row, g->of) && json_object_get(row, g->key))
		    put(p, g->name, rows, at, number(row, g->key) * g->unit);
	}
}

static void write_states(const struct page_of *p, const json_t *rows)
{
	static const char *const states[] = { "present", "probation",
		"suspended", "withdrawn" };
	const json_t *row;
	size_t at;

	metric_about(p, "liptako_post_up", "gauge",
	    "1 if the line to a post is up.");
	json_array_foreach((json_t *)(uintptr_t)rows, at,
	    row) if (is(row, "post")) put(p, "liptako_post_up", rows, at,
	    strcmp(text(row, "state"), "up") == 0);
	metric_about(p, "liptako_party_state", "gauge",
	    "1 if the party is in that state.");
	json_array_foreach((json_t *)(uintptr_t)rows, at,
	    row) for (size_t i = 0; is(row, "party") && i < countof(states);
		      i++) metric_put(p, "liptako_party_state",
	    LABELS("alliance", text(row, "alliance"), "party",
		text(row, "party"), "state", states[i]),
	    json_is_true(json_object_get(row, states[i])));
}

static void write_answers(const struct page_of *p, const json_t *rows,
    const char *name, const char *help, const char *key)
{
	char total[64];
	const json_t *row;
	size_t at;

	metric_about(p, name, "counter", help);
	snprintf(total, sizeof(total), "%s_total", name);
	json_array_foreach((json_t *)(uintptr_t)rows, at, row)
	{
		const char *verdict;
		json_t *n;

		if (!is_other(row))
			continue;
		json_object_foreach(json_object_get(row, key), verdict, n)
		    metric_put(p, total,
			LABELS("alliance", text(row, "alliance"), "party",
			    text(row, "party"), "verdict", verdict),
			json_number_value(n));
	}
}

static void write_counts(const struct page_of *p, const json_t *end)
{
	const char *what;
	json_t *n;

	metric_about(p, "liptako_notices_sent", "counter",
	    "Notices that we gave.");
	metric_put(p, "liptako_notices_sent_total", NULL,
	    number(json_object_get(end, "counts"), "told"));
	metric_about(p, "liptako_acts", "counter",
	    "What became of frames and acts that came in or went out.");
	json_object_foreach(json_object_get(end, "counts"), what, n)
	    metric_put(p, "liptako_acts_total", LABELS("what", what),
		json_number_value(n));
	metric_about(p, "liptako_acts_refused", "counter",
	    "Acts that were refused, by what is wrong with them.");
	json_object_foreach(json_object_get(end, "faults"), what, n)
	    metric_put(p, "liptako_acts_refused_total", LABELS("why", what),
		json_number_value(n));
	metric_about(p, "liptako_perjurers", "gauge",
	    "Envoys' keys that said two things under one number.");
	metric_put(p, "liptako_perjurers", NULL, number(end, "perjurers"));
}

void metrics_write_ally(const struct page_of *p, const json_t *rows)
{
	size_t n = json_array_size(rows);

	if (n < 2)
		return; /* in no alliance */
	write_gauges(p, rows);
	write_states(p, rows);
	write_answers(p, rows, "liptako_notices_received",
	    "Notices of each ally, by what became of them here.", "to_them");
	write_answers(p, rows, "liptako_receipts",
	    "What each ally answered to our notices.", "to_us");
	write_counts(p, json_array_get(rows, n - 1));
}
