#include "enforcer/fence_sets.h"

enum {
	CHAINS = 5, /* without any group */
	RULES = 4,  /* without any set or group */
};

static const struct present *present_of(const struct fence_sets *all,
    const struct net_set *s)
{
	if (s->ports)
		return &all->ported[s->ports][s->family == 6][s->act];
	return &all->plain[s->family == 6][s->act][s->list];
}

bool sets_has(const struct fence_sets *all, const struct net_set *s)
{
	return present_of(all, s)->bits[s->bits / 64] >> s->bits % 64 & 1;
}

void sets_note(struct fence_sets *all, const struct net_set *s)
{
	struct present *p = s->ports
				? &all->ported[s->ports][s->family == 6][s->act]
				: &all->plain[s->family == 6][s->act][s->list];

	p->bits[s->bits / 64] |= UINT64_C(1) << s->bits % 64;
}

void sets_forget(struct fence_sets *all)
{
	memset(all->plain, 0, sizeof(all->plain));
	memset(all->ported, 0, sizeof(all->ported));
}

/* Groups have no listed sets and none of those who are never shut. */
bool sets_next(const struct fence_sets *all, struct net_set *s)
{
	if (s->bits < (s->family == 4 ? 32 : 128)) {
		s->bits++;
		return true;
	}
	s->bits = 0;
	if (s->list == 0 && !s->ports) {
		s->list = 1;
		return true;
	}
	s->list = 0;
	if (s->act < ACT_LIMIT) {
		s->act++;
		return true;
	}
	s->act = s->ports ? ACT_DENY : ACT_NEVER;
	s->family = s->family == 4 ? 6 : 4;
	if (s->family == 6)
		return true;
	s->act = ACT_DENY;
	do {
		s->ports++;
	} while (s->ports < NFT_GROUPS && all->groups[s->ports].n == 0);
	return s->ports < NFT_GROUPS;
}

uint32_t sets_rules(const struct fence_sets *all)
{
	struct net_set s = { .family = 4 };
	uint32_t n = RULES;

	do {
		if (sets_has(all, &s))
			n += s.act == ACT_REJECT ? 2 : 1;
	} while (sets_next(all, &s));
	for (size_t i = 1; i < NFT_GROUPS; i++)
		n += 2U * all->groups[i].n;
	return n;
}

uint32_t sets_chains(const struct fence_sets *all)
{
	uint32_t n = CHAINS;

	for (size_t i = 1; i < NFT_GROUPS; i++)
		n += all->groups[i].n ? 2 : 0;
	return n;
}
