#include "rule/engine.h"

struct engine {
	struct pattern *pattern;
	struct regex *regex;
	struct str need;
};

/* The longest literal that stands outside of all groups. */
static struct str needed_literal(const struct pattern *p)
{
	const struct sequence *s = p->alternatives;
	struct str best = { "", 0 };

	if (p->n_alternatives != 1)
		return best;
	for (size_t i = 0; i < s->n; i++) {
		const struct part *t = &s->parts[i];

		if (t->kind == PART_LITERAL && t->n > best.n)
			best = (struct str){ t->bytes, t->n };
	}
	return best;
}

int engine_new(struct engine **ret, struct str text, char why[static WHY_MAX])
{
	struct engine *g = mem_new(1, sizeof(*g));
	int e = pattern_parse(&g->pattern, text, why);

	if (e == 0)
		e = regex_new(&g->regex,
		    (struct str){ g->pattern->regex, g->pattern->n },
		    REGEX_WHOLE, g->pattern->captures_ip, why);
	if (e < 0) {
		engine_free(&g);
		return e;
	}
	g->need = needed_literal(g->pattern);
	*ret = g;
	return 0;
}

void engine_free(struct engine **ep)
{
	struct engine *g = *ep;

	if (!g)
		return;
	regex_free(&g->regex);
	pattern_free(&g->pattern);
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
		if (!addr_parse(c->field[i], ret))
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

enum reading engine_read(const struct engine *g, struct regex_room *room,
    struct str message, struct captures *ret, struct addr *who)
{
	int rc;

	if (str_find(message, g->need) == SIZE_MAX)
		return READ_NONE;
	rc = regex_run(g->regex, false, room, message, ret,
	    g->pattern->n_fields);
	if (rc == REGEX_LIMIT)
		return READ_LIMIT;
	if (rc == REGEX_NONE || !address_of(g->pattern, ret, who))
		return READ_NONE;
	if (!regex_has_lazy(g->regex))
		return READ_HIT;
	return second_reading(g, room, message, who);
}

const struct pattern *engine_pattern(const struct engine *g)
{
	return g->pattern;
}

struct str engine_need(const struct engine *g)
{
	return g->need;
}

bool engine_has_regex(const struct engine *g)
{
	return g->regex;
}
