#include "rule/learn.h"

void learn_new(struct learn **ret)
{
	struct learn *l = mem_new(1, sizeof(*l));

	l->key = hash_key_new();
	*ret = l;
}

static uint64_t tag_of(const struct learn *l, unsigned service, struct str id)
{
	return hash_u64x2(&l->key, service, hash_str(&l->key, id)) | 1;
}

/* Also true for times a little out of order. */
static bool is_fresh(const struct learned *s, uint32_t at)
{
	return at <= s->at ? s->at - at <= LEARN_SPAN
			   : at - s->at <= LEARN_SPAN;
}

void learn_put(struct learn *l, unsigned service, struct str id, uint32_t at,
    const struct addr *who)
{
	uint64_t tag = tag_of(l, service, id);
	struct learned *set = l->slots[(tag >> 32) % LEARN_SETS], *to = set;

	for (size_t i = 0; i < LEARN_WAYS; i++) {
		if (set[i].tag == tag || set[i].tag == 0) {
			to = &set[i];
			break;
		}
		if (set[i].at < to->at)
			to = &set[i];
	}
	*to = (struct learned){ .tag = tag, .at = at, .who = *who };
}

bool learn_get(const struct learn *l, unsigned service, struct str id,
    uint32_t at, struct addr *ret)
{
	uint64_t tag = tag_of(l, service, id);
	const struct learned *set = l->slots[(tag >> 32) % LEARN_SETS];

	for (size_t i = 0; i < LEARN_WAYS; i++) {
		if (set[i].tag != tag || !is_fresh(&set[i], at))
			continue;
		*ret = set[i].who;
		return true;
	}
	return false;
}
