#include "rule/match.h"

#include <stdio.h>

#include "rule/engine.h"
#include "rule/learn.h"
#include "rule/request.h"

/* A pattern and where in its fields we find what a hit carries. */
struct reader {
	struct engine *engine;
	int user, port, id, distinct;
};

struct field_reader {
	struct reader reader;
	const char *keys; /* "a|b|c" */
};

struct compiled {
	const struct rule *rule;
	bool off;
	size_t n_match, n_veto, n_fields;
	struct reader *match, *veto;
	struct field_reader *fields;
};

struct service_in {
	size_t n_learn;
	struct reader *learn;
	bool is_generic;
	bool behind_any; /* no logs of its own: any web server's */
};

struct matcher {
	const struct rules *rules;
	struct compiled *compiled;   /* as rules->rules */
	struct service_in *services; /* as rules->services */
	struct regex_room *room;
	struct learn *learn;
	struct requests *requests;
	struct match_stats stats;
	uint32_t now; /* of the last line that had a time */
};

/* ---- compiling ------------------------------------------------------ */

struct maker {
	struct matcher *m;
	rule_fault_fn *fault;
	void *arg;
};

static int reader_new(struct reader *ret, const char *text,
    const char *distinct, char why[static WHY_MAX])
{
	const struct pattern *p;
	int e = engine_new(&ret->engine, str_of(text), why);

	if (e < 0)
		return e;
	p = engine_pattern(ret->engine);
	ret->user = pattern_field(p, STR("user"));
	ret->port = pattern_field(p, STR("port"));
	ret->id = pattern_field(p, STR("id"));
	ret->distinct =
	    distinct ? pattern_field(p, str_of(distinct)) : NO_FIELD;
	return 0;
}

static void say(const struct maker *k, const struct rule *r, unsigned at,
    const char *why)
{
	char what[WHY_MAX + 100];

	snprintf(what, sizeof(what), "%s: %s; the rule is off", r->name, why);
	k->fault(k->arg, k->m->rules->services[r->service].file, at, 0, what);
}

static bool make_readers(const struct maker *k, const struct rule *r,
    const struct strings *texts, struct reader **ret, size_t *n)
{
	char why[WHY_MAX];

	*ret = mem_new(texts->n, sizeof(**ret));
	for (size_t i = 0; i < texts->n; i++) {
		if (reader_new(&(*ret)[i], texts->v[i], r->distinct, why) < 0) {
			say(k, r, texts->at[i], why);
			return false;
		}
		(*n)++;
	}
	return true;
}

static bool make_fields(const struct maker *k, struct compiled *c)
{
	const struct rule *r = c->rule;
	char why[WHY_MAX];

	c->fields = mem_new(r->field_keys.n, sizeof(*c->fields));
	for (size_t i = 0; i < r->field_keys.n; i++) {
		c->fields[i].keys = r->field_keys.v[i];
		if (reader_new(&c->fields[i].reader, r->field_patterns.v[i],
			r->distinct, why) < 0) {
			say(k, r, r->field_patterns.at[i], why);
			return false;
		}
		c->n_fields++;
	}
	return true;
}

static bool make_rule(const struct maker *k, struct compiled *c,
    uint16_t number)
{
	const struct rule *r = c->rule;
	char why[WHY_MAX];

	if (!make_readers(k, r, &r->match, &c->match, &c->n_match) ||
	    !make_readers(k, r, &r->veto, &c->veto, &c->n_veto) ||
	    !make_fields(k, c))
		return false;
	if (!r->has_request)
		return true;
	if (requests_add(k->m->requests, r, number, why) < 0) {
		say(k, r, r->at, why);
		return false;
	}
	return true;
}

static bool has_logs(const struct service *s)
{
	return s->programs.n || s->units.n || s->exes.n || s->files.n ||
	       s->containers.n;
}

static void make_service(const struct maker *k, struct service_in *to,
    const struct service *s)
{
	char why[WHY_MAX], what[WHY_MAX + 100];

	to->is_generic = strcmp(s->name, "generic") == 0;
	to->behind_any = to->is_generic || !has_logs(s);
	to->learn = mem_new(s->learn.n, sizeof(*to->learn));
	for (size_t i = 0; i < s->learn.n; i++) {
		if (reader_new(&to->learn[to->n_learn], s->learn.v[i], NULL,
			why) == 0) {
			to->n_learn++;
			continue;
		}
		snprintf(what, sizeof(what), "%s: learn: %s; left out", s->name,
		    why);
		k->fault(k->arg, s->file, s->learn.at[i], 0, what);
	}
}

int matcher_new(struct matcher **ret, const struct rules *r,
    rule_fault_fn *fault, void *arg)
{
	struct matcher *m = mem_new(1, sizeof(*m));
	struct maker k = { m, fault, arg };

	m->rules = r;
	m->stats.ambiguous_rule = m->stats.over_limit_rule = SIZE_MAX;
	regex_room_new(&m->room);
	learn_new(&m->learn);
	requests_new(&m->requests, m->room);
	m->services = mem_new(r->n_services, sizeof(*m->services));
	for (size_t i = 0; i < r->n_services; i++)
		make_service(&k, &m->services[i], &r->services[i]);
	m->compiled = mem_new(r->n, sizeof(*m->compiled));
	for (size_t i = 0; i < r->n; i++) {
		m->compiled[i].rule = &r->rules[i];
		m->compiled[i].off =
		    !make_rule(&k, &m->compiled[i], (uint16_t)i);
	}
	requests_ready(m->requests);
	*ret = m;
	return 0;
}

static void readers_free(struct reader *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		engine_free(&r[i].engine);
	free(r);
}

static void compiled_free(struct compiled *c)
{
	readers_free(c->match, c->n_match);
	readers_free(c->veto, c->n_veto);
	for (size_t i = 0; i < c->n_fields; i++)
		engine_free(&c->fields[i].reader.engine);
	free(c->fields);
}

void matcher_free(struct matcher **pp)
{
	struct matcher *m = *pp;

	if (!m)
		return;
	for (size_t i = 0; i < m->rules->n; i++)
		compiled_free(&m->compiled[i]);
	for (size_t i = 0; i < m->rules->n_services; i++)
		readers_free(m->services[i].learn, m->services[i].n_learn);
	requests_free(&m->requests);
	regex_room_free(&m->room);
	free(m->learn);
	free(m->services);
	free(m->compiled);
	free(m);
	*pp = NULL;
}

/* ---- one pattern on one message ------------------------------------- */

static struct str field(const struct captures *c, int i)
{
	return i == NO_FIELD ? (struct str){ 0 } : c->field[i];
}

static enum reading read_it(struct matcher *m, const struct reader *r,
    struct str msg, struct captures *c, struct addr *who, size_t rule)
{
	enum reading got = engine_read(r->engine, m->room, msg, c, who);

	if (got == READ_AMBIGUOUS) {
		m->stats.ambiguous++;
		m->stats.ambiguous_rule = rule;
	} else if (got == READ_LIMIT) {
		m->stats.over_limit++;
		m->stats.over_limit_rule = rule;
	}
	return got;
}

/* Adds what this pattern found to what is known of the hit. */
static void gather(struct hit *h, const struct reader *r,
    const struct captures *c, const struct addr *who)
{
	struct str user = field(c, r->user), port = field(c, r->port),
		   distinct = field(c, r->distinct);
	uint32_t v;

	if (who->family)
		h->who = *who;
	if (user.p)
		h->user = user;
	if (distinct.p)
		h->distinct = distinct;
	if (port.p && str_u32(port, 65535, &v))
		h->port = (uint16_t)v;
}

/* The id that ties lines together: captured, or the process id. */
static struct str id_of(const struct reader *r, const struct captures *c,
    const struct record *rec, char buf[static 12])
{
	struct str id = field(c, r->id);

	if (id.p || !rec->pid)
		return id;
	return (struct str){ buf, (size_t)snprintf(buf, 12, "%u", rec->pid) };
}

static void learn_from(struct matcher *m, unsigned service,
    const struct record *rec, struct str msg)
{
	const struct service_in *s = &m->services[service];
	struct captures c;
	struct addr who;
	char buf[12];

	for (size_t i = 0; i < s->n_learn; i++) {
		struct str id;

		if (read_it(m, &s->learn[i], msg, &c, &who, SIZE_MAX) !=
			READ_HIT ||
		    !who.family)
			continue;
		id = id_of(&s->learn[i], &c, rec, buf);
		if (id.p)
			learn_put(m->learn, service, id, m->now, &who);
	}
}

static bool is_vetoed(struct matcher *m, const struct compiled *c,
    struct str msg, size_t rule)
{
	struct captures ignored;
	struct addr who;

	for (size_t i = 0; i < c->n_veto; i++) {
		if (read_it(m, &c->veto[i], msg, &ignored, &who, rule) !=
		    READ_NONE)
			return true;
	}
	return false;
}

/* One rule on one message; fields, if wanted, get the last reading. */
static bool try_rule(struct matcher *m, size_t number, const struct record *rec,
    struct str msg, struct hit *h, struct captures *fields)
{
	const struct compiled *c = &m->compiled[number];
	char buf[12];

	for (size_t i = 0; i < c->n_match; i++) {
		const struct reader *r = &c->match[i];
		struct addr who;

		if (read_it(m, r, msg, fields, &who, number) != READ_HIT)
			continue;
		if (is_vetoed(m, c, msg, number))
			return false;
		*h = (struct hit){ .rule = (uint16_t)number,
			.pattern = (uint16_t)i };
		gather(h, r, fields, &who);
		if (!who.family && m->services[c->rule->service].n_learn) {
			struct str id = id_of(r, fields, rec, buf);

			if (id.p)
				learn_get(m->learn, c->rule->service, id,
				    m->now, &h->who);
		}
		return true;
	}
	return false;
}

/* ---- which rules a record is for ------------------------------------ */

static bool program_is(const struct service *s, struct str program)
{
	for (size_t i = 0; i < s->programs.n; i++) {
		struct str p = str_of(s->programs.v[i]);

		if (p.n && p.p[p.n - 1] == '*' &&
		    str_starts(program, str_head(p, p.n - 1)))
			return true;
		if (str_eq(program, p))
			return true;
	}
	return false;
}

static bool is_claimed(const struct matcher *m, struct str program)
{
	for (size_t i = 0; i < m->rules->n_services; i++) {
		if (program_is(&m->rules->services[i], program))
			return true;
	}
	return false;
}

/* What forms a rule must name to be tried on this record; see match.h. */
static unsigned forms(const struct matcher *m, const struct record *rec,
    int service, size_t of)
{
	bool ours =
	    service < 0 || (size_t)service == of || m->services[of].is_generic;
	bool spoke = program_is(&m->rules->services[of], rec->program);

	switch (rec->kind) {
	case RECORD_SYSLOG:
		if (spoke && (ours || service < 0))
			return WHERE_SYSLOG;
		/* who has programs would have spoken under their names */
		if (m->rules->services[of].programs.n)
			return 0;
		if (service >= 0 && ours)
			return WHERE_PLAIN | WHERE_SYSLOG;
		if (service >= 0 || is_claimed(m, rec->program))
			return 0;
		return WHERE_PLAIN;
	case RECORD_ERROR:
		return ours || m->services[of].behind_any ? WHERE_ERROR : 0;
	case RECORD_PLAIN:
	case RECORD_FIELDS:
		if (!ours)
			return 0;
		return service >= 0 ? WHERE_PLAIN | WHERE_SYSLOG : WHERE_PLAIN;
	case RECORD_ACCESS:
		return 0;
	}
	return 0;
}

static size_t match_text(struct matcher *m, const struct record *rec,
    int service, struct hit *hits, size_t n)
{
	struct captures c;

	for (size_t i = 0; i < m->rules->n_services; i++) {
		if (m->services[i].n_learn && forms(m, rec, service, i))
			learn_from(m, (unsigned)i, rec, rec->msg);
	}
	for (size_t i = 0; i < m->rules->n && n < MATCH_HITS; i++) {
		const struct rule *r = m->compiled[i].rule;

		if (!m->compiled[i].off && r->match.n &&
		    (r->where & forms(m, rec, service, r->service)))
			n += try_rule(m, i, rec, rec->msg, &hits[n], &c);
	}
	return n;
}

/* ---- structured lines ----------------------------------------------- */

static const struct pair *pair_named(const struct record *rec, struct str key)
{
	for (size_t i = 0; i < rec->n_pairs; i++) {
		if (str_eq(rec->pairs[i].key, key))
			return &rec->pairs[i];
	}
	return NULL;
}

/* The first present of "a|b|c". */
static const struct pair *pair_of(const struct record *rec, const char *keys)
{
	struct str rest = str_of(keys), head;
	const struct pair *p = NULL;

	while (!p && str_cut(&rest, '|', &head))
		p = pair_named(rec, head);
	return p ? p : pair_named(rec, rest);
}

static bool try_fields(struct matcher *m, size_t number,
    const struct record *rec, struct hit *h)
{
	const struct compiled *c = &m->compiled[number];
	struct captures got;

	*h = (struct hit){ .rule = (uint16_t)number };
	for (size_t i = 0; i < c->n_fields; i++) {
		const struct pair *p = pair_of(rec, c->fields[i].keys);
		struct addr who;

		if (!p || read_it(m, &c->fields[i].reader, p->value, &got, &who,
			      number) != READ_HIT)
			return false;
		gather(h, &c->fields[i].reader, &got, &who);
	}
	return true;
}

static size_t match_structured(struct matcher *m, const struct record *rec,
    int service, struct hit *hits, size_t n)
{
	bool known =
	    service >= 0 || (rec->program.n && is_claimed(m, rec->program));

	for (size_t i = 0; i < m->rules->n && n < MATCH_HITS; i++) {
		const struct compiled *c = &m->compiled[i];
		unsigned s = c->rule->service;

		if (c->off || !c->n_fields)
			continue;
		if (known && (int)s != service && !m->services[s].is_generic &&
		    !program_is(&m->rules->services[s], rec->program))
			continue;
		n += try_fields(m, i, rec, &hits[n]);
	}
	return n;
}

/* ---- web requests --------------------------------------------------- */

/* What a request's distinct field is. */
static struct str request_field(const struct record *rec, struct str name)
{
	struct str target = rec->target, path = target;

	if (str_eq(name, STR("path"))) {
		str_cut(&target, '?', &path);
		return path;
	}
	if (str_eq(name, STR("user")))
		return rec->user;
	if (str_eq(name, STR("agent")))
		return rec->agent;
	if (str_eq(name, STR("host")))
		return rec->vhost;
	return (struct str){ 0 };
}

static size_t match_request(struct matcher *m, const struct record *rec,
    int service, struct hit *hits, size_t n)
{
	uint16_t found[MATCH_HITS];
	struct addr who;
	size_t got;

	if (!addr_parse(rec->client, &who))
		return n;
	who = addr_fold(who);
	got = requests_match(m->requests, rec, found, MATCH_HITS,
	    &m->stats.over_limit);
	for (size_t i = 0; i < got && n < MATCH_HITS; i++) {
		const struct rule *r = &m->rules->rules[found[i]];

		if (service >= 0 && r->service != service &&
		    !m->services[r->service].behind_any)
			continue;
		hits[n++] = (struct hit){ .rule = found[i],
			.who = who,
			.user = rec->user,
			.distinct = r->distinct ? request_field(rec,
						      str_of(r->distinct))
						: (struct str){ 0 } };
	}
	m->stats.cut = requests_cut(m->requests);
	return n;
}

size_t match_record(struct matcher *m, const struct record *rec, int service,
    struct hit hits[static MATCH_HITS])
{
	size_t n = 0;

	m->stats.records++;
	if (rec->has_time)
		m->now = rec->at;
	if (rec->kind == RECORD_ACCESS || rec->is_request)
		n = match_request(m, rec, service, hits, n);
	if (rec->n_pairs)
		n = match_structured(m, rec, service, hits, n);
	if (rec->kind != RECORD_ACCESS)
		n = match_text(m, rec, service, hits, n);
	m->stats.hits += n;
	return n;
}

bool matcher_is_off(const struct matcher *m, size_t rule)
{
	return m->compiled[rule].off;
}

const struct match_stats *matcher_stats(const struct matcher *m)
{
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
	n = put(to, n, max, STR("path"), request_field(rec, STR("path")));
	n = put(to, n, max, STR("user"), rec->user);
	n = put(to, n, max, STR("agent"), rec->agent);
	n = put(to, n, max, STR("host"), rec->vhost);
	return put(to, n, max, STR("referer"), rec->referer);
}

size_t match_fields(struct matcher *m, const struct record *rec,
    const struct hit *h, struct pair *to, size_t max)
{
	const struct compiled *c = &m->compiled[h->rule];
	struct captures got;
	struct addr who;
	size_t n = 0;

	if (c->rule->has_request)
		return put_request(rec, to, max);
	if (c->n_match && engine_read(c->match[h->pattern].engine, m->room,
			      rec->msg, &got, &who) == READ_HIT)
		return put_captures(&c->match[h->pattern], &got, to, 0, max);
	for (size_t i = 0; i < c->n_fields; i++) {
		const struct reader *r = &c->fields[i].reader;
		const struct pair *p = pair_of(rec, c->fields[i].keys);

		if (p && engine_read(r->engine, m->room, p->value, &got,
			     &who) == READ_HIT)
			n = put_captures(r, &got, to, n, max);
	}
	return n;
}
