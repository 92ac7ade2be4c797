#include "enforcer/standing.h"

enum {
	FIRST_SLOTS = 1024
};

void standing_new(struct standing *ret)
{
	*ret = (struct standing){ .key = hash_key_new(),
		.mask = FIRST_SLOTS - 1,
		.v = mem_new(FIRST_SLOTS, sizeof(struct stand)) };
}

void standing_free(struct standing *s)
{
	free_ptr(&s->v);
	s->n = 0;
}

struct net stand_net(const struct stand *e)
{
	struct net n = { { .family = e->family }, e->bits };

	memcpy(n.addr.b, e->b, sizeof(e->b));
	return n;
}

static size_t home_of(const struct standing *s, const uint8_t b[16],
    uint8_t family, uint8_t bits)
{
	uint64_t w[2];

	memcpy(w, b, sizeof(w));
	w[1] ^= (uint64_t)bits << 8 ^ family;
	return hash_u64x2(&s->key, w[0], w[1]) & s->mask;
}

static struct stand *slot_of(const struct standing *s, const struct net *n)
{
	size_t i = home_of(s, n->addr.b, n->addr.family, n->bits);

	for (;; i = (i + 1) & s->mask) {
		struct stand *e = &s->v[i];

		if (!e->family ||
		    (e->family == n->addr.family && e->bits == n->bits &&
			memcmp(e->b, n->addr.b, sizeof(e->b)) == 0))
			return e;
	}
}

struct stand *standing_get(const struct standing *s, const struct net *n)
{
	struct stand *e = slot_of(s, n);

	return e->family ? e : NULL;
}

static void grow(struct standing *s)
{
	struct stand *old = s->v;
	size_t slots = s->mask + 1;

	s->mask = 2 * slots - 1;
	s->v = mem_new(2 * slots, sizeof(*s->v));
	for (size_t i = 0; i < slots; i++)
		if (old[i].family) {
			struct net n = stand_net(&old[i]);

			*slot_of(s, &n) = old[i];
		}
	free(old);
}

struct stand *standing_put(struct standing *s, const struct net *n)
{
	struct stand *e = slot_of(s, n);

	if (e->family)
		return e;
	if (s->n >= STANDING_MAX)
		return NULL;
	if (s->n >= (s->mask + 1) / 5 * 4) {
		grow(s);
		e = slot_of(s, n);
	}
	*e = (struct stand){ .family = n->addr.family, .bits = n->bits };
	memcpy(e->b, n->addr.b, sizeof(e->b));
	s->n++;
	s->lengths[n->addr.family == 6][n->bits]++;
	return e;
}

/* Frees a slot; who stands behind it and hashed before it moves up. */
static void free_slot(struct standing *s, size_t i)
{
	s->lengths[s->v[i].family == 6][s->v[i].bits]--;
	s->n--;
	for (size_t k = (i + 1) & s->mask; s->v[k].family;
	     k = (k + 1) & s->mask) {
		const struct stand *e = &s->v[k];
		size_t home = home_of(s, e->b, e->family, e->bits);

		if (((k - home) & s->mask) >= ((k - i) & s->mask)) {
			s->v[i] = *e;
			i = k;
		}
	}
	s->v[i] = (struct stand){ 0 };
}

void standing_drop(struct standing *s, const struct net *n)
{
	struct stand *e = slot_of(s, n);

	if (e->family)
		free_slot(s, (size_t)(e - s->v));
}

void standing_overlaps(const struct standing *s, const struct net *n,
    void (*each)(const struct stand *e, void *arg), void *arg)
{
	const uint32_t *lengths = s->lengths[n->addr.family == 6];
	uint32_t narrower = 0;

	for (unsigned bits = 0; bits <= n->bits; bits++) {
		struct net wider = net_of(n->addr, (uint8_t)bits);
		const struct stand *e =
		    lengths[bits] ? standing_get(s, &wider) : NULL;

		if (e)
			each(e, arg);
	}
	for (unsigned bits = n->bits + 1U; bits <= addr_bits(&n->addr); bits++)
		narrower += lengths[bits];
	for (size_t i = 0; narrower && i <= s->mask; i++) {
		struct net in = stand_net(&s->v[i]);

		if (in.addr.family == n->addr.family && in.bits > n->bits &&
		    net_has(n, &in.addr))
			each(&s->v[i], arg);
	}
}

void standing_sweep(struct standing *s, uint32_t now, size_t *at, size_t most)
{
	for (size_t i = 0; i < most; i++) {
		*at &= s->mask;
		if (s->v[*at].family && s->v[*at].until <= now)
			free_slot(s, *at); /* another may have moved in */
		else
			*at += 1;
	}
}
