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

static inline uint64_t word(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/*
 * A user agent has a hundred bytes, and this is done for every request: one
 * multiplication for sixteen bytes, half of SipHash's time. It needs the key
 * as SipHash does, and its values are never shown to anybody.
 */
static uint64_t hash_long(const struct hash_key *k, struct str s)
{
	uint64_t h = k->k[0] ^ s.n * UINT64_C(0x9e3779b97f4a7c15);
	const char *p = s.p;
	size_t n = s.n;

	for (; n > 16; n -= 16, p += 16)
		h = hash_fold(word(p) ^ k->k[1], word(p + 8) ^ h);
	p = s.p + s.n - 16; /* the last sixteen, some of them twice */
	h = hash_fold(word(p) ^ k->k[1], word(p + 8) ^ h);
	return hash_fold(h ^ k->k[0], k->k[1]);
}

enum memory memo_get(const struct memo *m, struct str s, uint64_t *tag)
{
	uint64_t h = s.n >= 16 ? hash_long(&m->key, s) : hash_str(&m->key, s);
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
