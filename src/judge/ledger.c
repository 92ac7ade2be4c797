#include "judge/ledger_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

const char *ledger_why(int e)
{
	switch (e) {
	case LEDGER_OK:
		return "all is well";
	case LEDGER_E_FULL:
		return "the disk is full or fails";
	case LEDGER_E_READ_ONLY:
		return "the state folder cannot be written";
	case LEDGER_E_CORRUPT:
		return "the file is corrupt";
	}
	return "SQLite would not";
}

const char *history_name(enum history h)
{
	switch (h) {
	case HISTORY_DENIED:
		return "denied";
	case HISTORY_LIMITED:
		return "limited";
	case HISTORY_ALARM:
		return "alarm";
	case HISTORY_ENDED:
		return "ended";
	case HISTORY_PARDONED:
		return "pardoned";
	case HISTORY_ALLOWED:
		return "allowed";
	case HISTORY_REFUSED:
		return "refused";
	}
	return "unknown";
}

int ledger_answer(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return LEDGER_OK;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return LEDGER_E_FULL;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return LEDGER_E_READ_ONLY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return LEDGER_E_CORRUPT;
	}
	return LEDGER_E_OTHER;
}

const char *ledger_error(const struct ledger *l)
{
	return sqlite3_errmsg(l->db);
}

static int exec(struct ledger *l, const char *sql)
{
	return ledger_answer(sqlite3_exec(l->db, sql, NULL, NULL, NULL));
}

int ledger_run(sqlite3_stmt *s)
{
	int rc;

	if (!s)
		return LEDGER_E_OTHER;
	rc = sqlite3_step(s);
	sqlite3_reset(s);
	return ledger_answer(rc);
}

int ledger_begin(struct ledger *l)
{
	return exec(l, "BEGIN IMMEDIATE");
}

int ledger_commit(struct ledger *l)
{
	return exec(l, "COMMIT");
}

void ledger_back(struct ledger *l)
{
	if (!sqlite3_get_autocommit(l->db))
		(void)exec(l, "ROLLBACK");
}

static int wal_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	((struct ledger *)arg)->wal_pages = pages;
	return SQLITE_OK;
}

void ledger_checkpoint(struct ledger *l, int pages)
{
	if (l->wal_pages < pages)
		return;
	(void)sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);
	l->wal_pages = 0; /* the next commit begins it anew */
}

static void path_of(const char *dir, const char *name, char *to, size_t size)
{
	snprintf(to, size, "%s/%s", dir, name);
}

/* The file and what belongs to it get a name with the time in it. */
int ledger_aside(const char *dir, char *to, size_t size)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	char from[300], dest[300], stamp[WHEN_MAX];

	when_show(wall_s(wall_now()), stamp);
	snprintf(to, size, "%s/ledger.db.corrupt-%s", dir, stamp);
	for (size_t i = 0; i < countof(parts); i++) {
		snprintf(from, sizeof(from), "%s/ledger.db%s", dir, parts[i]);
		snprintf(dest, sizeof(dest), "%s%s", to, parts[i]);
		if (rename(from, dest) < 0 && i == 0)
			return LEDGER_E_READ_ONLY;
	}
	return LEDGER_OK;
}

static int version_of(struct ledger *l, int *ret)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(l->db, "PRAGMA user_version", -1, &s, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW)
		*ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return ledger_answer(rc);
}

/* The older file as it was, beside the one that is about to change. */
static int keep_copy(struct ledger *l, const char *dir, int version,
    struct ledger_opened *how)
{
	char sql[400];
	int e;

	snprintf(how->path, sizeof(how->path), "%s/ledger.db.v%d", dir,
	    version);
	(void)unlink(how->path);
	sqlite3_snprintf(sizeof(sql), sql, "VACUUM INTO %Q", how->path);
	e = exec(l, sql);
	(void)chmod(how->path, 0600);
	return e;
}

static int migrate(struct ledger *l, int from)
{
	char sql[64];
	int e = exec(l, "BEGIN IMMEDIATE");

	for (int v = from; !e && v < LEDGER_VERSION; v++)
		e = exec(l, ledger_steps[v]);
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", LEDGER_VERSION);
	if (!e)
		e = exec(l, sql);
	if (!e)
		e = exec(l, "COMMIT");
	if (e)
		ledger_back(l);
	return e;
}

/* Small caches: what we read again is in the judge's memory already. Only we
 * open the file, so the index of the write-ahead log is on our heap. */
static int prepare(struct ledger *l, const char *dir, struct ledger_opened *how)
{
	int e = exec(l, "PRAGMA locking_mode = EXCLUSIVE;"
			"PRAGMA journal_mode = WAL;"
			"PRAGMA synchronous = NORMAL;"
			"PRAGMA wal_autocheckpoint = 0;"
			"PRAGMA cache_size = -512;"
			"PRAGMA journal_size_limit = 1048576;"
			"PRAGMA secure_delete = ON;"
			"PRAGMA temp_store = MEMORY");

	(void)sqlite3_wal_hook(l->db, wal_grew, l);
	if (!e)
		e = version_of(l, &how->from);
	if (!e && how->from > LEDGER_VERSION)
		return LEDGER_E_CORRUPT;
	if (!e && how->from > 0 && how->from < LEDGER_VERSION)
		e = keep_copy(l, dir, how->from, how);
	if (!e && how->from < LEDGER_VERSION)
		e = migrate(l, how->from);
	return e;
}

/* Is it a database at all? Deeper damage shows when all of it is read back,
 * which the judge does next. */
static int sound(struct ledger *l)
{
	return exec(l, "SELECT count(*) FROM sqlite_schema");
}

/* Without a lock and with the write-ahead log's index on our heap: so the
 * log is read too, where nothing can be written. Nobody else opens it. */
static int open_read_only(struct ledger *l, const char *dir,
    struct ledger_opened *how)
{
	char path[300];
	int e;

	path_of(dir, "ledger.db", path, sizeof(path));
	e = ledger_answer(
	    sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READONLY, "unix-none"));
	if (!e)
		e = exec(l, "PRAGMA locking_mode = EXCLUSIVE");
	if (!e)
		e = version_of(l, &how->from);
	return !e && how->from == 0 ? LEDGER_E_READ_ONLY : e;
}

static int open_to_write(struct ledger *l, const char *dir,
    struct ledger_opened *how)
{
	char path[300];
	int e;

	path_of(dir, "ledger.db", path, sizeof(path));
	e = ledger_answer(sqlite3_open_v2(path, &l->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
	/* opened all the same where it may only be read */
	if (!e && sqlite3_db_readonly(l->db, "main") == 1)
		e = LEDGER_E_READ_ONLY;
	return e ? e : prepare(l, dir, how);
}

static int try_open(struct ledger **ret, const char *dir, bool read_only,
    struct ledger_opened *how)
{
	struct ledger *l = mem_new(1, sizeof(*l));
	int e = read_only ? open_read_only(l, dir, how)
			  : open_to_write(l, dir, how);

	if (!e)
		e = sound(l);
	if (e) {
		ledger_close(&l);
		return e;
	}
	*ret = l;
	return LEDGER_OK;
}

int ledger_open(struct ledger **ret, const char *dir, struct ledger_opened *how)
{
	char path[300];
	int e;

	*how = (struct ledger_opened){ 0 };
	e = try_open(ret, dir, false, how);
	if (e == LEDGER_E_CORRUPT) {
		e = ledger_aside(dir, how->path, sizeof(how->path));
		how->aside = !e;
		if (!e)
			e = try_open(ret, dir, false, how);
	} else if (e) {
		how->read_only = true;
		if (try_open(ret, dir, true, how) == LEDGER_OK)
			e = LEDGER_OK;
	}
	path_of(dir, "ledger.db", path, sizeof(path));
	if (!e && !how->read_only)
		(void)chmod(path, 0600);
	return e;
}

void ledger_close(struct ledger **lp)
{
	if (!*lp)
		return;
	for (size_t i = 0; i < ST_N; i++)
		sqlite3_finalize((*lp)->st[i]);
	sqlite3_close_v2((*lp)->db);
	free((*lp)->rule_ids);
	free(*lp);
	*lp = NULL;
}
