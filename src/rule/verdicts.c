#include "rule/verdicts.h"

#include "rule/request.h"

enum {
	SETS = 16384, /* of two: 32 Ki requests in 256 KiB */
	LISTS = 1024, /* different answers; a tag has room for 4,095 */
	LISTS_BY = 4096,
	LIST_BITS = 12,
	REQUEST_MAX = 2048, /* longer ones do not come again */
};

struct verdicts {
	struct hash_key key;
	uint64_t (*sets)[2]; /* tags; the low bits are list + 1 */
	size_t n_lists;
	struct verdict *lists; /* each once */
	uint16_t *by;          /* lists by hash: index + 1 */
};

void verdicts_new(struct verdicts **ret)
{
	struct verdicts *v = mem_new(1, sizeof(*v));

	v->key = hash_key_new();
	v->sets = mem_new(SETS, sizeof(*v->sets));
	v->lists = mem_new(LISTS, sizeof(*v->lists));
	v->by = mem_new(LISTS_BY, sizeof(*v->by));
	*ret = v;
}

void verdicts_free(struct verdicts **vp)
{
	struct verdicts *v = *vp;

	if (!v)
		return;
	free(v->sets);
	free(v->lists);
	free(v->by);
	free_ptr(vp);
}

bool verdicts_hash(const struct verdicts *v, const struct record *rec,
    uint64_t *ret)
{
	struct str all = rec->request, target = rec->target;
	size_t at = (size_t)(target.p - all.p);
	uint64_t rest;

	if (!all.n || all.n > REQUEST_MAX ||
	    (rec->method.n && rec->method.p != all.p))
		return false;
	if (!target.n)
		at = 0;
	else if (target.p < all.p || at > all.n || target.n > all.n - at)
		return false;
	rest = (uint64_t)rec->status | (uint64_t)rec->malformed << 10 |
	       (uint64_t)request_named(rec) << 11 | (uint64_t)at << 16 |
	       (uint64_t)target.n << 32 | (uint64_t)rec->method.n << 48;
	*ret = hash_pair(&v->key, hash_text(&v->key, all), rest);
	return true;
}

static uint64_t tag_of(uint64_t hash)
{
	return hash >> LIST_BITS << LIST_BITS;
}

void verdicts_fetch(const struct verdicts *v, uint64_t hash)
{
	__builtin_prefetch(v->sets[hash % SETS]);
}

const struct verdict *verdicts_get(const struct verdicts *v, uint64_t hash)
{
	const uint64_t *set = v->sets[hash % SETS];

	for (size_t i = 0; i < 2; i++) {
		uint64_t list = set[i] ^ tag_of(hash);

		if (list && list >> LIST_BITS == 0)
			return &v->lists[list - 1];
	}
	return NULL;
}

/* The number of such a list, from 1; 0 if there are too many. */
static kept_aside uint16_t list_of(struct verdicts *v, const uint16_t *rules,
    size_t n)
{
	struct verdict new = { .n = (uint16_t)n };
	size_t at;

	memcpy(new.rules, rules, n * sizeof(*rules));
	at = hash_bytes(&v->key, &new, sizeof(new)) % LISTS_BY;
	for (; v->by[at]; at = (at + 1) % LISTS_BY) {
		if (memcmp(&v->lists[v->by[at] - 1], &new, sizeof(new)) == 0)
			return v->by[at];
	}
	if (v->n_lists == LISTS)
		return 0;
	v->lists[v->n_lists++] = new;
	v->by[at] = (uint16_t)v->n_lists;
	return v->by[at];
}

void verdicts_put(struct verdicts *v, uint64_t hash, const uint16_t *rules,
    size_t n)
{
	uint64_t *set = v->sets[hash % SETS];
	uint16_t list = n <= MATCH_HITS ? list_of(v, rules, n) : 0;

	if (!list)
		return;
	set[1] = set[0];
	set[0] = tag_of(hash) | list;
}
