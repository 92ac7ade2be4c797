#include "law/state.h"

#include "law/subject.h"

static struct law_memory memory_out(const struct seat *s)
{
	struct memory m = memory_at(s);

	return (
	    struct law_memory){ .net = { subject_addr(s->subject, s->family),
				    (uint8_t)s->about },
		.verdict = m.verdict,
		.until = m.until,
		.term = m.term,
		.repeats = m.repeats,
		.last = m.last,
		.failures = m.failures,
		.ports = m.ports };
}

bool law_memory_of(const struct law *l, const struct addr *who,
    struct law_memory *ret)
{
	struct seat_key k = subject_of(who, 0);
	const struct seat *s;

	k.about = subject_bits(k.family);
	s = seats_find(&l->memories, &k);
	if (!s)
		return false;
	*ret = memory_out(s);
	return true;
}

void law_export(const struct law *l, law_memory_fn *fn, void *arg)
{
	const struct seat *s = NULL;

	while ((s = seats_next(&l->memories, s))) {
		struct law_memory m = memory_out(s);

		fn(arg, &m);
	}
}

void law_import(struct law *l, const struct law_memory *from)
{
	struct seat_key k = subject_of(&from->net.addr, 0);
	struct memory m = { .verdict = from->verdict,
		.until = from->until,
		.term = from->term,
		.last = from->last,
		.failures = (uint16_t)MIN(from->failures, UINT16_MAX),
		.ports = from->ports,
		.repeats = (uint8_t)MIN(from->repeats, l->repeats_most) };

	k.about = MIN(from->net.bits, subject_bits(k.family));
	memory_put(seats_take(&l->memories, &k, 0), &m);
}

bool law_is_good(const struct law *l, const struct addr *who, uint32_t now)
{
	struct seat_key k = subject_of(who, 0);

	return goods_has(&l->goods, &k, now);
}

void law_export_good(const struct law *l, uint32_t now, law_good_fn *fn,
    void *arg)
{
	const struct seat *s = NULL;

	while ((s = seats_next(&l->goods.seats, s))) {
		struct law_good g = goods_at(s);

		fn(arg, &g, goods_is(s, now));
	}
}

void law_import_good(struct law *l, const struct law_good *g)
{
	goods_put(&l->goods, g);
}

static void window_tell(const struct law *l, const struct seat *s, bool slow,
    uint32_t now, law_window_fn *fn, void *arg)
{
	const struct window_rule *r = &l->forms[s->about].r;
	struct window_count found;
	struct law_window w = { .rule = s->about, .slow = slow };

	windows_count(&l->windows, s, slow, now, &found);
	if (found.have == 0)
		return;
	w.have = found.have;
	w.need = slow ? r->slow_count : r->count;
	w.span = slow ? r->slow_span : r->span;
	w.first = found.first;
	w.last = found.last;
	fn(arg, &w);
}

void law_windows(struct law *l, const struct addr *who, uint32_t now,
    law_window_fn *fn, void *arg)
{
	waiting_settle(&l->waiting);
	for (size_t i = 0; i < l->n; i++) {
		struct seat_key k = subject_of(who, (uint16_t)i);
		const struct seat *s = seats_find(&l->windows.seats, &k);

		if (!s)
			continue;
		window_tell(l, s, false, now, fn, arg);
		if (l->rules[i].slow_count)
			window_tell(l, s, true, now, fn, arg);
	}
}

void law_failing(struct law *l, uint32_t now, uint32_t *counts)
{
	const struct seat *s = NULL;

	waiting_settle(&l->waiting);
	memset(counts, 0, l->n * sizeof(*counts));
	while ((s = seats_next(&l->windows.seats, s)))
		if (s->about < l->n &&
		    later(s->heat, l->rules[s->about].span) >= now)
			counts[s->about]++;
}

static bool seat_within(const struct seat *s, const struct net *n)
{
	struct addr a = subject_addr(s->subject, s->family);

	return net_has(n, &a);
}

void law_pardon(struct law *l, const struct net *net)
{
	struct net n = *net;
	struct seat *s = NULL;

	n.bits = MIN(n.bits, subject_bits(n.addr.family));
	n = net_of(n.addr, n.bits);
	waiting_settle(&l->waiting);
	while ((s = seats_next(&l->windows.seats, s))) {
		if (seat_within(s, &n))
			windows_drop(&l->windows, s);
	}
	while ((s = seats_next(&l->memories, s))) {
		if (seat_within(s, &n) && s->about >= n.bits)
			seats_drop(&l->memories, s);
	}
}

void law_set_back(struct law *l, uint32_t now)
{
	struct seat *s = NULL;

	waiting_set_back(&l->waiting, now);
	windows_set_back(&l->windows, now);
	while ((s = seats_next(&l->memories, s))) {
		struct memory m = memory_at(s);

		if (m.last <= now)
			continue;
		m.last = now;
		m.until = MIN(m.until, later(now, m.term));
		memory_put(s, &m);
	}
}

void law_stats(const struct law *l, struct law_stats *ret)
{
	const struct seats *pairs = &l->windows.seats;

	*ret = (struct law_stats){ .seen = l->seen,
		.rulings = l->rulings,
		.late = l->windows.late,
		.pushed_out = pairs->pushed_out + l->windows.short_of_chunks,
		.pairs = pairs->used,
		.pairs_max = l->conf.slots,
		.memories = l->memories.used,
		.good = l->goods.n,
		.bytes = windows_bytes(&l->windows) + waiting_bytes() +
			 seats_bytes(&l->memories) +
			 seats_bytes(&l->goods.seats) +
			 (l->n + 1) * (sizeof(*l->forms) + sizeof(*l->rules)) };
}
