#include "rule/compiled.h"

#include <stdio.h>

#include "base/hash.h"

struct maker {
	struct compiled_rules *to;
	rule_fault_fn *fault;
	void *arg;
};

/* Many rules share a pattern, and services their rules. */
static int engine_for(struct compiled_rules *c, const char *text,
    const struct engine **ret, char why[static WHY_MAX])
{
	static const struct hash_key open; /* the texts are the operator's */
	struct named_engine new = { .text = text,
		.hash = hash_text(&open, str_of(text)) };
	int e;

	for (size_t i = 0; i < c->n_engines; i++) {
		if (c->engines[i].hash == new.hash &&
		    strcmp(c->engines[i].text, text) == 0) {
			*ret = c->engines[i].engine;
			return 0;
		}
	}
	e = engine_new(&new.engine, str_of(text), why);
	if (e < 0)
		return e;
	c->engines =
	    mem_grow(c->engines, c->n_engines + 1, sizeof(*c->engines));
	c->engines[c->n_engines++] = new;
	*ret = new.engine;
	return 0;
}

static int reader_new(struct compiled_rules *c, struct reader *ret,
    const char *text, const char *distinct, char why[static WHY_MAX])
{
	const struct pattern *p;
	int e = engine_for(c, text, &ret->engine, why);

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
		if (reader_new(k->to, &(*ret)[i], texts->v[i], r->distinct,
			why) < 0) {
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
		if (reader_new(k->to, &c->fields[i].reader,
			r->field_patterns.v[i], r->distinct, why) < 0) {
			compiled_say(k->to->rules, r, r->field_patterns.at[i],
			    why, k->fault, k->arg);
			return false;
		}
		c->n_fields++;
	}
	return true;
}

static void make_service(const struct maker *k, struct compiled_service *to,
    const struct service *s, bool active)
{
	char why[WHY_MAX], what[WHY_MAX + 100];

	to->service = s;
	to->is_generic = service_is_generic(s);
	to->behind_any = to->is_generic || service_is_behind(s);
	to->left_out = !active && !to->is_generic;
	if (to->left_out)
		return;
	to->learn = mem_new(s->learn.n, sizeof(*to->learn));
	for (size_t i = 0; i < s->learn.n; i++) {
		if (reader_new(k->to, &to->learn[to->n_learn], s->learn.v[i],
			NULL, why) == 0) {
			to->n_learn++;
			continue;
		}
		snprintf(what, sizeof(what), "%s: learn: %s; left out", s->name,
		    why);
		k->fault(k->arg, s->file, s->learn.at[i], 1, what);
	}
}

void compiled_new(struct compiled_rules **ret, const struct rules *r,
    const bool *active, rule_fault_fn *fault, void *arg)
{
	struct compiled_rules *c = mem_new(1, sizeof(*c));
	struct maker k = { c, fault, arg };

	c->rules = r;
	c->services = mem_new(r->n_services, sizeof(*c->services));
	for (size_t i = 0; i < r->n_services; i++)
		make_service(&k, &c->services[i], &r->services[i],
		    !active || active[i]);
	c->compiled = mem_new(r->n, sizeof(*c->compiled));
	for (size_t i = 0; i < r->n; i++) {
		struct compiled *one = &c->compiled[i];

		one->rule = &r->rules[i];
		one->off = c->services[one->rule->service].left_out ||
			   !make_readers(&k, one->rule, &one->rule->match,
			       &one->match, &one->n_match) ||
			   !make_readers(&k, one->rule, &one->rule->veto,
			       &one->veto, &one->n_veto) ||
			   !make_fields(&k, one);
	}
	*ret = c;
}

void compiled_free(struct compiled_rules **cp)
{
	struct compiled_rules *c = *cp;

	if (!c)
		return;
	for (size_t i = 0; i < c->rules->n; i++) {
		free(c->compiled[i].match);
		free(c->compiled[i].veto);
		free(c->compiled[i].fields);
	}
	for (size_t i = 0; i < c->rules->n_services; i++)
		free(c->services[i].learn);
	for (size_t i = 0; i < c->n_engines; i++)
		engine_free(&c->engines[i].engine);
	free(c->engines);
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
