#include "judge/ledger_priv.h"

/* clang-format off */
#define EVENT_COLUMNS \
	"who, rule, at, expires, value, user, flags," \
	" key, ino, offset, length, hash"
#define MEASURE_COLUMNS \
	"net, bits, act, rung, verdict, flags, rule, count, need, span," \
	" first, last, at, until, repeats, packets, bytes, ports, hosts"
#define HISTORY_COLUMNS \
	"at, net, bits, what, rung, rule, count, until, repeats"
#define IN_SPAN \
	" WHERE net >= ?1 AND net <= ?2 AND length(net) = length(?1)"
#define SAID_COLUMNS \
	"net, bits, party, charter, chain, seq, kind, evidence, count, rung," \
	" verdict, witnesses, at, until, expires, pardoned, service"
#define TOLD_COLUMNS \
	"net, bits, charter, run, seq, evidence, count, at, term, expires"
#define ANSWER_COLUMNS \
	"net, bits, charter, party, verdict, reason, measure, until, at"
#define REFERRAL_COLUMNS \
	"envoy, run, seq, charter, owner, author, net, bits, state, at," \
	" acknowledged, settled"

static const char *const sql[ST_N] = {
	[ST_NAME_ADD] = "INSERT OR IGNORE INTO name(text) VALUES(?1)",
	[ST_NAME_GET] = "SELECT id FROM name WHERE text = ?1",
	[ST_EVENT_ADD] = "INSERT INTO event(" EVENT_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
	[ST_EVENT_ALL] = "SELECT " EVENT_COLUMNS " FROM event"
	    " WHERE expires > ?1 ORDER BY id",
	[ST_EVENT_OF] = "SELECT " EVENT_COLUMNS " FROM event"
	    " WHERE who >= ?1 AND who <= ?2 AND length(who) = length(?1)"
	    " ORDER BY id DESC LIMIT ?3",
	[ST_EVENT_DROP] = "DELETE FROM event"
	    " WHERE who >= ?1 AND who <= ?2 AND length(who) = length(?1)",
	[ST_EVENT_EXPIRE] = "DELETE FROM event"
	    " WHERE id > ?1 AND id <= ?2 AND expires <= ?3",
	[ST_EVENT_SURPLUS] = "DELETE FROM event WHERE id IN"
	    " (SELECT id FROM event ORDER BY id LIMIT ?1)",
	[ST_EVENT_LAST] = "SELECT ifnull(min(id), 0), ifnull(max(id), 0)"
	    " FROM event",
	[ST_POSITION_PUT] = "INSERT OR REPLACE INTO"
	    " source(key, ino, offset, n_at, used, before)"
	    " VALUES(?1,?2,?3,?4,?5,?6)",
	[ST_POSITION_DROP] = "DELETE FROM source WHERE key = ?1 AND ino = ?2",
	[ST_POSITION_ALL] = "SELECT key, ino, offset, n_at, used, before"
	    " FROM source"
	    " ORDER BY used",
	[ST_POSITION_EXPIRE] = "DELETE FROM source WHERE used < ?1",
	[ST_LOG_EXPIRE] = "DELETE FROM log"
	    " WHERE key NOT IN (SELECT key FROM source)",
	[ST_LOG_PUT] = "INSERT OR REPLACE INTO log(key, path, cursor)"
	    " VALUES(?1,?2,?3)",
	[ST_LOG_ALL] = "SELECT key, path, cursor FROM log",
	[ST_MEASURE_PUT] = "INSERT OR REPLACE INTO measure(" MEASURE_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,"
	    "?16,?17,?18,?19)",
	[ST_MEASURE_DROP] = "DELETE FROM measure WHERE net = ?1 AND bits = ?2",
	[ST_MEASURE_ALL] = "SELECT " MEASURE_COLUMNS " FROM measure",
	[ST_MEASURE_OF] = "SELECT " MEASURE_COLUMNS " FROM measure"
	    " WHERE net = ?1 AND bits = ?2",
	[ST_LINE_CLEAR] = "DELETE FROM line WHERE net = ?1 AND bits = ?2",
	[ST_LINE_COPY] = "INSERT OR IGNORE INTO"
	    " line(net, bits, event, key, ino, offset, length, hash, at)"
	    " SELECT ?1, ?2, id, key, ino, offset, length, hash, at FROM event"
	    " WHERE who >= ?3 AND who <= ?4 AND length(who) = length(?3)"
	    " AND rule = ?5 ORDER BY id DESC LIMIT ?6",
	[ST_LINE_OF] = "SELECT key, ino, offset, hash, length, at FROM line"
	    " WHERE net = ?1 AND bits = ?2 ORDER BY event",
	[ST_HISTORY_ADD] = "INSERT INTO history(" HISTORY_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[ST_HISTORY_ALL] = "SELECT " HISTORY_COLUMNS " FROM history"
	    " WHERE at >= ?1 ORDER BY id DESC LIMIT ?2",
	[ST_HISTORY_OF] = "SELECT " HISTORY_COLUMNS " FROM history"
	    " WHERE net >= ?1 AND net <= ?2 AND length(net) = length(?1)"
	    " ORDER BY id DESC LIMIT ?3",
	[ST_HISTORY_EXPIRE] = "DELETE FROM history WHERE id IN"
	    " (SELECT id FROM history WHERE at < ?1"
	    " OR id <= (SELECT max(id) FROM history) - ?2"
	    " ORDER BY id LIMIT 500)",
	[ST_MEMORY_PUT] = "INSERT OR REPLACE INTO memory(net, bits, verdict,"
	    " until, term, repeats, last, failures, ports)"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[ST_MEMORY_DROP] = "DELETE FROM memory WHERE net >= ?1 AND net <= ?2"
	    " AND length(net) = length(?1)",
	[ST_MEMORY_EXPIRE] = "DELETE FROM memory WHERE last < ?1",
	[ST_MEMORY_ALL] = "SELECT net, bits, verdict, until, term, repeats,"
	    " last, failures, ports FROM memory",
	[ST_GOOD_PUT] = "INSERT OR REPLACE INTO login(net, bits, days, last,"
	    " barred) VALUES(?1,?2,?3,?4,?5)",
	[ST_GOOD_ALL] = "SELECT net, bits, days, last, barred FROM login",
	[ST_HELD_PUT] = "INSERT OR REPLACE INTO held(net, bits, rule, at,"
	    " until) VALUES(?1,?2,?3,?4,?5)",
	[ST_HELD_DROP] = "DELETE FROM held WHERE net = ?1 AND bits = ?2"
	    " AND rule = ?3",
	[ST_HELD_ALL] = "SELECT net, bits, rule, at, until FROM held",
	[ST_WORD_PUT] = "INSERT OR REPLACE INTO word(net, bits, what, at,"
	    " until, uid, note) VALUES(?1,?2,?3,?4,?5,?6,?7)",
	[ST_WORD_DROP] = "DELETE FROM word WHERE net = ?1 AND bits = ?2"
	    " AND what = ?3",
	[ST_WORD_ALL] = "SELECT net, bits, what, at, until, uid, note"
	    " FROM word",
	[ST_COUNTER_PUT] = "INSERT OR REPLACE INTO counter(name, value)"
	    " VALUES(?1,?2)",
	[ST_COUNTER_ALL] = "SELECT name, value FROM counter",
	[ST_ALLY_PARTY_PUT] = "INSERT OR REPLACE INTO"
	    " ally_party(no, id, name, state) VALUES(?1,?2,?3,?4)",
	[ST_ALLY_PARTY_ALL] = "SELECT no, id, name, state FROM ally_party"
	    " ORDER BY no",
	[ST_ALLY_CHARTER_PUT] = "INSERT OR REPLACE INTO"
	    " ally_charter(no, id, state) VALUES(?1,?2,?3)",
	[ST_ALLY_CHARTER_ALL] = "SELECT no, id, state FROM ally_charter"
	    " ORDER BY no",
	[ST_ALLY_SUBJECT_PUT] = "INSERT OR REPLACE INTO"
	    " ally_subject(place, bytes) VALUES(?1,?2)",
	[ST_ALLY_SUBJECT_ALL] = "SELECT place, bytes FROM ally_subject",
	[ST_ALLY_CHAIN_PUT] = "INSERT OR REPLACE INTO"
	    " ally_chain(no, used, bytes) VALUES(?1,?2,?3)",
	[ST_ALLY_CHAIN_ALL] = "SELECT no, used, bytes FROM ally_chain"
	    " ORDER BY no",
	[ST_FRAME_ADD] = "INSERT INTO frame(chain, first, last, at, bytes)"
	    " VALUES(?1,?2,?3,?4,?5)",
	[ST_FRAME_OF] = "SELECT id, chain, first, last, at, bytes FROM frame"
	    " WHERE chain = ?1 AND first <= ?2 AND first > ?2 - 64"
	    " AND last >= ?2 ORDER BY first DESC LIMIT 2",
	[ST_FRAME_FROM] = "SELECT id, chain, first, last, at, bytes FROM frame"
	    " WHERE chain = ?1 AND first > ?2 - 64 AND last >= ?2"
	    " ORDER BY first LIMIT ?3",
	[ST_FRAME_AFTER] = "SELECT id, chain, first, last, at, bytes FROM frame"
	    " WHERE id > ?1 ORDER BY id LIMIT ?2",
	[ST_FRAME_WITH] = "SELECT id, chain, first, last, at, bytes FROM frame"
	    " WHERE instr(bytes, ?1) > 0",
	[ST_FRAME_SET] = "UPDATE frame SET bytes = ?2 WHERE id = ?1",
	[ST_FRAME_EXPIRE] = "DELETE FROM frame WHERE id IN (SELECT id FROM"
	    " frame ORDER BY id LIMIT 200) AND at < ?1",
	[ST_SAID_PUT] = "INSERT OR REPLACE INTO said(" SAID_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,"
	    "?17)",
	[ST_SAID_OF] = "SELECT " SAID_COLUMNS " FROM said"
	    " WHERE net >= ?1 AND net <= ?2 AND length(net) = length(?1)"
	    " LIMIT ?3",
	[ST_SAID_AS] = "SELECT " SAID_COLUMNS " FROM said"
	    " WHERE rung = ?1 AND pardoned = 0 ORDER BY at",
	[ST_SAID_DROP] = "DELETE FROM said WHERE net >= ?1 AND net <= ?2"
	    " AND length(net) = length(?1)",
	[ST_SAID_PARDON] = "UPDATE said SET pardoned = 1 WHERE net = ?1"
	    " AND bits = ?2 AND party = ?3",
	[ST_SAID_DROP_BY] = "DELETE FROM said WHERE net = ?1 AND bits = ?2"
	    " AND party = ?3",
	/* what was done on others' word */
	[ST_HISTORY_DROP_ALLIED] = "DELETE FROM history" IN_SPAN
	    " AND rung = 11",
	[ST_HISTORY_DROP] = "DELETE FROM history" IN_SPAN,
	[ST_ACCOUNT_DROP] = "DELETE FROM account" IN_SPAN,
	[ST_MEASURE_DROP_IN] = "DELETE FROM measure" IN_SPAN,
	[ST_LINE_DROP_IN] = "DELETE FROM line" IN_SPAN,
	[ST_SAID_EXPIRE] = "DELETE FROM said WHERE at < ?1",
	[ST_TOLD_PUT] = "INSERT OR REPLACE INTO told(" TOLD_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
	[ST_TOLD_DROP] = "DELETE FROM told WHERE net = ?1 AND bits = ?2",
	[ST_TOLD_ALL] = "SELECT " TOLD_COLUMNS " FROM told",
	[ST_ANSWER_PUT] = "INSERT OR REPLACE INTO answer(" ANSWER_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[ST_ANSWER_OF] = "SELECT " ANSWER_COLUMNS " FROM answer"
	    " WHERE net >= ?1 AND net <= ?2 AND length(net) = length(?1)"
	    " LIMIT ?3",
	[ST_ANSWER_DROP] = "DELETE FROM answer WHERE net = ?1 AND bits = ?2",
	[ST_REFERRAL_PUT] = "INSERT OR REPLACE INTO"
	    " referral(" REFERRAL_COLUMNS ")"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
	[ST_REFERRAL_ALL] = "SELECT " REFERRAL_COLUMNS " FROM referral",
	[ST_EARLY_PUT] = "INSERT OR REPLACE INTO"
	    " early(envoy, run, seq, chain, by, at)"
	    " VALUES(?1,?2,?3,?4,?5,?6)",
	[ST_EARLY_DROP] = "DELETE FROM early WHERE envoy = ?1 AND run = ?2"
	    " AND seq = ?3 AND chain = ?4 AND by = ?5",
	[ST_EARLY_ALL] = "SELECT envoy, run, seq, chain, by, at FROM early",
	[ST_ACCOUNT_PUT] = "INSERT OR REPLACE INTO"
	    " account(net, bits, last, users) VALUES(?1,?2,?3,?4)",
	[ST_ACCOUNT_ALL] = "SELECT net, bits, last, users FROM account",
	[ST_REFERRAL_DROP] = "DELETE FROM referral WHERE envoy = ?1"
	    " AND run = ?2 AND seq = ?3",
};
/* clang-format on */

sqlite3_stmt *ledger_st(struct ledger *l, enum statement s)
{
	if (!l->st[s] &&
	    sqlite3_prepare_v3(l->db, sql[s], -1, SQLITE_PREPARE_PERSISTENT,
		&l->st[s], NULL) != SQLITE_OK)
		return NULL;
	sqlite3_clear_bindings(l->st[s]);
	return l->st[s];
}

struct span_of ledger_span(const struct net *n)
{
	struct span_of s = { .n = n->addr.family == 4 ? 4 : 16 };

	for (int i = 0; i < s.n; i++) {
		int bits = CLAMP(n->bits - 8 * i, 0, 8);
		uint8_t keep = (uint8_t)(0xff << (8 - bits));

		s.low[i] = n->addr.b[i] & keep;
		s.high[i] = (uint8_t)(s.low[i] | (uint8_t)~keep);
	}
	return s;
}

void ledger_bind_addr(sqlite3_stmt *s, int at, const struct addr *a)
{
	sqlite3_bind_blob(s, at, a->b, a->family == 4 ? 4 : 16,
	    SQLITE_TRANSIENT);
}

void ledger_bind_net(sqlite3_stmt *s, int at, const struct net *n)
{
	ledger_bind_addr(s, at, &n->addr);
	sqlite3_bind_int(s, at + 1, n->bits);
}
