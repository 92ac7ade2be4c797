#include "rule/compiled.h"

#include <stdio.h>

struct maker {
	struct compiled_rules *to;
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

void compiled_say(const struct rules *r, const struct rule *rule, unsigned at,
    const char *why, rule_fault_fn *fault, void *arg)
{
	char what[WHY_MAX + 100];

	snprintf(what, sizeof(what), "%s: %s; the rule is off", rule->name,
	    why);
	fault(arg, r->services[rule->service].file, at, 1, what);
}

static bool make_readers(const struct maker *k, const struct rule *r,
    const struct strings *texts, struct reader **ret, size_t *n)
{
	char why[WHY_MAX];

	*ret = mem_new(texts->n, sizeof(**ret));
	for (size_t i = 0; i < texts->n; i++) {
		if (reader_new(&(*ret)[i], texts->v[i], r->distinct, why) < 0) {
			compiled_say(k->to->rules, r, texts->at[i], why,
			    k->fault, k->arg);
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
			compiled_say(k->to->rules, r, r->field_patterns.at[i],
			    why, k->fault, k->arg);
			return false;
		}
		c->n_fields++;
	}
	return true;
}

static bool has_logs(const struct service *s)
{
	return s->programs.n || s->units.n || s->exes.n || s->files.n ||
	       s->containers.n;
}

static void make_service(const struct maker *k, struct compiled_service *to,
    const struct service *s)
{
	char why[WHY_MAX], what[WHY_MAX + 100];

	to->service = s;
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
		k->fault(k->arg, s->file, s->learn.at[i], 1, what);
	}
}

void compiled_new(struct compiled_rules **ret, const struct rules *r,
    rule_fault_fn *fault, void *arg)
{
	struct compiled_rules *c = mem_new(1, sizeof(*c));
	struct maker k = { c, fault, arg };

	c->rules = r;
	c->services = mem_new(r->n_services, sizeof(*c->services));
	for (size_t i = 0; i < r->n_services; i++)
		make_service(&k, &c->services[i], &r->services[i]);
	c->compiled = mem_new(r->n, sizeof(*c->compiled));
	for (size_t i = 0; i < r->n; i++) {
		struct compiled *one = &c->compiled[i];

		one->rule = &r->rules[i];
		one->off = !make_readers(&k, one->rule, &one->rule->match,
			       &one->match, &one->n_match) ||
			   !make_readers(&k, one->rule, &one->rule->veto,
			       &one->veto, &one->n_veto) ||
			   !make_fields(&k, one);
	}
	*ret = c;
}

static void readers_free(struct reader *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		engine_free(&r[i].engine);
	free(r);
}

static void one_drop(struct compiled *c)
{
	readers_free(c->match, c->n_match);
	readers_free(c->veto, c->n_veto);
	for (size_t i = 0; i < c->n_fields; i++)
		engine_free(&c->fields[i].reader.engine);
	free(c->fields);
}

void compiled_free(struct compiled_rules **cp)
{
	struct compiled_rules *c = *cp;

	if (!c)
		return;
	for (size_t i = 0; i < c->rules->n; i++)
		one_drop(&c->compiled[i]);
	for (size_t i = 0; i < c->rules->n_services; i++)
		readers_free(c->services[i].learn, c->services[i].n_learn);
	free(c->services);
	free(c->compiled);
	free(c);
	*cp = NULL;
}

bool service_claims(const struct service *s, struct str program)
{
	for (size_t i = 0; program.p && i < s->programs.n; i++) {
		struct str p = str_of(s->programs.v[i]);

		if (p.n && p.p[p.n - 1] == '*' &&
		    str_starts(program, str_head(p, p.n - 1)))
			return true;
		if (str_eq(program, p))
			return true;
	}
	return false;
}
