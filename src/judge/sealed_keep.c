#include "judge/sealed_keep.h"

#include <sodium.h>

#include "charter/joining.h"
#include "judge/judge.h"
#include "judge/ledger_priv.h"

/* What a row is; below: enum sealed_type. */
enum sealed_row {
	SEALED_ROW_ACT_LAST = 63,
	SEALED_ROW_INVITE,
	SEALED_ROW_REQUEST,
	SEALED_ROW_JOINING,
	SEALED_ROW_SUSPENDED,
};

struct put {
	struct judge *j;
	sqlite3_stmt *s;
	const uint8_t *alliance;
	int64_t seq;
	bool failed;
};

static void put_row(struct put *p, int kind, const void *key, size_t n_key,
    const void *bytes, size_t n)
{
	sqlite3_bind_int(p->s, 1, kind);
	sqlite3_bind_blob(p->s, 2, p->alliance, 32, SQLITE_STATIC);
	sqlite3_bind_blob(p->s, 3, key, (int)n_key, SQLITE_STATIC);
	sqlite3_bind_int64(p->s, 4, p->seq++);
	sqlite3_bind_int64(p->s, 5, p->j->now);
	sqlite3_bind_blob(p->s, 6, bytes, (int)n, SQLITE_STATIC);
	p->failed |= sqlite3_step(p->s) != SQLITE_DONE;
	sqlite3_reset(p->s);
}

static void put_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	put_row(arg, (int)type, hash, 32, bytes.p, bytes.n);
}

static void put_alliance(struct put *p, const struct alliance *a)
{
	p->alliance = alliance_id(a);
	alliance_acts(a, put_act, p);
	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *m = alliance_party(a, (uint16_t)i);

		if (m->suspended)
			put_row(p, SEALED_ROW_SUSPENDED, m->id, 32,
			    &m->suspended, sizeof(m->suspended));
	}
}

static void put_joining(struct put *p, const struct joining_held *h)
{
	char text[TOKEN_TEXT_MAX];
	struct text_out o = { 0 };

	(void)token_print(&h->token, text);
	text_put(&o, "%s\n", text);
	text_put_str(&o, (struct str){ h->bundle, h->n });
	p->alliance = h->token.alliance;
	put_row(p, SEALED_ROW_JOINING, h->party, 32, o.p, o.n);
	sodium_memzero(text, sizeof(text));
	text_free(&o);
}

static void put_all(struct put *p)
{
	const struct charters *c = &p->j->charters;

	for (size_t i = 0; i < c->n; i++)
		put_alliance(p, c->v[i]);
	for (size_t i = 0; i < c->n_invites; i++) {
		p->alliance = c->invites[i].alliance;
		put_row(p, SEALED_ROW_INVITE, c->invites[i].join, 8,
		    &c->invites[i], sizeof(c->invites[i]));
	}
	for (size_t i = 0; i < c->n_requests; i++) {
		struct request_held *r = &p->j->charters.requests[i];
		uint8_t key[32];

		sealed_hash((struct str){ r->bundle, r->n }, key);
		p->alliance = r->alliance;
		put_row(p, SEALED_ROW_REQUEST, key, 32, r->bundle, r->n);
	}
	for (size_t i = 0; i < c->n_joinings; i++)
		put_joining(p, &c->joinings[i]);
}

static bool run(struct judge *j, const char *sql)
{
	return sqlite3_exec(j->ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* What lay there keeps the time it came; what is no more goes. */
static bool write_all(struct judge *j)
{
	struct put p = { .j = j };

	if (!run(j, "UPDATE sealed SET seq = -1") ||
	    sqlite3_prepare_v2(j->ledger->db,
		"INSERT INTO sealed(kind, alliance, key, seq, at, bytes)"
		" VALUES(?1,?2,?3,?4,?5,?6)"
		" ON CONFLICT(kind, alliance, key) DO UPDATE"
		" SET seq = excluded.seq, bytes = excluded.bytes",
		-1, &p.s, NULL) != SQLITE_OK)
		return false;
	put_all(&p);
	(void)sqlite3_finalize(p.s);
	return !p.failed && run(j, "DELETE FROM sealed WHERE seq = -1");
}

void sealed_keep(struct judge *j)
{
	if (!j->ledger || j->ledger_fault || j->opened.read_only)
		return;
	if (ledger_begin(j->ledger))
		return;
	if (write_all(j) && !ledger_commit(j->ledger))
		j->charters.dirty = false;
	else
		ledger_back(j->ledger);
}

struct row {
	int kind;
	uint8_t alliance[32], key[32];
	size_t n_key;
	uint32_t at;
	struct str bytes;
};

static struct alliance *of_row(struct judge *j, const struct row *r)
{
	struct charters *c = &j->charters;
	struct alliance *a = sealed_find(j, r->alliance);

	if (a || c->n == CHARTERS)
		return a;
	alliance_new(&a, r->alliance);
	c->v[c->n++] = a;
	return a;
}

static void act_again(struct judge *j, const struct row *r)
{
	struct alliance *a = of_row(j, r);
	struct alliance_how how;

	/* judged as of when it came: a grace does not begin anew */
	if (a)
		alliance_take(a, r->bytes.p, r->bytes.n, (uint64_t)r->at * 1000,
		    &how);
}

static void request_again(struct judge *j, const struct row *r)
{
	struct charters *c = &j->charters;
	struct request_held *h;

	if (c->n_requests == REQUESTS)
		return;
	h = &c->requests[c->n_requests++];
	*h = (struct request_held){ .at = r->at, .n = r->bytes.n };
	memcpy(h->alliance, r->alliance, 32);
	h->bundle = mem_dup(r->bytes.p, r->bytes.n);
}

static void joining_again(struct judge *j, const struct row *r)
{
	struct str bundle = r->bytes, line;
	struct token t;

	if (str_cut(&bundle, '\n', &line) && token_parse(line, &t) == TOKEN_OK)
		(void)sealed_join(j, &t, bundle);
}

static void row_again(struct judge *j, const struct row *r)
{
	struct charters *c = &j->charters;
	struct alliance *a;
	uint64_t since;

	if (r->kind <= SEALED_ROW_ACT_LAST)
		act_again(j, r);
	else if (r->kind == SEALED_ROW_REQUEST)
		request_again(j, r);
	else if (r->kind == SEALED_ROW_JOINING)
		joining_again(j, r);
	else if (r->kind == SEALED_ROW_INVITE && c->n_invites < INVITES &&
		 r->bytes.n == sizeof(struct invite))
		memcpy(&c->invites[c->n_invites++], r->bytes.p, r->bytes.n);
	else if (r->kind == SEALED_ROW_SUSPENDED &&
		 r->bytes.n == sizeof(since)) {
		memcpy(&since, r->bytes.p, sizeof(since));
		a = sealed_find(j, r->alliance);
		if (a)
			alliance_suspend(a, alliance_party_of_id(a, r->key),
			    since);
	}
}

static bool read_row(sqlite3_stmt *s, struct row *r)
{
	const void *key = sqlite3_column_blob(s, 2);

	*r = (struct row){ .kind = sqlite3_column_int(s, 0),
		.n_key = (size_t)sqlite3_column_bytes(s, 2),
		.at = (uint32_t)sqlite3_column_int64(s, 3),
		.bytes = { sqlite3_column_blob(s, 4),
		    (size_t)sqlite3_column_bytes(s, 4) } };
	if (sqlite3_column_bytes(s, 1) != 32 || r->n_key > 32)
		return false;
	memcpy(r->alliance, sqlite3_column_blob(s, 1), 32);
	memcpy(r->key, key, r->n_key);
	return true;
}

/* An alliance whose first version cannot be read is none. */
static void drop_empty(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = c->n; i-- > 0;)
		if (!alliance_version(c->v[i])) {
			alliance_free(&c->v[i]);
			memmove(&c->v[i], &c->v[i + 1],
			    (--c->n - i) * sizeof(c->v[0]));
		}
}

int sealed_restore(struct judge *j)
{
	sqlite3_stmt *s = NULL;
	struct row r;
	int rc = sqlite3_prepare_v2(j->ledger->db,
	    "SELECT kind, alliance, key, at, bytes FROM sealed"
	    " ORDER BY seq",
	    -1, &s, NULL);

	if (j->charters.n || j->charters.n_joinings) {
		(void)sqlite3_finalize(s);
		return LEDGER_OK; /* memory knows more */
	}
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW && read_row(s, &r))
			row_again(j, &r);
	}
	(void)sqlite3_finalize(s);
	drop_empty(j);
	j->charters.dirty = false;
	sealed_tell(j);
	/* an older file that cannot be written has none */
	return rc == SQLITE_ERROR ? LEDGER_OK : ledger_answer(rc);
}
