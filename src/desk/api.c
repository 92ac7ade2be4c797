#include "desk/api.h"

#include <stdio.h>

#include "desk/ask.h"
#include "desk/events.h"
#include "desk/names.h"

#include "base/file.h"

#define JSON_TYPE "application/json; charset=utf-8"

/* A request of this name, with these of the visitor's parameters. */
static void ask_by_query(struct http_request *r, const char *what,
    const char *param)
{
	json_t *o = json_pack("{s:s}", "do", what);
	struct str v = param ? http_query(r, param) : (struct str){ 0 };

	if (param && v.p) {
		json_t *s = json_stringn(v.p, v.n);

		if (!s) { /* no UTF-8 */
			json_decref(o);
			http_fail(r, MHD_HTTP_BAD_REQUEST, "request",
			    "this is no text");
			return;
		}
		json_object_set_new(o, param, s);
	}
	ask_for(r, &o);
}

static void get_status(struct http_request *r)
{
	ask_by_query(r, "status", NULL);
}

static void get_doctor(struct http_request *r)
{
	ask_by_query(r, "doctor", NULL);
}

static void get_alliance(struct http_request *r)
{
	ask_by_query(r, "alliance", NULL);
}

/* With the text of each charter, which may be long. */
static void get_charter(struct http_request *r)
{
	json_t *o = json_pack("{s:s,s:i}", "do", "alliance", "flags", 1);

	ask_for(r, &o);
}

static void get_list(struct http_request *r)
{
	ask_by_query(r, "list", NULL);
}

static void get_sources(struct http_request *r)
{
	ask_by_query(r, "source-list", NULL);
}

static void get_why(struct http_request *r)
{
	ask_by_query(r, "why", "net");
}

static void get_why_not(struct http_request *r)
{
	ask_by_query(r, "why-not", "net");
}

/* back: how many seconds; limit: how many at most; net: of him alone. */
static void get_history(struct http_request *r)
{
	struct str net = http_query(r, "net");
	uint32_t back, limit;
	json_t *o = json_pack("{s:s}", "do", "history");

	if (str_u32(http_query(r, "back"), UINT32_MAX, &back) && back > 0)
		json_object_set_new(o, "term", json_integer(back));
	if (str_u32(http_query(r, "limit"), UINT32_MAX, &limit) && limit > 0)
		json_object_set_new(o, "limit", json_integer(limit));
	if (net.n)
		json_object_set_new(o, "net", json_stringn(net.p, net.n));
	ask_for(r, &o);
}

/* The body is the request without its name; judge checks every key. */
static void post_word(struct http_request *r, const char *what)
{
	json_t *o = r->body ? json_loadb(r->body, r->n_body,
				  JSON_REJECT_DUPLICATES, NULL)
			    : json_object();

	if (!json_is_object(o)) {
		json_decref(o);
		http_fail(r, MHD_HTTP_BAD_REQUEST, "request",
		    "the body is no JSON object");
		return;
	}
	json_object_set_new(o, "do", json_string(what));
	ask_for(r, &o);
}

static void post_deny(struct http_request *r)
{
	post_word(r, "deny");
}

static void post_pardon(struct http_request *r)
{
	post_word(r, "pardon");
}

static void post_allow(struct http_request *r)
{
	post_word(r, "allow");
}

static void nobody_waits(void *arg, struct str answer)
{
}

/* The desk itself is started anew by it: the answer goes out before. */
static void post_reload(struct http_request *r)
{
	json_t *o = json_pack("{s:b,s:s}", "ok", 1, "text", "it begins");

	if (!r->desk->conf->desk_acts)
		http_fail(r, MHD_HTTP_FORBIDDEN, "denied",
		    "the desk may only look");
	else if (!ask(r->desk->asks, &r->who, STR("{\"do\":\"reload\"}"), ASK_S,
		     nobody_waits, NULL))
		http_fail(r, MHD_HTTP_SERVICE_UNAVAILABLE, "away",
		    "the judge cannot be asked now");
	else {
		http_json(r, MHD_HTTP_ACCEPTED, &o);
		return;
	}
	json_decref(o);
}

/* Who am I here? What the console asks first. */
static void get_me(struct http_request *r)
{
	json_t *o = json_pack("{s:b,s:s,s:s,s:b}", "ok", 1, "name", r->who.name,
	    "role", key_kind_name((enum key_kind)r->who.kind), "acts",
	    r->who.kind == KEY_OPERATOR && r->desk->conf->desk_acts);

	http_json(r, MHD_HTTP_OK, &o);
}

enum {
	ROWS = 500,
	ROWS_MOST = 5000
};

static size_t number(const struct http_request *r, const char *name,
    size_t fallback, size_t most)
{
	struct str s = http_query(r, name);
	uint32_t n;

	return s.n && str_u32(s, (uint32_t)most, &n) ? n : fallback;
}

static void put_row(FILE *f, const struct table *t, const struct held *s)
{
	char net[NET_MAX];

	(void)net_print(&s->net, net);
	fprintf(f,
	    "{\"id\":%llu,\"net\":\"%s\",\"act\":\"%s\",\"ports\":\"%s\","
	    "\"origin\":\"%s\",\"by\":\"%s\",\"rule\":\"%s\",\"at\":%u,"
	    "\"until\":%u,\"count\":%u,\"repeats\":%u,\"witnesses\":%u,"
	    "\"proxied\":%s,\"refused\":%s}",
	    (unsigned long long)s->id, net, act_name(s->act), table_ports(t, s),
	    origin_name(s->origin), table_by(t, s), table_rule(t, s), s->at,
	    s->until, s->count, s->repeats, s->witnesses,
	    s->flags & STOOD_PROXIED ? "true" : "false",
	    s->flags & STOOD_REFUSED ? "true" : "false");
}

struct filter {
	struct str origin, rule;
	uint32_t family;
};

static bool passes(const struct filter *f, const struct table *t,
    const struct held *s)
{
	if (!table_is_of(t, s, f->origin))
		return false;
	if (f->family && f->family != s->net.addr.family)
		return false;
	return !f->rule.n || str_eq(f->rule, str_of(table_rule(t, s)));
}

/* A page of what stands, newest first: of those that pass, the newest `room`
 * are kept in a heap with the oldest of them on top. */
struct newest {
	const struct held **v;
	size_t n, room, found;
};

static void sink(struct newest *k, const struct held *s)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < k->n) {
		if (child + 1 < k->n && k->v[child + 1]->id < k->v[child]->id)
			child++;
		if (s->id <= k->v[child]->id)
			break;
		k->v[at] = k->v[child];
		at = child;
	}
	k->v[at] = s;
}

static void newest_add(struct newest *k, const struct held *s)
{
	size_t at = k->n;

	k->found++;
	if (k->n == k->room) {
		if (k->n && s->id > k->v[0]->id)
			sink(k, s);
		return;
	}
	k->n++;
	for (; at && k->v[(at - 1) / 2]->id > s->id; at = (at - 1) / 2)
		k->v[at] = k->v[(at - 1) / 2];
	k->v[at] = s;
}

static int newer_first(const void *a, const void *b)
{
	const struct held *const *x = a, *const *y = b;

	return (*x)->id < (*y)->id ? 1 : (*x)->id > (*y)->id ? -1 : 0;
}

static void put_page(FILE *f, const struct table *t, const struct held **page,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", f);
		put_row(f, t, page[i]);
	}
}

static void get_measures(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	size_t limit = number(r, "limit", ROWS, ROWS_MOST),
	       offset = number(r, "offset", 0, TABLE_MAX), size;
	struct filter filter = { http_query(r, "origin"), http_query(r, "rule"),
		(uint32_t)number(r, "family", 0, 6) };
	size_t room = MIN(t->n, offset + limit);
	auto_free const struct held **page = mem_new(room, sizeof(*page));
	struct newest k = { .v = page, .room = room };
	char *text = NULL;
	FILE *f = file_in_memory(&text, &size);

	for (size_t i = 0; i < t->used; i++) {
		const struct held *s = table_at(t, i);

		if (s && passes(&filter, t, s))
			newest_add(&k, s);
	}
	qsort(k.v, k.n, sizeof(*k.v), newer_first);
	fprintf(f,
	    "{\"ok\":true,\"now\":%u,\"total\":%zu,\"found\":%zu,"
	    "\"rows\":[",
	    r->desk->now, t->n, k.found);
	if (offset < k.n)
		put_page(f, t, k.v + offset, k.n - offset);
	fputs("]}", f);
	fclose(f);
	http_answer_take(r, MHD_HTTP_OK, JSON_TYPE, &text, size);
}

/* Up, and told by judge what stands. */
static void get_health(struct http_request *r)
{
	http_add(r, "Cache-Control", "no-cache");
	http_answer_static(r, MHD_HTTP_OK, JSON_TYPE,
	    STR("{\"status\":\"up\"}"));
}

#define P DOOR(DOOR_PEOPLE)

/* clang-format off */
const struct http_route api_routes[] = {
	{ "GET",  "/health",          DOOR_BOTH, AUTH_NONE, 0,     get_health },
	{ "GET",  "/api/v1/me",       P,         AUTH_LOOK, 0,     get_me },
	{ "GET",  "/api/v1/status",   P,         AUTH_LOOK, 0,     get_status },
	{ "GET",  "/api/v1/doctor",   P,         AUTH_LOOK, 0,     get_doctor },
	{ "GET",  "/api/v1/alliance", P,         AUTH_LOOK, 0,     get_alliance },
	{ "GET",  "/api/v1/charter",  P,         AUTH_LOOK, 0,     get_charter },
	{ "GET",  "/api/v1/kernel",   P,         AUTH_LOOK, 0,     get_list },
	{ "GET",  "/api/v1/measures", P,         AUTH_LOOK, 0,     get_measures },
	{ "GET",  "/api/v1/sources",  P,         AUTH_LOOK, 0,     get_sources },
	{ "GET",  "/api/v1/why",      P,         AUTH_LOOK, 0,     get_why },
	{ "GET",  "/api/v1/why-not",  P,         AUTH_LOOK, 0,     get_why_not },
	{ "GET",  "/api/v1/history",  P,         AUTH_LOOK, 0,     get_history },
	{ "GET",  "/api/v1/events",   P,         AUTH_LOOK, 0,     events_listen },
	{ "POST", "/api/v1/deny",     P,         AUTH_ACT,  4096,  post_deny },
	{ "POST", "/api/v1/pardon",   P,         AUTH_ACT,  4096,  post_pardon },
	{ "POST", "/api/v1/allow",    P,         AUTH_ACT,  4096,  post_allow },
	{ "POST", "/api/v1/reload",   P,         AUTH_ACT,  4096,  post_reload },
	{ 0 },
};
/* clang-format on */
