#include "judge/judge.h"
#include "judge/ledger_priv.h"

sqlite3_stmt *ledger_prepare(struct judge *j, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (!j->ledger || j->ledger_fault || j->opened.read_only ||
	    sqlite3_prepare_v2(j->ledger->db, sql, -1, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

const char *ledger_finish(sqlite3_stmt *s)
{
	int rc = s ? sqlite3_step(s) : SQLITE_ERROR;

	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE ? NULL : "the ledger cannot be written now";
}
