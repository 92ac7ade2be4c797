#include "judge/ally_priv.h"

#include <sodium.h>

/* What people sealed, on its way: into our outboxes, each act once, and in
 * parts out of the others'. */
enum {
	OFFERS = 96 /* frames in one go: more would not wait there */
};

/* Was this, with these seals, offered to these boxes? Else it is noted. */
static bool offered(struct ally_charter *c, struct str bytes)
{
	struct act_hash h;

	crypto_generichash(h.b, sizeof(h.b), (const uint8_t *)bytes.p, bytes.n,
	    NULL, 0);
	for (size_t i = c->n_offered; i-- > 0;)
		if (act_hash_eq(&c->offered[i], &h))
			return true;
	if (c->n_offered == c->room_offered) {
		c->room_offered = c->room_offered ? c->room_offered * 2 : 64;
		c->offered =
		    mem_grow(c->offered, c->room_offered, sizeof(*c->offered));
	}
	c->offered[c->n_offered++] = h;
	return false;
}

static void put_parts(struct judge *j, const struct ally_box *b,
    struct str bytes)
{
	static const struct wire_span none;
	static uint8_t frame[FRAME_MOST];

	for (size_t i = 0; i < frame_parts(bytes.n) && i < FRAME_PARTS; i++) {
		size_t n = frame_seal(bytes, (uint16_t)i, frame, sizeof(frame));

		if (n)
			ally_offer_to(j, b,
			    (struct str){ (const char *)frame, n }, none);
	}
}

struct offering {
	struct judge *j;
	struct ally_charter *c;
	size_t frames;
	bool more;
};

static void offer_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct offering *o = arg;
	const struct ally *y = o->j->ally;

	if (o->frames >= OFFERS) {
		o->more = true;
		return;
	}
	if (offered(o->c, bytes))
		return;
	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == o->c->no && y->boxes[i].write)
			put_parts(o->j, &y->boxes[i], bytes);
	o->frames += frame_parts(bytes.n);
}

/* Other boxes than those which have it all: from the first act on. */
static void look_at_boxes(const struct ally *y, struct ally_charter *c)
{
	uint32_t to = 0;

	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == c->no && y->boxes[i].write)
			to ^= y->boxes[i].box;
	if (to != c->offered_to)
		c->n_offered = 0;
	c->offered_to = to;
}

void ally_offer_anew(struct ally_charter *c)
{
	c->n_offered = 0;
	c->offer_due = true;
}

/* It is carried by every ally that has it. */
void ally_offer_sealed(struct judge *j, struct ally_charter *c)
{
	struct offering o = { .j = j, .c = c };

	look_at_boxes(j->ally, c);
	if (c->a)
		alliance_acts(c->a, offer_act, &o);
	c->offer_due = o.more;
}

static void drop_partial(struct ally_partial *p)
{
	for (size_t i = 0; i < FRAME_PARTS; i++)
		free(p->bytes[i]);
	*p = (struct ally_partial){ 0 };
}

/* The place of this one, a free one, or the oldest's. */
static struct ally_partial *partial_of(struct ally *y,
    const struct frame_part *part)
{
	struct ally_partial *oldest = &y->partial[0];

	for (size_t i = 0; i < ALLY_PARTIAL; i++) {
		struct ally_partial *p = &y->partial[i];

		if (p->of == part->of && act_hash_eq(&p->whole, &part->whole))
			return p;
		if (p->at < oldest->at)
			oldest = p;
	}
	drop_partial(oldest);
	oldest->whole = part->whole;
	oldest->of = part->of;
	return oldest;
}

/* The box says which alliance it is of; what it changes comes back by
 * ally_alliance. */
static void carried(struct judge *j, uint32_t box, struct str act)
{
	struct ally *y = j->ally;
	struct ally_charter *c = y->n_charters ? y->charters[0] : NULL;
	struct alliance_how how;

	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].box == box)
			c = y->charters[y->boxes[i].charter];
	if (c && c->a)
		(void)sealed_put(j, c->a, act, false, &how);
}

static void join(struct judge *j, uint32_t box, struct ally_partial *p)
{
	struct ally *y = j->ally;
	size_t n = 0, at = 0;
	uint8_t *bytes, hash[ACT_HASH];

	for (size_t i = 0; i < p->of; i++)
		n += p->n[i];
	bytes = mem_new(1, n + 1);
	for (size_t i = 0; i < p->of; i++) {
		memcpy(bytes + at, p->bytes[i], p->n[i]);
		at += p->n[i];
	}
	crypto_generichash(hash, sizeof(hash), bytes, n, NULL, 0);
	if (!memcmp(hash, p->whole.b, sizeof(hash))) {
		y->whole[y->whole_at++ % ALLY_WHOLE] = p->whole;
		carried(j, box, (struct str){ (const char *)bytes, n });
	}
	free(bytes);
}

/* Every ally carries all of them: most were here before. */
static bool was_whole(const struct ally *y, const struct act_hash *h)
{
	for (size_t i = 0; i < ALLY_WHOLE; i++)
		if (act_hash_eq(&y->whole[i], h))
			return true;
	return false;
}

void ally_sealed_part(struct judge *j, uint32_t box,
    const struct frame_part *part)
{
	struct ally_partial *p;

	if (was_whole(j->ally, &part->whole))
		return;
	p = partial_of(j->ally, part);
	p->at = j->now;
	if (!(p->got >> part->part & 1)) {
		p->bytes[part->part] = mem_dup(part->bytes.p, part->bytes.n);
		p->n[part->part] = part->bytes.n;
		p->got |= 1u << part->part;
		p->have++;
	}
	if (p->have < p->of)
		return;
	join(j, box, p);
	drop_partial(p);
}
