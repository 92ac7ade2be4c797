#include "judge/ally_refer.h"

#include <stdio.h>

/* What we ruled by our own evidence, told to allies. */

enum {
	AGAIN = 600, /* s before the same is told again */
};

/* Told before and still so: not again, unless it weighs more now. */
static bool told_enough(const struct judge *j, const struct ally_told *t,
    uint8_t evidence)
{
	if (!t || t->t.expires <= j->now || evidence < t->t.evidence)
		return false;
	return t->t.at + MIN(MAX(t->t.term, (uint32_t)AGAIN),
			     (uint32_t)NOTICE_LIVES) >
	       j->now;
}

void ally_tell(struct judge *j, struct ally_charter *c,
    const struct ledger_measure *m)
{
	uint8_t evidence = j->book->law[m->rule].evidence;
	struct ally *y = j->ally;
	const struct ally_told *was = ally_told_of(y, &m->net, c->no);
	const char *name = book_name(j->book, m->rule), *slash;
	union act_body b = { .notice = { .subject = m->net,
				 .kind = j->book->law[m->rule].kind,
				 .evidence = evidence,
				 .count = m->count,
				 .first = (uint64_t)m->first * 1000,
				 .last = (uint64_t)m->last * 1000,
				 .asked = ASSIST_DENY,
				 .term = m->until ? m->until - j->now
						  : (uint32_t)NOTICE_LIVES,
				 .update = was != NULL } };
	struct ally_draft *d;

	if (told_enough(j, was, evidence))
		return;
	slash = strchr(name, '/');
	memcpy(b.notice.service, name,
	    MIN(slash ? (size_t)(slash - name) : strlen(name),
		sizeof(b.notice.service) - 1));
	d = ally_say(j, c, ACT_NOTICE, &b, NOTICE_LIVES);
	if (!d)
		return;
	d->net = m->net;
	d->told = (struct ledger_told){ .net = m->net,
		.charter = c->no,
		.evidence = evidence,
		.count = m->count,
		.at = j->now,
		.term = b.notice.term };
	ally_rank(y, d);
	ally_told_keep(y, &d->told);
}

static bool narrow(const struct net *n)
{
	return n->bits >= (n->addr.family == 4 ? 32 : 64);
}

/* By our own logs, of one client, and by nothing that another could have made
 * in his name. */
static bool is_telling(const struct judge *j, const struct ledger_measure *m)
{
	enum {
		OTHERS = MEASURE_WORD | MEASURE_ADOPTED | MEASURE_ALLIED |
			 MEASURE_SENSOR
	};

	return m->rule < j->book->n && m->verdict == VERDICT_DENY &&
	       !(m->flags & OTHERS) &&
	       j->book->law[m->rule].evidence <= EV_INDUCIBLE &&
	       narrow(&m->net) && !addr_is_special(&m->net.addr);
}

/* Out of an ally's territory, which is immune: *owner has to settle it. */
static bool is_rebel(const struct judge *j, const struct ally_charter *c,
    const struct net *n, uint16_t *owner)
{
	*owner = alliance_territory(c->a, n, ally_ms(j));
	return *owner != ALLIANCE_NOBODY && *owner != c->self &&
	       ally_refer_of(j, n) != REFER_LAPSED;
}

void ally_ruled(struct judge *j, const struct ruling *r,
    const struct ledger_measure *m)
{
	struct ally *y = j->ally;
	uint16_t owner;

	if (!y->law || !r->share || !is_telling(j, m))
		return;
	if (j->book->law[m->rule].evidence == EV_OWN_ACT)
		allied_confirm(y->law, &m->net, j->now);
	for (size_t i = 0; i < y->n_charters; i++) {
		struct ally_charter *c = y->charters[i];

		if (!c->a || c->self == ALLIANCE_NOBODY)
			continue;
		if (is_rebel(j, c, &m->net, &owner))
			ally_refer(j, c, owner, m);
		else if (owner != c->self)
			ally_tell(j, c, m);
	}
	ally_send_drafts(j);
}

static bool is_waiting(const struct ally *y, const struct ally_charter *c,
    const struct net *n)
{
	const struct ally_draft *d;

	STAILQ_FOREACH(d, &y->drafts, next)
	{
		if ((d->type == ACT_NOTICE || d->type == ACT_REFERRAL) &&
		    d->charter == c->no && !memcmp(&d->net, n, sizeof(*n)))
			return true;
	}
	return false;
}

/* Is what we remember to have told in our chain? A crash between the two
 * leaves nothing that allies could have. */
static bool is_said(const struct ally *y, const struct ally_charter *c,
    const struct ally_told *t)
{
	const struct ally_chain *h =
	    ally_chain_find(y, c->id, y->envoy, t->t.run);

	return h && chain_has(&h->c, t->t.seq);
}

static void notice_late(struct judge *j, struct ally_charter *c,
    const struct ledger_measure *m)
{
	struct ally_told *t = ally_told_of(j->ally, &m->net, c->no);

	if (t && is_said(j->ally, c, t))
		return;
	if (t)
		t->t.expires = 0;
	ally_tell(j, c, m);
}

void ally_tell_late(struct judge *j, struct ally_charter *c)
{
	for (size_t i = 0; i < j->measures.n; i++) {
		const struct ledger_measure *m = &j->measures.v[i];
		uint16_t owner;

		if (m->at + AGAIN < j->now ||
		    (m->until && m->until <= j->now) || !is_telling(j, m) ||
		    is_waiting(j->ally, c, &m->net))
			continue;
		if (!is_rebel(j, c, &m->net, &owner)) {
			if (owner != c->self)
				notice_late(j, c, m);
		} else if (!ally_referred_since(j, c, &m->net, m->at)) {
			ally_refer(j, c, owner, m);
		}
	}
}
