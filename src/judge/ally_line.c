#include "judge/ally_priv.h"

#include <sodium.h>

#include "base/log.h"

static const struct wire_span none; /* of ours */

enum {
	RESEND = 256,       /* frames in one go */
	RESEND_EVERY = 10,  /* s */
	PARTIAL_LIVES = 600 /* s for all parts of a sealed act */
};

static void offer(struct judge *j, const struct ally_box *b, struct str frame,
    struct wire_span acts)
{
	struct wire_offer w = { .box = b->box,
		.id = ++j->ally->offer_id,
		.acts = acts };

	j->ops.send(j->arg, ENVOY, 0, MSG_OFFER, &w, sizeof(w), frame);
}

void ally_offer(struct judge *j, struct ally_charter *c, struct str frame)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == c->no && y->boxes[i].write &&
		    !y->boxes[i].fleet)
			offer(j, &y->boxes[i], frame, none);
}

void ally_hand_on(struct judge *j, struct ally_charter *c, struct str frame)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == c->no && y->boxes[i].write &&
		    y->boxes[i].fleet)
			offer(j, &y->boxes[i], frame, none);
}

/* Is all of ours of earlier runs in an outbox? */
static bool posted_before(const struct ally *y, const struct ally_charter *c,
    uint64_t run)
{
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		const struct chain *h = &y->chains[i].c;

		if (y->chains[i].charter != c->no || h->run >= run ||
		    h->run < c->posted_run ||
		    memcmp(h->envoy, y->envoy, ACT_KEY) != 0)
			continue;
		if (h->run > c->posted_run || h->head > c->posted_seq)
			return false;
	}
	return true;
}

struct sender {
	struct judge *j;
	struct ally_charter *c;
	const struct ally_box *box;
	uint64_t run, first; /* of what is offered; the first that is there */
};

static void send_again(void *arg, const struct ledger_frame *f)
{
	struct sender *s = arg;

	s->first = s->first ? s->first : f->first;
	offer(s->j, s->box, f->bytes,
	    (struct wire_span){ s->run, f->first, f->last });
}

/* What a damaged ledger took with it is in no outbox and never will be. */
static void skip_lost(const struct ally *y, struct ally_charter *c,
    const struct ally_chain *h, uint64_t from, uint64_t found)
{
	uint64_t upto = found ? found - 1 : h->c.head;

	if (upto < from || !posted_before(y, c, h->c.run))
		return;
	c->posted_run = h->c.run;
	c->posted_seq = upto;
	c->changed = true;
}

/* What this outbox may lack of our own acts; a repetition costs little, its
 * readers know it. */
static void resend(struct judge *j, const struct ally_box *b)
{
	struct ally *y = j->ally;
	struct ally_charter *c = y->charters[b->charter];

	judge_commit(j);
	for (uint32_t i = 1; j->ledger && i <= y->n_chains; i++) {
		const struct ally_chain *h = &y->chains[i];
		struct sender s = { j, c, b, h->c.run, 0 };
		uint64_t from =
		    h->c.run == c->posted_run ? c->posted_seq + 1 : 1;

		if (h->charter != b->charter || h->c.run < c->posted_run ||
		    h->c.head < from ||
		    memcmp(h->c.envoy, y->envoy, ACT_KEY) != 0)
			continue;
		if (ledger_frames_from(j->ledger, h->no, from, RESEND,
			send_again, &s) == 0)
			skip_lost(y, c, h, from, s.first);
	}
}

static void seal_parts(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct sender *s = arg;
	static uint8_t frame[FRAME_MOST];

	for (size_t i = 0; i < frame_parts(bytes.n) && i < FRAME_PARTS; i++) {
		size_t n = frame_seal(bytes, (uint16_t)i, frame, sizeof(frame));

		if (n)
			offer(s->j, s->box,
			    (struct str){ (const char *)frame, n }, none);
	}
}

/* All that people sealed, into each of our outboxes: it is carried by every
 * ally that has it. */
void ally_offer_sealed(struct judge *j, struct ally_charter *c)
{
	struct ally *y = j->ally;

	for (size_t i = 0; c->a && i < y->n_boxes; i++) {
		struct sender s = { j, c, &y->boxes[i], 0, 0 };

		if (y->boxes[i].charter == c->no && y->boxes[i].write)
			alliance_acts(c->a, seal_parts, &s);
	}
}

static struct ally_line *line_at(struct ally *y, uint32_t post, bool *is_new)
{
	size_t i = 0;

	while (i < y->n_lines && y->lines[i].post != post)
		i++;
	*is_new = i == y->n_lines;
	if (i == ALLY_POSTS)
		return NULL;
	y->n_lines = MAX(y->n_lines, i + 1);
	return &y->lines[i];
}

static void hear_line(struct judge *j, const struct wire_line *w)
{
	struct ally *y = j->ally;
	struct ally_line was, *l;
	bool is_new;

	l = line_at(y, w->post, &is_new);
	if (!l)
		return;
	was = *l;
	*l = (struct ally_line){ .post = w->post,
		.state = w->state,
		.why = w->why,
		.rtt_us = w->rtt_us,
		.dropped = w->dropped,
		.at = j->now,
		.up_since =
		    !is_new && was.state == LINE_UP ? was.up_since : j->now,
		.pending = was.pending };
	memcpy(l->login, w->login, sizeof(l->login));
	if (is_new || memcmp(was.login, l->login, sizeof(l->login)) != 0)
		y->posts_due = true; /* warden must know our login */
	if (w->state != LINE_UP || (!is_new && was.state == LINE_UP))
		return;
	for (size_t i = 0; i < y->n_boxes; i++) {
		if (y->boxes[i].post != w->post || !y->boxes[i].write ||
		    y->boxes[i].fleet)
			continue;
		resend(j, &y->boxes[i]);
		y->charters[y->boxes[i].charter]->offer_due = true;
	}
}

/* Confirmed are only acts that follow on those which were: what lies between
 * was lost on its way to the envoy, and is offered out of the ledger. */
static void posted(struct ally *y, struct ally_charter *c,
    const struct wire_span *s)
{
	bool anew = s->run > c->posted_run;
	uint64_t upto = anew ? 0 : c->posted_seq;

	if (s->run < c->posted_run || s->last <= upto)
		return;
	if (s->first > upto + 1 || (anew && !posted_before(y, c, s->run))) {
		c->resend_due = true;
		return;
	}
	c->posted_run = s->run;
	c->posted_seq = s->last;
	c->behind_at = 0;
	c->changed = true;
}

static void hear_posted(struct judge *j, const struct wire_posted *w)
{
	struct ally *y = j->ally;

	for (size_t i = 0; w->acts.run && i < y->n_boxes; i++) {
		struct ally_charter *c = y->charters[y->boxes[i].charter];

		if (y->boxes[i].box != w->box)
			continue;
		if (w->status == POSTED_OK)
			posted(y, c, &w->acts);
		else
			c->resend_due = true;
	}
}

uint64_t ally_behind(const struct ally_charter *c)
{
	uint64_t upto = c->posted_run == c->author.run ? c->posted_seq : 0;

	return c->author.seq - MIN(upto, c->author.seq);
}

/* Nothing came of what was sent: again. */
static void watch_behind(const struct judge *j, struct ally_charter *c)
{
	if (ally_behind(c) == 0)
		c->behind_at = 0;
	else if (!c->behind_at)
		c->behind_at = j->now;
	else if (j->now - c->behind_at >= RESEND_EVERY)
		c->resend_due = true;
}

void ally_line_tick(struct judge *j, struct ally_charter *c)
{
	struct ally *y = j->ally;

	if (c->offer_due && y->n_boxes > 0) {
		c->offer_due = false;
		ally_offer_sealed(j, c);
	}
	watch_behind(j, c);
	if (!c->resend_due || j->now - c->resent_at < RESEND_EVERY)
		return;
	c->resend_due = false;
	c->resent_at = j->now;
	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == c->no && y->boxes[i].write &&
		    !y->boxes[i].fleet)
			resend(j, &y->boxes[i]);
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
	if (!memcmp(hash, p->whole.b, sizeof(hash)))
		carried(j, box, (struct str){ (const char *)bytes, n });
	free(bytes);
}

void ally_sealed_part(struct judge *j, uint32_t box,
    const struct frame_part *part)
{
	struct ally_partial *p = partial_of(j->ally, part);

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

bool ally_hear_envoy(struct judge *j, uint32_t type, const void *body, size_t n)
{
	size_t size = msgs[type].size;
	const void *tail = (const uint8_t *)body + size;

	switch (type) {
	case MSG_FRAME:
		ally_frame(j, body, tail, n - size);
		ally_send_drafts(j);
		return true;
	case MSG_LINE:
		hear_line(j, body);
		return true;
	case MSG_POSTED:
		hear_posted(j, body);
		return true;
	}
	return false;
}
