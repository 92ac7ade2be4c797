#include "judge/ally_priv.h"

#include <sodium.h>

#include "base/log.h"

static const struct wire_span none; /* of ours */

enum {
	RESEND = 256,      /* frames in one go */
	RESEND_EVERY = 10, /* s */
};

void ally_offer_to(struct judge *j, const struct ally_box *b, struct str frame,
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
			ally_offer_to(j, &y->boxes[i], frame, none);
}

void ally_hand_on(struct judge *j, struct ally_charter *c, struct str frame)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_boxes; i++)
		if (y->boxes[i].charter == c->no && y->boxes[i].write &&
		    y->boxes[i].fleet)
			ally_offer_to(j, &y->boxes[i], frame, none);
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
	ally_offer_to(s->j, s->box, f->bytes,
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
		ally_offer_anew(y->charters[y->boxes[i].charter]);
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

/* A sealed act may have been lost: all of them once more, a little later. */
static void foreign_posted(const struct judge *j, struct ally_charter *c,
    uint8_t status)
{
	if (status == POSTED_OK || c->offer_due)
		return;
	ally_offer_anew(c);
	c->offer_at = j->now + RESEND_EVERY;
}

static void hear_posted(struct judge *j, const struct wire_posted *w)
{
	struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_boxes; i++) {
		struct ally_charter *c = y->charters[y->boxes[i].charter];

		if (y->boxes[i].box != w->box)
			continue;
		if (!w->acts.run)
			foreign_posted(j, c, w->status);
		else if (w->status == POSTED_OK)
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

	if (c->offer_due && y->n_boxes > 0 && j->now >= c->offer_at)
		ally_offer_sealed(j, c);
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
	case MSG_PURGED:
		ally_purged(j, body);
		return true;
	}
	return false;
}
