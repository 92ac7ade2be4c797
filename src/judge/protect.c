#include "judge/protect.h"

void protect_free(struct protect *p)
{
	free(p->v);
	*p = (struct protect){ 0 };
}

static bool same(const struct guarded *a, const struct net *n, uint8_t cause)
{
	return a->cause == cause && memcmp(&a->net, n, sizeof(*n)) == 0;
}

bool protect_add(struct protect *p, const struct guarded *g)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!same(&p->v[i], &g->net, g->cause))
			continue;
		p->v[i] = *g;
		return true;
	}
	if (p->n >= PROTECT_MAX)
		return false;
	if ((p->n & (p->n - 1)) == 0)
		p->v = mem_grow(p->v, p->n ? p->n * 2 : 1, sizeof(*p->v));
	p->v[p->n++] = *g;
	return true;
}

void protect_drop(struct protect *p, const struct net *n, uint8_t cause)
{
	for (size_t i = 0; i < p->n; i++)
		if (same(&p->v[i], n, cause))
			p->v[i--] = p->v[--p->n];
}

void protect_forget_theirs(struct protect *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].ours)
			p->v[kept++] = p->v[i];
	p->n = kept;
}

static bool holds(const struct guarded *g, uint32_t now)
{
	return g->until == 0 || g->until > now;
}

/* A word of the operator stands last: an absolute shield says more. */
const struct guarded *protect_of(const struct protect *p,
    const struct addr *who, uint32_t now)
{
	const struct guarded *best = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct guarded *g = &p->v[i];

		if (!holds(g, now) || !net_has(&g->net, who))
			continue;
		if (!best || (best->ours && !g->ours))
			best = g;
	}
	return best;
}

const struct guarded *protect_within(const struct protect *p,
    const struct net *n, uint32_t now)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct guarded *g = &p->v[i];

		if (holds(g, now) &&
		    (net_has(n, &g->net.addr) || net_has(&g->net, &n->addr)))
			return g;
	}
	return NULL;
}
