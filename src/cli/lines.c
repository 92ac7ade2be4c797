#include "cli/lines.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>

#include "base/file.h"
#include "cli/ask.h"

enum {
	LINE_LONGEST = 1 << 17
};

static bool hex64(const char *s, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(s, &end, 16);
	return *s && !*end && errno == 0;
}

bool lines_key(const json_t *answer, struct hash_key *ret)
{
	const json_t *a = json_object_get(answer, "line_key");

	for (size_t i = 0; i < 2; i++) {
		const char *s = json_string_value(json_array_get(a, i));

		if (!s || !hex64(s, &ret->k[i]))
			return false;
	}
	return true;
}

static int open_log(const char *path, uint64_t id)
{
	auto_close int fd =
	    open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct file_what what;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    file_what(fd, &what) < 0 || what.id != id)
		return -1;
	return take_fd(&fd);
}

/* The log was renamed: which of its neighbours is it? */
static int open_neighbour(const char *path, uint64_t id)
{
	const char *slash = strrchr(path, '/');
	auto_free char *dir =
	    slash ? str_dup((struct str){ path, (size_t)(slash - path) + 1 })
		  : NULL;
	DIR *d = dir ? opendir(dir) : NULL;
	struct dirent *e;
	int fd = -1;

	while (d && fd < 0 && (e = readdir(d))) {
		char full[4500];

		if (!str_starts(str_of(e->d_name), str_of(slash + 1)))
			continue;
		snprintf(full, sizeof(full), "%s%s", dir, e->d_name);
		fd = open_log(full, id);
	}
	if (d)
		closedir(d);
	return fd;
}

static bool same_hash(const struct hash_key *key, const char *p, size_t n,
    uint64_t want)
{
	uint64_t h = hash_bytes(key, p, n);

	return (h ? h : 1) == want;
}

/* Line ends belong to the length in the log but not to the hash. */
static bool is_it(const struct hash_key *key, const char *p, size_t *n,
    uint64_t want)
{
	for (int cut = 0; cut < 3; cut++) {
		if (same_hash(key, p, *n, want))
			return true;
		if (*n == 0 || (p[*n - 1] != '\n' && p[*n - 1] != '\r'))
			return false;
		--*n;
	}
	return false;
}

static char *from_file(const json_t *place, const struct hash_key *key,
    uint64_t hash, size_t *n, const char **why)
{
	const char *path = get_text(place, "path");
	uint64_t id = strtoull(get_text(place, "ino"), NULL, 10);
	size_t want = (size_t)get_num(place, "length");
	auto_free char *buf = NULL;
	auto_close int fd = open_log(path, id);
	ssize_t got;

	if (fd < 0)
		fd = open_neighbour(path, id);
	*why = errno == EACCES ? "may not be read" : "rotated away";
	if (fd < 0 || want > LINE_LONGEST)
		return NULL;
	buf = mem_new(want + 1, 1);
	got = pread(fd, buf, want, (off_t)get_num(place, "offset"));
	*n = got < 0 ? 0 : (size_t)got;
	*why = "rotated away";
	if (!is_it(key, buf, n, hash))
		return NULL;
	buf[*n] = '\0';
	return take(buf);
}

/* The sequence's id from any cursor of it, and the number of the entry. */
static bool cursor_of(const json_t *place, char *to, size_t size)
{
	struct str c = str_of(get_text(place, "cursor")), id;

	if (!str_starts(c, STR("s=")) || !str_cut(&c, ';', &id))
		return false;
	snprintf(to, size, STR_F ";i=%llx", STR_A(id),
	    (unsigned long long)get_num(place, "offset"));
	return true;
}

static char *entry_message(sd_journal *j, const char *cursor,
    const struct hash_key *key, uint64_t hash, size_t *n)
{
	const void *p;

	if (sd_journal_seek_cursor(j, cursor) < 0 || sd_journal_next(j) <= 0 ||
	    sd_journal_get_data(j, "MESSAGE", &p, n) < 0 || *n < 8)
		return NULL;
	*n -= 8; /* "MESSAGE=" */
	p = (const char *)p + 8;
	if (!same_hash(key, p, *n, hash))
		return NULL;
	return str_dup((struct str){ p, *n });
}

static char *from_journal(const json_t *place, const struct hash_key *key,
    uint64_t hash, size_t *n, const char **why)
{
	char cursor[256], *line;
	sd_journal *j;

	*why = "no longer in the journal";
	if (!cursor_of(place, cursor, sizeof(cursor)) ||
	    sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY) < 0)
		return NULL;
	line = entry_message(j, cursor, key, hash, n);
	sd_journal_close(j);
	return line;
}

char *lines_get(const json_t *place, const struct hash_key *key, size_t *n,
    const char **why)
{
	uint64_t hash;

	*why = "not known any more";
	if (!hex64(get_text(place, "hash"), &hash))
		return NULL;
	return get_flag(place, "journal")
		   ? from_journal(place, key, hash, n, why)
		   : from_file(place, key, hash, n, why);
}
