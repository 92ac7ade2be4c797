#include "law/allied_state.h"

static uint64_t net_word(const struct net *n)
{
	return subject_word(&n->addr);
}

static uint32_t *bucket(const struct allied *a, uint64_t subject,
    uint8_t family, uint8_t bits)
{
	uint64_t h = hash_u64x2(&a->key, subject, (uint64_t)family << 8 | bits);

	return &a->buckets[h & a->mask];
}

static uint32_t find(const struct allied *a, uint64_t subject, uint8_t family,
    uint8_t bits)
{
	uint32_t i = *bucket(a, subject, family, bits);

	for (; i; i = a->memory[i].next) {
		const struct remembered *m = &a->memory[i];

		if (m->subject == subject && m->family == family &&
		    m->bits == bits)
			return i;
	}
	return 0;
}

struct remembered *remember_find(const struct allied *a, const struct net *n)
{
	uint32_t i = find(a, net_word(n), n->addr.family, n->bits);

	return i ? &a->memory[i] : NULL;
}

void remember_unlink(struct allied *a, uint32_t i)
{
	struct remembered *m = &a->memory[i];
	uint32_t *at = bucket(a, m->subject, m->family, m->bits);

	while (*at != i)
		at = &a->memory[*at].next;
	*at = m->next;
}

void remember_link(struct allied *a, uint32_t i)
{
	struct remembered *m = &a->memory[i];
	uint32_t *head = bucket(a, m->subject, m->family, m->bits);

	m->next = *head;
	*head = i;
}

void changed(struct allied *a, struct remembered *m)
{
	if (m->changed)
		return;
	m->changed = true;
	a->changed[a->n_changed++] = (uint32_t)(m - a->memory);
}

/* One seat of the table, whatever lies in it now. */
static void forget(struct allied *a, uint32_t i)
{
	struct remembered *m = &a->memory[i];
	bool was_changed = m->changed;

	remember_unlink(a, i);
	a->hidden -= (m->family & HIDDEN) != 0;
	memset(m, 0, sizeof(*m));
	m->changed = was_changed;
}

static uint64_t hidden_word(const struct allied *a, const struct net *n)
{
	return hash_u64x2(&a->key, ~net_word(n),
	    (uint64_t)n->addr.family << 8 | n->bits);
}

/* What parties pay for it goes with its name. */
static void rename_slots(struct allied *a, const struct remembered *was,
    const struct remembered *is)
{
	for (uint32_t p = 0; p < a->c.parties; p++) {
		for (uint32_t i = 0; i < a->c.slots; i++) {
			struct slot *s = &a->parties[p].slots[i];

			if (s->subject != was->subject ||
			    s->family != was->family || s->bits != was->bits)
				continue;
			s->subject = is->subject;
			s->family = is->family;
			a->parties[p].changed = true;
		}
	}
}

static void give_name(struct allied *a, uint32_t i, uint64_t subject,
    uint8_t family)
{
	struct remembered *m = &a->memory[i], was = *m;

	remember_unlink(a, i);
	m->subject = subject;
	m->family = family;
	remember_link(a, i);
	rename_slots(a, &was, m);
	changed(a, m);
}

void remember_wake(struct allied *a, const struct net *n)
{
	uint32_t i;

	if (!a->hidden || find(a, net_word(n), n->addr.family, n->bits))
		return;
	i = find(a, hidden_word(a, n), n->addr.family | HIDDEN, n->bits);
	if (!i)
		return;
	a->hidden--;
	give_name(a, i, net_word(n), n->addr.family);
}

void allied_forget(struct allied *a, const struct net *n, uint32_t now)
{
	uint32_t i = find(a, net_word(n), n->addr.family, n->bits);
	struct remembered *m = &a->memory[i];

	a->now = MAX(a->now, now);
	if (!i)
		return;
	if (m->until > a->now)
		closed_set(m, a->now, a->now, false);
	a->hidden++;
	give_name(a, i, hidden_word(a, n), n->addr.family | HIDDEN);
}

/* Nothing of it counts any more, neither as a witness nor as time. */
static bool is_over(const struct allied *a, const struct remembered *m)
{
	uint32_t keep = MAX(a->c.week_span, a->c.witness_span);

	return !m->used ||
	       (later(MAX(m->last, m->until), keep) <= a->now &&
		   (!m->conduct_at ||
		       later(m->conduct_at, a->c.conduct_again) <= a->now));
}

static struct remembered *fill(struct allied *a, uint32_t i,
    const struct net *n)
{
	struct remembered *m = &a->memory[i];

	if (m->used)
		forget(a, i);
	m->used = true;
	m->subject = net_word(n);
	m->family = n->addr.family;
	m->bits = n->bits;
	remember_link(a, i);
	changed(a, m);
	return m;
}

struct remembered *remember_take(struct allied *a, uint16_t party,
    const struct net *n)
{
	struct remembered *m = remember_find(a, n);
	struct party *p = &a->parties[party];
	uint32_t first = 1 + party * a->c.memory;

	for (uint32_t i = 0; !m && i < MIN(SHARE_TRIES, a->c.memory); i++) {
		uint32_t at = first + p->cursor;

		p->cursor = (p->cursor + 1) % a->c.memory;
		if (is_over(a, &a->memory[at]))
			m = fill(a, at, n);
	}
	return m;
}

uint32_t closed_since(const struct remembered *m, uint32_t from, uint32_t now,
    bool alone)
{
	uint32_t sum = 0;

	for (uint8_t i = 0; i < m->n_spans; i++) {
		uint32_t f = MAX(m->span[i].from, from);
		uint32_t u = MIN(m->span[i].until, now);

		if (u > f && (!alone || (m->alone >> i & 1)))
			sum += u - f;
	}
	return sum;
}

/* What is closed in the window that ends at e grows with e, so the latest
 * end that holds is found by halving. */
uint32_t closed_fit(const struct remembered *m, uint32_t now, uint32_t want,
    uint32_t most, uint32_t span, bool alone)
{
	uint32_t low = now, high = MIN(want, later(now, most));

	while (low < high) {
		uint32_t e = low + (high - low + 1) / 2;
		uint32_t from = e > span ? e - span : 0;

		if (closed_since(m, from, now, alone) + (e - now) <= most)
			low = e;
		else
			high = e - 1;
	}
	return low;
}

static void join_oldest(struct remembered *m)
{
	uint16_t first = (m->alone | m->alone >> 1) & 1;

	m->span[0].until = MAX(m->span[0].until, m->span[1].until);
	memmove(&m->span[1], &m->span[2], (SPANS - 2) * sizeof(m->span[0]));
	m->alone = (uint16_t)((m->alone >> 1 & ~1u) | first);
	m->n_spans--;
}

void closed_set(struct remembered *m, uint32_t now, uint32_t until, bool alone)
{
	struct span_closed *s = m->n_spans ? &m->span[m->n_spans - 1] : NULL;

	if (s && s->until > now) {
		s->until = now;
		if (s->from == now)
			m->n_spans--;
	}
	m->alone &= (uint16_t)((1u << m->n_spans) - 1);
	m->until = until > now ? until : 0;
	if (!m->until)
		return;
	s = m->n_spans ? &m->span[m->n_spans - 1] : NULL;
	if (s && s->until == now &&
	    (m->alone >> (m->n_spans - 1) & 1) == alone) {
		s->until = until;
		return;
	}
	if (m->n_spans == SPANS)
		join_oldest(m);
	m->span[m->n_spans] = (struct span_closed){ now, until };
	m->alone |= (uint16_t)(alone << m->n_spans);
	m->n_spans++;
}
