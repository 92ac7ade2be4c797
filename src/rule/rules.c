#include "rule/load.h"

const char *kind_name(enum kind k)
{
	assert(k <= KIND_LOGIN);
	return kind_names[k];
}

const char *evidence_name(enum evidence e)
{
	assert(e <= EV_PACKET);
	return evidence_names[e];
}

const char *measure_name(enum measure m)
{
	assert(m <= MEASURE_DENY);
	return measure_names[m];
}

void rules_new(struct rules **ret)
{
	*ret = mem_new(1, sizeof(**ret));
}

static void strings_drop(struct strings *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	free(s->at);
	*s = (struct strings){ 0 };
}

static void jail_drop(struct jailed *j)
{
	struct strings *lists[] = { &j->failregex, &j->ignoreregex, &j->ignore,
		&j->ban, &j->unban };
	char *texts[] = { j->name, j->filter, j->usedns, j->prefregex,
		j->datepattern, j->encoding, j->zone, j->logtype, j->port,
		j->protocol, j->ignorecommand, j->cache_key };

	for (size_t i = 0; i < countof(lists); i++)
		strings_drop(lists[i]);
	for (size_t i = 0; i < countof(texts); i++)
		free(texts[i]);
}

static void jail_slim(struct jailed *j)
{
	strings_drop(&j->failregex);
	strings_drop(&j->ignoreregex);
	free_ptr(&j->prefregex);
	free_ptr(&j->datepattern);
}

void service_drop(struct service *s)
{
	struct strings *lists[] = { &s->programs, &s->units, &s->exes,
		&s->files, &s->containers, &s->ports, &s->learn };

	for (size_t i = 0; i < countof(lists); i++)
		strings_drop(lists[i]);
	if (s->jail)
		jail_drop(s->jail);
	free(s->jail);
	free(s->name);
	free(s->about);
	free(s->file);
	*s = (struct service){ 0 };
}

static void request_drop(struct request_rule *q)
{
	struct strings *lists[] = { &q->path, &q->path_starts, &q->path_ends,
		&q->query, &q->method, &q->status, &q->agent, &q->host,
		&q->referer, &q->raw, &q->any };

	for (size_t i = 0; i < countof(lists); i++)
		strings_drop(lists[i]);
	free(q->confirm);
}

static void example_drop(struct example *e)
{
	free(e->line);
	free(e->none);
	strings_drop(&e->keys);
	strings_drop(&e->values);
}

static void drop_examples(struct rule *r)
{
	for (size_t i = 0; i < r->n_examples; i++)
		example_drop(&r->examples[i]);
	free_ptr(&r->examples);
	r->n_examples = 0;
}

void rule_drop(struct rule *r)
{
	strings_drop(&r->match);
	strings_drop(&r->veto);
	strings_drop(&r->field_keys);
	strings_drop(&r->field_patterns);
	request_drop(&r->request);
	drop_examples(r);
	free(r->name);
	free(r->about);
	free(r->distinct);
	*r = (struct rule){ 0 };
}

bool service_is_behind(const struct service *s)
{
	return !(s->programs.n || s->units.n || s->exes.n || s->files.n ||
		 s->containers.n);
}

bool service_is_generic(const struct service *s)
{
	return strcmp(s->name, "generic") == 0;
}

static void rule_slim(struct rule *r, bool keep)
{
	drop_examples(r);
	free_ptr(&r->about);
	if (keep)
		return;
	strings_drop(&r->match);
	strings_drop(&r->veto);
	strings_drop(&r->field_keys);
	strings_drop(&r->field_patterns);
	request_drop(&r->request);
	r->request = (struct request_rule){ 0 };
}

void rules_slim(struct rules *r, const bool *keep)
{
	for (size_t i = 0; i < r->n_services; i++) {
		struct service *s = &r->services[i];

		free_ptr(&s->about);
		if (s->jail && !(keep && keep[i]))
			jail_slim(s->jail);
		if (!keep || (!keep[i] && !service_is_generic(s)))
			strings_drop(&s->learn);
	}
	for (size_t i = 0; i < r->n; i++) {
		size_t of = r->rules[i].service;

		rule_slim(&r->rules[i],
		    keep && (keep[of] || service_is_generic(&r->services[of])));
	}
}

void rules_free(struct rules **rp)
{
	struct rules *r = *rp;

	if (!r)
		return;
	for (size_t i = 0; i < r->n_services; i++)
		service_drop(&r->services[i]);
	for (size_t i = 0; i < r->n; i++)
		rule_drop(&r->rules[i]);
	free(r->services);
	free(r->rules);
	free(r);
	*rp = NULL;
}

/* How far a line is indented; *dash: an item of a list begins there. */
static size_t indent_of(struct str line, bool *dash)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	*dash = n + 1 < line.n && line.p[n] == '-' && line.p[n + 1] == ' ';
	return n;
}

size_t rules_without_examples(char *text, size_t n)
{
	struct str rest = { text, n }, line;
	size_t to = 0, indent = 0;
	bool within = false, dash;

	while (str_cut(&rest, '\n', &line)) {
		size_t at = indent_of(line, &dash);

		if (within && at < line.n && line.p[at] != '#' &&
		    (at < indent || (at == indent && !dash)))
			within = false;
		if (!within && str_eq(str_from(line, at), STR("examples:"))) {
			within = true;
			indent = at;
		}
		if (!within) {
			memmove(text + to, line.p, line.n);
			to += line.n;
		}
		text[to++] = '\n';
	}
	if (!within) {
		memmove(text + to, rest.p, rest.n);
		to += rest.n;
	}
	return to;
}
