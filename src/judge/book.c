#include "judge/book.h"

#include "conf/pack.h"
#include "law/of_rule.h"

static void keep_jail(struct book_rule *r, const struct jailed *j)
{
	r->jail = str_dup(str_of(j->name));
	r->ignore = mem_new(j->ignore.n + 1, sizeof(*r->ignore));
	for (size_t i = 0; i < j->ignore.n; i++)
		r->n_ignore += net_parse(str_of(j->ignore.v[i]), true,
		    &r->ignore[r->n_ignore]);
}

static void keep(struct book *p, const struct rules *rules)
{
	p->n = MIN(rules->n, (size_t)UINT16_MAX);
	p->rules = mem_new(p->n + 1, sizeof(*p->rules));
	p->law = mem_new(p->n + 1, sizeof(*p->law));
	p->names = mem_new(p->n + 1, sizeof(*p->names));
	for (size_t i = 0; i < p->n; i++) {
		const struct rule *r = &rules->rules[i];

		p->rules[i].name = str_dup(str_of(r->name));
		p->rules[i].about = str_dup(str_of(r->about ? r->about : ""));
		if (rules->services[r->service].jail)
			keep_jail(&p->rules[i],
			    rules->services[r->service].jail);
		p->rules[i].ports = r->ports;
		p->rules[i].answer = r->answer;
		memcpy(p->rules[i].attack, r->attack, sizeof(r->attack));
		p->names[i] = p->rules[i].name;
		p->law[i] = law_rule_of(r);
	}
}

void book_load(struct book **ret, uint32_t generation, struct str files,
    const struct conf *c, rule_fault_fn *fault, void *arg)
{
	struct book *p = mem_new(1, sizeof(*p));
	struct str path, body;
	struct rules *rules;

	p->generation = generation;
	rules_new(&rules);
	while (pack_next(&files, &path, &body)) {
		auto_free char *name = str_dup(path);

		if (rules_load(rules, name, body, fault, arg) != RULES_OK)
			p->faults++;
	}
	if (c)
		(void)conf_apply(c, "liptako.yaml", rules, fault, arg);
	keep(p, rules);
	rules_free(&rules);
	*ret = p;
}

void book_free(struct book **pp)
{
	if (!*pp)
		return;
	for (size_t i = 0; i < (*pp)->n; i++) {
		free((*pp)->rules[i].name);
		free((*pp)->rules[i].about);
		free((*pp)->rules[i].jail);
		free((*pp)->rules[i].ignore);
	}
	free((*pp)->rules);
	free((*pp)->law);
	free((*pp)->names);
	free(*pp);
	*pp = NULL;
}

uint16_t book_find(const struct book *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(str_of(p->rules[i].name), name))
			return (uint16_t)i;
	return UINT16_MAX;
}

const char *book_name(const struct book *p, uint16_t rule)
{
	return rule < p->n ? p->rules[rule].name : "-";
}
