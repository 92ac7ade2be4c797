#include "judge/ally_refer.h"

/*
 * Notices, and referrals, for which there was no room in their author's budget.
 * They are not lost: as room comes back they are judged again, for as long as
 * one word is worth anything; what nobody can make another do first, and of
 * that the newest, who attacks now. A party has as many places here as slots;
 * the oldest gives way. Nothing here lives only in memory: the ledger says
 * which notices were put off.
 */

enum {
	WORTH = 3600, /* s that one ally's word closes, from when it came */
};

static struct ally_queue *queue_of(struct ally *y, uint16_t party)
{
	struct ally_queue *q = &y->later[party];

	if (!q->v)
		q->v = mem_new(ALLY_LATER, sizeof(*q->v));
	return q;
}

static void take_out(struct ally_queue *q, size_t i)
{
	q->n--;
	memmove(&q->v[i], &q->v[i + 1], (q->n - i) * sizeof(q->v[0]));
}

void ally_later(struct ally *y, uint16_t party, const struct ally_later *n)
{
	struct ally_queue *q;
	size_t at;

	if (party >= ALLY_PARTIES)
		return;
	q = queue_of(y, party);
	if (q->n == ALLY_LATER && !n->own_act && q->v[0].own_act)
		return;
	if (q->n == ALLY_LATER)
		take_out(q, 0);
	at = q->n;
	while (!n->own_act && at > 0 && q->v[at - 1].own_act)
		at--;
	memmove(&q->v[at + 1], &q->v[at], (q->n - at) * sizeof(q->v[0]));
	q->v[at] = *n;
	q->n++;
}

void ally_later_drop(struct ally *y, uint16_t party, const struct net *n)
{
	for (uint16_t p = 0; p < ALLY_PARTIES; p++)
		for (size_t i = y->later[p].n; i-- > 0;) {
			const struct net *o = &y->later[p].v[i].net;

			if ((party == p || party == ALLY_NOBODY) &&
			    (net_has(n, &o->addr) || net_has(o, &n->addr)))
				take_out(&y->later[p], i);
		}
}

/* Whoever was suspended meanwhile, or may speak no more, is not heard. */
static bool still_heard(struct judge *j, const struct ally_charter *c,
    const struct ally_chain *h, uint8_t type)
{
	struct alliance_envoy e;

	return !ally_is_perjurer(j->ally, h->c.envoy) &&
	       alliance_envoy(c->a, h->c.party, h->c.envoy, ally_ms(j), &e) ==
		   ENVOY_OK &&
	       (e.rights & (type == ACT_REFERRAL ? RIGHT_REFER : RIGHT_NOTICE));
}

/* What it says against its subject, if its body is still here. */
static bool says(const struct frame_act *a, struct act_notice *ret)
{
	static union act_body b;

	if (!a->salt || body_decode(a->e.type, a->body, &b) != ACT_OK)
		return false;
	if (a->e.type == ACT_NOTICE)
		*ret = b.notice;
	else if (a->e.type == ACT_REFERRAL)
		*ret = ally_referral_says(&b.referral);
	else
		return false;
	return true;
}

/* False: there still is no room, or we have just begun ourselves. */
static bool again(struct judge *j, const struct ally_later *l)
{
	static struct frame f;
	struct ally_chain *h = ally_chain_no(j->ally, l->chain);
	struct ally_charter *c = h ? j->ally->charters[h->charter] : NULL;
	struct act_notice n;
	size_t at;

	if (l->at + WORTH <= j->now || !c)
		return true;
	if (!c->a || !c->running)
		return false;
	if (!ally_recorded(j, h, l->seq, &f, &at) ||
	    !still_heard(j, c, h, f.acts[at].e.type) || !says(&f.acts[at], &n))
		return true;
	return ally_notice_again(j, c, h, &f.acts[at], &n, l->at);
}

static bool is_ours(const struct ally *y, uint16_t party)
{
	for (size_t i = 0; i < y->n_charters; i++)
		if (y->charters[i]->self_no == party)
			return true;
	return false;
}

/* An ally's envoys share its budget; each of our own hosts has one. */
static void turn(struct judge *j, uint16_t party)
{
	struct ally_queue *q = &j->ally->later[party];
	size_t refused = is_ours(j->ally, party) ? ALLY_FLEET : 1;

	for (size_t i = q->n; i-- > 0 && refused > 0;) {
		struct ally_later l = q->v[i];

		if (again(j, &l))
			take_out(q, i);
		else
			refused--;
	}
}

void ally_later_tick(struct judge *j)
{
	if (!ally_may_act(j))
		return;
	for (uint16_t p = 0; p < j->ally->n_parties; p++)
		turn(j, p);
}

void ally_later_again(struct judge *j, const struct ledger_said *s)
{
	if (s->at + WORTH > j->now)
		ally_later(j->ally, s->party,
		    &(struct ally_later){ .net = s->net,
			.chain = s->chain,
			.at = s->at,
			.seq = s->seq,
			.own_act = s->evidence == ALLIED_OWN_ACT });
}

void ally_later_free(struct ally *y)
{
	for (size_t p = 0; p < ALLY_PARTIES; p++)
		free(y->later[p].v);
}
