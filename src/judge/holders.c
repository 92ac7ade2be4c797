#include "judge/holders.h"

enum {
	BUCKETS = 8192 /* a power of two */
};

void holders_new(struct holders *h)
{
	*h = (struct holders){ .key = hash_key_new() };
}

void holders_free(struct holders *h)
{
	free(h->v);
	free(h->bucket);
	*h = (struct holders){ 0 };
}

static uint32_t *bucket_of(const struct holders *h, const struct net *n)
{
	return &h->bucket[hash_bytes(&h->key, n, sizeof(*n)) & (BUCKETS - 1)];
}

static uint32_t *find(const struct holders *h, const struct net *n,
    uint16_t rule)
{
	uint32_t *at;

	if (!h->bucket)
		return NULL;
	for (at = bucket_of(h, n); *at; at = &h->v[*at - 1].next) {
		const struct ledger_held *x = &h->v[*at - 1].is;

		if (x->rule == rule && memcmp(&x->net, n, sizeof(*n)) == 0)
			return at;
	}
	return NULL;
}

static uint32_t later(uint32_t a, uint32_t b)
{
	return a && b ? MAX(a, b) : 0; /* 0: for ever */
}

bool holders_put(struct holders *h, const struct ledger_held *x)
{
	uint32_t *at = find(h, &x->net, x->rule), place;

	if (at) {
		struct ledger_held *was = &h->v[*at - 1].is;

		was->until = later(was->until, x->until);
		return false;
	}
	if (!h->bucket)
		h->bucket = mem_new(BUCKETS, sizeof(*h->bucket));
	if (h->free) {
		place = h->free;
		h->free = h->v[place - 1].next;
	} else if (h->n < HOLDERS_MAX) {
		if ((h->n & (h->n - 1)) == 0) /* at each power of two */
			h->v =
			    mem_grow(h->v, h->n ? h->n * 2 : 1, sizeof(*h->v));
		place = (uint32_t)++h->n;
	} else {
		return false;
	}
	at = bucket_of(h, &x->net);
	h->v[place - 1] = (struct holder){ *x, *at, true };
	*at = place;
	h->used++;
	return true;
}

bool holders_drop(struct holders *h, const struct net *n, uint16_t rule)
{
	uint32_t *at = find(h, n, rule), place;

	if (!at)
		return false;
	place = *at;
	*at = h->v[place - 1].next;
	h->v[place - 1] = (struct holder){ .next = h->free };
	h->free = place;
	h->used--;
	return true;
}

const struct ledger_held *holders_next(const struct holders *h,
    const struct net *n, const struct ledger_held *was)
{
	uint32_t at;

	if (h->used == 0)
		return NULL;
	at = was ? ((const struct holder *)was)->next : *bucket_of(h, n);
	while (at && memcmp(&h->v[at - 1].is.net, n, sizeof(*n)) != 0)
		at = h->v[at - 1].next;
	return at ? &h->v[at - 1].is : NULL;
}
