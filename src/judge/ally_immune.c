#include "judge/ally_refer.h"

enum {
	SHARED_ACCOUNTS = 5,
	SHARED_SPAN = 30 * 86400
};

static enum allied_immunity land(const struct judge *j, const struct net *n)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_charters; i++) {
		const struct ally_charter *c = y->charters[i];

		if (!c->a ||
		    alliance_territory(c->a, n, ally_ms(j)) == ALLIANCE_NOBODY)
			continue;
		switch (ally_refer_of(j, n)) {
		case REFER_NONE:
			return IMMUNE_TERRITORY;
		case REFER_OPEN:
			return IMMUNE_REFERRED;
		case REFER_LAPSED:
			return IMMUNE_NOT;
		}
	}
	return IMMUNE_NOT;
}

static bool is_post(const struct ally *y, const struct net *n)
{
	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->a && alliance_is_post(y->charters[i]->a, n))
			return true;
	return false;
}

struct within {
	const struct net *net;
	bool found;
};

static void good_within(void *arg, const struct law_good *g, bool is_good)
{
	struct within *w = arg;

	w->found |= is_good && net_has(w->net, &g->net.addr);
}

/* All of the net counts: one good client in it protects it. */
static bool has_good(const struct judge *j, const struct net *n)
{
	struct within w = { n, false };
	struct net unit = addr_unit(n->addr);

	if (n->bits >= unit.bits)
		return law_is_good(j->law, &n->addr, j->now);
	law_export_good(j->law, j->now, good_within, &w);
	return w.found;
}

static struct seat_key account_key(const struct addr *who)
{
	struct addr a = addr_fold(*who);

	return (struct seat_key){ addr_half(&a), 0, a.family };
}

/* From one address only: a wider net is no more shared than its addresses. */
static bool is_shared(const struct judge *j, const struct net *n)
{
	struct seat_key k = account_key(&n->addr);
	const struct seat *s = seats_find(&j->ally->accounts, &k);

	return s && s->n >= SHARED_ACCOUNTS && s->heat + SHARED_SPAN > j->now;
}

enum allied_immunity ally_immunity(void *arg, const struct net *n)
{
	const struct judge *j = arg;
	enum allied_immunity of_land;

	if (is_post(j->ally, n))
		return IMMUNE_POST;
	if (services_in(&j->ally->services, n))
		return IMMUNE_SERVICE;
	if (protect_within(&j->protect, n, j->now))
		return IMMUNE_PROTECTED;
	of_land = land(j, n);
	if (of_land == IMMUNE_TERRITORY)
		return of_land;
	if (has_good(j, n))
		return IMMUNE_GOOD;
	if (of_land != IMMUNE_NOT)
		return of_land;
	return is_shared(j, n) ? IMMUNE_SHARED : IMMUNE_NOT;
}

/* Three bytes of each account's keyed hash: five fit into the seat. */
static bool add_user(struct seat *s, uint64_t user)
{
	uint8_t *users = (uint8_t *)s->w;
	uint8_t mark[3] = { (uint8_t)user, (uint8_t)(user >> 8),
		(uint8_t)(user >> 16) };

	for (uint8_t i = 0; i < s->n; i++)
		if (memcmp(users + 3 * i, mark, 3) == 0)
			return false;
	if (s->n == SHARED_ACCOUNTS)
		return false;
	memcpy(users + 3 * s->n++, mark, 3);
	return true;
}

void ally_login(struct judge *j, const struct addr *who, uint64_t user)
{
	struct ally *y = j->ally;
	struct seat_key k = account_key(who);
	struct seat *s = seats_take(&y->accounts, &k, j->now - SHARED_SPAN);
	bool is_new = s->heat / 86400 != j->now / 86400;
	struct ally_fact *f;

	if (s->heat + SHARED_SPAN <= j->now)
		s->n = 0;
	is_new |= add_user(s, user);
	s->heat = j->now;
	f = is_new ? ally_fact(y, AFACT_ACCOUNT) : NULL;
	if (!f)
		return;
	f->account.net = addr_unit(addr_fold(*who));
	f->account.last = j->now;
	f->account.n = s->n;
	memcpy(f->account.users, s->w, sizeof(f->account.users));
}
