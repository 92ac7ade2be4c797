#include "judge/ledger_ally.h"

#include "judge/ledger_priv.h"

struct sink {
	void *arg;
	union {
		ledger_party_fn *party;
		ledger_charter_fn *charter;
		ledger_subject_fn *subject;
		ledger_chain_fn *chain;
		ledger_frame_fn *frame;
		ledger_said_fn *said;
		ledger_told_fn *told;
		ledger_reply_fn *reply;
		ledger_referral_fn *referral;
		ledger_early_fn *early;
		ledger_account_fn *account;
	} fn;
};
typedef void row_fn(const struct sink *k, sqlite3_stmt *s);

static int each(sqlite3_stmt *s, row_fn *row, const struct sink *k)
{
	int rc;

	if (!s)
		return LEDGER_E_OTHER;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		row(k, s);
	sqlite3_reset(s);
	return ledger_answer(rc);
}

static uint8_t u8(sqlite3_stmt *s, int at)
{
	return (uint8_t)sqlite3_column_int64(s, at);
}

static uint16_t u16(sqlite3_stmt *s, int at)
{
	return (uint16_t)sqlite3_column_int64(s, at);
}

static struct str bytes_at(sqlite3_stmt *s, int at)
{
	const char *p = sqlite3_column_blob(s, at);

	return (struct str){ p, (size_t)sqlite3_column_bytes(s, at) };
}

static const uint8_t *id_at(sqlite3_stmt *s, int at)
{
	struct str b = bytes_at(s, at);

	return b.n == LEDGER_ID ? (const uint8_t *)b.p : NULL;
}

static void party_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_party p = { u16(s, 0), id_at(s, 1), bytes_at(s, 2),
		bytes_at(s, 3) };

	if (p.id)
		k->fn.party(k->arg, &p);
}

static void charter_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_charter c = { u8(s, 0), id_at(s, 1), bytes_at(s, 2) };

	if (c.id)
		k->fn.charter(k->arg, &c);
}

static void subject_row(const struct sink *k, sqlite3_stmt *s)
{
	k->fn.subject(k->arg, column_u32(s, 0), bytes_at(s, 1));
}

static void chain_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_chain c = { column_u32(s, 0), column_u32(s, 1),
		bytes_at(s, 2) };

	k->fn.chain(k->arg, &c);
}

static void frame_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_frame f = { sqlite3_column_int64(s, 0), column_u32(s, 1),
		column_u32(s, 4), column_u64(s, 2), column_u64(s, 3),
		bytes_at(s, 5) };

	k->fn.frame(k->arg, &f);
}

static void said_row(const struct sink *k, sqlite3_stmt *s)
{
	struct str service = str_head(bytes_at(s, 16), LEDGER_SERVICE - 1);
	struct ledger_said d = { .net = column_net(s, 0),
		.party = u16(s, 2),
		.charter = u8(s, 3),
		.chain = column_u32(s, 4),
		.seq = column_u64(s, 5),
		.kind = u16(s, 6),
		.evidence = u8(s, 7),
		.count = column_u32(s, 8),
		.rung = u8(s, 9),
		.verdict = u8(s, 10),
		.witnesses = column_u32(s, 11),
		.at = column_u32(s, 12),
		.until = column_u32(s, 13),
		.expires = column_u32(s, 14),
		.pardoned = u8(s, 15) != 0 };

	if (service.n)
		memcpy(d.service, service.p, service.n);
	if (d.net.addr.family)
		k->fn.said(k->arg, &d);
}

static void told_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_told t = { .net = column_net(s, 0),
		.charter = u8(s, 2),
		.run = column_u64(s, 3),
		.seq = column_u64(s, 4),
		.evidence = u8(s, 5),
		.count = column_u32(s, 6),
		.at = column_u32(s, 7),
		.term = column_u32(s, 8),
		.expires = column_u32(s, 9) };

	if (t.net.addr.family)
		k->fn.told(k->arg, &t);
}

static void reply_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_reply r = { .net = column_net(s, 0),
		.charter = u8(s, 2),
		.party = u16(s, 3),
		.verdict = u8(s, 4),
		.reason = u8(s, 5),
		.measure = u8(s, 6),
		.until = column_u32(s, 7),
		.at = column_u32(s, 8) };

	if (r.net.addr.family)
		k->fn.reply(k->arg, &r);
}

static void referral_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_referral r = { .run = column_u64(s, 1),
		.seq = column_u64(s, 2),
		.charter = u8(s, 3),
		.owner = u16(s, 4),
		.author = u16(s, 5),
		.net = column_net(s, 6),
		.state = u8(s, 8),
		.at = column_u32(s, 9),
		.acknowledged = column_u32(s, 10),
		.settled = column_u32(s, 11) };
	const uint8_t *envoy = id_at(s, 0);

	if (!envoy || !r.net.addr.family)
		return;
	memcpy(r.envoy, envoy, LEDGER_ID);
	k->fn.referral(k->arg, &r);
}

static void early_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_early e = { .run = column_u64(s, 1),
		.seq = column_u64(s, 2),
		.by = column_u64(s, 4),
		.chain = column_u32(s, 3),
		.at = column_u32(s, 5) };
	const uint8_t *envoy = id_at(s, 0);

	if (!envoy)
		return;
	memcpy(e.envoy, envoy, LEDGER_ID);
	k->fn.early(k->arg, &e);
}

static void account_row(const struct sink *k, sqlite3_stmt *s)
{
	struct ledger_account a = { column_net(s, 0), column_u32(s, 2),
		bytes_at(s, 3) };

	if (a.net.addr.family)
		k->fn.account(k->arg, &a);
}

#define EACH(l, st, row, kind, f, a) \
	each(ledger_st(l, st), row, \
	    &(struct sink){ .arg = (a), .fn = { .kind = (f) } })

int ledger_parties(struct ledger *l, ledger_party_fn *fn, void *arg)
{
	return EACH(l, ST_ALLY_PARTY_ALL, party_row, party, fn, arg);
}

int ledger_charters(struct ledger *l, ledger_charter_fn *fn, void *arg)
{
	return EACH(l, ST_ALLY_CHARTER_ALL, charter_row, charter, fn, arg);
}

int ledger_subjects(struct ledger *l, ledger_subject_fn *fn, void *arg)
{
	return EACH(l, ST_ALLY_SUBJECT_ALL, subject_row, subject, fn, arg);
}

int ledger_chains(struct ledger *l, ledger_chain_fn *fn, void *arg)
{
	return EACH(l, ST_ALLY_CHAIN_ALL, chain_row, chain, fn, arg);
}

int ledger_tolds(struct ledger *l, ledger_told_fn *fn, void *arg)
{
	return EACH(l, ST_TOLD_ALL, told_row, told, fn, arg);
}

int ledger_referrals(struct ledger *l, ledger_referral_fn *fn, void *arg)
{
	return EACH(l, ST_REFERRAL_ALL, referral_row, referral, fn, arg);
}

int ledger_frame_of(struct ledger *l, uint32_t chain, uint64_t seq,
    ledger_frame_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_OF);

	if (s)
		BIND(s, 1, chain, (int64_t)seq);
	return each(s, frame_row,
	    &(struct sink){ .arg = arg, .fn = { .frame = fn } });
}

int ledger_frames_from(struct ledger *l, uint32_t chain, uint64_t seq,
    size_t max, ledger_frame_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_FROM);

	if (s)
		BIND(s, 1, chain, (int64_t)seq, (int64_t)max);
	return each(s, frame_row,
	    &(struct sink){ .arg = arg, .fn = { .frame = fn } });
}

int ledger_frames_after(struct ledger *l, int64_t id, size_t max,
    ledger_frame_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_AFTER);

	if (s)
		BIND(s, 1, id, (int64_t)max);
	return each(s, frame_row,
	    &(struct sink){ .arg = arg, .fn = { .frame = fn } });
}

int ledger_frames_with(struct ledger *l, struct str bytes, ledger_frame_fn *fn,
    void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_FRAME_WITH);

	if (s)
		sqlite3_bind_blob(s, 1, bytes.p, (int)bytes.n, SQLITE_STATIC);
	return each(s, frame_row,
	    &(struct sink){ .arg = arg, .fn = { .frame = fn } });
}

static void bind_span(sqlite3_stmt *s, const struct net *n, size_t max)
{
	struct span_of r = ledger_span(n);

	if (!s)
		return;
	sqlite3_bind_blob(s, 1, r.low, r.n, SQLITE_TRANSIENT);
	sqlite3_bind_blob(s, 2, r.high, r.n, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 3, (int64_t)max);
}

int ledger_said_of(struct ledger *l, const struct net *n, size_t max,
    ledger_said_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_SAID_OF);

	bind_span(s, n, max);
	return each(s, said_row,
	    &(struct sink){ .arg = arg, .fn = { .said = fn } });
}

int ledger_said_as(struct ledger *l, uint8_t rung, ledger_said_fn *fn,
    void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_SAID_AS);

	if (s)
		sqlite3_bind_int(s, 1, rung);
	return each(s, said_row,
	    &(struct sink){ .arg = arg, .fn = { .said = fn } });
}

int ledger_replies_of(struct ledger *l, const struct net *n, size_t max,
    ledger_reply_fn *fn, void *arg)
{
	sqlite3_stmt *s = ledger_st(l, ST_ANSWER_OF);

	bind_span(s, n, max);
	return each(s, reply_row,
	    &(struct sink){ .arg = arg, .fn = { .reply = fn } });
}

int ledger_earlies(struct ledger *l, ledger_early_fn *fn, void *arg)
{
	return EACH(l, ST_EARLY_ALL, early_row, early, fn, arg);
}

int ledger_accounts(struct ledger *l, ledger_account_fn *fn, void *arg)
{
	return EACH(l, ST_ACCOUNT_ALL, account_row, account, fn, arg);
}
