#include "rule/memo.h"

void memo_new(struct memo **ret, size_t sets)
{
	struct memo *m = mem_new(1, sizeof(*m));

	assert((sets & (sets - 1)) == 0);
	m->key = hash_key_new();
	m->mask = sets - 1;
	m->sets = mem_new(sets, sizeof(*m->sets));
	*ret = m;
}

void memo_free(struct memo **mp)
{
	if (!*mp)
		return;
	free((*mp)->sets);
	free_ptr(mp);
}

enum memory memo_get(const struct memo *m, struct str s, uint64_t *tag)
{
	uint64_t h = hash_text(&m->key, s);
	const uint64_t *set = m->sets[h >> 32 & m->mask];

	*tag = h | 1;
	for (size_t i = 0; i < 2; i++) {
		if ((set[i] | 1) == *tag && set[i])
			return set[i] & 1 ? MEMO_DIRTY : MEMO_CLEAN;
	}
	return MEMO_NEW;
}

void memo_put(struct memo *m, uint64_t tag, bool dirty)
{
	uint64_t *set = m->sets[tag >> 32 & m->mask];

	set[1] = set[0];
	set[0] = dirty ? tag : tag & ~UINT64_C(1);
}
