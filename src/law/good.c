#include "law/good.h"

#include "law/subject.h"

enum {
	CANDIDATES = 4096,
	DAY = 86400,
	KEPT = 90 * DAY,   /* without a login it is a good one no more */
	BARRED = 30 * DAY, /* after a revocation */
};

/* A seat's n is 1 for a good one. */
enum {
	WORD_DAYS,
	WORD_BARRED
};

static void gone(void *arg, struct seat *s)
{
	struct goods *g = arg;

	g->n -= s->n;
}

void goods_init(struct goods *g, uint32_t days, const struct hash_key *key)
{
	*g = (struct goods){ .days = MAX(days, 1) };
	seats_init(&g->seats, CANDIDATES, key);
	g->seats.gone = gone;
	g->seats.arg = g;
}

void goods_fini(struct goods *g)
{
	seats_fini(&g->seats);
}

bool goods_is(const struct seat *s, uint32_t now)
{
	return s->n && (now < s->heat || now - s->heat <= KEPT);
}

bool goods_has(const struct goods *g, const struct seat_key *k, uint32_t now)
{
	const struct seat *s = seats_find(&g->seats, k);

	return s && goods_is(s, now);
}

bool goods_within(const struct goods *g, const struct net *n, uint32_t now)
{
	const struct seat *s = NULL;

	while ((s = seats_next(&g->seats, s))) {
		struct addr a = subject_addr(s->subject, s->family);

		if (net_has(n, &a) && goods_is(s, now))
			return true;
	}
	return false;
}

/* Those who have not been here for long make room. */
static void forget_old(struct goods *g, uint32_t now)
{
	struct seat *s = NULL;

	while ((s = seats_next(&g->seats, s))) {
		if (s->n && !goods_is(s, now)) {
			g->n--;
			s->n = 0;
			s->w[WORD_DAYS] = 0;
		}
	}
}

static void promote(struct goods *g, struct seat *s, uint32_t now)
{
	if (s->n || s->w[WORD_DAYS] < g->days)
		return;
	if (g->n >= LAW_GOOD_MAX)
		forget_old(g, now);
	if (g->n >= LAW_GOOD_MAX)
		return;
	s->n = 1;
	g->n++;
}

void goods_login(struct goods *g, const struct seat_key *k, uint32_t at)
{
	struct seat *s = seats_take(&g->seats, k, at > KEPT ? at - KEPT : 0);

	if (at < s->w[WORD_BARRED])
		return;
	if (at > s->heat && at - s->heat > KEPT) {
		g->n -= s->n;
		s->n = 0;
		s->w[WORD_DAYS] = 0;
	}
	if (s->w[WORD_DAYS] == 0 || at / DAY > s->heat / DAY)
		s->w[WORD_DAYS]++;
	s->heat = MAX(s->heat, at);
	promote(g, s, at);
}

bool goods_revoke(struct goods *g, const struct seat_key *k, uint32_t at)
{
	struct seat *s = seats_take(&g->seats, k, at > KEPT ? at - KEPT : 0);
	bool was = goods_is(s, at);

	g->n -= s->n;
	s->n = 0;
	s->w[WORD_DAYS] = 0;
	s->w[WORD_BARRED] = at > UINT32_MAX - BARRED ? UINT32_MAX : at + BARRED;
	s->heat = MAX(s->heat, at);
	return was;
}

struct law_good goods_at(const struct seat *s)
{
	return (struct law_good){ .net = { subject_addr(s->subject, s->family),
				      subject_bits(s->family) },
		.days = s->w[WORD_DAYS],
		.last = s->heat,
		.barred = s->w[WORD_BARRED] };
}

void goods_put(struct goods *g, const struct law_good *from)
{
	struct seat_key k = subject_of(&from->net.addr, 0);
	struct seat *s = seats_take(&g->seats, &k, 0);

	g->n -= s->n;
	s->n = 0;
	s->heat = from->last;
	s->w[WORD_DAYS] = from->days;
	s->w[WORD_BARRED] = from->barred;
	promote(g, s, from->last);
}
