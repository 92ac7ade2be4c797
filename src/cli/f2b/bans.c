#include "cli/f2b/import.h"

#include "base/addr.h"
#include "base/when.h"

#include <sqlite3.h>
#include <stdio.h>

/*
 * Only what is in force: the database keeps the others for months. A ban that
 * never ends has bantime -1.
 */
static const char query[] =
    "SELECT ip, jail, timeofban, bantime, bancount FROM bips "
    "WHERE bantime = -1 OR timeofban + bantime > ?1";

enum {
	BATCH = 48 << 10, /* bytes of one request */
	BUSY_MS = 2000,
	FOR_EVER_S = 3650 * 86400,
};

struct batch {
	struct import *im;
	char *text;
	size_t n;
	int code; /* CLI_OK so far */
};

static void send_batch(struct batch *b)
{
	json_t *end = NULL;
	json_t *o;

	if (b->n == 0 || b->code != CLI_OK)
		return;
	o = json_pack("{s:s,s:s%}", "do", "adopt", "text", b->text, b->n);
	b->n = 0;
	b->code = ask("import", &b->im->ask, &o, NULL, NULL, &end);
	if (b->code != CLI_OK)
		return;
	if (ask_refused("import", end) >= 0) {
		b->code = CLI_FAULT;
	} else {
		b->im->bans += (size_t)get_num(end, "taken");
		b->im->bans_refused += (size_t)get_num(end, "refused");
	}
	json_decref(end);
}

static const char *service_of(const struct import *im, const char *jail)
{
	for (size_t i = 0; i < im->n; i++)
		if (strcmp(im->jails[i].name, jail) == 0)
			return im->jails[i].service;
	return NULL;
}

static void ban(struct batch *b, sqlite3_stmt *q, int64_t now)
{
	const char *ip = (const char *)sqlite3_column_text(q, 0);
	const char *jail = (const char *)sqlite3_column_text(q, 1);
	int64_t at = sqlite3_column_int64(q, 2);
	int64_t term = sqlite3_column_int64(q, 3);
	const char *service = jail ? service_of(b->im, jail) : NULL;
	int64_t until = term < 0 ? now + FOR_EVER_S : at + term;
	char line[200];
	struct net net;
	int n;

	if (!ip || !net_parse(str_of(ip), true, &net)) {
		b->im->bans_refused++; /* an identity, not an address */
		return;
	}
	until = CLAMP(until, now + 1, now + FOR_EVER_S);
	n = snprintf(line, sizeof(line), "%s %s%s %lld %lld %d\n", ip,
	    service ? service : "-", service ? "/failure" : "",
	    (long long)CLAMP(at, 1, now), (long long)until,
	    CLAMP(sqlite3_column_int(q, 4), 1, 30));
	if (b->n + (size_t)n > BATCH)
		send_batch(b);
	memcpy(b->text + b->n, line, (size_t)n);
	b->n += (size_t)n;
}

static void read_all(struct import *im, sqlite3 *db)
{
	struct batch b = { .im = im };
	int64_t now = wall_now().ns / NS_PER_S;
	sqlite3_stmt *q = NULL;
	int e;

	if (sqlite3_prepare_v2(db, query, -1, &q, NULL) != SQLITE_OK) {
		im->bans_why = "it is none of fail2ban's";
		return;
	}
	b.text = mem_new(BATCH + 256, 1);
	(void)sqlite3_bind_int64(q, 1, now);
	while ((e = sqlite3_step(q)) == SQLITE_ROW && b.code == CLI_OK)
		ban(&b, q, now);
	send_batch(&b);
	free(b.text);
	if (b.code != CLI_OK)
		im->bans_why = "the daemon did not take them";
	else if (e != SQLITE_DONE)
		im->bans_why = "it could not be read to its end";
	sqlite3_finalize(q);
}

int import_bans(struct import *im)
{
	const char *path = im->database;
	sqlite3 *db = NULL;

	if (!path)
		path = f2b_option(im->f2b, "dbfile");
	if (!path || path[0] != '/') {
		im->bans_why = "fail2ban keeps no database";
		return CLI_OK;
	}
	im->database = path;
	if (access(path, R_OK) < 0)
		im->bans_why = "it is not there or cannot be read";
	else if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) !=
		 SQLITE_OK)
		im->bans_why = "it cannot be opened";
	if (!im->bans_why) {
		sqlite3_busy_timeout(db, BUSY_MS);
		read_all(im, db);
	}
	sqlite3_close(db);
	return CLI_OK;
}
