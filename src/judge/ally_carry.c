#include "judge/ally_priv.h"

/*
 * What others lack, carried verbatim: acts of anybody, as far as a minute's
 * bytes go; what we have not we say. Who asks and asks is not answered.
 */
enum {
	CARRY_MINUTE = 1 << 20, /* bytes */
	CARRY_TURN = 256,       /* frames for one question */
	CARRY_LEAST = 8,        /* frames for one range */
	WANTS_MINUTE = 120,     /* questions of an ally */
	CARRY_LIVES = 120,
};

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

static bool may_carry(const struct judge *j, struct ally_charter *c,
    uint16_t party)
{
	struct ally_party *p = &j->ally->parties[party];

	if (j->now - c->carry_at >= 60) {
		c->carry_at = j->now;
		c->carried = 0;
	}
	if (j->now - p->wants_at >= 60) {
		p->wants_at = j->now;
		p->wants = 0;
	}
	return p->wants++ < WANTS_MINUTE &&
	       c->carried + FRAME_MOST < CARRY_MINUTE;
}

void ally_want_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_want *w)
{
	static union act_body b;
	struct ally *y = j->ally;
	size_t most = MAX(CARRY_TURN / MAX(w->n, 1), CARRY_LEAST);

	if (c->self_no == ALLY_NOBODY || !ally_is_chancery(y, c) ||
	    memcmp(w->to, y->parties[c->self_no].id, ACT_KEY) != 0 ||
	    !may_carry(j, c, party))
		return;
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
			    most, give, &g);
		if (g.n)
			b.carry.ranges[b.carry.n++] = *r;
		else if (c->carried + FRAME_MOST < CARRY_MINUTE)
			b.carry.lacked[b.carry.n_lacked++] = *r;
	}
	if (b.carry.n || b.carry.n_lacked)
		(void)ally_say(j, c, ACT_CARRY, &b, CARRY_LIVES);
}
