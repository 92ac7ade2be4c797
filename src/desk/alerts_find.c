#include <stdio.h>

#include "desk/watchers.h"

/*
 * Alerts as those who look at a CrowdSec server ask for them: what agents
 * reported, each with the measures that stand for it; and what stands for
 * other reasons, as if each measure were an alert of ours. So cscli and the
 * dashboards that are made for it show all that is shut out.
 */

#define OURS UINT64_C(1000000000) /* + a measure's id: such an alert's */
enum {
	FOUND_MOST = 5000,
	LIMIT_USUAL = 100
};

const struct held *alert_held(const struct table *t, const struct net *n)
{
	const struct held *h = table_get(t, n);

	return h && h->origin == ORIGIN_SENSOR && lapi_left(t, h) > 0 ? h
								      : NULL;
}

uint64_t alert_number(const struct http_request *r)
{
	const char *last = strrchr(r->path, '/');
	uint64_t n = 0;

	(void)(last && str_u64(str_of(last + 1), UINT64_MAX, &n));
	return n;
}

/* --- what is asked for --- */

/* Durations, "4h": as of now. */
static uint32_t ago(const struct http_request *r, const char *name)
{
	struct str s = http_query(r, name);
	uint32_t span = s.n ? go_duration(s.p) : 0;

	return span && span < r->desk->now ? r->desk->now - span : 0;
}

static struct str either(const struct http_request *r, const char *one,
    const char *other)
{
	struct str s = http_query(r, one);

	return s.n ? s : http_query(r, other);
}

bool alert_search_of(struct http_request *r, struct alert_search *s)
{
	uint32_t limit = LIMIT_USUAL;
	struct str active = http_query(r, "has_active_decision");

	*s = (struct alert_search){ .filter = lapi_filter_of(r) };
	if (!lapi_wanted_of(r, &s->wanted))
		return false;
	(void)str_u32(http_query(r, "limit"), FOUND_MOST, &limit);
	s->limit = limit ? limit : FOUND_MOST;
	s->filter.expands = false;
	s->filter.type = either(r, "type", "decision_type");
	s->filter.origins = either(r, "origin", "origins");
	s->scope = either(r, "scope", "scopes");
	if (!s->filter.scopes)
		s->source = s->wanted.value;
	s->scenario = http_query(r, "scenario");
	s->since = ago(r, "since");
	s->until = ago(r, "until");
	s->active = lapi_is_true(active) || s->filter.type.n;
	s->inactive = lapi_is_false(active);
	return true;
}

static bool in_time(const struct alert_search *s, uint32_t at)
{
	return at >= s->since && (!s->until || at <= s->until);
}

/* --- those that are kept --- */

static bool has_word(const json_t *o, const char *key, struct str word)
{
	const char *is = json_string_value(json_object_get(o, key));

	return is && str_eq_nocase(word, str_of(is));
}

static bool has_origin(const struct alert_search *s, const json_t *o)
{
	const json_t *first =
	    json_array_get(json_object_get(o, "decisions"), 0);
	const char *origin =
	    json_string_value(json_object_get(first, "origin"));

	return lapi_lists(s->filter.origins, origin ? origin : "crowdsec") ||
	       lapi_lists(s->filter.origins, origin_name(ORIGIN_SENSOR));
}

static bool is_in_scope(const struct alert_search *s, const struct net *n)
{
	uint8_t scope = n->bits == addr_bits(&n->addr) ? SCOPE_IP : SCOPE_RANGE;

	return s->filter.scopes & scope ||
	       (scope == SCOPE_RANGE && s->filter.scopes & SCOPE_IP &&
		   n->addr.family == 6);
}

static bool has_net(const struct desk *d, const struct alert_search *s,
    const struct alert_kept *k)
{
	for (size_t i = 0; i < k->n_nets; i++) {
		const struct net *n = &k->nets[i];
		const struct held *h = alert_held(&d->table, n);

		if (s->filter.type.n &&
		    !(h && str_eq_nocase(s->filter.type, str_of(lapi_type(h)))))
			continue;
		if (is_in_scope(s, n) && lapi_is_wanted(&s->wanted, n))
			return true;
	}
	return false;
}

static bool stands_still(const struct desk *d, const struct alert_kept *k)
{
	for (size_t i = 0; i < k->n_nets; i++)
		if (alert_held(&d->table, &k->nets[i]))
			return true;
	return false;
}

static bool asks_for_all(const struct alert_search *s)
{
	return !s->wanted.net.addr.family && !s->wanted.value.n &&
	       !s->scope.n && !s->filter.type.n;
}

static bool parsed_fits(const struct alert_search *s, const json_t *o,
    bool net_fits)
{
	const json_t *source = json_object_get(o, "source");

	if (s->scenario.n && !has_word(o, "scenario", s->scenario))
		return false;
	if (s->filter.origins.n && !has_origin(s, o))
		return false;
	if (net_fits || asks_for_all(s))
		return true;
	return s->scope.n && has_word(source, "scope", s->scope) &&
	       (!s->wanted.value.n ||
		   has_word(source, "value", s->wanted.value));
}

bool alert_fits(const struct desk *d, const struct alert_search *s,
    const struct alert_kept *k)
{
	bool stands, fits;
	json_t *o;

	if (!k->id || !in_time(s, k->at))
		return false;
	stands = stands_still(d, k);
	if ((s->active && !stands) || (s->inactive && stands))
		return false;
	o = json_loads(k->text, 0, NULL);
	fits = o && parsed_fits(s, o, has_net(d, s, k));
	json_decref(o);
	return fits;
}

/* --- how they are told --- */

static json_t *net_json(const struct net *n)
{
	char text[NET_MAX];

	if (n->bits == addr_bits(&n->addr))
		(void)addr_print(&n->addr, text);
	else
		(void)net_print(n, text);
	return json_string(text);
}

static const char *scope_of(const struct net *n)
{
	return n->bits == addr_bits(&n->addr) ? "Ip" : "Range";
}

/* cscli falls over one without any of these. */
static json_t *decision_json(const struct table *t, const struct held *h,
    const struct net *as, const char *origin, const char *scenario)
{
	char duration[24];

	lapi_duration(duration, lapi_left(t, h));
	return json_pack("{s:s,s:I,s:s,s:s,s:s,s:b,s:s,s:o}", "duration",
	    duration, "id", (json_int_t)h->id, "origin", origin, "scenario",
	    scenario, "scope", scope_of(as), "simulated", 0, "type",
	    lapi_type(h), "value", net_json(as));
}

/* Added to `to`, as he who asks can take it. */
static void add_decisions(json_t *to, const struct table *t,
    const struct held *h, const struct lapi_filter *f, const char *origin,
    const char *scenario)
{
	struct net v[LAPI_VALUES] = { h->net };
	size_t n = MAX(lapi_values(f, h, v), 1);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(to,
		    decision_json(t, h, &v[i], origin, scenario));
}

static const struct lapi_filter anything = { .scopes = SCOPE_IP | SCOPE_RANGE };

/* What was posted may have any shape; its text is told, with what stands now
 * in place of what was asked for. */
static json_t *kept_json(const struct desk *d, const struct alert_kept *k,
    const struct lapi_filter *f)
{
	json_t *o = json_loads(k->text, 0, NULL), *now = json_array();
	const json_t *first =
	    json_array_get(json_object_get(o, "decisions"), 0);
	const char *origin =
		       json_string_value(json_object_get(first, "origin")),
		   *scenario =
		       json_string_value(json_object_get(first, "scenario"));

	if (!scenario)
		scenario = json_string_value(json_object_get(o, "scenario"));
	for (size_t i = 0; i < k->n_nets; i++) {
		const struct held *h = alert_held(&d->table, &k->nets[i]);

		if (h)
			add_decisions(now, &d->table, h, f,
			    origin ? origin : "crowdsec",
			    scenario ? scenario : "-");
	}
	json_object_set_new(o, "decisions", now);
	return o;
}

static json_t *ours_json(const struct table *t, const struct held *h,
    const struct lapi_filter *f)
{
	struct net v[LAPI_VALUES] = { h->net };
	const char *scope, *rule = table_rule(t, h);
	char origin[ORIGIN_MAX], at[WHEN_MAX], what[160];
	const char *from = table_origin(t, h, origin);
	json_t *decisions = json_array();

	(void)lapi_values(f, h, v);
	scope = scope_of(&v[0]);
	add_decisions(decisions, t, h, f, from, rule);
	when_show(h->at, at);
	snprintf(what, sizeof(what), "%s: %s", rule, from);
	return json_pack("{s:i,s:s,s:o,s:[],s:i,s:I,s:n,s:s,s:s,s:s,s:s,s:s,"
			 "s:s,s:b,s:{s:s,s:o,s:o},s:s,s:s}",
	    "capacity", 0, "created_at", at, "decisions", decisions, "events",
	    "events_count", (int)MIN(h->count, 1u << 30), "id",
	    (json_int_t)(OURS + h->id), "labels", "leakspeed", "0s",
	    "machine_id", "liptako", "message", what, "scenario", rule,
	    "scenario_hash", "", "scenario_version", "", "simulated", 0,
	    "source", "scope", scope, "value", net_json(&v[0]),
	    scope[0] == 'I' ? "ip" : "range", net_json(&v[0]), "start_at", at,
	    "stop_at", at);
}

/* --- searching --- */

static bool is_reported(const struct watchers *w, const struct held *h)
{
	if (h->origin != ORIGIN_SENSOR)
		return false;
	for (size_t i = 0; i < ALERTS_KEPT; i++)
		for (size_t k = 0; k < w->kept[i].n_nets; k++)
			if (!memcmp(&w->kept[i].nets[k], &h->net,
				sizeof(h->net)))
				return true;
	return false;
}

static int later_first(const void *a, const void *b)
{
	const struct held *const *x = a, *const *y = b;

	return (*x)->id < (*y)->id ? 1 : (*x)->id > (*y)->id ? -1 : 0;
}

static void add_ours(const struct desk *d, struct alert_search *s, json_t *to)
{
	const struct table *t = &d->table;
	struct lapi_found f;

	if (s->inactive)
		return;
	lapi_find(t, &s->wanted, &s->filter, &f);
	if (f.n)
		qsort(f.v, f.n, sizeof(*f.v), later_first);
	for (size_t i = 0; i < f.n && json_array_size(to) < s->limit; i++) {
		const struct held *h = f.v[i];

		if (in_time(s, h->at) && !is_reported(d->watchers, h) &&
		    (!s->scenario.n ||
			str_eq_nocase(s->scenario, str_of(table_rule(t, h)))))
			json_array_append_new(to, ours_json(t, h, &s->filter));
	}
	free(f.v);
}

void get_alerts(struct http_request *r)
{
	const struct watchers *w = r->desk->watchers;
	json_t *to = json_array();
	struct alert_search s;

	if (!alert_search_of(r, &s)) {
		json_decref(to);
		return;
	}
	for (size_t i = 0; i < ALERTS_KEPT && json_array_size(to) < s.limit;
	     i++) {
		const struct alert_kept *k =
		    &w->kept[(w->ids - i) % ALERTS_KEPT];

		if (alert_fits(r->desk, &s, k))
			json_array_append_new(to,
			    kept_json(r->desk, k, &s.filter));
	}
	add_ours(r->desk, &s, to);
	if (json_array_size(to) > 0) {
		http_json(r, MHD_HTTP_OK, &to);
		return;
	}
	json_decref(to);
	http_answer_static(r, MHD_HTTP_OK, "application/json; charset=utf-8",
	    STR("null"));
}

const struct held *alert_measure(const struct table *t, uint64_t id)
{
	for (size_t i = 0; i < t->used; i++) {
		const struct held *h = table_at(t, i);

		if (h && h->id == id && lapi_left(t, h) > 0)
			return h;
	}
	return NULL;
}

void get_alert(struct http_request *r)
{
	const struct watchers *w = r->desk->watchers;
	uint64_t id = alert_number(r);
	const struct alert_kept *k = &w->kept[id % ALERTS_KEPT];
	const struct held *h = NULL;
	json_t *o = NULL;

	if (id && k->id == id)
		o = kept_json(r->desk, k, &anything);
	else if (id > OURS)
		h = alert_measure(&r->desk->table, id - OURS);
	if (h)
		o = ours_json(&r->desk->table, h, &anything);
	if (o)
		http_json(r, MHD_HTTP_OK, &o);
	else
		http_message(r, MHD_HTTP_NOT_FOUND, "object not found");
}
