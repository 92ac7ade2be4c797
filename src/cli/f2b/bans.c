#include "cli/f2b/import.h"

#include "base/addr.h"
#include "base/when.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

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

struct ban {
	const char *ip, *jail;
	int64_t at, term; /* s; term below 0: for ever */
	int count;
};

static void ban(struct batch *b, const struct ban *x, int64_t now)
{
	const char *service = x->jail ? service_of(b->im, x->jail) : NULL;
	int64_t until = x->term < 0 ? now + FOR_EVER_S : x->at + x->term;
	char line[200];
	struct net net;
	int n;

	if (!x->ip || !net_parse(str_of(x->ip), true, &net)) {
		b->im->bans_refused++; /* an identity, not an address */
		return;
	}
	until = CLAMP(until, now + 1, now + FOR_EVER_S);
	n = snprintf(line, sizeof(line), "%s %s%s %lld %lld %d\n", x->ip,
	    service ? service : "-", service ? "/failure" : "",
	    (long long)CLAMP(x->at, 1, now), (long long)until,
	    CLAMP(x->count, 1, 30));
	if (b->n + (size_t)n > BATCH)
		send_batch(b);
	memcpy(b->text + b->n, line, (size_t)n);
	b->n += (size_t)n;
}

static void ban_of_row(struct batch *b, sqlite3_stmt *q, int64_t now)
{
	const struct ban x = {
		.ip = (const char *)sqlite3_column_text(q, 0),
		.jail = (const char *)sqlite3_column_text(q, 1),
		.at = sqlite3_column_int64(q, 2),
		.term = sqlite3_column_int64(q, 3),
		.count = sqlite3_column_int(q, 4),
	};

	ban(b, &x, now);
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
		ban_of_row(&b, q, now);
	send_batch(&b);
	free(b.text);
	if (b.code != CLI_OK)
		im->bans_why = "the daemon did not take them";
	else if (e != SQLITE_DONE)
		im->bans_why = "it could not be read to its end";
	sqlite3_finalize(q);
}

/* "192.0.2.1 \t2026-11-22 07:00:00 + 600 = 2026-11-22 07:10:00", in its zone,
 * which is ours. */
static void ban_of_line(struct batch *b, struct str line, const char *jail,
    int64_t now)
{
	struct ban x = { .jail = jail, .at = now, .term = 600, .count = 1 };
	struct tm tm = { .tm_isdst = -1 };
	char ip[NET_MAX], rest[80];
	const char *plus;
	struct str who;

	if (!str_cut(&line, '\t', &who) || who.n >= sizeof(ip))
		return;
	snprintf(ip, sizeof(ip), STR_F, STR_A(str_trim(who)));
	snprintf(rest, sizeof(rest), STR_F, STR_A(line));
	plus = strptime(rest, "%Y-%m-%d %H:%M:%S", &tm);
	if (!plus || strncmp(plus, " + ", 3) != 0)
		return;
	x.ip = ip;
	x.at = mktime(&tm);
	x.term = strtoll(plus + 3, NULL, 10);
	ban(b, &x, now);
}

/* It keeps them in memory alone: its server is asked, jail by jail. */
static void ask_server(struct import *im)
{
	struct batch b = { .im = im, .text = mem_new(BATCH + 256, 1) };
	int64_t now = wall_now().ns / NS_PER_S;

	im->from_server = true;
	im->bans_from = im->client;
	for (size_t i = 0; i < im->n && b.code == CLI_OK; i++) {
		const char *const get[] = { "get", im->jails[i].name, "banip",
			"--with-time", NULL };
		auto_free char *said = service_ask(im, get);
		struct str all = str_of(said ? said : ""), line;

		im->bans_lost |= !said;
		while (str_cut(&all, '\n', &line))
			ban_of_line(&b, line, im->jails[i].name, now);
	}
	send_batch(&b);
	free(b.text);
	if (b.code != CLI_OK)
		im->bans_why = "the daemon did not take them";
	else if (im->bans_lost)
		im->bans_why = "fail2ban did not name those of each jail";
	im->bans_lost |= b.code != CLI_OK;
}

static void ask_database(struct import *im, const char *path)
{
	sqlite3 *db = NULL;

	im->bans_from = path;
	if (access(path, R_OK) < 0)
		im->bans_why = "it is not there or cannot be read";
	else if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) !=
		 SQLITE_OK)
		im->bans_why = "it cannot be opened";
	if (!im->bans_why) {
		sqlite3_busy_timeout(db, BUSY_MS);
		read_all(im, db);
	}
	im->bans_lost = im->bans_why != NULL;
	sqlite3_close(db);
}

int import_bans(struct import *im)
{
	const char *path = im->database;

	im->bans = im->bans_refused = 0;
	im->bans_why = NULL;
	im->bans_lost = im->from_server = false;
	if (!path)
		path = f2b_option(im->f2b, "dbfile");
	if (path && path[0] == '/' && access(path, F_OK) == 0)
		ask_database(im, path);
	else if (service_runs(im))
		ask_server(im);
	else
		im->bans_why = "fail2ban keeps no database";
	return CLI_OK;
}
