#include <stdio.h>
#include <strings.h>

#include "desk/watchers.h"

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

uint32_t go_duration(const char *z)
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

static struct net unit_of(const struct net *n)
{
	return n->bits == addr_bits(&n->addr) ? addr_unit(addr_fold(n->addr))
					      : net_of(n->addr, n->bits);
}

static void tell(struct http_request *r, const struct net *n, uint32_t count,
    uint32_t term, const char *scenario, uint8_t how)
{
	struct wire_sensed s = { .how = how,
		.at = r->desk->now,
		.count = count,
		.term = term };

	s.net = net_of(n->addr, n->bits);
	memcpy(s.sensor, r->who.name, sizeof(s.sensor));
	plain(scenario, s.scenario, sizeof(s.scenario));
	(void)sensed_say(r->desk, &s);
}

void alert_take_back(struct http_request *r, const struct net *n)
{
	tell(r, n, 1, 0, "deleted", SENSED_GONE);
}

/* Who asks for less than a ban is not given one. */
static uint8_t how_of(const json_t *decision)
{
	return strcasecmp(text_of(decision, "type"), "ban") == 0
		   ? SENSED_ATTACK
		   : SENSED_NUISANCE;
}

typedef void word_fn(void *arg, const struct net *n, const json_t *decision);

static bool is_tried_out(const json_t *o)
{
	return json_is_true(json_object_get(o, "simulated"));
}

/* What was decided already is told as such; else the source, unless it was
 * only tried out. decision NULL: its source. */
static void each_word(const json_t *o, word_fn *fn, void *arg)
{
	const json_t *source = json_object_get(o, "source"),
		     *all = json_object_get(o, "decisions"), *d;
	struct net n;
	size_t i;

	if (is_tried_out(o))
		return;
	json_array_foreach(all, i,
	    d) if (!is_tried_out(d) &&
		   net_of_value(text_of(d, "scope"), text_of(d, "value"), &n))
	    fn(arg, &n, d);
	if (json_array_size(all) == 0 &&
	    !json_is_false(json_object_get(o, "remediation")) &&
	    net_of_value(text_of(source, "scope"), text_of(source, "value"),
		&n))
		fn(arg, &n, NULL);
}

static void count_word(void *arg, const struct net *n, const json_t *decision)
{
	++*(size_t *)arg;
}

size_t alert_words(const json_t *o)
{
	size_t n = 0;

	each_word(o, count_word, &n);
	return n;
}

struct follow {
	struct http_request *r;
	const json_t *alert;
	struct alert_kept *k;
};

static void follow_word(void *arg, const struct net *n, const json_t *d)
{
	struct follow *f = arg;
	json_int_t count =
	    json_integer_value(json_object_get(f->alert, "events_count"));

	if (f->k->n_nets < ALERT_NETS) {
		f->k->nets =
		    mem_grow(f->k->nets, f->k->n_nets + 1, sizeof(*f->k->nets));
		f->k->nets[f->k->n_nets++] = unit_of(n);
	}
	if (d)
		tell(f->r, n, 1, go_duration(text_of(d, "duration")),
		    text_of(d, "scenario"), how_of(d));
	else
		tell(f->r, n, (uint32_t)CLAMP(count, 1, 1 << 30), 0,
		    text_of(f->alert, "scenario"), SENSED_ATTACK);
}

/* Shorter and shorter, until it is short enough to keep. */
static char *text_to_keep(json_t *o)
{
	static const char *const spare[] = { "", "events", "meta",
		"decisions" };
	char *text = NULL;

	for (size_t i = 0; i < countof(spare); i++) {
		free_ptr(&text);
		if (i > 0 && json_object_get(o, spare[i]))
			json_object_set_new(o, spare[i], json_array());
		text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
		if (text && strlen(text) <= ALERT_BYTES)
			return text;
	}
	free_ptr(&text);
	return NULL;
}

void alert_forget(struct alert_kept *k)
{
	free(k->text);
	free(k->nets);
	*k = (struct alert_kept){ 0 };
}

static void keep(struct http_request *r, json_t *o, struct alert_kept *k,
    uint64_t id)
{
	char when[WHEN_MAX];

	when_show(r->desk->now, when);
	json_object_set_new(o, "id", json_integer((json_int_t)id));
	json_object_set_new(o, "created_at", json_string(when));
	json_object_set_new(o, "machine_id", json_string(r->who.name));
	if (!json_object_get(o, "labels"))
		json_object_set_new(o, "labels", json_null());
	k->text = text_to_keep(o);
	k->at = r->desk->now;
	k->id = k->text ? id : 0;
	memcpy(k->machine, r->who.name, sizeof(k->machine));
}

uint64_t alert_take(struct http_request *r, json_t **o)
{
	struct watchers *w = r->desk->watchers;
	uint64_t id = ++w->ids;
	struct alert_kept *k = &w->kept[id % ALERTS_KEPT];
	struct follow f = { r, *o, k };

	w->alerts++;
	alert_forget(k);
	each_word(*o, follow_word, &f);
	keep(r, *o, k, id);
	json_decref(take(*o));
	return id;
}
