#include "rule/request_state.h"

#include <stdio.h>

void requests_new(struct requests **ret, struct regex_room *room)
{
	struct requests *q = mem_new(1, sizeof(*q));

	q->room = room;
	q->terms_by = mem_new(TERMS_HASHED, sizeof(*q->terms_by));
	for (size_t i = 0; i < TEXTS; i++)
		literals_new(&q->texts[i], true);
	memo_new(&q->agents, AGENT_SETS);
	memo_new(&q->referers, REFERER_SETS);
	memo_new(&q->hosts, HOST_SETS);
	verdicts_new(&q->seen);
	*ret = q;
}

void requests_free(struct requests **rp)
{
	struct requests *q = *rp;

	if (!q)
		return;
	for (size_t i = 0; i < q->n; i++)
		regex_free(&q->rules[i].confirm);
	for (size_t i = 0; i < q->n_terms; i++) {
		free(q->terms[i].text);
		free(q->terms[i].members);
	}
	for (size_t i = 0; i < TEXTS; i++)
		literals_free(&q->texts[i]);
	memo_free(&q->agents);
	memo_free(&q->referers);
	memo_free(&q->hosts);
	verdicts_free(&q->seen);
	free(q->rules);
	free(q->terms);
	free(q->terms_by);
	for (size_t i = 0; i < STATUS_END; i++)
		free(q->bare[i].rules);
	free(q->ready);
	free(q);
	*rp = NULL;
}

/* The texts are ours, so the hash needs no key. */
static size_t *hashed(struct requests *q, struct str s)
{
	uint32_t h = (uint32_t)s.n;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ ((uint8_t)s.p[i] | 32)) * UINT32_C(0x01000193);
	return &q->terms_by[(h ^ h >> 15) % TERMS_HASHED];
}

static struct term *term_for(struct requests *q, struct str s, unsigned texts,
    enum literal_where where)
{
	size_t *at = hashed(q, s);
	struct term *t;

	for (size_t i = *at; i; i = q->terms[i - 1].next) {
		t = &q->terms[i - 1];
		if (t->text_n == s.n && t->texts == texts &&
		    t->where == where &&
		    str_eq_nocase((struct str){ t->text, t->text_n }, s))
			return t;
	}
	if (q->n_terms == UINT16_MAX)
		die("more than %d literals in request:", UINT16_MAX);
	if ((q->n_terms & (q->n_terms - 1)) == 0)
		q->terms = mem_grow(q->terms, MAX(q->n_terms * 2, 1),
		    sizeof(*q->terms));
	t = &q->terms[q->n_terms++];
	*t = (struct term){ .text = str_dup(s),
		.text_n = s.n,
		.texts = texts,
		.where = where,
		.next = *at };
	*at = q->n_terms;
	return t;
}

/* As it stands, and as it is once decoded: '+' in a query is a blank. */
static void add_forms(struct literals *l, const struct term *t, uint16_t id)
{
	struct str s = str_of(t->text), plain = decode_dup(s);

	literals_add(l, s, t->where, id);
	/* "%2f" alone would become a slash, which is everywhere */
	if (plain.n >= 3 && !str_eq(s, plain))
		literals_add(l, plain, t->where, id);
	if (memchr(s.p, '+', s.n)) {
		char *z = str_dup(s);

		for (size_t i = 0; i < s.n; i++)
			z[i] = z[i] == '+' ? ' ' : z[i];
		literals_add(l, str_of(z), t->where, id);
		free(z);
	}
	free_ptr(&plain.p);
}

static void add_condition(struct requests *q, struct one *one,
    const struct strings *list, enum condition c, unsigned texts,
    enum literal_where where)
{
	if (!list->n)
		return;
	one->need |= (uint16_t)(1u << c);
	for (size_t i = 0; i < list->n; i++) {
		struct term *t;

		if (!list->v[i][0])
			continue;
		t = term_for(q, str_of(list->v[i]), texts, where);
		t->members =
		    mem_grow(t->members, t->n + 1, sizeof(*t->members));
		t->members[t->n++] =
		    (struct member){ (uint16_t)q->n, (uint16_t)c };
	}
}

static void add_conditions(struct requests *q, struct one *one)
{
	const struct request_rule *r = one->q;
	unsigned any = 1u << IN_TARGET | 1u << IN_AGENT | 1u << IN_HOST |
		       1u << IN_REFERER | 1u << IN_USER;

	add_condition(q, one, &r->path, COND_PATH, 1u << IN_TARGET,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->path_starts, COND_STARTS, 1u << IN_TARGET,
	    LITERAL_FIRST);
	add_condition(q, one, &r->path_ends, COND_ENDS, 1u << IN_TARGET,
	    LITERAL_TO);
	add_condition(q, one, &r->query, COND_QUERY, 1u << IN_TARGET,
	    LITERAL_BEYOND);
	add_condition(q, one, &r->agent, COND_AGENT, 1u << IN_AGENT,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->host, COND_HOST, 1u << IN_HOST,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->referer, COND_REFERER, 1u << IN_REFERER,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->raw, COND_RAW, 1u << IN_RAW,
	    LITERAL_ANYWHERE);
	add_condition(q, one, &r->any, COND_ANY, any, LITERAL_ANYWHERE);
}

static bool status_is(const char *z, unsigned status)
{
	if (status / 100 != (unsigned)(z[0] - '0'))
		return false;
	return z[1] == 'x' || status % 100 == (unsigned)(z[1] - '0') * 10 +
						  (unsigned)(z[2] - '0');
}

static void set_status(struct one *one)
{
	const struct strings *list = &one->q->status;

	for (unsigned s = 0; s < STATUS_END; s++) {
		bool yes = list->n == 0;

		for (size_t i = 0; !yes && i < list->n; i++)
			yes = status_is(list->v[i], s);
		if (yes)
			one->status[s / 64] |= UINT64_C(1) << (s % 64);
	}
}

/* False if the rules have too many different ones. */
static bool set_methods(struct requests *q, struct one *one)
{
	const struct strings *list = &one->q->method;

	one->methods = list->n ? 0 : UINT64_MAX;
	for (size_t i = 0; i < list->n; i++) {
		struct str s = str_of(list->v[i]);
		size_t at = method_of(q, s);

		if (at == METHODS_MAX)
			return false;
		if (at == q->n_methods)
			q->methods[q->n_methods++] = s;
		one->methods |= UINT64_C(1) << at;
	}
	return true;
}

static void add_bare(struct requests *q, const struct one *one)
{
	for (unsigned s = 0; s < STATUS_END; s++) {
		struct bare *b = &q->bare[s];

		if (!has_status(one, s))
			continue;
		b->rules = mem_grow(b->rules, b->n + 1, sizeof(*b->rules));
		b->rules[b->n++] = (uint16_t)q->n;
	}
}

int requests_add(struct requests *q, const struct rule *r, uint16_t number,
    char why[static WHY_MAX])
{
	struct one one = { .q = &r->request, .number = number };

	if (r->request.confirm) {
		int e = regex_new(&one.confirm, str_of(r->request.confirm),
		    REGEX_FOLDED, false, why);

		if (e < 0)
			return e;
	}
	if (!set_methods(q, &one)) {
		snprintf(why, WHY_MAX,
		    "more than %d different methods in all rules", METHODS_MAX);
		regex_free(&one.confirm);
		return -EINVAL;
	}
	add_conditions(q, &one);
	set_status(&one);
	if (!one.need)
		add_bare(q, &one);
	q->rules = mem_grow(q->rules, q->n + 1, sizeof(one));
	q->rules[q->n++] = one;
	return 0;
}

void requests_ready(struct requests *q)
{
	for (size_t i = 0; i < q->n_terms; i++) {
		for (size_t t = 0; t < TEXTS; t++) {
			if (!(q->terms[i].texts >> t & 1))
				continue;
			if (t == IN_TARGET)
				add_forms(q->texts[t], &q->terms[i],
				    (uint16_t)i);
			else /* not decoded, so neither are its literals */
				literals_add(q->texts[t],
				    str_of(q->terms[i].text), q->terms[i].where,
				    (uint16_t)i);
		}
	}
	free_ptr(&q->terms_by);
	for (size_t t = 0; t < TEXTS; t++)
		literals_ready(q->texts[t]);
	q->ready = mem_new(q->n, sizeof(*q->ready));
	q->is_ready = true;
}
