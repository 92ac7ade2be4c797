#include "judge/ally_priv.h"

/*
 * What others lack, carried verbatim: acts of anybody, as far as a minute's
 * bytes go; what we have not we say. Who asks and asks is not answered, nor
 * does he leave the others nothing: half of the bytes is for whoever comes,
 * the other half is divided among those who asked lately, and each of them may
 * have one frame, however large.
 */
enum {
	CARRY_MINUTE = 1 << 20, /* bytes */
	CARRY_LATELY = 10 * 60, /* s; more than the longest wait between two
				   questions of the same */
	CARRY_TURN = 256,       /* frames for one question */
	CARRY_LEAST = 8,        /* frames for one range */
	WANTS_MINUTE = 120,     /* questions of an ally */
	CARRY_LIVES = 120,
};

struct giver {
	struct judge *j;
	struct ally_charter *c;
	struct ally_asker *to;
	uint64_t upto;
	size_t n;
	bool to_fleet; /* our own hosts asked */
	bool full;     /* there was more than it may have now */
};

/* What each that asked lately has for itself. */
static size_t share(const struct judge *j, const struct ally_charter *c)
{
	size_t n = 0;

	for (size_t i = 0; i < ALLY_PARTIES; i++)
		n += c->askers[i].at && c->askers[i].at + CARRY_LATELY > j->now;
	return CARRY_MINUTE / 2 / MAX(n, 1);
}

static bool may_give(struct giver *g, size_t n)
{
	struct ally_charter *c = g->c;

	if (c->carried + n > CARRY_MINUTE)
		return false;
	if (!g->to->given || g->to->given + n <= share(g->j, c))
		g->to->given += n;
	else if (c->carried_any + n <= CARRY_MINUTE / 2)
		c->carried_any += n;
	else
		return false;
	c->carried += n;
	return true;
}

static void give(void *arg, const struct ledger_frame *f)
{
	struct giver *g = arg;

	if (f->first > g->upto)
		return;
	if (!may_give(g, f->bytes.n)) {
		g->full = true;
		return;
	}
	g->n++;
	if (g->to_fleet)
		ally_hand_on(g->j, g->c, f->bytes);
	else
		ally_offer(g->j, g->c, f->bytes);
}

static void new_minute(struct ally_charter *c, uint32_t now)
{
	c->carry_at = now;
	c->carried = c->carried_any = 0;
	for (size_t i = 0; i < ALLY_PARTIES; i++)
		c->askers[i].given = 0;
}

static bool may_carry(const struct judge *j, struct ally_charter *c,
    uint16_t party)
{
	struct ally_party *p = &j->ally->parties[party];

	if (j->now - c->carry_at >= 60)
		new_minute(c, j->now);
	if (j->now - p->wants_at >= 60) {
		p->wants_at = j->now;
		p->wants = 0;
	}
	c->askers[party].at = j->now;
	return p->wants++ < WANTS_MINUTE && c->carried < CARRY_MINUTE;
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
		struct giver g = { .j = j,
			.c = c,
			.to = &c->askers[party],
			.upto = r->to,
			.to_fleet = party == c->self_no };

		if (h && j->ledger)
			(void)ledger_frames_from(j->ledger, h->no, r->from,
			    most, give, &g);
		if (g.n)
			b.carry.ranges[b.carry.n++] = *r;
		else if (!g.full)
			b.carry.lacked[b.carry.n_lacked++] = *r;
	}
	if (b.carry.n || b.carry.n_lacked)
		(void)ally_say(j, c, ACT_CARRY, &b, CARRY_LIVES);
}
