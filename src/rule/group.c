#include "rule/group.h"

#include "rule/literals.h"
#include "rule/memo.h"
#include "rule/prefix.h"

enum {
	LEAD_LEAST = 3, /* shorter ones say too little */
	CANDIDATES_MAX = 30000,
	BARE_SETS = 256, /* of two: what comes again comes soon */
	BARE_LONGEST = 512,
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
	memo_free(&g->bare);
	free(g->candidates);
	free(g->always);
	free(g->found);
	free(g->met);
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

/* Literals have two numbers a candidate: of what it needs, and of what it
 * needs behind its leading words. */
static void add_needs(struct group *g, const struct str *needs, size_t n,
    uint16_t id, bool behind)
{
	for (size_t i = 0; i < n; i++)
		literals_add(g->needs, needs[i], LITERAL_ANYWHERE,
		    (uint16_t)(2 * id + behind));
}

static void add_leads(struct group *g, const struct str *leads, size_t n,
    uint16_t id)
{
	struct candidate *c = &g->candidates[id];
	const struct str *behind;
	size_t n_behind = engine_needs_behind(c->reader->engine, &behind);

	for (size_t i = 0; i < n; i++)
		prefixes_add(g->leads, leads[i], id);
	c->waits = n_behind;
	g->has_waiting |= c->waits;
	add_needs(g, behind, n_behind, id, true);
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
		add_leads(g, leads, n, id);
	} else if (n_needs) {
		add_needs(g, needs, n_needs, id, false);
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
	if (literals_look_everywhere(g->needs))
		memo_new(&g->bare, BARE_SETS);
	g->found = mem_new(g->n, sizeof(*g->found));
	g->met = mem_new(g->n, sizeof(*g->met));
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

/* Where each byte has to be looked at, a message that comes again and again,
 * as cron's do, is looked through once. */
static const uint16_t *literals_in(struct group *g, struct str message,
    size_t *n)
{
	const uint16_t *ids;
	uint64_t tag;

	if (!g->bare || message.n > BARE_LONGEST)
		return literals_find(g->needs, message, 0, n);
	switch (memo_get(g->bare, message, &tag)) {
	case MEMO_CLEAN:
		*n = 0;
		return NULL;
	case MEMO_DIRTY:
		return literals_find(g->needs, message, 0, n);
	case MEMO_NEW:
		break;
	}
	ids = literals_find(g->needs, message, 0, n);
	memo_put(g->bare, tag, *n);
	return ids;
}

/* Adds those that need a literal which is there; the others of them only
 * note it. */
static size_t find_needs(struct group *g, struct str message, size_t n)
{
	size_t n_ids;
	const uint16_t *ids = literals_in(g, message, &n_ids);

	if (++g->turn == 0) {
		memset(g->met, 0, g->n * sizeof(*g->met));
		g->turn = 1;
	}
	for (size_t i = 0; i < n_ids; i++) {
		if (ids[i] & 1)
			g->met[ids[i] / 2] = g->turn;
		else
			g->found[n++] = ids[i] / 2;
	}
	return n;
}

const uint16_t *group_find(struct group *g, struct str message, size_t *ret)
{
	size_t n_leads, n = 0, others;
	const uint16_t *leads = prefixes_find(g->leads, message, &n_leads);

	if (g->has_needs)
		n = find_needs(g, message, n);
	for (size_t i = 0; i < g->n_always; i++)
		g->found[n++] = g->always[i];
	others = n;
	if (!n && !(n_leads && g->has_waiting)) {
		*ret = n_leads;
		return leads;
	}
	for (size_t i = 0; i < n_leads; i++) {
		if (!g->candidates[leads[i]].waits ||
		    g->met[leads[i]] == g->turn)
			g->found[n++] = leads[i];
	}
	if (others)
		put_in_order(g->found, n);
	*ret = n;
	return g->found;
}
