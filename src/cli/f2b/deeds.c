#include "cli/f2b/watch.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/when.h"

static int64_t now_ms(void)
{
	return wall_now().ns / 1000000;
}

static void deed_of_row(sqlite3_stmt *q, enum did what, deed_fn *fn, void *arg)
{
	const char *ip = (const char *)sqlite3_column_text(q, 0);
	const char *jail = (const char *)sqlite3_column_text(q, 1);
	struct deed d = { .what = what,
		.at = sqlite3_column_int64(q, 2) * 1000 };
	struct net net;

	if (!ip || !jail || !net_parse(str_of(ip), true, &net))
		return;
	d.who = addr_fold(net.addr);
	snprintf(d.jail, sizeof(d.jail), "%s", jail);
	fn(arg, &d);
}

static void in_force(struct deeds *d, deed_fn *fn, void *arg)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(d->db,
		"SELECT ip, jail, timeofban FROM bips WHERE bantime = -1 OR "
		"timeofban + bantime > ?1 LIMIT 2000",
		-1, &q, NULL) != SQLITE_OK)
		return;
	(void)sqlite3_bind_int64(q, 1, now_ms() / 1000);
	while (sqlite3_step(q) == SQLITE_ROW)
		deed_of_row(q, DID_RESTORE, fn, arg);
	sqlite3_finalize(q);
}

/* Bans after d->row; fn NULL: only where the end is. */
static void new_rows(struct deeds *d, deed_fn *fn, void *arg)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(d->db,
		"SELECT ip, jail, timeofban, rowid FROM bans WHERE rowid > ?1 "
		"ORDER BY rowid",
		-1, &q, NULL) != SQLITE_OK)
		return;
	(void)sqlite3_bind_int64(q, 1, d->row);
	while (sqlite3_step(q) == SQLITE_ROW) {
		d->row = sqlite3_column_int64(q, 3);
		if (fn)
			deed_of_row(q, DID_BAN, fn, arg);
	}
	sqlite3_finalize(q);
}

static bool log_open(struct deeds *d, bool from_end)
{
	struct stat st;

	close_fd(&d->fd);
	d->fd = open(d->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (d->fd < 0 || fstat(d->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close_fd(&d->fd);
		d->fd = -1;
		return false;
	}
	d->ino = st.st_ino;
	d->at = from_end ? st.st_size : 0;
	d->n = 0;
	return true;
}

bool deeds_open(struct deeds *d, const char *log, const char *database,
    deed_fn *fn, void *arg)
{
	bool has_db = database && access(database, R_OK) == 0 &&
		      sqlite3_open_v2(database, &d->db, SQLITE_OPEN_READONLY,
			  NULL) == SQLITE_OK;

	d->fd = -1;
	d->path = log;
	if (d->path && !log_open(d, true))
		d->path = NULL;
	if (has_db) {
		sqlite3_busy_timeout(d->db, 2000);
		in_force(d, fn, arg);
		new_rows(d, NULL, NULL);
	}
	return d->path || has_db;
}

static void lines(struct deeds *d, deed_fn *fn, void *arg)
{
	struct str all = { d->buf, d->n }, line;
	struct deed deed;

	while (str_cut(&all, '\n', &line))
		if (deed_read(line, &deed)) {
			deed.at = deed.at ? deed.at : now_ms();
			fn(arg, &deed);
		}
	if (all.n == sizeof(d->buf))
		all.n = 0; /* no line of its is so long */
	memmove(d->buf, all.p, all.n);
	d->n = all.n;
}

static void read_on(struct deeds *d, deed_fn *fn, void *arg)
{
	for (int turn = 0; turn < 256; turn++) {
		ssize_t got =
		    pread(d->fd, d->buf + d->n, sizeof(d->buf) - d->n, d->at);

		if (got <= 0)
			return;
		d->at += got;
		d->n += (size_t)got;
		lines(d, fn, arg);
	}
}

void deeds_turn(struct deeds *d, deed_fn *fn, void *arg)
{
	struct stat st;

	if (!d->path) {
		new_rows(d, fn, arg);
		return;
	}
	if (d->fd >= 0)
		read_on(d, fn, arg);
	if (stat(d->path, &st) == 0 &&
	    (d->fd < 0 || st.st_ino != d->ino || st.st_size < d->at) &&
	    log_open(d, false))
		read_on(d, fn, arg);
}

void deeds_close(struct deeds *d)
{
	close_fd(&d->fd);
	sqlite3_close(d->db);
}
