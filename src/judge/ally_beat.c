#include "judge/ally_priv.h"

#include <stdlib.h>

#include "base/log.h"

enum {
	BEAT = 30,      /* s */
	BEAT_ALL = 600, /* s; all chains, not only those that changed */
	BEAT_LIVES = 120,
	KEPT = 30 * 86400, /* s a silent chain is named */
	ASK_AGAIN = 30,    /* s before the same chain is asked for */
	GAPS = 15,         /* s between looks at what is missing */
	CARRY_MINUTE = 1 << 20,
	WARN_OFFSET = 5000, /* ms */
	OFFERS = 64,        /* frames for one range */
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
	       (own || h->fresh || (all && h->used + KEPT > j->now));
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

/* Whom to ask for what is missing: an ally that spoke lately, the author of
 * the chain only if there is nobody else. */
static uint16_t whom(const struct judge *j, const struct ally_chain *h)
{
	const struct ally *y = j->ally;
	const struct ally_charter *c = y->charters[h->charter];
	uint16_t best = ALLY_NOBODY;
	uint32_t at = 0;

	if (!ally_is_chancery(y, c))
		return c->self_no;
	for (uint16_t i = 0; i < y->n_parties; i++) {
		const struct ally_party *p = &y->parties[i];

		if (i == c->self_no || i == h->party || p->beat_at <= at)
			continue;
		at = p->beat_at;
		best = i;
	}
	if (best == ALLY_NOBODY || at + 3 * BEAT < j->now)
		return h->party == c->self_no ? best : h->party;
	return best;
}

static void add_range(struct act_want *w, const struct ally_chain *h,
    const struct chain_gap *g)
{
	struct act_range *r;

	if (w->n == BODY_RANGES)
		return;
	r = &w->ranges[w->n++];
	memcpy(r->envoy, h->c.envoy, ACT_KEY);
	r->run = h->c.run;
	r->from = g->from;
	r->to = g->to;
}

static void want(struct judge *j, struct ally_charter *c, uint16_t party,
    union act_body *b)
{
	if (b->want.n == 0 || party == ALLY_NOBODY)
		return;
	memcpy(b->want.to, j->ally->parties[party].id, ACT_KEY);
	(void)ally_say(j, c, ACT_WANT, b, BEAT_LIVES);
	memset(b, 0, sizeof(*b));
}

/* Its holes, or what lies beyond the last that we have: an answer may have
 * been lost, and what was named is not named again for ten minutes. */
static size_t lacked(const struct ally_chain *h, struct chain_gap gaps[])
{
	size_t n = chain_missing(&h->c, gaps, CHAIN_GAPS);

	if (n > 0 || h->named <= h->c.head)
		return n;
	gaps[0] = (struct chain_gap){ MAX(h->c.head, 1),
		MIN(h->named, h->c.head + CHAIN_WIDTH - 1) };
	return 1;
}

static void ask_gaps(struct judge *j, struct ally_charter *c)
{
	static union act_body b;
	struct ally *y = j->ally;
	struct chain_gap gaps[CHAIN_GAPS];
	uint16_t to = ALLY_NOBODY;
	bool chancery = ally_is_chancery(y, c);

	memset(&b, 0, sizeof(b));
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		struct ally_chain *h = &y->chains[i];
		size_t n;
		uint16_t who;

		if (h->charter != c->no ||
		    (h->party == c->self_no && chancery) ||
		    !memcmp(h->c.envoy, y->envoy, ACT_KEY) ||
		    h->asked_at + ASK_AGAIN > j->now)
			continue;
		n = lacked(h, gaps);
		if (n == 0)
			continue;
		who = whom(j, h);
		if (who != to || b.want.n + n > BODY_RANGES)
			want(j, c, to, &b);
		to = who;
		h->asked_at = j->now;
		for (size_t k = 0; k < n; k++)
			add_range(&b.want, h, &gaps[k]);
	}
	want(j, c, to, &b);
}

void ally_beat_tick(struct judge *j, struct ally_charter *c)
{
	bool all =
	    j->now - c->beat_all_at >= (uint32_t)(c->all_due ? BEAT : BEAT_ALL);

	if (!c->running)
		return;
	if (ally_is_chancery(j->ally, c) &&
	    (all || j->now - c->beat_at >= BEAT)) {
		c->beat_at = j->now;
		if (all) {
			c->beat_all_at = j->now;
			c->all_due = false;
		}
		beat(j, c, all);
	}
	if (j->now - c->want_at >= GAPS) {
		c->want_at = j->now;
		ask_gaps(j, c);
	}
}

/* A post that was reached just now has old ones, too. */
static bool waited(const struct judge *j)
{
	const struct ally *y = j->ally;

	for (size_t i = 0; i < y->n_lines; i++)
		if (y->lines[i].post == y->from_post)
			return j->now < y->lines[i].up_since + BEAT + 5;
	return false;
}

static void clock_heard(struct judge *j, uint16_t party,
    const struct frame_act *a, const struct act_heartbeat *b)
{
	struct ally_party *p = &j->ally->parties[party];
	int64_t was = p->offset;

	if (a->e.issued + BEAT_LIVES * 1000u < ally_ms(j))
		return; /* it was long under way */
	p->beat_at = j->now;
	if (waited(j))
		return;
	p->offset = (int64_t)b->clock - (int64_t)ally_ms(j);
	if (llabs(p->offset) > WARN_OFFSET && llabs(was) <= WARN_OFFSET)
		log_warn("clock-offset party=%s ms=%lld", p->name,
		    (long long)p->offset);
}

/* An ally names the head of a chain: what of it do we lack? */
static void head_heard(struct judge *j, const struct ally_charter *c,
    const struct act_head *head, union act_body *b)
{
	struct ally *y = j->ally;
	struct ally_chain none = { 0 }, *h;
	struct ally_known_arg arg = { j, NULL };
	struct act_hash hash;
	struct chain_gap ask;

	if (!memcmp(head->envoy, y->envoy, ACT_KEY))
		return;
	h = ally_chain_find(y, c->id, head->envoy, head->run);
	if (!h) {
		/* its runs begin with 1; whether it is anybody's key is seen
		 * when its acts come */
		memcpy(none.c.envoy, head->envoy, ACT_KEY);
		none.c.run = head->run;
		ask = (struct chain_gap){ 1,
			MIN(head->seq, (uint64_t)CHAIN_WIDTH) };
		add_range(&b->want, &none, &ask);
		return;
	}
	arg.c = h;
	memcpy(hash.b, head->hash, ACT_HASH);
	h->named = MAX(h->named, head->seq);
	if (h->asked_at + ASK_AGAIN > j->now ||
	    chain_compare(&h->c, head->seq, &hash, ally_known, &arg, &ask) ==
		VIEW_SAME)
		return;
	h->asked_at = j->now;
	add_range(&b->want, h, &ask);
}

static void heartbeat(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const struct act_heartbeat *hb)
{
	static union act_body b;

	clock_heard(j, party, a, hb);
	/* our own hosts ask the chancery alone, the chancery whom it likes */
	if (!c->running ||
	    !(ally_is_chancery(j->ally, c) || party == c->self_no))
		return;
	memset(&b, 0, sizeof(b));
	for (size_t i = 0; i < hb->n && b.want.n < BODY_RANGES; i++)
		head_heard(j, c, &hb->heads[i], &b);
	want(j, c, party, &b);
}

static bool forgotten(const struct ally *y, const struct ally_chain *h,
    const struct act_run *r)
{
	for (uint32_t i = 1; i <= y->n_chains; i++) {
		const struct chain *c = &y->chains[i].c;

		if (c->run != h->c.run && y->chains[i].charter == h->charter &&
		    !memcmp(c->envoy, h->c.envoy, ACT_KEY) &&
		    (c->run > r->run || (c->run == r->run && c->head > r->seq)))
			return true;
	}
	return false;
}

/* Its author says how the run before ended: what of that do we lack? */
static void ask_before(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_run *r)
{
	static union act_body b;
	bool chancery = ally_is_chancery(j->ally, c);
	struct act_head end = { .run = r->run, .seq = r->seq };

	if (!r->seq || !c->running || (chancery && h->party == c->self_no) ||
	    r->run + KEPT * UINT64_C(1000) < ally_ms(j))
		return;
	memcpy(end.envoy, h->c.envoy, ACT_KEY);
	memcpy(end.hash, r->head, ACT_HASH);
	memset(&b, 0, sizeof(b));
	head_heard(j, c, &end, &b);
	want(j, c, chancery ? h->party : c->self_no, &b);
}

/* Who comes back from a backup, or from a crash that took what it had heard
 * and the posts hand out no more, is told all chains soon, not in ten minutes,
 * and asks for what it lacks. */
void ally_run_heard(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_run *r)
{
	ask_before(j, c, h, r);
	c->all_due |= forgotten(j->ally, h, r);
}

struct giver {
	struct judge *j;
	struct ally_charter *c;
	uint64_t upto;
	size_t n;
	bool to_fleet; /* our own hosts asked */
};

static void give(void *arg, const struct ledger_frame *f)
{
	struct giver *g = arg;

	if (f->first > g->upto || g->c->carried + f->bytes.n > CARRY_MINUTE)
		return;
	g->c->carried += f->bytes.n;
	g->n++;
	if (g->to_fleet)
		ally_hand_on(g->j, g->c, f->bytes);
	else
		ally_offer(g->j, g->c, f->bytes);
}

/* Acts of anybody, verbatim; what we have not we say. */
static void want_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_want *w)
{
	static union act_body b;
	struct ally *y = j->ally;

	if (c->self_no == ALLY_NOBODY || !ally_is_chancery(y, c) ||
	    memcmp(w->to, y->parties[c->self_no].id, ACT_KEY) != 0)
		return;
	if (j->now - c->carry_at >= 60) {
		c->carry_at = j->now;
		c->carried = 0;
	}
	judge_commit(j); /* so that all of it is in the ledger */
	memset(&b, 0, sizeof(b));
	memcpy(b.carry.to, y->parties[party].id, ACT_KEY);
	for (size_t i = 0; i < w->n; i++) {
		const struct act_range *r = &w->ranges[i];
		const struct ally_chain *h =
		    ally_chain_find(y, c->id, r->envoy, r->run);
		struct giver g = { j, c, r->to, 0, party == c->self_no };

		if (h && j->ledger)
			(void)ledger_frames_from(j->ledger, h->no, r->from,
			    OFFERS, give, &g);
		if (g.n)
			b.carry.ranges[b.carry.n++] = *r;
		else if (c->carried + FRAME_MOST < CARRY_MINUTE)
			b.carry.lacked[b.carry.n_lacked++] = *r;
	}
	if (b.carry.n || b.carry.n_lacked)
		(void)ally_say(j, c, ACT_CARRY, &b, BEAT_LIVES);
}

/* Whoever we asked lacks it, too: only its author may have it. */
static bool ask_author(const struct judge *j, const struct ally_charter *c,
    struct ally_chain *h, const struct act_range *l)
{
	if (!c->running || !ally_is_chancery(j->ally, c) ||
	    h->party == c->self_no || h->author_asked_at + ASK_AGAIN > j->now ||
	    (chain_has(&h->c, l->from) && chain_has(&h->c, l->to)))
		return false;
	h->author_asked_at = j->now;
	return true;
}

/* What its own author has no more nobody will have. */
static void carry_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_carry *r)
{
	static union act_body b;
	struct ally *y = j->ally;

	if (c->self_no == ALLY_NOBODY ||
	    memcmp(r->to, y->parties[c->self_no].id, ACT_KEY) != 0)
		return;
	memset(&b, 0, sizeof(b));
	for (size_t i = 0; i < r->n_lacked; i++) {
		const struct act_range *l = &r->lacked[i];
		struct ally_chain *h =
		    ally_chain_find(y, c->id, l->envoy, l->run);
		struct chain_gap gap = { l->from, l->to };

		if (h && h->party == party) {
			chain_gave_up(&h->c, &gap);
			h->named = 0;
			h->changed = true;
		} else if (h && ask_author(j, c, h, l)) {
			add_range(&b.want, h, &gap);
			want(j, c, h->party, &b);
		}
	}
}

void ally_beat_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const union act_body *b)
{
	switch (a->e.type) {
	case ACT_HEARTBEAT:
		heartbeat(j, c, party, a, &b->heartbeat);
		break;
	case ACT_WANT:
		want_heard(j, c, party, &b->want);
		break;
	case ACT_CARRY:
		carry_heard(j, c, party, &b->carry);
		break;
	}
	ally_send_drafts(j);
}
