#include <stdarg.h>
#include <stdio.h>

#include "base/nearest.h"
#include "conf/conf.h"

static bool names(const char *said, const struct rules *r,
    const struct rule *rule)
{
	struct str s = str_of(said);
	const char *service = r->services[rule->service].name;

	if (strcmp(said, rule->name) == 0)
		return true;
	return str_ends(s, STR("/*")) &&
	       str_eq(str_head(s, s.n - 2), str_of(service));
}

static void change(const struct conf_rule *o, struct rule *rule)
{
	if (o->count) {
		rule->count = o->count;
		rule->span = o->span;
	}
	if (o->slow_count) {
		rule->slow_count = o->slow_count;
		rule->slow_span = o->slow_span;
	}
	if (o->measure)
		rule->measure = (enum measure)(o->measure - 1);
	/* fail2ban's way knows neither of these */
	if (o->counting && !rule->slow_count && !rule->distinct)
		rule->counting = (enum counting)(o->counting - 1);
	if (o->off)
		rule->off = true;
}

static bool switch_service(const struct conf_service *s, struct rules *r)
{
	bool found = false;

	for (size_t i = 0; i < r->n_services; i++)
		found |= strcmp(r->services[i].name, s->name) == 0;
	for (size_t i = 0; i < r->n && !s->on; i++)
		if (!strcmp(r->services[r->rules[i].service].name, s->name))
			r->rules[i].off = true;
	return found;
}

static void missing(const char *file, unsigned line, const char *what,
    const char *name, const char *near, conf_fault_fn *fault, void *arg)
{
	char said[240], shown[80];

	str_show(str_of(name), shown, sizeof(shown));
	if (near)
		snprintf(said, sizeof(said),
		    "no %s is called \"%s\"; did you mean \"%.80s\"?", what,
		    shown, near);
	else
		snprintf(said, sizeof(said),
		    "no %s is called \"%s\": see `liptako rules`", what, shown);
	fault(arg, file, line, 1, said);
}

void conf_no_service(const struct rules *r, const char *file, unsigned line,
    const char *name, conf_fault_fn *fault, void *arg)
{
	struct nearest near = nearest_to(name);

	for (size_t i = 0; i < r->n_services; i++)
		nearest_try(&near, r->services[i].name);
	missing(file, line, "service", name, near.best, fault, arg);
}

static void no_rule(const struct rules *r, const char *file,
    const struct conf_rule *o, conf_fault_fn *fault, void *arg)
{
	struct nearest near = nearest_to(o->rule);

	for (size_t i = 0; i < r->n; i++)
		nearest_try(&near, r->rules[i].name);
	missing(file, o->line, "rule", o->rule, near.best, fault, arg);
}

int conf_apply(const struct conf *c, const char *file, struct rules *r,
    conf_fault_fn *fault, void *arg)
{
	int e = CONF_OK;

	for (size_t i = 0; i < c->n_services; i++)
		if (!switch_service(&c->services[i], r)) {
			conf_no_service(r, file, c->services[i].line,
			    c->services[i].name, fault, arg);
			e = CONF_E_FAULTS;
		}
	for (size_t i = 0; i < c->n_rules; i++) {
		bool found = false;

		for (size_t k = 0; k < r->n; k++)
			if (names(c->rules[i].rule, r, &r->rules[k])) {
				change(&c->rules[i], &r->rules[k]);
				found = true;
			}
		if (!found) {
			no_rule(r, file, &c->rules[i], fault, arg);
			e = CONF_E_FAULTS;
		}
	}
	return e;
}
