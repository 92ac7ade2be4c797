#include "rule/match.h"

#include "rule/request.h"
#include "rule/route.h"
#include "rule/structured.h"

struct matcher {
	struct compiled_rules *c;
	struct routes *routes; /* NULL: no line has asked for them */
	struct structured *structured;
	struct requests *requests;
	struct reading_room room;
	struct match_stats stats;
	int lacks, lacks_behind; /* the first service left out, or -1 */
};

static enum request_distinct distinct_of(struct str name)
{
	static const struct {
		struct str name;
		enum request_distinct is;
	} names[] = { { { "path", 4 }, DISTINCT_PATH },
		{ { "folder", 6 }, DISTINCT_FOLDER },
		{ { "user", 4 }, DISTINCT_USER },
		{ { "agent", 5 }, DISTINCT_AGENT },
		{ { "host", 4 }, DISTINCT_HOST } };

	for (size_t i = 0; i < countof(names); i++) {
		if (str_eq(name, names[i].name))
			return names[i].is;
	}
	return DISTINCT_NOTHING;
}

static void add_request(struct matcher *m, size_t i, rule_fault_fn *fault,
    void *arg)
{
	struct compiled *one = &m->c->compiled[i];
	char why[WHY_MAX];

	if (one->off || !one->rule->has_request)
		return;
	one->distinct = distinct_of(str_of(one->rule->distinct));
	if (requests_add(m->requests, one->rule, (uint16_t)i, why) == 0)
		return;
	compiled_say(m->c->rules, one->rule, one->rule->at, why, fault, arg);
	one->off = true;
}

static void find_lacking(struct matcher *m)
{
	m->lacks = m->lacks_behind = -1;
	for (size_t i = m->c->rules->n_services; i-- > 0;) {
		if (!m->c->services[i].left_out)
			continue;
		m->lacks = (int)i;
		if (m->c->services[i].behind_any)
			m->lacks_behind = (int)i;
	}
}

int matcher_new(struct matcher **ret, const struct rules *r,
    rule_fault_fn *fault, void *arg)
{
	return matcher_new_of(ret, r, NULL, fault, arg);
}

static void matcher_make(struct matcher **ret, const struct rules *r,
    const bool *active, bool late, rule_fault_fn *fault, void *arg)
{
	struct matcher *m = mem_new(1, sizeof(*m));

	m->stats.ambiguous_rule = m->stats.over_limit_rule = SIZE_MAX;
	compiled_new(&m->c, r, active, late, fault, arg);
	find_lacking(m);
	m->room.c = m->c;
	m->room.stats = &m->stats;
	regex_room_new(&m->room.regex);
	learn_new(&m->room.learn);
	requests_new(&m->requests, m->room.regex);
	for (size_t i = 0; i < r->n; i++)
		add_request(m, i, fault, arg);
	if (!late)
		requests_ready(m->requests);
	structured_new(&m->structured, m->c);
	*ret = m;
}

int matcher_new_of(struct matcher **ret, const struct rules *r,
    const bool *active, rule_fault_fn *fault, void *arg)
{
	matcher_make(ret, r, active, false, fault, arg);
	matcher_quicken(*ret, NULL);
	return 0;
}

/* ---- what PCRE2 interprets ------------------------------------------- */

static size_t regexes(const struct matcher *m)
{
	return m->c->n_engines + requests_count(m->requests);
}

/* By number; many have none. */
static struct regex *regex_at(const struct matcher *m, size_t i)
{
	const struct engine *g;

	if (i >= m->c->n_engines)
		return requests_confirm(m->requests, i - m->c->n_engines);
	g = m->c->engines[i].engine;
	return g ? engine_regex(g) : NULL;
}

int matcher_new_slow(struct matcher **ret, const struct rules *r, bool late,
    rule_fault_fn *fault, void *arg)
{
	matcher_make(ret, r, NULL, late, fault, arg);
	for (size_t i = 0; i < regexes(*ret); i++) {
		struct regex *x = regex_at(*ret, i);

		/* those of requests are few, and asked at once if any is */
		if (x && (i >= (*ret)->c->n_engines || i >= MATCH_REGEXES))
			regex_quicken(x);
	}
	return 0;
}

void matcher_quicken(struct matcher *m, const struct match_used *which)
{
	for (size_t i = 0; i < regexes(m); i++) {
		struct regex *x;

		if (which && i < MATCH_REGEXES &&
		    !(which->bits[i / 8] >> (i % 8) & 1))
			continue;
		if (i < m->c->n_engines)
			(void)compiled_engine(m->c, i);
		x = regex_at(m, i);
		if (x)
			regex_quicken(x);
	}
}

uint64_t matcher_slow(const struct matcher *m)
{
	return regex_room_slow(m->room.regex);
}

void matcher_used(const struct matcher *m, struct match_used *ret)
{
	*ret = (struct match_used){ 0 };
	for (size_t i = 0; i < MIN(regexes(m), (size_t)MATCH_REGEXES); i++) {
		const struct regex *x = regex_at(m, i);

		if (x && regex_was_slow(x))
			ret->bits[i / 8] |= (uint8_t)(1u << (i % 8));
	}
}

void matcher_free(struct matcher **pp)
{
	struct matcher *m = *pp;

	if (!m)
		return;
	structured_free(&m->structured);
	routes_free(&m->routes);
	requests_free(&m->requests);
	regex_room_free(&m->room.regex);
	free(m->room.learn);
	compiled_free(&m->c);
	free(m);
	*pp = NULL;
}

static struct str path_of(const struct record *rec)
{
	struct str target = rec->target, path = target;

	str_cut(&target, '?', &path);
	return path;
}

/* /grafana/d/x -> /grafana: a product's pages are one. */
static struct str folder_of(const struct record *rec)
{
	struct str path = path_of(rec), rest = str_from(path, path.n > 0),
		   name = rest;

	str_cut(&rest, '/', &name);
	return str_head(path, name.n + (path.n > 0));
}

static struct str request_field(const struct record *rec,
    enum request_distinct what)
{
	switch (what) {
	case DISTINCT_NOTHING:
		return (struct str){ 0 };
	case DISTINCT_PATH:
		return path_of(rec);
	case DISTINCT_FOLDER:
		return folder_of(rec);
	case DISTINCT_USER:
		return rec->user;
	case DISTINCT_AGENT:
		return rec->agent;
	case DISTINCT_HOST:
		return rec->vhost;
	}
	return (struct str){ 0 };
}

static size_t request_match(struct matcher *m, struct record *rec, int service,
    struct hit *hits, size_t n)
{
	uint16_t found[MATCH_HITS];
	size_t got =
	    requests_match(m->requests, rec, found, &m->stats.over_limit);
	struct addr who;

	if (!got || !record_client(rec, &who))
		return n;
	/* who is there, too; but from rec he is read as he was written long
	 * ago, and from the stack only when it has reached the cache */
	for (size_t i = 0; i < got && n < MATCH_HITS; i++) {
		const struct compiled *c = &m->c->compiled[found[i]];

		if (service >= 0 && c->rule->service != service &&
		    !m->c->services[c->rule->service].behind_any)
			continue;
		hits[n++] = (struct hit){ .rule = found[i],
			.who = rec->peer,
			.user = rec->user,
			.distinct = request_field(rec, c->distinct) };
	}
	return n;
}

/* Logs of requests never do. */
static struct routes *routes_for(struct matcher *m)
{
	if (unlikely(!m->routes))
		routes_new(&m->routes, m->c);
	return m->routes;
}

size_t match_record(struct matcher *m, struct record *rec, int service,
    struct hit hits[static MATCH_HITS])
{
	struct group *g;
	size_t n = 0;

	m->stats.records++;
	if (rec->has_time)
		m->room.now = rec->at;
	if (rec->kind == RECORD_ACCESS || rec->is_request)
		n = request_match(m, rec, service, hits, n);
	if (rec->n_pairs)
		n = structured_match(m->structured, &m->room, rec, service,
		    routes_know(routes_for(m), rec->program), hits, n);
	g = rec->kind == RECORD_ACCESS ? NULL
				       : route_of(routes_for(m), rec, service);
	if (g)
		n = text_match(&m->room, g, rec, hits, n);
	m->stats.hits += n;
	return n;
}

size_t match_trial(struct matcher *m, struct record *rec, int service,
    struct hit hits[static MATCH_HITS])
{
	struct match_stats was = m->stats;
	uint32_t now = m->room.now;
	size_t n;

	m->room.trial = true;
	n = match_record(m, rec, service, hits);
	m->room.trial = false;
	m->room.now = now;
	m->stats = was;
	return n;
}

int matcher_lacks(const struct matcher *m, const struct record *rec,
    int service)
{
	if (m->lacks < 0)
		return -1;
	if (service < 0)
		return m->lacks;
	if (m->c->services[service].left_out)
		return service;
	return rec->kind == RECORD_ACCESS || rec->kind == RECORD_ERROR ||
		       rec->is_request
		   ? m->lacks_behind
		   : -1;
}

bool matcher_is_off(const struct matcher *m, size_t rule)
{
	return m->c->compiled[rule].off;
}

const struct match_stats *matcher_stats(struct matcher *m)
{
	m->stats.pcre = regex_room_runs(m->room.regex);
	m->stats.cut = requests_cut(m->requests);
	return &m->stats;
}

/* ---- for people ----------------------------------------------------- */

static size_t put(struct pair *to, size_t n, size_t max, struct str key,
    struct str value)
{
	if (n < max && value.p)
		to[n++] = (struct pair){ key, value };
	return n;
}

static size_t put_captures(const struct reader *r, const struct captures *c,
    struct pair *to, size_t n, size_t max)
{
	const struct pattern *p = engine_pattern(r->engine);

	for (size_t i = 0; i < p->n_fields; i++)
		n = put(to, n, max, str_of(p->fields[i]), c->field[i]);
	return n;
}

static size_t put_request(const struct record *rec, struct pair *to, size_t max)
{
	size_t n = put(to, 0, max, STR("ip"), rec->client);

	n = put(to, n, max, STR("method"), rec->method);
	n = put(to, n, max, STR("path"), path_of(rec));
	n = put(to, n, max, STR("user"), rec->user);
	n = put(to, n, max, STR("agent"), rec->agent);
	n = put(to, n, max, STR("host"), rec->vhost);
	return put(to, n, max, STR("referer"), rec->referer);
}

size_t match_fields(struct matcher *m, const struct record *rec,
    const struct hit *h, struct pair *to, size_t max)
{
	const struct compiled *c = &m->c->compiled[h->rule];
	struct captures got;
	struct addr who;
	size_t n = 0;

	if (c->rule->has_request)
		return put_request(rec, to, max);
	if (c->n_match && engine_read(c->match[h->pattern].engine,
			      m->room.regex, rec->msg, &got, &who) == READ_HIT)
		return put_captures(&c->match[h->pattern], &got, to, 0, max);
	for (size_t i = 0; i < c->n_fields; i++) {
		const struct reader *r = &c->fields[i].reader;
		struct str value = structured_value(rec, c->fields[i].keys);

		if (value.p && engine_read(r->engine, m->room.regex, value,
				   &got, &who) == READ_HIT)
			n = put_captures(r, &got, to, n, max);
	}
	return n;
}
