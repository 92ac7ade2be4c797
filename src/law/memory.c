#include "law/memory.h"

enum {
	WORD_UNTIL,
	WORD_TERM,
	WORD_LAST,
	WORD_REST
};

struct memory memory_at(const struct seat *s)
{
	uint32_t rest = s->w[WORD_REST];

	return (struct memory){ .verdict = (enum verdict)(rest & 0xff),
		.until = s->w[WORD_UNTIL],
		.term = s->w[WORD_TERM],
		.last = s->w[WORD_LAST],
		.failures = (uint16_t)(rest >> 16),
		.repeats = (uint8_t)(rest >> 8),
		.ports = s->n };
}

void memory_put(struct seat *s, const struct memory *m)
{
	s->w[WORD_UNTIL] = m->until;
	s->w[WORD_TERM] = m->term;
	s->w[WORD_LAST] = m->last;
	s->w[WORD_REST] = (uint32_t)m->failures << 16 |
			  (uint32_t)m->repeats << 8 | m->verdict;
	s->n = m->ports;
	s->heat = MAX(m->until, m->last);
}

uint8_t memory_repeats(const struct memory *m, uint32_t decay, uint32_t at)
{
	uint32_t quiet_from = MAX(m->until, m->last);
	uint32_t forgotten = at > quiet_from ? (at - quiet_from) / decay : 0;

	return forgotten < m->repeats ? (uint8_t)(m->repeats - forgotten) : 0;
}

struct terms memory_terms(const struct law_conf *c, const struct law_rule *r)
{
	if (r && r->term)
		return (struct terms){ r->term, MAX(r->term, r->term_max),
			r->n_terms, r->terms };
	return (struct terms){ c->term, MAX(c->term, c->term_max), 0, NULL };
}

uint32_t memory_term(struct terms t, uint32_t repeats)
{
	uint64_t term = (uint64_t)t.first << MIN(repeats, 32);

	if (t.n)
		return t.each[MIN(repeats, t.n - 1)];

	return (uint32_t)MIN(term, t.most);
}

uint8_t memory_repeats_most(struct terms t)
{
	uint8_t n = 1;

	while (n < 32 && memory_term(t, n - 1U) < memory_term(t, 32))
		n++;
	return n;
}
