#include "law/allied_state.h"

/* Parties but the author whose word counts against it. */
static uint32_t others(const struct allied *a, const struct remembered *m,
    uint16_t author, bool full)
{
	uint32_t n = 0;

	for (size_t i = 0; i < WITNESSES; i++) {
		const struct witness *w = &m->witness[i];

		if (w->party == author)
			continue;
		n += full ? counts(a, w) && w->own_act &&
				!a->parties[w->party].probation
			  : supports(a, w);
	}
	return n;
}

static void conduct_end(struct allied *a, struct remembered *m)
{
	struct party *p = &a->parties[m->conduct_party];

	for (uint32_t i = 0; i < ALLIED_CONDUCTS; i++) {
		if (p->conducts[i] != m->conduct_until)
			continue;
		p->conducts[i] = 0;
		break;
	}
	p->changed = true;
	m->conduct_until = 0;
	changed(a, m);
}

bool conduct_holds(struct allied *a, struct remembered *m)
{
	uint16_t author = m->conduct_party;

	if (m->conduct_until <= a->now)
		return false;
	if (others(a, m, author, true) < 2)
		return true;
	conduct_end(a, m);
	allied_fault(a, author, CONDUCT_COSTS, a->now);
	return false;
}

static uint32_t *conduct_place(const struct allied *a, struct party *p)
{
	for (uint32_t i = 0; i < a->c.conducts; i++)
		if (p->conducts[i] <= a->now)
			return &p->conducts[i];
	return NULL;
}

enum allied_conduct allied_conduct(struct allied *a, uint16_t party,
    const struct net *net, uint32_t expires, uint32_t now)
{
	struct remembered *m = remember_find(a, net);
	uint32_t *place, until;

	a->now = MAX(a->now, now);
	until = MIN(later(a->now, a->c.conduct_term), expires);
	if (until <= a->now)
		return CONDUCT_OVER;
	if (!m || others(a, m, party, false) == 0)
		return CONDUCT_NO_NOTICE;
	if (m->conduct_at && later(m->conduct_at, a->c.conduct_again) > a->now)
		return CONDUCT_AGAIN;
	if (others(a, m, party, true) > 1)
		return CONDUCT_VOID;
	place = conduct_place(a, &a->parties[party]);
	if (!place)
		return CONDUCT_FULL;
	*place = until;
	a->parties[party].changed = true;
	m->conduct_party = party;
	m->conduct_until = until;
	m->conduct_at = a->now;
	if (m->until > a->now)
		closed_set(m, a->now, a->now, false);
	changed(a, m);
	return CONDUCT_GIVEN;
}

uint32_t allied_conduct_of(const struct allied *a, const struct net *net,
    uint32_t now, uint16_t *party)
{
	const struct remembered *m = remember_find(a, net);

	if (!m || m->conduct_until <= now)
		return 0;
	*party = m->conduct_party;
	return m->conduct_until;
}

const char *allied_conduct_why(enum allied_conduct c)
{
	switch (c) {
	case CONDUCT_GIVEN:
		return "what one party's word had closed is open";
	case CONDUCT_NO_NOTICE:
		return "no other party's notice stands against it";
	case CONDUCT_VOID:
		return "more than one party gave notice of it";
	case CONDUCT_AGAIN:
		return "it had a safe-conduct within the last 7 days";
	case CONDUCT_FULL:
		return "its author has as many in force as a party may";
	case CONDUCT_OVER:
		return "it is expired";
	}
	die("no such answer");
}
