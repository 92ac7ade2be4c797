#include "judge/ally_priv.h"

/* What we told allies lately: by net, and by its number in our chain. The
 * oldest gives way. */

static uint32_t *by_net(const struct ally *y, const struct net *n)
{
	uint64_t h = hash_bytes(&y->key, n, sizeof(*n));

	return &y->told_net[h % ALLY_TOLD];
}

static uint32_t *by_seq(const struct ally *y, uint64_t run, uint64_t seq)
{
	return &y->told_seq[hash_u64x2(&y->key, run, seq) % ALLY_TOLD];
}

static void unlink_at(struct ally *y, uint32_t i)
{
	struct ally_told *t = &y->told[i];
	uint32_t *at = by_net(y, &t->t.net);

	while (*at != i + 1)
		at = &y->told[*at - 1].next_net;
	*at = t->next_net;
	at = by_seq(y, t->t.run, t->t.seq);
	while (*at != i + 1)
		at = &y->told[*at - 1].next_seq;
	*at = t->next_seq;
	t->used = false;
}

static void link_at(struct ally *y, uint32_t i, const struct ledger_told *from)
{
	struct ally_told *t = &y->told[i];
	uint32_t *net = by_net(y, &from->net);
	uint32_t *seq = by_seq(y, from->run, from->seq);

	*t = (struct ally_told){ *from, true, *net, *seq };
	*net = i + 1;
	*seq = i + 1;
}

struct ally_told *ally_told_of(const struct ally *y, const struct net *n,
    uint8_t charter)
{
	uint32_t i = *by_net(y, n);

	for (; i; i = y->told[i - 1].next_net) {
		struct ally_told *t = &y->told[i - 1];

		if (t->t.charter == charter &&
		    !memcmp(&t->t.net, n, sizeof(*n)))
			return t;
	}
	return NULL;
}

struct ally_told *ally_told_seq(const struct ally *y, uint8_t charter,
    uint64_t run, uint64_t seq)
{
	uint32_t i = *by_seq(y, run, seq);

	for (; i; i = y->told[i - 1].next_seq) {
		struct ally_told *t = &y->told[i - 1];

		if (t->t.charter == charter && t->t.run == run &&
		    t->t.seq == seq)
			return t;
	}
	return NULL;
}

void ally_told_keep(struct ally *y, const struct ledger_told *t)
{
	const struct ledger_told copy = *t;
	struct ally_told *was = ally_told_of(y, &copy.net, copy.charter);
	uint32_t i = was ? (uint32_t)(was - y->told) : y->told_at;

	if (!was)
		y->told_at = (y->told_at + 1) % ALLY_TOLD;
	if (y->told[i].used)
		unlink_at(y, i);
	link_at(y, i, &copy);
}

void ally_told_put(struct ally *y, const struct ledger_told *t)
{
	struct ally_fact *f;

	ally_told_keep(y, t);
	f = ally_fact(y, AFACT_TOLD);
	if (f)
		f->told = *t;
}

void ally_told_drop(struct ally *y, const struct net *n)
{
	for (uint8_t c = 0; c < y->n_charters; c++) {
		struct ally_told *t = ally_told_of(y, n, c);

		if (t)
			unlink_at(y, (uint32_t)(t - y->told));
	}
}
