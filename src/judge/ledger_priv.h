/*
 * ledger_priv - what the ledger's own files share: the handle, its prepared
 * statements, and the schema as a list of steps.
 */
#ifndef LPT_LEDGER_PRIV_H
#define LPT_LEDGER_PRIV_H

#include <sqlite3.h>

#include "judge/ledger.h"

enum statement {
	ST_NAME_ADD,
	ST_NAME_GET,
	ST_EVENT_ADD,
	ST_EVENT_ALL,
	ST_EVENT_OF,
	ST_EVENT_DROP,
	ST_EVENT_EXPIRE,
	ST_EVENT_SURPLUS,
	ST_EVENT_LAST,
	ST_POSITION_PUT,
	ST_POSITION_DROP,
	ST_POSITION_ALL,
	ST_POSITION_EXPIRE,
	ST_LOG_PUT,
	ST_LOG_EXPIRE,
	ST_LOG_ALL,
	ST_MEASURE_PUT,
	ST_MEASURE_DROP,
	ST_MEASURE_ALL,
	ST_MEASURE_OF,
	ST_LINE_CLEAR,
	ST_LINE_COPY,
	ST_LINE_OF,
	ST_HISTORY_ADD,
	ST_HISTORY_ALL,
	ST_HISTORY_OF,
	ST_HISTORY_EXPIRE,
	ST_MEMORY_PUT,
	ST_MEMORY_DROP,
	ST_MEMORY_EXPIRE,
	ST_MEMORY_ALL,
	ST_GOOD_PUT,
	ST_GOOD_ALL,
	ST_HELD_PUT,
	ST_HELD_DROP,
	ST_HELD_ALL,
	ST_WORD_PUT,
	ST_WORD_DROP,
	ST_WORD_ALL,
	ST_COUNTER_PUT,
	ST_COUNTER_ALL,
	ST_ALLY_PARTY_PUT,
	ST_ALLY_PARTY_ALL,
	ST_ALLY_CHARTER_PUT,
	ST_ALLY_CHARTER_ALL,
	ST_ALLY_SUBJECT_PUT,
	ST_ALLY_SUBJECT_ALL,
	ST_ALLY_CHAIN_PUT,
	ST_ALLY_CHAIN_ALL,
	ST_FRAME_ADD,
	ST_FRAME_OF,
	ST_FRAME_FROM,
	ST_FRAME_AFTER,
	ST_FRAME_WITH,
	ST_FRAME_SET,
	ST_FRAME_EXPIRE,
	ST_SAID_PUT,
	ST_SAID_OF,
	ST_SAID_AS,
	ST_SAID_DROP,
	ST_SAID_DROP_BY,
	ST_HISTORY_DROP,
	ST_HISTORY_DROP_ALLIED,
	ST_ACCOUNT_DROP,
	ST_MEASURE_DROP_IN,
	ST_LINE_DROP_IN,
	ST_SAID_PARDON,
	ST_SAID_EXPIRE,
	ST_TOLD_PUT,
	ST_TOLD_DROP,
	ST_TOLD_ALL,
	ST_ANSWER_PUT,
	ST_ANSWER_OF,
	ST_ANSWER_DROP,
	ST_REFERRAL_PUT,
	ST_REFERRAL_ALL,
	ST_REFERRAL_DROP,
	ST_EARLY_PUT,
	ST_EARLY_DROP,
	ST_EARLY_ALL,
	ST_ACCOUNT_PUT,
	ST_ACCOUNT_ALL,
	ST_N,
};

struct ledger {
	sqlite3 *db;
	sqlite3_stmt *st[ST_N];
	int64_t *rule_ids;         /* by rule number */
	size_t n_rules, last_rule; /* last: that a row had */
	ledger_ports_text_fn *ports_text;
	ledger_ports_number_fn *ports_number;
	void *ports_arg;
	int wal_pages; /* in the write-ahead log */
	int64_t swept; /* events up to here were looked at for expiry */
};

/* What SQLite's answer means to us. */
int ledger_answer(int rc);
/* The statement, reset and unbound; NULL if it cannot be prepared. */
sqlite3_stmt *ledger_st(struct ledger *l, enum statement s);
struct judge;
/* One statement for once, which the caller binds; NULL: not now. */
sqlite3_stmt *ledger_prepare(struct judge *j, const char *sql);
/* Runs it and ends it, also if it is NULL; NULL, or what went wrong. */
const char *ledger_finish(sqlite3_stmt *s);
/* Runs it to its end and resets it. */
int ledger_run(sqlite3_stmt *s);

/* step i brings a file from version i to i + 1 */
extern const char *const ledger_steps[LEDGER_VERSION];

/* The lowest and the highest address of a prefix, as stored. */
struct span_of {
	uint8_t low[16], high[16];
	int n;
};
struct span_of ledger_span(const struct net *n);
void ledger_bind_addr(sqlite3_stmt *s, int at, const struct addr *a);
void ledger_bind_net(sqlite3_stmt *s, int at, const struct net *n);
void ledger_bind_text(sqlite3_stmt *s, int at, struct str t);
/* Numbers, from position `at` on. */
void ledger_bind(sqlite3_stmt *s, int at, const int64_t *v, size_t n);
#define BIND(s, at, ...) \
	ledger_bind(s, at, (const int64_t[]){ __VA_ARGS__ }, \
	    countof(((const int64_t[]){ __VA_ARGS__ })))
/* Runs a statement that takes exactly a net from position 1 on; and one that
 * takes what lies within a net, by its lowest and highest address. */
int ledger_run_net(struct ledger *l, enum statement st, const struct net *n);
int ledger_run_span(struct ledger *l, enum statement st, const struct net *n);
void ledger_bind_span(sqlite3_stmt *s, int at, const struct net *n);

/* A rule's id in the file; and its number, or UINT16_MAX. */
int64_t ledger_rule_id(const struct ledger *l, uint16_t rule);
uint16_t ledger_rule_at(struct ledger *l, sqlite3_stmt *s, int at);

/* Columns of a row. */
static inline uint32_t column_u32(sqlite3_stmt *s, int at)
{
	return (uint32_t)sqlite3_column_int64(s, at);
}
static inline uint64_t column_u64(sqlite3_stmt *s, int at)
{
	return (uint64_t)sqlite3_column_int64(s, at);
}
/* Family 0: there is none, or what cannot be one. */
struct addr column_addr(sqlite3_stmt *s, int at);
struct net column_net(sqlite3_stmt *s, int at);

#endif
