#include "judge/ally_priv.h"

#include <stdlib.h>

#include "base/log.h"

enum {
	BEAT = 30,      /* s */
	BEAT_ALL = 600, /* s; all chains, not only those that changed */
	BEAT_LIVES = 120,
	BEAT_SOON = 5,      /* s; somebody lacks what we know */
	LIST_AGAIN = 60,    /* s before an ally's list is looked at again */
	WARN_OFFSET = 5000, /* ms */
};

static void begin_beat(const struct judge *j, bool all, union act_body *b)
{
	memset(b, 0, sizeof(*b));
	b->heartbeat.clock = ally_ms(j);
	b->heartbeat.all = all;
	b->heartbeat.of = 1;
}

/* Our own head always: a post may have lost the last that we said. */
static bool is_named(const struct judge *j, const struct ally_charter *c,
    const struct ally_chain *h, bool all)
{
	bool own = h->c.run == c->author.run &&
		   !memcmp(h->c.envoy, j->ally->envoy, ACT_KEY);

	return h->charter == c->no && h->c.head > 0 &&
	       (own || h->fresh || (all && h->used + CHAIN_NAMED > j->now));
}

static void beat(struct judge *j, struct ally_charter *c, bool all)
{
	static union act_body b;
	struct ally *y = j->ally;
	uint32_t n = 0;

	for (uint32_t i = 1; i <= y->n_chains; i++)
		n += is_named(j, c, &y->chains[i], all);
	begin_beat(j, all, &b);
	b.heartbeat.of = (uint16_t)MAX((n + BODY_HEADS - 1) / BODY_HEADS, 1);
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		struct ally_chain *h = &y->chains[i];
		struct act_head *to;

		if (!is_named(j, c, h, all))
			continue;
		h->fresh = false;
		to = &b.heartbeat.heads[b.heartbeat.n++];
		memcpy(to->envoy, h->c.envoy, ACT_KEY);
		to->run = h->c.run;
		to->seq = h->c.head;
		memcpy(to->hash, h->c.hash.b, ACT_HASH);
		if (b.heartbeat.n == BODY_HEADS) {
			(void)ally_say(j, c, ACT_HEARTBEAT, &b, BEAT_LIVES);
			b.heartbeat.n = 0;
			b.heartbeat.part++;
		}
	}
	if (b.heartbeat.n > 0 || n == 0)
		(void)ally_say(j, c, ACT_HEARTBEAT, &b, BEAT_LIVES);
}

void ally_beat_tick(struct judge *j, struct ally_charter *c)
{
	bool all =
	    j->now - c->beat_all_at >= (uint32_t)(c->all_due ? BEAT : BEAT_ALL);

	if (!c->running)
		return;
	if (ally_is_chancery(j->ally, c) &&
	    (all || j->now - c->beat_at >=
			(uint32_t)(c->name_soon ? BEAT_SOON : BEAT))) {
		c->beat_at = j->now;
		c->name_soon = false;
		if (all) {
			c->beat_all_at = j->now;
			c->all_due = false;
		}
		beat(j, c, all);
	}
	ally_ask_tick(j, c);
}

/* A post that was reached just now has old ones, too; late: so has one where
 * more lies. */
static bool waited(const struct judge *j, bool late)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_lines; i++)
		if (y->lines[i].post == y->from_post)
			return j->now < y->lines[i].up_since + BEAT + 5 ||
			       (late && y->lines[i].pending > 0);
	return false;
}

static void clock_heard(struct judge *j, uint16_t party,
    const struct frame_act *a, const struct act_heartbeat *b)
{
	struct ally_party *p = &j->ally->parties[party];
	int64_t was = p->offset;
	/* long under way, or by a clock that is behind */
	bool late = a->e.issued + BEAT_LIVES * 1000u < ally_ms(j);

	if (!late)
		p->beat_at = j->now;
	if (waited(j, late))
		return;
	p->offset = (int64_t)b->clock - (int64_t)ally_ms(j);
	if (llabs(p->offset) > WARN_OFFSET && llabs(was) <= WARN_OFFSET)
		log_warn("clock-offset party=%s ms=%lld", p->name,
		    (long long)p->offset);
}

/* What we know and the list of this ally has not, or not as far, is named
 * soon: it was away, or lost what it knew. All of its parts must be here. */
static void list_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_heartbeat *hb)
{
	struct ally *y = j->ally;
	struct ally_party *p = &y->parties[party];

	if (hb->part == 0 && p->list_at + LIST_AGAIN <= j->now) {
		p->list_at = j->now;
		p->list = ++y->lists;
		p->list_parts = 0;
	}
	if (!p->list || hb->part != p->list_parts++)
		return;
	for (size_t i = 0; i < hb->n; i++) {
		struct ally_chain *h = ally_chain_find(y, c->id,
		    hb->heads[i].envoy, hb->heads[i].run);

		if (h && h->c.head <= hb->heads[i].seq)
			h->listed = p->list;
	}
	if (hb->part + 1 != hb->of)
		return;
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		struct ally_chain *h = &y->chains[i];

		if (h->listed == p->list || h->c.head == 0 ||
		    h->charter != c->no || h->used + BEAT_SOON > j->now ||
		    h->used + CHAIN_NAMED <= j->now)
			continue;
		h->fresh = true;
		c->name_soon = true;
	}
	p->list = 0;
}

static void heartbeat(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const struct act_heartbeat *hb)
{
	clock_heard(j, party, a, hb);
	if (!c->running)
		return;
	/* our own hosts ask the chancery alone, the chancery whom it likes */
	if (ally_is_chancery(j->ally, c) || party == c->self_no)
		ally_heads(j, c, party, hb->heads, hb->n);
	if (hb->all && ally_is_chancery(j->ally, c))
		list_heard(j, c, party, hb);
}

void ally_beat_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const union act_body *b)
{
	switch (a->e.type) {
	case ACT_HEARTBEAT:
		heartbeat(j, c, party, a, &b->heartbeat);
		break;
	case ACT_WANT:
		ally_want_heard(j, c, party, &b->want);
		break;
	case ACT_CARRY:
		ally_carry_heard(j, c, party, &b->carry);
		break;
	}
	ally_send_drafts(j);
}
