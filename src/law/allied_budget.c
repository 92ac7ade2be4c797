#include "law/allied_state.h"

static bool charges(const struct slot *s, const struct remembered *m)
{
	return s->subject == m->subject && s->family == m->family &&
	       s->bits == m->bits;
}

static uint32_t share(const struct allied *a, const struct party *p,
    uint32_t of)
{
	return p->probation ? of / 8 : of;
}

bool budget_has(const struct allied *a, uint16_t party,
    const struct remembered *m)
{
	const struct party *p = &a->parties[party];
	uint32_t used = 0, v6 = 0, in_48 = 0, in_32 = 0;
	uint32_t most = share(a, p, a->c.slots);

	for (uint32_t i = 0; i < a->c.slots; i++) {
		const struct slot *s = &p->slots[i];

		if (s->until <= a->now)
			continue;
		if (charges(s, m))
			return true;
		used++;
		if (s->family != 6)
			continue;
		v6++;
		in_48 += s->subject >> 16 == m->subject >> 16;
		in_32 += s->subject >> 32 == m->subject >> 32;
	}
	if (used >= most && !without(a, CLAUSE_SLOTS))
		return false;
	if (m->family != 6 || without(a, CLAUSE_SPREAD))
		return true;
	return v6 < most - most / 4 && in_48 < a->c.per_48 &&
	       in_32 < a->c.per_32;
}

uint32_t budget_until(const struct allied *a, uint16_t party,
    const struct remembered *m)
{
	const struct party *p = &a->parties[party];

	for (uint32_t i = 0; i < a->c.slots; i++) {
		if (p->slots[i].until > a->now && charges(&p->slots[i], m))
			return p->slots[i].until;
	}
	return 0;
}

void budget_charge(struct allied *a, uint16_t party, const struct remembered *m,
    uint32_t until)
{
	struct slot *free = NULL;

	a->parties[party].changed = true;
	for (uint32_t i = 0; i < a->c.slots; i++) {
		struct slot *s = &a->parties[party].slots[i];

		if (s->until <= a->now) {
			free = s;
		} else if (charges(s, m)) {
			s->until = MAX(s->until, until);
			return;
		}
	}
	assert(free || without(a, CLAUSE_SLOTS));
	if (free)
		*free = (struct slot){ m->subject, m->family, m->bits, until };
}

void budget_drop(struct allied *a, uint16_t party, const struct remembered *m)
{
	for (uint32_t i = 0; i < a->c.slots; i++) {
		struct slot *s = &a->parties[party].slots[i];

		if (charges(s, m))
			s->until = 0;
	}
}

bool budget_rate(struct allied *a, uint16_t party)
{
	struct party *p = &a->parties[party];
	uint32_t most = share(a, p, a->c.burst) * 1000;
	uint64_t got = (uint64_t)(a->now - p->tokens_at) *
		       share(a, p, a->c.per_minute) * 1000 / 60;

	if (without(a, CLAUSE_RATE))
		return true;
	if (got > 0) {
		p->tokens_ms = (uint32_t)MIN(p->tokens_ms + got, most);
		p->tokens_at = a->now;
	}
	p->tokens_ms = MIN(p->tokens_ms, most);
	if (p->tokens_ms < 1000)
		return false;
	p->tokens_ms -= 1000;
	p->changed = true;
	return true;
}

uint32_t allied_slots_used(const struct allied *a, uint16_t party, uint32_t now)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < a->c.slots; i++)
		n += a->parties[party].slots[i].until > now;
	return n;
}

/* A month without news halves the way back to the start. */
void credit_age(struct allied *a, struct party *p)
{
	while (a->now - p->credit_at >= CREDIT_HALVES) {
		int32_t off = (int32_t)p->credit - ALLIED_CREDIT_START;

		p->credit = (uint32_t)(ALLIED_CREDIT_START + off / 2);
		p->credit_at += CREDIT_HALVES;
		if (off == 0)
			p->credit_at = a->now;
	}
}

uint32_t allied_credit(struct allied *a, uint16_t party, uint32_t now)
{
	a->now = MAX(a->now, now);
	credit_age(a, &a->parties[party]);
	return a->parties[party].credit;
}

void allied_fault(struct allied *a, uint16_t party, uint32_t points,
    uint32_t now)
{
	struct party *p = &a->parties[party];

	allied_credit(a, party, now);
	if (p->lost_day != a->now / 86400) {
		p->lost_day = a->now / 86400;
		p->lost = 0;
	}
	points = MIN(points, CREDIT_DAY_MOST - p->lost);
	p->lost += points;
	p->changed = true;
	p->credit -= MIN(points, p->credit);
}

void allied_confirm(struct allied *a, const struct net *net, uint32_t now)
{
	struct remembered *m = remember_find(a, net);

	a->now = MAX(a->now, now);
	if (!m)
		return;
	m->own = a->now;
	changed(a, m);
	for (size_t i = 0; i < WITNESSES; i++) {
		struct witness *w = &m->witness[i];

		if (!w->used || w->pardoned || w->confirmed ||
		    later(w->at, a->c.witness_span) <= a->now)
			continue;
		w->confirmed = true;
		a->parties[w->party].changed = true;
		credit_age(a, &a->parties[w->party]);
		a->parties[w->party].credit =
		    MIN(a->parties[w->party].credit + 1, CREDIT_MOST);
	}
}
