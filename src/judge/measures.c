#include "judge/measures.h"

enum {
	FIRST_ROOM = 64
};

void measures_new(struct measures *m)
{
	*m = (struct measures){ .key = hash_key_new(), .next_end = UINT32_MAX };
}

void measures_free(struct measures *m)
{
	free(m->v);
	free(m->index);
	*m = (struct measures){ 0 };
}

static size_t seat(const struct measures *m, const struct net *n)
{
	size_t at = hash_bytes(&m->key, n, sizeof(*n)) & m->mask;

	while (m->index[at] &&
	       memcmp(&m->v[m->index[at] - 1].net, n, sizeof(*n)) != 0)
		at = (at + 1) & m->mask;
	return at;
}

struct ledger_measure *measures_get(const struct measures *m,
    const struct net *n)
{
	size_t at;

	if (m->n == 0)
		return NULL;
	at = seat(m, n);
	return m->index[at] ? &m->v[m->index[at] - 1] : NULL;
}

struct ledger_measure *measures_over(const struct measures *m,
    const struct addr *a, uint8_t bits)
{
	uint8_t least = a->family == 4 ? 8 : 16;

	for (bits = MIN(bits, addr_bits(a)); m->n > 0 && bits >= least;
	     bits--) {
		struct net n = net_of(*a, bits);
		struct ledger_measure *x = measures_get(m, &n);

		if (x)
			return x;
	}
	return NULL;
}

/* At most two in three seats are taken. */
static void grow(struct measures *m)
{
	size_t room = m->room ? m->room * 2 : FIRST_ROOM, seats = 1;

	while (seats < room + room / 2)
		seats *= 2;
	m->v = mem_grow(m->v, room, sizeof(*m->v));
	free(m->index);
	m->index = mem_new(seats, sizeof(*m->index));
	m->mask = seats - 1;
	m->room = room;
	for (size_t i = 0; i < m->n; i++)
		m->index[seat(m, &m->v[i].net)] = (uint32_t)i + 1;
}

struct ledger_measure *measures_put(struct measures *m,
    const struct ledger_measure *x)
{
	size_t at;

	if (m->n == m->room)
		grow(m);
	at = seat(m, &x->net);
	if (!m->index[at])
		m->index[at] = (uint32_t)++m->n;
	m->v[m->index[at] - 1] = *x;
	if (x->until)
		m->next_end = MIN(m->next_end, x->until);
	return &m->v[m->index[at] - 1];
}

/* Closes the gap, so that no search ends early (Knuth 6.4, algorithm R). */
static void unseat(struct measures *m, size_t at)
{
	size_t gap = at;

	m->index[gap] = 0;
	for (;;) {
		size_t home;

		at = (at + 1) & m->mask;
		if (!m->index[at])
			return;
		home = hash_bytes(&m->key, &m->v[m->index[at] - 1].net,
			   sizeof(struct net)) &
		       m->mask;
		if (((at - home) & m->mask) < ((at - gap) & m->mask))
			continue;
		m->index[gap] = m->index[at];
		m->index[at] = 0;
		gap = at;
	}
}

size_t measures_drop(struct measures *m, const struct net *n)
{
	size_t at, pos, last;

	if (m->n == 0 || !m->index[at = seat(m, n)])
		return SIZE_MAX;
	pos = m->index[at] - 1;
	unseat(m, at);
	last = --m->n;
	if (pos != last) {
		m->index[seat(m, &m->v[last].net)] = (uint32_t)pos + 1;
		m->v[pos] = m->v[last];
	}
	return pos;
}
