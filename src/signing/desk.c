#include "signing/desk.h"

#include "act/body.h"

#include <sodium.h>

enum {
	FRAME_HEAD = 3 + ACT_SIG,
	ACT_HEAD = ENVELOPE_SIZE + 2 + ACT_SALT
};

void desk_open(struct desk *d, const uint8_t seed[32])
{
	memset(d, 0, sizeof(*d));
	(void)sodium_mlock(d->secret, sizeof(d->secret));
	crypto_sign_seed_keypair(d->key, d->secret, seed);
}

static bool same_speaker(const struct wire_draft *a, const struct wire_draft *b)
{
	return memcmp(a->alliance, b->alliance, ACT_KEY) == 0 &&
	       memcmp(a->party, b->party, ACT_KEY) == 0;
}

bool desk_fits(const struct desk *d, const struct wire_draft *m, size_t body)
{
	if (d->n == 0)
		return true;
	return d->n < FRAME_ACTS && same_speaker(&d->drafts[0], m) &&
	       d->size + ACT_HEAD + body <= FRAME_MOST;
}

/* What was last said there; the one that was silent longest gives way. */
static struct desk_last *last_of(struct desk *d, const uint8_t *alliance)
{
	struct desk_last *oldest = &d->last[0];

	for (size_t i = 0; i < DESK_ALLIANCES; i++) {
		struct desk_last *l = &d->last[i];

		if (l->used && memcmp(l->alliance, alliance, ACT_KEY) == 0)
			return l;
		if (l->used < oldest->used)
			oldest = l;
	}
	*oldest = (struct desk_last){ 0 };
	memcpy(oldest->alliance, alliance, ACT_KEY);
	return oldest;
}

/* After the last one, and naming it if it comes next. */
static enum act_fault follows(const struct desk_last *l,
    const struct envelope *e)
{
	if (e->run < l->run || (e->run == l->run && e->seq <= l->seq))
		return ACT_E_SPOKEN;
	if (e->run == l->run && e->seq == l->seq + 1 &&
	    !act_hash_eq(&e->prev, &l->hash))
		return ACT_E_FOLLOWS;
	return ACT_OK;
}

/* It must be what we would write ourselves: nothing hides in it. */
static enum act_fault check_body(uint8_t type, struct str body)
{
	static union act_body b;
	uint8_t again[ACT_BODY_MOST];
	size_t n = 0;
	enum act_fault e = body_decode(type, body, &b);

	if (e == ACT_OK)
		e = body_encode(type, &b, again, sizeof(again), &n);
	if (e == ACT_OK && (n != body.n || memcmp(again, body.p, n) != 0))
		e = ACT_E_EXTRA;
	return e;
}

static struct envelope envelope_of(const struct desk *d,
    const struct wire_draft *m, struct str body)
{
	struct envelope e = { .type = m->type,
		.label = m->label,
		.charter_version = m->charter_version,
		.run = m->run,
		.seq = m->seq,
		.issued = m->issued,
		.expires = m->expires };

	memcpy(e.alliance, m->alliance, ACT_KEY);
	memcpy(e.party, m->party, ACT_KEY);
	memcpy(e.envoy, d->key, ACT_KEY);
	memcpy(e.prev.b, m->prev, ACT_HASH);
	e.commit = body_commit(m->salt, body);
	return e;
}

static enum act_fault check(struct desk *d, const struct envelope *e,
    const uint8_t *header, const struct act_hash *hash)
{
	struct envelope same;
	struct desk_last *l;
	enum act_fault fault = envelope_read(header, &same);

	if (fault != ACT_OK || !act_is_chained(e->type))
		return fault;
	l = last_of(d, e->alliance);
	fault = follows(l, e);
	if (fault != ACT_OK)
		return fault;
	l->run = e->run;
	l->seq = e->seq;
	l->hash = *hash;
	l->used = ++d->clock;
	return ACT_OK;
}

enum act_fault desk_add(struct desk *d, const struct wire_draft *m,
    struct str body)
{
	struct desk_act *a = &d->acts[d->n];
	struct envelope e;
	enum act_fault fault = check_body(m->type, body);

	assert(desk_fits(d, m, body.n));
	if (fault != ACT_OK)
		return fault;
	e = envelope_of(d, m, body);
	envelope_write(&e, a->header);
	a->hash = envelope_hash(a->header);
	fault = check(d, &e, a->header, &a->hash);
	if (fault != ACT_OK)
		return fault;
	memcpy(a->body, body.p, body.n);
	a->n = body.n;
	d->drafts[d->n] = *m;
	d->size = (d->n ? d->size : FRAME_HEAD) + ACT_HEAD + body.n;
	d->n++;
	return ACT_OK;
}

/* Heartbeats and the like have numbers of their own: they are no part of
 * what an outbox must have. */
static struct wire_span span_of(const struct desk *d)
{
	struct wire_span s = { 0 };

	for (size_t i = 0; i < d->n; i++) {
		const struct wire_draft *m = &d->drafts[i];

		if (!act_is_chained(m->type))
			continue;
		if (m->run != s.run)
			s = (struct wire_span){ m->run, m->seq, m->seq };
		s.last = m->seq;
	}
	return s;
}

size_t desk_sign(struct desk *d, uint8_t to[FRAME_MOST],
    struct wire_signed *ret, struct wire_out *out)
{
	struct frame_item items[FRAME_ACTS];
	struct act_hash all[FRAME_ACTS];
	const struct wire_draft *last = &d->drafts[d->n - 1];
	uint8_t sig[ACT_SIG];
	size_t n;

	assert(d->n > 0);
	*ret = (struct wire_signed){ .n = (uint32_t)d->n };
	for (size_t i = 0; i < d->n; i++) {
		const struct desk_act *a = &d->acts[i];

		items[i] = (struct frame_item){ a->header, d->drafts[i].salt,
			{ (const char *)a->body, a->n } };
		all[i] = a->hash;
		ret->ids[i] = d->drafts[i].id;
	}
	*out = (struct wire_out){ .acts = span_of(d), .n = (uint32_t)d->n };
	memcpy(out->alliance, last->alliance, ACT_KEY);
	memcpy(out->party, last->party, ACT_KEY);
	frame_sign(d->secret, all, d->n, sig);
	n = frame_write(sig, items, d->n, to, FRAME_MOST);
	assert(n == d->size);
	d->n = 0;
	return n;
}
