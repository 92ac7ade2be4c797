#include "judge/ally_refer.h"

#include <sodium.h>

#include "base/log.h"

enum {
	/* ms: who starts twice and forgot the first time must not begin the
	 * same run again, neither by the clock nor after the last it knows */
	RUN_SPREAD = 65536,
};

/* What we say of ourselves each 30 s loses nothing when it is dropped. */
static bool may_wait(uint8_t type)
{
	return act_is_chained(type);
}

struct ally_draft *ally_say(struct judge *j, struct ally_charter *c,
    uint8_t type, const union act_body *b, uint32_t life)
{
	struct ally *y = j->ally;
	uint8_t body[ACT_BODY_MOST];
	struct ally_draft *d;
	size_t n;

	if (body_encode(type, b, body, sizeof(body), &n) != ACT_OK ||
	    y->n_drafts >= ALLY_DRAFTS ||
	    (!may_wait(type) && (!y->notary_up || !c->running))) {
		y->counts[COUNT_LOST]++;
		return NULL;
	}
	d = mem_new(1, sizeof(*d) + n);
	d->id = ++y->draft_id;
	d->type = type;
	d->charter = c->no;
	d->life = life;
	d->n = n;
	memcpy(d->body, body, n);
	STAILQ_INSERT_TAIL(&y->drafts, d, next);
	y->n_drafts++;
	return d;
}

/* The header that the notary will make too, for its hash. */
static struct act_hash hash_of(const struct ally *y, const struct ally_draft *d,
    const struct wire_draft *w)
{
	struct envelope e = { .type = w->type,
		.label = w->label,
		.charter_version = w->charter_version,
		.run = w->run,
		.seq = w->seq,
		.issued = w->issued,
		.expires = w->expires };
	uint8_t header[ENVELOPE_SIZE];

	memcpy(e.alliance, w->alliance, ACT_KEY);
	memcpy(e.party, w->party, ACT_KEY);
	memcpy(e.envoy, y->envoy, ACT_KEY);
	memcpy(e.prev.b, w->prev, ACT_HASH);
	e.commit =
	    body_commit(w->salt, (struct str){ (const char *)d->body, d->n });
	envelope_write(&e, header);
	return envelope_hash(header);
}

static void number(struct ally_charter *c, struct ally_draft *d,
    struct wire_draft *w)
{
	struct envelope e = { 0 };

	if (!act_is_chained(d->type)) {
		w->run = c->author.run;
		w->seq = ++c->beats;
		return;
	}
	chain_next(&c->author, &e);
	w->run = e.run;
	w->seq = e.seq;
	memcpy(w->prev, e.prev.b, ACT_HASH);
	d->seq = e.seq;
}

static void send_draft(struct judge *j, struct ally_charter *c,
    struct ally_draft *d)
{
	struct ally *y = j->ally;
	struct wire_draft w = { .id = d->id,
		.type = d->type,
		.label = LABEL_GREEN,
		.charter_version = alliance_version(c->a),
		.issued = ally_ms(j) };

	w.expires = w.issued + (uint64_t)d->life * 1000;
	memcpy(w.alliance, c->id, 32);
	memcpy(w.party, alliance_party(c->a, c->self)->id, 32);
	randombytes_buf(w.salt, sizeof(w.salt));
	number(c, d, &w);
	if (d->seq) {
		struct act_hash hash = hash_of(y, d, &w);

		chain_said(&c->author, &hash);
		c->changed = true;
	}
	d->sent = true;
	quota_take(&c->quota, d->seq != 0, ENVELOPE_SIZE + d->n);
	y->counts[COUNT_TOLD] += d->type == ACT_NOTICE;
	if (d->type == ACT_NOTICE) {
		d->told.run = w.run;
		d->told.seq = w.seq;
		d->told.expires = j->now + d->life;
		ally_told_put(y, &d->told);
	}
	j->ops.send(j->arg, NOTARY, 0, MSG_DRAFT, &w, sizeof(w),
	    (struct str){ (const char *)d->body, d->n });
}

/* What nobody can make another do goes before what may have been induced. */
static int rank(const struct ally_draft *d)
{
	return d->type == ACT_NOTICE && d->told.evidence != ALLIED_OWN_ACT;
}

/* Of those that wait the one that was seen most goes first. */
void ally_rank(struct ally *y, struct ally_draft *d)
{
	struct ally_draft *o, *before = NULL;

	STAILQ_FOREACH(o, &y->drafts, next)
	{
		if (o == d)
			return;
		if (!o->sent && o->type == ACT_NOTICE && rank(o) == rank(d) &&
		    o->charter == d->charter && o->told.count < d->told.count)
			break;
		before = o;
	}
	STAILQ_REMOVE(&y->drafts, d, ally_draft, next);
	if (before)
		STAILQ_INSERT_AFTER(&y->drafts, before, d, next);
	else
		STAILQ_INSERT_HEAD(&y->drafts, d, next);
}

/* An eighth of the burst is kept for receipts, pardons and the like: who goes
 * beyond the quota is not heard at all until there is room again. */
static bool over_quota(const struct judge *j, struct ally_charter *c,
    const struct ally_draft *d)
{
	struct quota_conf conf = ally_quota(c);
	bool over = d->type == ACT_NOTICE &&
		    !quota_has(&c->quota, &conf, 1 + conf.burst / 8,
			ENVELOPE_SIZE + d->n, j->now);

	if (over && !c->held_said)
		log_warn("own-quota text=\"our own notices wait: as many were "
			 "given as the charter allows\"");
	c->held_said = over || (c->held_said && d->type != ACT_NOTICE);
	return over;
}

size_t ally_held_back(const struct ally *y, const struct ally_charter *c)
{
	const struct ally_draft *d;
	size_t n = 0;

	STAILQ_FOREACH(d, &y->drafts, next)
	{
		n += c->held_said && d->type == ACT_NOTICE && !d->sent &&
		     d->charter == c->no;
	}
	return n;
}

void ally_send_drafts(struct judge *j)
{
	struct ally *y = j->ally;
	struct ally_draft *d;

	if (!y->notary_up)
		return;
	for (int r = 0; r < 2; r++) {
		STAILQ_FOREACH(d, &y->drafts, next)
		{
			struct ally_charter *c = y->charters[d->charter];

			if (!d->sent && rank(d) == r && c->a && c->running &&
			    !over_quota(j, c, d))
				send_draft(j, c, d);
		}
	}
}

void ally_begin_run(struct judge *j, struct ally_charter *c,
    enum act_run_why why)
{
	struct ally *y = j->ally;
	union act_body b = { 0 };
	uint64_t least = MAX(c->author.run + 1, c->run_floor);
	struct ally_draft *d, *o;

	chain_begin(&c->author,
	    MAX(ally_ms(j), least) + randombytes_uniform(RUN_SPREAD), why,
	    &b.run);
	c->running = true;
	c->changed = true;
	c->beats = 0;
	d = ally_say(j, c, ACT_RUN, &b, 30 * NOTICE_LIVES);
	if (!d)
		return;
	/* what was not signed in the last run goes into this one, after it */
	STAILQ_REMOVE(&y->drafts, d, ally_draft, next);
	STAILQ_INSERT_HEAD(&y->drafts, d, next);
	STAILQ_FOREACH(o, &y->drafts, next)
	{
		if (o->charter == c->no) {
			o->id = ++y->draft_id; /* an answer may be under way */
			o->sent = false;
			o->seq = 0;
		}
	}
	ally_tell_late(j, c);
	ally_send_drafts(j);
}

static void hear_key(struct judge *j, const struct wire_envoy_key *k)
{
	struct ally *y = j->ally;

	memcpy(y->envoy, k->key, sizeof(y->envoy));
	y->has_key = true;
	y->notary_up = true;
	for (size_t i = 0; i < y->n_charters; i++) {
		struct ally_charter *c = y->charters[i];

		c->running = false;
		if (c->a)
			ally_alliance(j, c->a); /* who are we there? */
	}
}

static struct ally_draft *draft_of(const struct ally *y, uint64_t id)
{
	struct ally_draft *d;

	STAILQ_FOREACH(d, &y->drafts, next)
	{
		if (d->id == id)
			return d;
	}
	return NULL;
}

static void drop_draft(struct ally *y, struct ally_draft *d)
{
	STAILQ_REMOVE(&y->drafts, d, ally_draft, next);
	y->n_drafts--;
	free(d);
}

/* Our own acts lie in the ledger as those of others do, and come from there
 * again after any loss. */
static void hear_signed(struct judge *j, const struct wire_signed *s,
    const void *frame, size_t n)
{
	struct ally *y = j->ally;
	struct ally_chain *chain[FRAME_ACTS] = { 0 };
	bool fresh[FRAME_ACTS] = { 0 };
	const struct envelope *e;
	struct ally_charter *c;

	for (uint32_t i = 0; i < s->n; i++) {
		struct ally_draft *d = draft_of(y, s->ids[i]);

		if (d)
			drop_draft(y, d);
	}
	if (frame_parse(&y->frame, frame, n) != ACT_OK)
		return;
	e = &y->frame.acts[0].e;
	c = ally_charter_of(y, e->alliance);
	if (!c || memcmp(e->envoy, y->envoy, ACT_KEY) != 0)
		return;
	y->counts[COUNT_SENT] += y->frame.n;
	for (size_t i = 0; i < y->frame.n; i++) {
		const struct frame_act *a = &y->frame.acts[i];
		struct ally_known_arg arg = { j, NULL };

		if (!act_is_chained(a->e.type))
			continue;
		chain[i] = ally_chain(j, c, &a->e, c->self_no);
		arg.c = chain[i];
		fresh[i] = chain_hear(&chain[i]->c, &a->e, &a->hash, ally_known,
			       &arg) == CHAIN_NEW;
		chain[i]->changed = chain[i]->fresh = true;
		if (fresh[i] && a->e.type == ACT_REFERRAL)
			ally_referred(j, c, a);
	}
	ally_record(j, &y->frame, (struct str){ frame, n }, chain, fresh);
	ally_hand_on(j, c, (struct str){ frame, n });
}

static void hear_unsigned(struct judge *j, const struct wire_unsigned *u)
{
	struct ally *y = j->ally;
	struct ally_draft *d = draft_of(y, u->id);
	struct ally_charter *c;

	if (!d)
		return;
	y->counts[COUNT_UNSIGNED]++;
	c = y->charters[d->charter];
	log_warn("not-signed type=%u why=\"%s\"", d->type,
	    act_fault_name((enum act_fault)u->fault));
	if (u->fault != ACT_E_SPOKEN && u->fault != ACT_E_FOLLOWS)
		drop_draft(y, d);               /* it never will be */
	c->run_floor = ally_ms(j) + RUN_SPREAD; /* beyond any of this second */
	if (c->a && c->self != ALLIANCE_NOBODY)
		ally_begin_run(j, c, RUN_LAPSE);
}

bool ally_hear_notary(struct judge *j, uint32_t type, const void *body,
    size_t n)
{
	size_t size = msgs[type].size;

	switch (type) {
	case MSG_ENVOY_KEY:
		hear_key(j, body);
		return true;
	case MSG_SIGNED:
		if (((const struct wire_signed *)body)->n > WIRE_BATCH)
			return false;
		hear_signed(j, body, (const uint8_t *)body + size, n - size);
		return true;
	case MSG_UNSIGNED:
		hear_unsigned(j, body);
		return true;
	}
	return false;
}

struct vouching {
	struct judge *j;
	const struct net *net;
	uint32_t term;
	size_t n;
};

static void vouch_for(void *arg, const struct ledger_said *s)
{
	struct vouching *k = arg;
	struct ally *y = k->j->ally;
	struct ally_charter *c =
	    s->charter < y->n_charters ? y->charters[s->charter] : NULL;
	const struct ally_chain *h = ally_chain_no(y, s->chain);
	union act_body b = { .conduct = { .subject = s->net,
				 .basis = BASIS_HUMAN,
				 .term = k->term } };

	if (!c || !h || c->self == ALLIANCE_NOBODY || s->party == c->self_no ||
	    s->pardoned || s->expires <= k->j->now)
		return;
	memcpy(b.conduct.notice.envoy, h->c.envoy, ACT_KEY);
	b.conduct.notice.run = h->c.run;
	b.conduct.notice.seq = s->seq;
	if (!ally_say(k->j, c, ACT_CONDUCT, &b, k->term))
		return;
	k->n++;
	(void)allied_conduct(y->law, c->self_no, &s->net, k->j->now + k->term,
	    k->j->now);
}

size_t ally_vouch(struct judge *j, const struct net *n, uint32_t term)
{
	struct vouching k = { j, n,
		term ? MIN(term, (uint32_t)NOTICE_LIVES)
		     : (uint32_t)NOTICE_LIVES,
		0 };

	judge_commit(j);
	if (!j->ally->law || !j->ledger)
		return 0;
	(void)ledger_said_of(j->ledger, n, 32, vouch_for, &k);
	if (k.n)
		ally_measure(j, n, ALLY_NOBODY, 0);
	ally_send_drafts(j);
	return k.n;
}
