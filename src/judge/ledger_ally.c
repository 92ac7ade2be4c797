#include "judge/ledger_ally.h"

#include "judge/ledger_priv.h"

/* The bytes stay where they are until the statement has run. */
static void bind_bytes(sqlite3_stmt *s, int at, struct str b)
{
	sqlite3_bind_blob(s, at, b.p ? b.p : "", (int)b.n, SQLITE_STATIC);
}

static void bind_id(sqlite3_stmt *s, int at, const uint8_t *id)
{
	sqlite3_bind_blob(s, at, id, LEDGER_ID, SQLITE_STATIC);
}

int ledger_put_party(struct ledger *l, const struct ledger_party *p)
{
	sqlite3_stmt *s = ledger_st(l, ST_ALLY_PARTY_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, p->no);
	bind_id(s, 2, p->id);
	ledger_bind_text(s, 3, p->name);
	bind_bytes(s, 4, p->state);
	return ledger_run(s);
}

int ledger_put_charter(struct ledger *l, const struct ledger_charter *c)
{
	sqlite3_stmt *s = ledger_st(l, ST_ALLY_CHARTER_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, c->no);
	bind_id(s, 2, c->id);
	bind_bytes(s, 3, c->state);
	return ledger_run(s);
}

int ledger_put_subject(struct ledger *l, uint32_t place, struct str bytes)
{
	sqlite3_stmt *s = ledger_st(l, ST_ALLY_SUBJECT_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, place);
	bind_bytes(s, 2, bytes);
	return ledger_run(s);
}

int ledger_put_chain(struct ledger *l, const struct ledger_chain *c)
{
	sqlite3_stmt *s = ledger_st(l, ST_ALLY_CHAIN_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, c->no, c->used);
	bind_bytes(s, 3, c->bytes);
	return ledger_run(s);
}

int ledger_put_frame(struct ledger *l, const struct ledger_frame *f)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_ADD);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, f->chain, (int64_t)f->first, (int64_t)f->last, f->at);
	bind_bytes(s, 5, f->bytes);
	return ledger_run(s);
}

int ledger_set_frame(struct ledger *l, int64_t id, struct str bytes)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_SET);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, id);
	bind_bytes(s, 2, bytes);
	return ledger_run(s);
}

int ledger_put_said(struct ledger *l, const struct ledger_said *d)
{
	sqlite3_stmt *s = ledger_st(l, ST_SAID_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &d->net);
	BIND(s, 3, d->party, d->charter, d->chain, (int64_t)d->seq, d->kind,
	    d->evidence, d->count, d->rung, d->verdict, d->witnesses, d->at,
	    d->until, d->expires, d->pardoned);
	ledger_bind_text(s, 17, str_of(d->service));
	return ledger_run(s);
}

int ledger_pardon_said(struct ledger *l, const struct net *n, uint16_t party)
{
	sqlite3_stmt *s = ledger_st(l, ST_SAID_PARDON);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, n);
	BIND(s, 3, party);
	return ledger_run(s);
}

int ledger_put_told(struct ledger *l, const struct ledger_told *t)
{
	sqlite3_stmt *s = ledger_st(l, ST_TOLD_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &t->net);
	BIND(s, 3, t->charter, (int64_t)t->run, (int64_t)t->seq, t->evidence,
	    t->count, t->at, t->term, t->expires);
	return ledger_run(s);
}

int ledger_put_reply(struct ledger *l, const struct ledger_reply *r)
{
	sqlite3_stmt *s = ledger_st(l, ST_ANSWER_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &r->net);
	BIND(s, 3, r->charter, r->party, r->verdict, r->reason, r->measure,
	    r->until, r->at);
	return ledger_run(s);
}

int ledger_put_referral(struct ledger *l, const struct ledger_referral *r)
{
	sqlite3_stmt *s = ledger_st(l, ST_REFERRAL_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	bind_id(s, 1, r->envoy);
	BIND(s, 2, (int64_t)r->run, (int64_t)r->seq, r->charter, r->owner,
	    r->author);
	ledger_bind_net(s, 7, &r->net);
	BIND(s, 9, r->state, r->at, r->acknowledged, r->settled);
	return ledger_run(s);
}

int ledger_drop_referral(struct ledger *l, const struct ledger_referral *r)
{
	sqlite3_stmt *s = ledger_st(l, ST_REFERRAL_DROP);

	if (!s)
		return LEDGER_E_OTHER;
	bind_id(s, 1, r->envoy);
	BIND(s, 2, (int64_t)r->run, (int64_t)r->seq);
	return ledger_run(s);
}

static sqlite3_stmt *bind_early(struct ledger *l, enum statement st,
    const struct ledger_early *e)
{
	sqlite3_stmt *s = ledger_st(l, st);

	if (!s)
		return NULL;
	bind_id(s, 1, e->envoy);
	BIND(s, 2, (int64_t)e->run, (int64_t)e->seq, e->chain, (int64_t)e->by);
	return s;
}

int ledger_put_early(struct ledger *l, const struct ledger_early *e)
{
	sqlite3_stmt *s = bind_early(l, ST_EARLY_PUT, e);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 6, e->at);
	return ledger_run(s);
}

int ledger_drop_early(struct ledger *l, const struct ledger_early *e)
{
	return ledger_run(bind_early(l, ST_EARLY_DROP, e));
}

int ledger_put_account(struct ledger *l, const struct ledger_account *a)
{
	sqlite3_stmt *s = ledger_st(l, ST_ACCOUNT_PUT);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, &a->net);
	BIND(s, 3, a->last);
	bind_bytes(s, 4, a->users);
	return ledger_run(s);
}

int ledger_drop_told(struct ledger *l, const struct net *n)
{
	int e = ledger_run_net(l, ST_TOLD_DROP, n);

	return e ? e : ledger_run_net(l, ST_ANSWER_DROP, n);
}

int ledger_drop_said(struct ledger *l, const struct net *n)
{
	int e = ledger_run_span(l, ST_SAID_DROP, n);

	return e ? e : ledger_run_span(l, ST_HISTORY_DROP_ALLIED, n);
}

int ledger_drop_said_by(struct ledger *l, const struct net *n, uint16_t party)
{
	sqlite3_stmt *s = ledger_st(l, ST_SAID_DROP_BY);

	if (!s)
		return LEDGER_E_OTHER;
	ledger_bind_net(s, 1, n);
	BIND(s, 3, party);
	return ledger_run(s);
}

int ledger_forget(struct ledger *l, const struct net *n, bool lift)
{
	static const enum statement all[] = { ST_EVENT_DROP, ST_MEMORY_DROP,
		ST_HISTORY_DROP, ST_ACCOUNT_DROP, ST_MEASURE_DROP_IN,
		ST_LINE_DROP_IN };
	int e = ledger_run_span(l, ST_SAID_DROP, n);

	for (size_t i = 0; lift && !e && i < countof(all); i++)
		e = ledger_run_span(l, all[i], n);
	return e;
}

static int expire(struct ledger *l, enum statement st, uint32_t before)
{
	sqlite3_stmt *s = ledger_st(l, st);

	if (!s)
		return LEDGER_E_OTHER;
	BIND(s, 1, before);
	return ledger_run(s);
}

int ledger_prune_ally(struct ledger *l, uint32_t frames, uint32_t before)
{
	int e = expire(l, ST_FRAME_EXPIRE, frames);

	return e ? e : expire(l, ST_SAID_EXPIRE, before);
}

int ledger_truncate(struct ledger *l)
{
	return ledger_answer(sqlite3_wal_checkpoint_v2(l->db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}
