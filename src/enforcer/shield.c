#include "enforcer/shield.h"

void shield_free(struct shield *s)
{
	free_ptr(&s->v);
	*s = (struct shield){ 0 };
}

static int net_cmp(const struct net *a, const struct net *b)
{
	int d = memcmp(&a->addr, &b->addr, sizeof(a->addr));

	return d ? d : (int)a->bits - (int)b->bits;
}

/* The first word whose net is not before n. */
static size_t seat_of(const struct shield *s, const struct net *n)
{
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t mid = (from + to) / 2;

		if (net_cmp(&s->v[mid].net, n) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool is_at(const struct shield *s, size_t i, const struct net *n)
{
	return i < s->n && net_cmp(&s->v[i].net, n) == 0;
}

bool shield_has(const struct shield *s, const struct net *n)
{
	return is_at(s, seat_of(s, n), n);
}

static size_t budget(const struct shield_word *w)
{
	switch ((enum role)w->said) {
	case WARDEN:
		return SHIELD_WARDEN;
	case JUDGE:
		return w->cause == NEVER_OPERATOR ? SHIELD_OPERATOR
						  : SHIELD_JUDGE;
	case NAMER:
		return SHIELD_NAMER;
	case WHO:
		return SHIELD_WHO;
	case ENFORCER:
		return SHIELD_SELF;
	case READER:
	case SCRIBE:
	case HERALD:
	case NOTARY:
	case ENVOY:
	case POST:
	case DESK:
	case ANYONE:
		break;
	}
	return 0;
}

static bool has_budget(const struct shield *s, const struct shield_word *w)
{
	size_t used = 0;

	for (size_t i = 0; i < s->n; i++)
		used += s->v[i].said == w->said &&
			(s->v[i].cause == NEVER_OPERATOR) ==
			    (w->cause == NEVER_OPERATOR);
	return used < budget(w);
}

int shield_add(struct shield *s, const struct shield_word *w)
{
	size_t at = seat_of(s, &w->net), i;
	bool is_new = !is_at(s, at, &w->net);

	for (i = at; is_at(s, i, &w->net); i++)
		if (s->v[i].cause == w->cause && s->v[i].said == w->said) {
			s->v[i].until = w->until;
			s->v[i].ref = w->ref;
			s->v[i].marked = 1;
			return SHIELD_OK;
		}
	if (!has_budget(s, w))
		return SHIELD_E_FULL;
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->v = mem_grow(s->v, s->room, sizeof(*s->v));
	}
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
	s->v[at] = *w;
	s->v[at].marked = 1;
	s->n++;
	s->lengths[w->net.addr.family == 6][w->net.bits]++;
	return is_new ? SHIELD_E_NEW : SHIELD_OK;
}

static void take_out(struct shield *s, size_t i)
{
	s->lengths[s->v[i].net.addr.family == 6][s->v[i].net.bits]--;
	s->n--;
	memmove(s->v + i, s->v + i + 1, (s->n - i) * sizeof(*s->v));
}

bool shield_drop(struct shield *s, const struct net *n, uint8_t cause,
    enum role said)
{
	for (size_t i = seat_of(s, n); is_at(s, i, n); i++)
		if (s->v[i].said == said && s->v[i].cause == cause) {
			take_out(s, i);
			return true;
		}
	return false;
}

const struct shield_word *shield_over(const struct shield *s,
    const struct net *n)
{
	const uint32_t *lengths = s->lengths[n->addr.family == 6];
	size_t i;

	for (unsigned bits = 0; bits <= n->bits; bits++) {
		struct net wider;

		if (!lengths[bits])
			continue;
		wider = net_of(n->addr, (uint8_t)bits);
		i = seat_of(s, &wider);
		if (is_at(s, i, &wider))
			return &s->v[i];
	}
	/* what lies inside n stands right behind where n would */
	i = seat_of(s, n);
	return i < s->n && net_has(n, &s->v[i].net.addr) ? &s->v[i] : NULL;
}

void shield_unmark(struct shield *s, enum role said)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].said == said)
			s->v[i].marked = 0;
}

bool shield_take_unmarked(struct shield *s, enum role said,
    struct shield_word *ret)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].said == said && !s->v[i].marked) {
			*ret = s->v[i];
			take_out(s, i);
			return true;
		}
	return false;
}

bool shield_take_over(struct shield *s, uint32_t now, struct shield_word *ret)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].until && s->v[i].until <= now) {
			*ret = s->v[i];
			take_out(s, i);
			return true;
		}
	return false;
}
