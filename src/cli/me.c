#include "cli/me.h"

#include <fcntl.h>
#include <stdio.h>
#include <utmpx.h>

static bool first_word(struct str s, struct addr *ret)
{
	struct str word = s;

	if (!str_cut(&s, ' ', &word))
		word = s;
	if (!addr_parse(word, ret))
		return false;
	*ret = addr_fold(*ret);
	return true;
}

/* NUL-separated NAME=VALUE. */
static bool in_environ(struct str all, struct addr *ret)
{
	static const struct str name = { "SSH_CONNECTION=", 15 };
	struct str one;

	while (str_cut(&all, '\0', &one))
		if (str_starts(one, name))
			return first_word(str_from(one, name.n), ret);
	return false;
}

static size_t slurp(const char *path, char *to, size_t size)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got = 1;

	while (fd >= 0 && got > 0 && n < size) {
		got = read(fd, to + n, size - n);
		n += got > 0 ? (size_t)got : 0;
	}
	return n;
}

/* The fourth field of stat, behind the name in its last bracket. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512];
	struct str s = { text, 0 }, word;
	uint32_t parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	s.n = slurp(path, text, sizeof(text));
	while (str_cut(&s, ')', &word))
		;
	s = str_trim(s);
	(void)str_cut(&s, ' ', &word); /* the state */
	if (!str_cut(&s, ' ', &word) || !str_u32(word, INT32_MAX, &parent))
		return 0;
	return (pid_t)parent;
}

static bool in_ancestors(struct addr *ret)
{
	enum {
		GENERATIONS = 32,
		ENVIRON = 128 << 10
	};
	auto_free char *env = mem_new(ENVIRON, 1);
	pid_t pid = getpid();

	for (int i = 0; i < GENERATIONS && pid > 1; i++) {
		char path[64];
		struct str all = { env, 0 };

		snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
		all.n = slurp(path, env, ENVIRON);
		if (in_environ(all, ret))
			return true;
		pid = parent_of(pid);
	}
	return false;
}

static bool in_utmp(struct addr *ret)
{
	const char *tty = ttyname(STDIN_FILENO);
	struct utmpx *u, line = { 0 };
	struct addr a = { 0 };

	if (!tty || strncmp(tty, "/dev/", 5) != 0)
		return false;
	snprintf(line.ut_line, sizeof(line.ut_line), "%s", tty + 5);
	setutxent();
	u = getutxline(&line);
	if (u && (u->ut_addr_v6[1] || u->ut_addr_v6[2] || u->ut_addr_v6[3])) {
		a.family = 6;
		memcpy(a.b, u->ut_addr_v6, 16);
	} else if (u && u->ut_addr_v6[0]) {
		a.family = 4;
		memcpy(a.b, u->ut_addr_v6, 4);
	}
	endutxent();
	*ret = addr_fold(a);
	return a.family != 0;
}

bool me_find(struct addr *ret)
{
	const char *here = getenv("SSH_CONNECTION");

	return (here && first_word(str_of(here), ret)) || in_ancestors(ret) ||
	       in_utmp(ret);
}
