#include "judge/desk_list_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/log.h"
#include "judge/judge.h"
#include "judge/ledger_priv.h"

/* What a file begins with; then n times struct net. */
struct head {
	char magic[8];
	uint64_t n, sum;
	uint32_t good_at, unused;
	char etag[128], modified[64];
};
static const char magic[8] = "LPTLIST1";

static const struct hash_key sum_key = { { 1, 2 } };

const char *desk_list_keep(struct judge *j, const struct taken_list *l)
{
	sqlite3_stmt *s = ledger_prepare(j,
	    "INSERT OR REPLACE INTO list(name, url, every, cap, act, at)"
	    " VALUES(?1,?2,?3,?4,?5,?6)");

	if (s) {
		sqlite3_bind_text(s, 1, l->name, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(s, 2, l->url, -1, SQLITE_TRANSIENT);
		sqlite3_bind_int64(s, 3, l->every);
		sqlite3_bind_int64(s, 4, l->cap);
		sqlite3_bind_int(s, 5, l->act);
		sqlite3_bind_int64(s, 6, l->added);
	}
	return ledger_finish(s);
}

static void path_of(const struct judge *j, const struct taken_list *l, char *to,
    size_t size)
{
	snprintf(to, size, "%s/list-%s", j->state, l->name);
}

const char *desk_list_forget(struct judge *j, const struct taken_list *l)
{
	sqlite3_stmt *s = ledger_prepare(j, "DELETE FROM list WHERE name = ?1");
	char path[320];

	if (s)
		sqlite3_bind_text(s, 1, l->name, -1, SQLITE_TRANSIENT);
	path_of(j, l, path, sizeof(path));
	(void)unlink(path);
	return ledger_finish(s);
}

static uint64_t sum_of(const struct list_nets *n)
{
	return hash_bytes(&sum_key, n->v, n->n * sizeof(*n->v));
}

static bool write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t w = write(fd, at, n);

		if (w <= 0)
			return false;
		at += w;
		n -= (size_t)w;
	}
	return true;
}

void desk_list_write(struct judge *j, const struct taken_list *l)
{
	struct head h = { .n = l->now.n,
		.sum = sum_of(&l->now),
		.good_at = l->good_at };
	char path[320], new[330];
	auto_close int fd = -1;

	memcpy(h.magic, magic, sizeof(magic));
	memcpy(h.etag, l->etag, sizeof(h.etag));
	memcpy(h.modified, l->modified, sizeof(h.modified));
	path_of(j, l, path, sizeof(path));
	snprintf(new, sizeof(new), "%s.new", path);
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd >= 0 && write_all(fd, &h, sizeof(h)) &&
	    write_all(fd, l->now.v, l->now.n * sizeof(*l->now.v)) &&
	    rename(new, path) == 0)
		return;
	log_warn("list-unkept name=%s error=\"%s\"", l->name, strerror(errno));
	(void)unlink(new);
}

static bool read_all(int fd, void *p, size_t n)
{
	char *at = p;

	while (n > 0) {
		ssize_t r = read(fd, at, n);

		if (r <= 0)
			return false;
		at += r;
		n -= (size_t)r;
	}
	return true;
}

/* All of it, or nothing. */
static void read_file(struct judge *j, struct taken_list *l)
{
	struct list_nets nets = { 0 };
	struct head h;
	char path[320];
	auto_close int fd = -1;

	path_of(j, l, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || !read_all(fd, &h, sizeof(h)) ||
	    memcmp(h.magic, magic, sizeof(magic)) != 0 || h.n > l->cap)
		return;
	nets.n = h.n;
	nets.v = mem_new(nets.n, sizeof(*nets.v));
	if (!read_all(fd, nets.v, nets.n * sizeof(*nets.v)) ||
	    sum_of(&nets) != h.sum) {
		free(nets.v);
		return;
	}
	l->now = nets;
	l->good_at = h.good_at;
	memcpy(l->etag, h.etag, sizeof(l->etag) - 1);
	memcpy(l->modified, h.modified, sizeof(l->modified) - 1);
}

static void read_row(struct judge *j, sqlite3_stmt *s)
{
	struct taken_list *l = mem_new(1, sizeof(*l));

	snprintf(l->name, sizeof(l->name), "%s",
	    (const char *)sqlite3_column_text(s, 0));
	snprintf(l->url, sizeof(l->url), "%s",
	    (const char *)sqlite3_column_text(s, 1));
	l->every = (uint32_t)sqlite3_column_int64(s, 2);
	l->cap = (uint32_t)sqlite3_column_int64(s, 3);
	l->act = (uint8_t)sqlite3_column_int(s, 4);
	l->added = (uint32_t)sqlite3_column_int64(s, 5);
	l->renewed_at = j->now;
	read_file(j, l);
	j->lists.v[j->lists.n++] = l;
}

int desk_lists_restore(struct judge *j)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(j->ledger->db,
	    "SELECT name, url, every, cap, act, at FROM list", -1, &s, NULL);

	desk_lists_free(j);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW && j->lists.n < LISTS)
			read_row(j, s);
	}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ERROR ? LEDGER_OK : ledger_answer(rc);
}
