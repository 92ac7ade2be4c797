#include "scribe/tape.h"

#include <systemd/sd-journal.h>

#include "base/when.h"

enum {
	FIELD_MAX = 16 << 10, /* bytes of a field that are read */
	TEXTS = 5
};

struct tape {
	sd_journal *j;
	int fd;
	bool on_unread; /* the seek stopped on an entry not seen yet */
	struct hash_key key;
	char text[TEXTS][FIELD_MAX]; /* a field lives until the next read */
};

int tape_open(struct tape **ret, const struct hash_key *key)
{
	struct tape *t = mem_new(1, sizeof(*t));
	int e = sd_journal_open(&t->j, SD_JOURNAL_LOCAL_ONLY);

	t->key = *key;
	if (e >= 0)
		e = sd_journal_set_data_threshold(t->j, FIELD_MAX);
	if (e >= 0)
		e = t->fd = sd_journal_get_fd(t->j);
	if (e < 0) {
		tape_close(&t);
		return e;
	}
	*ret = t;
	return 0;
}

void tape_close(struct tape **tp)
{
	if (!*tp)
		return;
	sd_journal_close((*tp)->j);
	free(*tp);
	*tp = NULL;
}

static int to_end(struct tape *t)
{
	int e = sd_journal_seek_tail(t->j);

	/* from the tail only a step back stands on an entry */
	return e < 0 ? e : sd_journal_previous(t->j);
}

int tape_seek(struct tape *t, struct str cursor)
{
	auto_free char *z = str_dup(cursor);
	int e;

	t->on_unread = false;
	if (cursor.n == 0 || sd_journal_seek_cursor(t->j, z) < 0) {
		e = to_end(t);
		return e < 0 ? e : 0;
	}
	e = sd_journal_next(t->j);
	if (e > 0)
		t->on_unread = sd_journal_test_cursor(t->j, z) <= 0;
	return e < 0 ? e : 0;
}

/* The value of a field, copied into that place; absent if it is not there. */
static struct str field(struct tape *t, const char *name, int at)
{
	size_t n, head = strlen(name) + 1;
	const void *p;

	if (sd_journal_get_data(t->j, name, &p, &n) < 0 || n < head)
		return (struct str){ 0 };
	n = MIN(n - head, (size_t)FIELD_MAX);
	memcpy(t->text[at], (const char *)p + head, n);
	return (struct str){ t->text[at], n };
}

static bool hex(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *digits = "0123456789abcdef";
		const char *d = strchr(digits, s.p[i]);

		if (!d || !*d)
			return false;
		v = v << 4 | (uint64_t)(d - digits);
	}
	*ret = v;
	return true;
}

/* "s=ID;i=SEQ;b=...": sd_journal_get_seqnum came only with version 254. */
static int cursor_of(struct tape *t, struct tape_entry *ret)
{
	auto_free char *z = NULL;
	struct str rest, id, seq;
	int e = sd_journal_get_cursor(t->j, &z);

	if (e < 0)
		return e;
	rest = str_of(z);
	if (rest.n >= sizeof(ret->cursor))
		return -EMSGSIZE;
	memcpy(ret->cursor, rest.p, rest.n + 1);
	ret->n_cursor = rest.n;
	if (!str_cut(&rest, ';', &id) || !str_cut(&rest, ';', &seq) ||
	    !str_starts(id, STR("s=")) || !str_starts(seq, STR("i=")) ||
	    !hex(str_from(seq, 2), &ret->seq))
		return -EBADMSG;
	ret->stream = hash_str(&t->key, id);
	return 0;
}

/* The kernel's word for nobody is -1. */
static bool has_login(struct str loginuid)
{
	return loginuid.n && !str_eq(loginuid, STR("4294967295"));
}

static int read_entry(struct tape *t, struct tape_entry *ret)
{
	struct str pid;
	int e = cursor_of(t, ret);

	if (e < 0)
		return e;
	e = sd_journal_get_realtime_usec(t->j, &ret->usec);
	if (e < 0)
		return e;
	ret->pid = 0;
	pid = field(t, "_PID", 0);
	if (pid.n == 0 || !str_u32(pid, UINT32_MAX, &ret->pid))
		ret->pid = 0;
	ret->from.uid =
	    str_eq(field(t, "_UID", 0), STR("0")) ? STR("0") : STR("-");
	ret->from.logged_in = has_login(field(t, "_AUDIT_LOGINUID", 0));
	ret->from.unit = field(t, "_SYSTEMD_UNIT", 1);
	/* the kernel has no unit; no unit's name is without a dot */
	if (!ret->from.unit.n &&
	    str_eq(field(t, "_TRANSPORT", 0), STR("kernel")))
		ret->from.unit = STR("kernel");
	ret->from.exe = field(t, "_EXE", 2);
	ret->ident = field(t, "SYSLOG_IDENTIFIER", 3);
	if (!ret->ident.n)
		ret->ident = field(t, "_COMM", 3);
	ret->from.ident = ret->ident;
	ret->msg = field(t, "MESSAGE", 4);
	return 0;
}

int tape_next(struct tape *t, struct tape_entry *ret)
{
	int e;

	do {
		e = 1;
		if (!t->on_unread)
			e = sd_journal_next(t->j);
		t->on_unread = false;
		if (e <= 0)
			return e < 0 ? e : TAPE_END;
		e = read_entry(t, ret);
		/* an entry that cannot be read, or went while we read it */
	} while (e == -EBADMSG || e == -EADDRNOTAVAIL || e == -ENOENT);
	return e < 0 ? e : TAPE_OK;
}

int tape_here(struct tape *t, struct tape_entry *ret)
{
	int e = cursor_of(t, ret);

	if (e == 0)
		e = sd_journal_get_realtime_usec(t->j, &ret->usec);
	return e < 0 ? e : TAPE_OK;
}

bool tape_is_blind(const struct tape *t)
{
	return sd_journal_has_runtime_files(t->j) <= 0 &&
	       sd_journal_has_persistent_files(t->j) <= 0;
}

int tape_fd(const struct tape *t)
{
	return t->fd;
}

short tape_events(const struct tape *t)
{
	int e = sd_journal_get_events(t->j);

	return (short)(e < 0 ? 0 : e);
}

int tape_patience(const struct tape *t)
{
	uint64_t until;
	int64_t left;

	if (sd_journal_get_timeout(t->j, &until) < 0 || until == UINT64_MAX)
		return -1;
	left = (int64_t)(until / 1000) - mono_now().ns / 1000000;
	return (int)CLAMP(left, 0, 60000);
}

int tape_woken(struct tape *t)
{
	int e = sd_journal_process(t->j);

	return e < 0 ? e : 0;
}
