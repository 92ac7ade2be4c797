#include <stdio.h>
#include <strings.h>

#include "desk/lapi.h"
#include "desk/watchers.h"

#include "base/file.h"

/* Reports of agents: kept as they came, and told to judge as plain facts. */

static const char *const needed[] = { "capacity", "events", "events_count",
	"leakspeed", "message", "scenario", "scenario_hash", "scenario_version",
	"simulated", "source", "start_at", "stop_at" };

void alert_missing(const json_t *o, size_t i, char *to, size_t size)
{
	for (size_t k = 0; k < countof(needed); k++) {
		size_t at = strlen(to);

		if (json_object_get(o, needed[k]))
			continue;
		snprintf(to + at, size - at, "\n%zu.%s in body is required", i,
		    needed[k]);
	}
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* "1h30m", "90s", "3h59m59.5s", as Go writes it; 0 if it is none. */
static uint32_t go_duration(const char *z)
{
	uint64_t sum = 0, n = 0;
	bool fraction = false;

	for (; *z; z++) {
		if (*z >= '0' && *z <= '9') {
			n = fraction
				? n
				: MIN(n * 10 + (uint64_t)(*z - '0'), 1u << 30);
			continue;
		}
		if (*z == '.')
			fraction = true;
		else if (*z == 'h')
			sum += n * 3600;
		else if (*z == 'm' && z[1] != 's')
			sum += n * 60;
		else if (*z == 's' && z[-1] >= '0' && z[-1] <= '9')
			sum += n;
		else if (*z == '-')
			return 0;
		if (*z != '.') {
			n = 0;
			fraction = false;
		}
	}
	return (uint32_t)MIN(sum, UINT32_MAX);
}

/* Letters and signs that need no escape; others become a dash. */
static void plain(const char *from, char *to, size_t size)
{
	size_t n = 0;

	for (; *from && n + 1 < size; from++)
		to[n++] =
		    *from > ' ' && *from <= '~' && *from != '"' && *from != '\\'
			? *from
			: '-';
	if (n == 0)
		to[n++] = '-';
	to[n] = '\0';
}

static bool net_of_value(const char *scope, const char *value, struct net *n)
{
	return (!strcasecmp(scope, "ip") || !strcasecmp(scope, "range")) &&
	       net_parse(str_of(value), true, n);
}

static void tell(struct http_request *r, const struct net *n, uint32_t count,
    uint32_t term, const char *scenario, bool gone)
{
	struct wire_sensed s = { .gone = gone,
		.at = r->desk->now,
		.count = count,
		.term = term };

	s.net = net_of(n->addr, n->bits);
	memcpy(s.sensor, r->who.name, sizeof(s.sensor));
	plain(scenario, s.scenario, sizeof(s.scenario));
	if (sensed_ok(&s))
		(void)desk_say(r->desk, MSG_SENSED, &s, sizeof(s),
		    (struct str){ 0 });
}

static void tell_decisions(struct http_request *r, const json_t *o)
{
	const json_t *d;
	struct net n;
	size_t i;

	json_array_foreach(json_object_get(o, "decisions"), i, d)
	{
		if (net_of_value(text_of(d, "scope"), text_of(d, "value"), &n))
			tell(r, &n, 1, go_duration(text_of(d, "duration")),
			    text_of(d, "scenario"), false);
	}
}

/* What was decided already is told as such; else the source, unless it was
 * only tried out. */
static void follow(struct http_request *r, const json_t *o)
{
	const json_t *source = json_object_get(o, "source");
	json_int_t count =
	    json_integer_value(json_object_get(o, "events_count"));
	struct net n;

	if (json_is_true(json_object_get(o, "simulated")))
		return;
	if (json_array_size(json_object_get(o, "decisions")) > 0) {
		tell_decisions(r, o);
		return;
	}
	if (json_is_false(json_object_get(o, "remediation")) ||
	    !net_of_value(text_of(source, "scope"), text_of(source, "value"),
		&n))
		return;
	tell(r, &n, (uint32_t)CLAMP(count, 1, 1 << 30), 0,
	    text_of(o, "scenario"), false);
}

static void keep(struct http_request *r, json_t *o, uint64_t id)
{
	struct watchers *w = r->desk->watchers;
	struct alert_kept *k = &w->kept[id % ALERTS_KEPT];
	char when[WHEN_MAX], *text;

	when_show(r->desk->now, when);
	json_object_set_new(o, "id", json_integer((json_int_t)id));
	json_object_set_new(o, "created_at", json_string(when));
	json_object_set_new(o, "machine_id", json_string(r->who.name));
	if (!json_object_get(o, "labels"))
		json_object_set_new(o, "labels", json_null());
	text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	if (text && strlen(text) > ALERT_BYTES) {
		free(text);
		json_object_set_new(o, "events", json_array());
		json_object_del(o, "meta");
		text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	}
	if (text && strlen(text) > ALERT_BYTES)
		free_ptr(&text);
	free(k->text);
	*k = (struct alert_kept){ .id = text ? id : 0, .text = text };
	memcpy(k->machine, r->who.name, sizeof(k->machine));
}

uint64_t alert_take(struct http_request *r, json_t **o)
{
	struct watchers *w = r->desk->watchers;
	uint64_t id = ++w->ids;

	w->alerts++;
	follow(r, *o);
	keep(r, *o, id);
	json_decref(take(*o));
	return id;
}

/* The newest first; limit: how many at most, 100 if none is said. */
void get_alerts(struct http_request *r)
{
	const struct watchers *w = r->desk->watchers;
	uint32_t limit = 100, n = 0;
	char *text = NULL;
	size_t size;
	FILE *f = file_in_memory(&text, &size);

	(void)str_u32(http_query(r, "limit"), ALERTS_KEPT, &limit);
	for (size_t i = 0; i < ALERTS_KEPT && n < limit; i++) {
		const struct alert_kept *k =
		    &w->kept[(w->ids - i) % ALERTS_KEPT];

		if (k->id)
			fprintf(f, "%c%s", n++ ? ',' : '[', k->text);
	}
	fputs(n ? "]" : "null", f);
	fclose(f);
	http_answer_take(r, MHD_HTTP_OK, "application/json; charset=utf-8",
	    &text, size);
}

static void say_deleted(struct http_request *r, size_t n)
{
	char text[24];
	json_t *o;

	snprintf(text, sizeof(text), "%zu", n);
	o = json_pack("{s:s}", "nbDeleted", text);
	http_json(r, MHD_HTTP_OK, &o);
}

/* An agent takes back what it told itself. */
void delete_alerts(struct http_request *r)
{
	struct watchers *w = r->desk->watchers;
	size_t n = 0;

	for (size_t i = 0; i < ALERTS_KEPT; i++) {
		struct alert_kept *k = &w->kept[i];

		if (!k->id || strcmp(k->machine, r->who.name) != 0)
			continue;
		free_ptr(&k->text);
		k->id = 0;
		n++;
	}
	say_deleted(r, n);
}

/* Of sensors' measures alone; the operator's and ours are not theirs. */
void delete_decisions(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	struct str ip = http_query(r, "ip"), range = http_query(r, "range"),
		   value = http_query(r, "value");
	struct str which = ip.n ? ip : range.n ? range : value;
	struct net n;
	size_t taken = 0;

	if (!net_parse(which, true, &n)) {
		http_message(r, MHD_HTTP_BAD_REQUEST,
		    "say of which ip, range or value");
		return;
	}
	n = net_of(n.addr, n.bits);
	for (size_t i = 0; i < t->used; i++) {
		const struct held *h = table_at(t, i);

		if (!h || h->origin != ORIGIN_SENSOR ||
		    !(net_has(&n, &h->net.addr) || net_has(&h->net, &n.addr)))
			continue;
		tell(r, &h->net, 1, 0, "deleted", true);
		taken++;
	}
	say_deleted(r, taken);
}
