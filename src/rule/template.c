#include "rule/template.h"

#include "rule/variant.h"

static bool pins_ip(const struct template *t)
{
	const struct variant *first = &t->variants[0];

	for (size_t i = 0; i < t->n; i++) {
		if (!variants_agree(first, &t->variants[i]))
			return false;
	}
	return t->n > 0;
}

static void drop_variants(struct template *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->variants[i].steps);
	for (size_t i = 0; i < t->n_steps; i++) {
		free_ptr(&t->steps[i]->bytes);
		free(t->steps[i]);
	}
	free_ptr(&t->variants);
	free_ptr(&t->steps);
	t->n = t->n_steps = 0;
}

void template_new(struct template **ret, const struct pattern *p)
{
	struct template *t = mem_new(1, sizeof(*t));

	t->captures_ip = p->captures_ip;
	t->n_fields = p->n_fields;
	*ret = t;
	if (!variants_new(t, p)) {
		drop_variants(t);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		variant_solve(&t->variants[i]);
		t->n_solved += t->variants[i].solved;
		if (i)
			variant_share(&t->variants[i], &t->variants[i - 1]);
	}
	for (size_t i = 0; i < t->n; i++) {
		for (size_t k = 0; k < t->n; k++) {
			if (variants_agree(&t->variants[i], &t->variants[k]))
				t->variants[i].same_ip |= 1u << k;
		}
	}
	t->pins_ip = pins_ip(t);
}

void template_free(struct template **tp)
{
	struct template *t = *tp;

	if (!t)
		return;
	drop_variants(t);
	free(t);
	*tp = NULL;
}

size_t template_variants(const struct template *t)
{
	return t->n;
}

bool template_is_whole(const struct template *t)
{
	return t->n > 0 && t->n_solved == t->n;
}

bool template_pins_ip(const struct template *t)
{
	return t->pins_ip;
}

size_t template_leads(const struct template *t, struct str to[LEADS_MAX])
{
	for (size_t i = 0; i < t->n; i++) {
		const struct variant *v = &t->variants[i];

		if (v->n == 0 || v->steps[0]->kind != STEP_LITERAL)
			return 0;
		to[i] = (struct str){ v->steps[0]->bytes, v->steps[0]->n };
	}
	return t->n;
}
