#include "judge/judge.h"

#include <stdio.h>

#include "base/log.h"
#include "judge/ledger_priv.h"

static bool read_row(sqlite3_stmt *s, struct wire_key *k)
{
	*k = (struct wire_key){ .kind = (uint8_t)sqlite3_column_int(s, 1),
		.flags = (uint8_t)sqlite3_column_int(s, 2),
		.at = (uint32_t)sqlite3_column_int64(s, 3) };
	snprintf(k->name, sizeof(k->name), "%s",
	    (const char *)sqlite3_column_text(s, 0));
	if (sqlite3_column_bytes(s, 4) != sizeof(k->salt) ||
	    sqlite3_column_bytes(s, 5) != sizeof(k->hash))
		return false;
	memcpy(k->salt, sqlite3_column_blob(s, 4), sizeof(k->salt));
	memcpy(k->hash, sqlite3_column_blob(s, 5), sizeof(k->hash));
	return key_ok(k);
}

static void add(struct judge *j, const struct wire_key *k)
{
	j->keys.v = mem_grow(j->keys.v, j->keys.n + 1, sizeof(*k));
	j->keys.v[j->keys.n++] = *k;
}

int desk_keys_restore(struct judge *j)
{
	sqlite3_stmt *s = NULL;
	struct wire_key k;
	int rc = sqlite3_prepare_v2(j->ledger->db,
	    "SELECT name, kind, flags, at, salt, hash FROM key", -1, &s, NULL);

	j->keys.n = 0;
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW && j->keys.n < DESK_KEYS &&
		    read_row(s, &k))
			add(j, &k);
	}
	(void)sqlite3_finalize(s);
	/* an older file that cannot be written has none */
	return rc == SQLITE_ERROR ? LEDGER_OK : ledger_answer(rc);
}

const struct wire_key *desk_key_find(const struct judge *j, const char *name,
    uint8_t kind)
{
	for (size_t i = 0; i < j->keys.n; i++)
		if (j->keys.v[i].kind == kind &&
		    strcmp(j->keys.v[i].name, name) == 0)
			return &j->keys.v[i];
	return NULL;
}

static void forget(struct judge *j, const char *name, uint8_t kind)
{
	const struct wire_key *k = desk_key_find(j, name, kind);

	if (k)
		j->keys.v[k - j->keys.v] = j->keys.v[--j->keys.n];
}

static void tell(struct judge *j, const struct wire_key *k)
{
	if (j->desk.up)
		judge_send(j, DESK, 0, MSG_PASS, k, sizeof(*k));
}

const char *desk_key_put(struct judge *j, const struct wire_key *k)
{
	sqlite3_stmt *s;
	const char *why;

	if (!key_ok(k))
		return "this is no key";
	if (j->keys.n >= DESK_KEYS && !desk_key_find(j, k->name, k->kind))
		return "there are too many keys";
	s = ledger_prepare(j,
	    "INSERT OR REPLACE INTO key(name, kind, flags, at, salt,"
	    " hash) VALUES(?1,?2,?3,?4,?5,?6)");
	if (s) {
		sqlite3_bind_text(s, 1, k->name, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 2, k->kind);
		sqlite3_bind_int(s, 3, k->flags);
		sqlite3_bind_int64(s, 4, k->at);
		sqlite3_bind_blob(s, 5, k->salt, sizeof(k->salt),
		    SQLITE_TRANSIENT);
		sqlite3_bind_blob(s, 6, k->hash, sizeof(k->hash),
		    SQLITE_TRANSIENT);
	}
	why = ledger_finish(s);
	if (why)
		return why;
	forget(j, k->name, k->kind);
	add(j, k);
	tell(j, k);
	if (k->kind != KEY_SESSION)
		log_note("key-added name=%s kind=%s", k->name,
		    key_kind_name((enum key_kind)k->kind));
	return NULL;
}

const char *desk_key_drop(struct judge *j, const char *name, uint8_t kind)
{
	const struct wire_key *is = desk_key_find(j, name, kind);
	struct wire_key k;
	sqlite3_stmt *s;
	const char *why;

	if (!is)
		return "there is no key of that name";
	k = *is;
	s = ledger_prepare(j, "DELETE FROM key WHERE name = ?1 AND kind = ?2");
	if (s) {
		sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 2, kind);
	}
	why = ledger_finish(s);
	if (why)
		return why;
	forget(j, k.name, kind);
	k.gone = 1;
	tell(j, &k);
	if (kind != KEY_SESSION)
		log_note("key-removed name=%s kind=%s", k.name,
		    key_kind_name((enum key_kind)kind));
	return NULL;
}

void desk_keys_tell(struct judge *j)
{
	for (size_t i = 0; i < j->keys.n; i++)
		tell(j, &j->keys.v[i]);
}

/* --- logins --- */

static bool is_over(const struct judge *j, const struct wire_key *k)
{
	const struct wire_key *shown =
	    desk_key_find(j, session_of_key(k), session_kind(k));

	return !shown || shown->at > k->at ||
	       j->now > k->at + KEY_SESSION_LIFE ||
	       j->now > session_used(k) + KEY_SESSION_IDLE;
}

/* Those that are over go; of too many the oldest. */
static void make_room(struct judge *j)
{
	const struct wire_key *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < j->keys.n; i++) {
		struct wire_key k = j->keys.v[i];

		if (k.kind != KEY_SESSION)
			continue;
		if (is_over(j, &k) && !desk_key_drop(j, k.name, k.kind)) {
			i--;
			continue;
		}
		n++;
		if (!oldest || k.at < oldest->at)
			oldest = &j->keys.v[i];
	}
	if (n >= KEY_SESSIONS) {
		struct wire_key k = *oldest;

		(void)desk_key_drop(j, k.name, k.kind);
	}
}

static void log_in_or_out(struct judge *j, const struct wire_key *k)
{
	const struct wire_key *was = desk_key_find(j, k->name, KEY_SESSION);
	struct wire_key is = *k;

	if (k->gone) {
		(void)desk_key_drop(j, k->name, KEY_SESSION);
		return;
	}
	is.at = was ? was->at : j->now;
	session_set(&is, session_kind(k), j->now);
	if (is_over(j, &is))
		return;
	if (!was)
		make_room(j);
	(void)desk_key_put(j, &is);
}

bool desk_keys_enrol(struct judge *j, const struct wire_key *k)
{
	struct wire_key is = *k;
	size_t waiting = 0;

	if (key_ok(k) && session_of_key(k)) {
		log_in_or_out(j, k);
		return true;
	}
	if (!key_ok(k) || k->kind != KEY_MACHINE || !(k->flags & KEY_PASSWORD))
		return false;
	if (k->gone) {
		(void)desk_key_drop(j, k->name, KEY_MACHINE);
		return true;
	}
	for (size_t i = 0; i < j->keys.n; i++)
		waiting += !!(j->keys.v[i].flags & KEY_WAITS);
	if (desk_key_find(j, k->name, k->kind) || waiting >= DESK_KEYS_WAITING)
		return true;
	is.flags = KEY_PASSWORD | KEY_WAITS;
	is.at = j->now;
	(void)desk_key_put(j, &is);
	return true;
}
