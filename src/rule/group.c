#include "rule/group.h"

#include "rule/literals.h"
#include "rule/prefix.h"

enum {
	LEAD_LEAST = 3, /* shorter ones say too little */
	CANDIDATES_MAX = 60000,
};

void group_new(struct group **ret)
{
	struct group *g = mem_new(1, sizeof(*g));

	prefixes_new(&g->leads);
	literals_new(&g->needs, false);
	*ret = g;
}

void group_free(struct group **gp)
{
	struct group *g = *gp;

	if (!g)
		return;
	prefixes_free(&g->leads);
	literals_free(&g->needs);
	free(g->candidates);
	free(g->always);
	free(g->found);
	free(g);
	*gp = NULL;
}

static size_t shortest(const struct str *list, size_t n)
{
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < n; i++)
		least = MIN(least, list[i].n);
	return n ? least : 0;
}

void group_add(struct group *g, const struct candidate *c)
{
	struct str leads[LEADS_MAX];
	const struct str *needs;
	size_t n = engine_leads(c->reader->engine, leads),
	       least = shortest(leads, n),
	       n_needs = engine_needs(c->reader->engine, &needs);
	uint16_t id = (uint16_t)g->n;

	if (g->n == CANDIDATES_MAX)
		die("more than %d patterns together", CANDIDATES_MAX);
	if ((g->n & (g->n - 1)) == 0)
		g->candidates = mem_grow(g->candidates, MAX(g->n * 2, 1),
		    sizeof(*g->candidates));
	g->candidates[g->n++] = *c;
	if (least >= LEAD_LEAST || (least > 0 && !n_needs)) {
		for (size_t i = 0; i < n; i++)
			prefixes_add(g->leads, leads[i], id);
	} else if (n_needs) {
		for (size_t i = 0; i < n_needs; i++)
			literals_add(g->needs, needs[i], LITERAL_ANYWHERE, id);
	} else {
		g->always =
		    mem_grow(g->always, g->n_always + 1, sizeof(*g->always));
		g->always[g->n_always++] = id;
	}
}

void group_ready(struct group *g)
{
	prefixes_ready(g->leads);
	literals_ready(g->needs);
	g->has_needs = literals_count(g->needs);
	g->found = mem_new(g->n, sizeof(*g->found));
}

/* Few, and often in order already. */
static void put_in_order(uint16_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint16_t x = v[i];
		size_t k = i;

		for (; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

const uint16_t *group_find(struct group *g, struct str message, size_t *n)
{
	size_t n_leads, n_needs = 0;
	const uint16_t *leads = prefixes_find(g->leads, message, &n_leads),
		       *needs = NULL;

	if (g->has_needs)
		needs = literals_find(g->needs, message, 0, &n_needs);
	*n = n_leads + n_needs + g->n_always;
	if (*n == n_leads)
		return leads;
	if (n_leads)
		memcpy(g->found, leads, n_leads * sizeof(*leads));
	if (n_needs)
		memcpy(g->found + n_leads, needs, n_needs * sizeof(*needs));
	if (g->n_always)
		memcpy(g->found + n_leads + n_needs, g->always,
		    g->n_always * sizeof(*g->always));
	put_in_order(g->found, *n);
	return g->found;
}
