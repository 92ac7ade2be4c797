#include "rule/compiled.h"

#include <stdio.h>

#include "base/hash.h"

/* Many rules share a pattern, and services their rules. */
static struct named_engine *named(struct compiled_rules *c, const char *text)
{
	/* no secret: the texts are the operator's; of zero nothing would mix */
	static const struct hash_key open = { { UINT64_C(0x9e3779b97f4a7c15),
	    UINT64_C(0xd1b54a32d192ed03) } };
	struct named_engine new = { .text = text,
		.hash = hash_text(&open, str_of(text)) };

	for (size_t i = 0; i < c->n_engines; i++) {
		if (c->engines[i].hash == new.hash &&
		    strcmp(c->engines[i].text, text) == 0)
			return &c->engines[i];
	}
	if ((c->n_engines & (c->n_engines - 1)) == 0)
		c->engines = mem_grow(c->engines, MAX(c->n_engines * 2, 1),
		    sizeof(*c->engines));
	c->engines[c->n_engines] = new;
	return &c->engines[c->n_engines++];
}

static int engine_for(struct named_engine *n, char why[static WHY_MAX])
{
	return n->engine ? 0 : engine_new(&n->engine, str_of(n->text), why);
}

struct engine *compiled_engine(struct compiled_rules *c, size_t i)
{
	char why[WHY_MAX];

	return engine_for(&c->engines[i], why) == 0 ? c->engines[i].engine
						    : NULL;
}

static int reader_new(struct compiled_rules *c, struct reader *ret,
    const char *text, const char *distinct, char why[static WHY_MAX])
{
	struct named_engine *n = named(c, text);
	const struct pattern *p;
	int e = engine_for(n, why);

	if (e < 0)
		return e;
	ret->engine = n->engine;
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

static bool make_readers(struct compiled_rules *c, const struct rule *r,
    const struct strings *texts, struct reader **ret, size_t *n)
{
	char why[WHY_MAX];

	*ret = mem_new(texts->n, sizeof(**ret));
	for (size_t i = 0; i < texts->n; i++) {
		if (reader_new(c, &(*ret)[i], texts->v[i], r->distinct, why) <
		    0) {
			compiled_say(c->rules, r, texts->at[i], why, c->fault,
			    c->arg);
			return false;
		}
		(*n)++;
	}
	return true;
}

static bool make_fields(struct compiled_rules *all, struct compiled *c)
{
	const struct rule *r = c->rule;
	char why[WHY_MAX];

	c->fields = mem_new(r->field_keys.n, sizeof(*c->fields));
	for (size_t i = 0; i < r->field_keys.n; i++) {
		c->fields[i].keys = r->field_keys.v[i];
		if (reader_new(all, &c->fields[i].reader,
			r->field_patterns.v[i], r->distinct, why) < 0) {
			compiled_say(all->rules, r, r->field_patterns.at[i],
			    why, all->fault, all->arg);
			return false;
		}
		c->n_fields++;
	}
	return true;
}

void compiled_ready_learn(struct compiled_rules *c, size_t service)
{
	struct compiled_service *to = &c->services[service];
	const struct service *s = to->service;
	char why[WHY_MAX], what[WHY_MAX + 100];

	if (to->made || to->left_out)
		return;
	to->made = true;
	to->learn = mem_new(s->learn.n, sizeof(*to->learn));
	for (size_t i = 0; i < s->learn.n; i++) {
		if (reader_new(c, &to->learn[to->n_learn], s->learn.v[i], NULL,
			why) == 0) {
			to->n_learn++;
			continue;
		}
		snprintf(what, sizeof(what), "%s: learn: %s; left out", s->name,
		    why);
		c->fault(c->arg, s->file, s->learn.at[i], 1, what);
	}
}

bool compiled_ready(struct compiled_rules *c, size_t rule)
{
	struct compiled *one = &c->compiled[rule];

	if (one->off || one->made)
		return !one->off;
	one->made = true;
	one->off = !make_readers(c, one->rule, &one->rule->match, &one->match,
		       &one->n_match) ||
		   !make_readers(c, one->rule, &one->rule->veto, &one->veto,
		       &one->n_veto) ||
		   !make_fields(c, one);
	return !one->off;
}

/* So that a pattern has the same number whichever is made first. */
static void number_all(struct compiled_rules *c)
{
	for (size_t i = 0; i < c->rules->n_services; i++) {
		const struct strings *s = &c->rules->services[i].learn;

		for (size_t k = 0; k < s->n; k++)
			named(c, s->v[k]);
	}
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct rule *r = &c->rules->rules[i];
		const struct strings *lists[] = { &r->match, &r->veto,
			&r->field_patterns };

		for (size_t l = 0; l < countof(lists); l++) {
			for (size_t k = 0; k < lists[l]->n; k++)
				named(c, lists[l]->v[k]);
		}
	}
}

static void make_service(struct compiled_service *to, const struct service *s,
    bool active)
{
	to->service = s;
	to->is_generic = service_is_generic(s);
	to->behind_any = to->is_generic || service_is_behind(s);
	to->left_out = !active && !to->is_generic;
}

void compiled_new(struct compiled_rules **ret, const struct rules *r,
    const bool *active, bool late, rule_fault_fn *fault, void *arg)
{
	struct compiled_rules *c = mem_new(1, sizeof(*c));

	c->rules = r;
	c->fault = fault;
	c->arg = arg;
	c->services = mem_new(r->n_services, sizeof(*c->services));
	for (size_t i = 0; i < r->n_services; i++)
		make_service(&c->services[i], &r->services[i],
		    !active || active[i]);
	c->compiled = mem_new(r->n, sizeof(*c->compiled));
	for (size_t i = 0; i < r->n; i++) {
		c->compiled[i].rule = &r->rules[i];
		c->compiled[i].off = c->services[r->rules[i].service].left_out;
	}
	if (late)
		number_all(c);
	for (size_t i = 0; !late && i < r->n_services; i++)
		compiled_ready_learn(c, i);
	for (size_t i = 0; !late && i < r->n; i++)
		compiled_ready(c, i);
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
