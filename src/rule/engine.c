#include "rule/engine.h"

#include "rule/needs.h"
#include "rule/template.h"

enum {
	CHEAP = 4,        /* so many variants of a template are */
	BEHIND_LEAST = 7, /* shorter ones would be looked for at each byte */
};

struct engine {
	struct pattern *pattern;
	struct template *template;
	struct regex *regex; /* NULL if the template is enough */
	struct str *needs, *behind;
	size_t n_needs, n_behind;
};

/* What PCRE2 refuses is refused, even if it would never be asked. */
static int make_regex(struct engine *g, char why[static WHY_MAX])
{
	const struct pattern *p = g->pattern;
	struct str source = { p->regex, p->n };

	if (template_is_whole(g->template))
		return regex_check(source, why);
	return regex_new(&g->regex, source, REGEX_WHOLE,
	    p->captures_ip && !template_pins_ip(g->template), why);
}

static bool is_dear(const struct engine *g)
{
	return g->regex || template_variants(g->template) > CHEAP;
}

static void keep_needs(struct engine *g)
{
	struct str list[NEEDS_MAX];
	bool dear = is_dear(g);

	g->n_needs = pattern_needs(g->pattern, list);
	g->needs = mem_dup(list, g->n_needs * sizeof(*list));
	g->n_behind = dear ? pattern_needs_behind(g->pattern, list) : 0;
	for (size_t i = 0; i < g->n_behind; i++) {
		if (list[i].n < BEHIND_LEAST)
			g->n_behind = 0;
	}
	g->behind = mem_dup(list, g->n_behind * sizeof(*list));
}

int engine_new(struct engine **ret, struct str text, char why[static WHY_MAX])
{
	struct engine *g = mem_new(1, sizeof(*g));
	int e = pattern_parse(&g->pattern, text, why);

	if (e == 0) {
		template_new(&g->template, g->pattern);
		e = make_regex(g, why);
	}
	if (e < 0) {
		engine_free(&g);
		return e;
	}
	pattern_forget_regex(g->pattern);
	keep_needs(g);
	*ret = g;
	return 0;
}

void engine_free(struct engine **ep)
{
	struct engine *g = *ep;

	if (!g)
		return;
	regex_free(&g->regex);
	template_free(&g->template);
	pattern_free(&g->pattern);
	free(g->needs);
	free(g->behind);
	free(g);
	*ep = NULL;
}

/* The address that a reading found; false if what it found is none. */
static bool address_of(const struct pattern *p, const struct captures *c,
    struct addr *ret)
{
	*ret = (struct addr){ 0 };
	for (size_t i = 0; p->captures_ip && i < p->n_fields; i++) {
		if (!c->field[i].p || strcmp(p->fields[i], "ip") != 0)
			continue;
		if (c->field[i].n < ADDRESS_MIN ||
		    !addr_parse(c->field[i], ret))
			return false;
		*ret = addr_fold(*ret);
		return true;
	}
	return true;
}

static enum reading second_reading(const struct engine *g,
    struct regex_room *room, struct str message, const struct addr *first)
{
	struct captures c;
	struct addr second;
	int rc =
	    regex_run(g->regex, true, room, message, &c, g->pattern->n_fields);

	if (rc != REGEX_HIT)
		return rc == REGEX_LIMIT ? READ_LIMIT : READ_NONE;
	if (!address_of(g->pattern, &c, &second) || !addr_eq(first, &second))
		return READ_AMBIGUOUS;
	return READ_HIT;
}

static enum reading read_by_regex(const struct engine *g,
    struct regex_room *room, struct str message, struct captures *ret,
    struct addr *who)
{
	int rc = regex_run(g->regex, false, room, message, ret,
	    g->pattern->n_fields);

	if (rc == REGEX_LIMIT)
		return READ_LIMIT;
	if (rc == REGEX_NONE || !address_of(g->pattern, ret, who))
		return READ_NONE;
	if (!regex_has_lazy(g->regex))
		return READ_HIT;
	return second_reading(g, room, message, who);
}

enum reading engine_read(const struct engine *g, struct regex_room *room,
    struct str message, struct captures *ret, struct addr *who)
{
	switch (template_run(g->template, message, ret, who)) {
	case TEMPLATE_NONE:
		return READ_NONE;
	case TEMPLATE_HIT:
		return READ_HIT;
	case TEMPLATE_AMBIGUOUS:
		return READ_AMBIGUOUS;
	case TEMPLATE_UNSURE:
		return read_by_regex(g, room, message, ret, who);
	}
	return READ_NONE;
}

const struct pattern *engine_pattern(const struct engine *g)
{
	return g->pattern;
}

size_t engine_leads(const struct engine *g, struct str to[LEADS_MAX])
{
	return template_leads(g->template, to);
}

size_t engine_needs(const struct engine *g, const struct str **ret)
{
	*ret = g->needs;
	return g->n_needs;
}

size_t engine_needs_behind(const struct engine *g, const struct str **ret)
{
	*ret = g->behind;
	return g->n_behind;
}

struct regex *engine_regex(const struct engine *g)
{
	return g->regex;
}
