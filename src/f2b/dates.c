#include "f2b/dates_fast.h"

#include <stdio.h>

struct stamp {
	struct expr *expr;
	enum template_kind kind;
	bool bound;
	bool tokens;    /* it holds some */
	uint8_t number; /* the group that is an epoch */
	uint8_t group[sizeof(DATE_LETTERS) - 1];
};

struct dates {
	bool usual; /* the list begins as the default one */
	enum dates_bracket bracket;
	struct date_day day;
	size_t n;
	struct stamp stamp[DATES_MAX];
};

struct making {
	struct dates *d;
	int32_t years_to;
	int error;
	char *why;
};

static int stamp_new(struct stamp *s, struct str pattern, int32_t years_to,
    char why[static PYTHON_WHY])
{
	static const char letters[] = DATE_LETTERS;
	struct template t;
	int e = -EINVAL;

	if (template_make(pattern, years_to, &t, why))
		e = expr_new(&s->expr, text_str(&t.regex), false, why);
	text_drop(&t.regex);
	if (e < 0)
		return e;
	s->kind = t.kind;
	s->bound = t.bound;
	s->number = (uint8_t)expr_group(s->expr, "epoch");
	for (size_t i = 0; i < sizeof(s->group); i++) {
		char name[2] = { letters[i], '\0' };

		s->group[i] = (uint8_t)expr_group(s->expr, name);
		s->tokens |= s->group[i] > 0;
	}
	return 0;
}

static void on_pattern(void *to, struct str pattern)
{
	struct making *m = to;

	if (m->error)
		return;
	if (m->d->n == DATES_MAX) {
		snprintf(m->why, PYTHON_WHY, "datepattern: over %d templates",
		    DATES_MAX);
		m->error = -EINVAL;
		return;
	}
	m->error =
	    stamp_new(&m->d->stamp[m->d->n++], pattern, m->years_to, m->why);
}

int dates_new(struct dates **ret, const char *pattern, int32_t years_to,
    char why[static PYTHON_WHY])
{
	struct making m = { mem_new(1, sizeof(*m.d)), years_to, 0, why };

	m.d->usual = template_usual(pattern);
	m.d->bracket = template_bracket(pattern);
	template_list(pattern, on_pattern, &m);
	if (m.error) {
		dates_free(&m.d);
		return m.error;
	}
	*ret = m.d;
	return 0;
}

void dates_free(struct dates **d)
{
	for (size_t i = 0; *d && i < (*d)->n; i++)
		expr_free(&(*d)->stamp[i].expr);
	free_ptr(d);
}

/* What the match says, before another uses the room. */
static void read_match(const struct stamp *s, const struct expr_room *room,
    struct str line, struct date_parts *parts, struct date_found *ret)
{
	struct str cut = expr_found(room, 1);

	if (!cut.p)
		cut = (struct str){ expr_found(room, 0).p, 0 };
	*ret = (struct date_found){ (size_t)(cut.p - line.p), cut.n };
	for (size_t i = 0; i < sizeof(s->group); i++)
		parts->v[i] = s->group[i] ? expr_found(room, s->group[i])
					  : (struct str){ 0 };
	parts->number = s->number ? expr_found(room, s->number) : cut;
}

static void read_time(const struct stamp *s, const struct date_parts *parts,
    const struct dates_clock *clock, struct date_found *ret)
{
	ret->empty = ret->n == 0;
	if (ret->empty)
		return;
	if (s->kind != TEMPLATE_TOKENS)
		ret->dated = date_of_number(s->kind, parts->number, &ret->utc);
	else if (s->tokens)
		ret->dated = date_of_parts(parts, clock, &ret->utc);
}

bool dates_find(struct dates *d, struct expr_room *room, struct str line,
    bool ascii, const struct dates_clock *clock, struct date_found *ret)
{
	size_t best = SIZE_MAX;
	const struct stamp *won = NULL;
	struct date_parts parts;

	if (d->usual && dates_fast(line, clock, &d->day, ret))
		return true;
	if (d->bracket && dates_bracket(d->bracket, line, &d->day, ret))
		return true;
	for (size_t i = 0; i < d->n; i++) {
		const struct stamp *s = &d->stamp[i];
		size_t at;

		if (expr_run(s->expr, room, line, ascii) != EXPR_HIT)
			continue;
		at = (size_t)(expr_found(room, 0).p - line.p);
		if (!s->bound && at >= best)
			continue;
		best = at;
		won = s;
		read_match(s, room, line, &parts, ret);
		if (s->bound)
			break;
	}
	if (!won)
		return false;
	read_time(won, &parts, clock, ret);
	return true;
}
