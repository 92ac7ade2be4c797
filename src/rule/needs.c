#include "rule/needs.h"

/* What a set of literals is worth: its weakest member, less a little for each
 * more of them. */
struct needs {
	size_t n;
	unsigned worth;
	struct str list[NEEDS_MAX];
};

/* From ' ' to DEL. */
/* clang-format off */
const uint8_t bytes_usual[96] = {
	9, 3, 3, 1, 3, 6, 5, 3, 3, 3, 5, 5, 5, 8, 9, 9,
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 3, 3, 5, 3, 1,
	5, 9, 5, 6, 8, 9, 5, 6, 6, 9, 4, 4, 8, 6, 8, 9,
	6, 4, 8, 8, 8, 6, 4, 5, 4, 5, 4, 3, 3, 3, 3, 6,
	3, 9, 5, 6, 8, 9, 5, 6, 6, 9, 4, 4, 8, 6, 8, 9,
	6, 4, 8, 8, 8, 6, 4, 5, 4, 5, 4, 3, 3, 3, 3, 1,
};
/* clang-format on */

static unsigned worth(struct str s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n && i < 10; i++)
		sum += 11 - byte_usual(s.p[i]);
	return s.n < 3 ? 0 : sum;
}

static void take_none(struct needs *to)
{
	to->n = 0; /* the list is long and stays as it is */
	to->worth = 0;
}

static void take_literal(struct needs *to, const struct part *t)
{
	to->n = 1;
	to->list[0] = (struct str){ t->bytes, t->n };
	to->worth = worth(to->list[0]);
}

static void of_sequence(struct needs *to, const struct sequence *s,
    size_t from);

/* One set of each alternative; worthless if one has none, or too many. */
static void of_alternatives(struct needs *to, const struct sequence *s,
    size_t n)
{
	unsigned least = UINT32_MAX;

	take_none(to);
	for (size_t i = 0; i < n; i++) {
		struct needs one;

		of_sequence(&one, &s[i], 0);
		if (!one.worth || to->n + one.n > NEEDS_MAX) {
			take_none(to);
			return;
		}
		memcpy(to->list + to->n, one.list, one.n * sizeof(*one.list));
		to->n += one.n;
		least = MIN(least, one.worth);
	}
	to->worth = least > to->n + 1 ? least - (unsigned)to->n + 1 : 1;
}

static void of_sequence(struct needs *to, const struct sequence *s, size_t from)
{
	take_none(to);
	for (size_t i = from; i < s->n; i++) {
		const struct part *t = &s->parts[i];
		struct needs one;

		take_none(&one);
		if (t->kind == PART_LITERAL)
			take_literal(&one, t);
		else if (t->kind == PART_GROUP && !t->optional)
			of_alternatives(&one, t->alternatives,
			    t->n_alternatives);
		if (one.worth <= to->worth)
			continue;
		memcpy(to->list, one.list, one.n * sizeof(*one.list));
		to->n = one.n;
		to->worth = one.worth;
	}
}

size_t pattern_needs(const struct pattern *p, struct str to[NEEDS_MAX])
{
	struct needs all;

	of_alternatives(&all, p->alternatives, p->n_alternatives);
	memcpy(to, all.list, all.n * sizeof(*to));
	return all.worth ? all.n : 0;
}

static bool is_words(const struct part *t)
{
	if (t->kind != PART_GROUP)
		return t->kind == PART_LITERAL;
	for (size_t i = 0; i < t->n_alternatives; i++) {
		const struct sequence *s = &t->alternatives[i];

		for (size_t k = 0; k < s->n; k++) {
			if (!is_words(&s->parts[k]))
				return false;
		}
	}
	return true;
}

size_t pattern_needs_behind(const struct pattern *p, struct str to[NEEDS_MAX])
{
	const struct sequence *s = p->alternatives;
	struct needs all;
	size_t from = 0;

	if (p->n_alternatives != 1)
		return 0;
	while (from < s->n && is_words(&s->parts[from]))
		from++;
	of_sequence(&all, s, from);
	memcpy(to, all.list, all.n * sizeof(*to));
	return all.worth ? all.n : 0;
}
