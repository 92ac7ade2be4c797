#include "desk/lapi.h"

#include <stdio.h>

enum {
	FOR_EVER = 30 * 86400, /* s; told again each day */
	SHORTEST = 1           /* s: nothing is for ever to everybody */
};

bool lapi_lists(struct str list, const char *word)
{
	struct str one;
	bool more = true;

	if (list.n == 0)
		return true;
	while (more) {
		more = str_cut(&list, ',', &one);
		if (!more)
			one = list;
		if (str_eq_nocase(str_trim(one), str_of(word)))
			return true;
	}
	return false;
}

/* The names that CrowdSec has for such origins are understood, too. */
bool lapi_has_origin(struct str origins, const struct table *t,
    const struct held *s)
{
	static const char *const theirs[ORIGINS] = { "", "crowdsec", "cscli",
		"CAPI", "crowdsec" };

	return table_is_of(t, s, origins) ||
	       lapi_lists(origins, theirs[s->origin]);
}

static bool contains_nocase(struct str s, struct str what)
{
	for (size_t i = 0; i + what.n <= s.n; i++)
		if (str_eq_nocase(str_head(str_from(s, i), what.n), what))
			return true;
	return false;
}

static bool any_within(struct str list, struct str name)
{
	struct str one;
	bool more = true;

	while (more) {
		more = str_cut(&list, ',', &one);
		if (!more)
			one = list;
		if (one.n && contains_nocase(name, str_trim(one)))
			return true;
	}
	return false;
}

/* 0.0.25 and its successors strip the mask of a range in nftables. */
static bool cannot_do_ranges(const struct http_request *r)
{
	return r->who.flags & KEY_EXPANDS ||
	       (r->desk->conf->desk_expand &&
		   str_starts(http_header(r, "User-Agent"),
		       STR("crowdsec-firewall-bouncer/")));
}

struct lapi_filter lapi_filter_of(const struct http_request *r)
{
	struct lapi_filter f = { .origins = http_query(r, "origins"),
		.with = http_query(r, "scenarios_containing"),
		.without = http_query(r, "scenarios_not_containing"),
		.type = http_query(r, "type"),
		.expands = cannot_do_ranges(r) };
	struct str scopes = http_query(r, "scopes");

	if (scopes.n == 0)
		scopes = http_query(r, "scope");
	f.scopes = (uint8_t)((lapi_lists(scopes, "ip") ? SCOPE_IP : 0) |
			     (lapi_lists(scopes, "range") ? SCOPE_RANGE : 0));
	return f;
}

static void keep(char **at, struct str *s)
{
	if (s->n)
		memcpy(*at, s->p, s->n);
	s->p = *at;
	*at += s->n;
}

char *lapi_filter_own(struct lapi_filter *f)
{
	char *own, *at;

	own = at =
	    mem_new(f->origins.n + f->with.n + f->without.n + f->type.n + 1, 1);
	keep(&at, &f->origins);
	keep(&at, &f->with);
	keep(&at, &f->without);
	keep(&at, &f->type);
	return own;
}

const char *lapi_type(const struct held *s)
{
	return s->act == ACT_LIMIT ? "captcha" : "ban";
}

static struct net alone(struct addr a)
{
	return (struct net){ a, 128 };
}

size_t lapi_values(const struct lapi_filter *f, const struct held *s,
    struct net to[static LAPI_VALUES])
{
	bool is_ip = s->net.bits == addr_bits(&s->net.addr),
	     is_4 = s->net.addr.family == 4;
	size_t n = 0;

	if (f->scopes & (is_ip ? SCOPE_IP : SCOPE_RANGE) ||
	    (is_4 && f->expands && f->scopes & SCOPE_IP))
		to[n++] = s->net;
	if (is_ip || is_4 || !(f->scopes & SCOPE_IP) || (n && !f->expands))
		return n;
	if (f->visitor.family) {
		to[n++] = alone(f->visitor);
		return n;
	}
	for (size_t i = 0; i < s->hosts.n; i++)
		to[n++] = alone(hosts_at(&s->hosts, &s->net, i));
	return n;
}

bool lapi_passes(const struct lapi_filter *f, const struct table *t,
    const struct held *s)
{
	struct str rule = str_of(table_rule(t, s));
	struct net v[LAPI_VALUES];

	if (lapi_values(f, s, v) == 0)
		return false;
	if (f->type.n && !str_eq_nocase(f->type, str_of(lapi_type(s))))
		return false;
	if (!lapi_has_origin(f->origins, t, s))
		return false;
	if (f->with.n && !any_within(f->with, rule))
		return false;
	return !f->without.n || !any_within(f->without, rule);
}

uint32_t lapi_left(const struct table *t, const struct held *s)
{
	if (!s->until)
		return FOR_EVER;
	return s->until > t->now ? MIN(s->until - t->now, FOR_EVER) : 0;
}

/* Whole seconds, positive: one of them reads no decimals and takes what it
 * cannot read for "for ever"; others take 0 so. */
void lapi_duration(char to[24], uint32_t s)
{
	s = MAX(s, SHORTEST);
	if (s >= 3600)
		snprintf(to, 24, "%uh%um%us", s / 3600, s / 60 % 60, s % 60);
	else if (s >= 60)
		snprintf(to, 24, "%um%us", s / 60, s % 60);
	else
		snprintf(to, 24, "%us", s);
}

/* Every field is there in both lists: a missing one ends some bouncers. */
size_t lapi_decision(char *to, const struct table *t, const struct held *s,
    const struct net *value, bool gone)
{
	bool is_ip = value->bits == addr_bits(&value->addr);
	char text[NET_MAX], duration[24], origin[ORIGIN_MAX];
	int n;

	if (is_ip)
		(void)addr_print(&value->addr, text);
	else
		(void)net_print(value, text);
	lapi_duration(duration, gone ? SHORTEST : lapi_left(t, s));
	n = snprintf(to, DECISION_TEXT,
	    "{\"duration\":\"%s%s\",\"id\":%llu,\"origin\":\"%s\","
	    "\"scenario\":\"%s\",\"scope\":\"%s\",\"type\":\"%s\","
	    "\"value\":\"%s\"}",
	    gone ? "-" : "", duration, (unsigned long long)s->id,
	    table_origin(t, s, origin), table_rule(t, s),
	    is_ip ? "Ip" : "Range", lapi_type(s), text);
	assert(n > 0 && n < DECISION_TEXT);
	return (size_t)n;
}

/* --- what else they send --- */

/* "dropped" of {"remediation_components":[{"metrics":[{"items":[...]}]}]}:
 * free knowledge of what became of our word. */
static uint64_t dropped_of(const json_t *o)
{
	json_t *component =
		   json_array_get(json_object_get(o, "remediation_components"),
		       0),
	       *metrics = json_object_get(component, "metrics");
	uint64_t n = 0;
	size_t i, k;
	json_t *m, *item;

	json_array_foreach(metrics, i, m)
	{
		json_array_foreach(json_object_get(m, "items"), k, item)
		{
			const char *name = json_string_value(
				       json_object_get(item, "name")),
				   *unit = json_string_value(
				       json_object_get(item, "unit"));
			double v =
			    json_number_value(json_object_get(item, "value"));

			if (name && unit && v > 0 && v < 1e15 &&
			    !strcmp(name, "dropped") && !strcmp(unit, "packet"))
				n += (uint64_t)v;
		}
	}
	return n;
}

/* Lenient: their own manual sends what their schema refuses. */
static void post_metrics(struct http_request *r)
{
	json_t *o = json_loadb(r->body ? r->body : "", r->n_body, 0, NULL);

	if (!o) {
		http_message(r, MHD_HTTP_BAD_REQUEST, "this is no JSON");
		return;
	}
	if (r->who.kind == KEY_BOUNCER)
		bouncer_of(r)->dropped += dropped_of(o);
	json_decref(o);
	http_answer(r, MHD_HTTP_CREATED, NULL, (struct str){ 0 });
}

#define B DOOR(DOOR_BOUNCERS)

/* clang-format off */
const struct http_route lapi_routes[] = {
	{ "GET",  "/v1/decisions",        B, AUTH_BOUNCER, 0,       lapi_decisions },
	{ "GET",  "/v1/decisions/stream", B, AUTH_BOUNCER, 0,       lapi_stream },
	{ "POST", "/v1/usage-metrics",    B, AUTH_REPORTS, 1 << 20, post_metrics },
	{ 0 },
};
/* clang-format on */
