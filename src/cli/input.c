#include "cli/input.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/when.h"

enum {
	DEPTH_MOST = 16
};

static int add_fd(struct inputs *in, int *fd, const char *name)
{
	struct stat st;
	uint32_t now = wall_s(wall_now());
	bool file;

	if (in->n >= INPUTS_MOST)
		return -EMFILE;
	if (fstat(*fd, &st) < 0)
		return -errno;
	file = S_ISREG(st.st_mode);
	in->v = mem_grow(in->v, in->n + 1, sizeof(*in->v));
	in->v[in->n++] = (struct input){ .fd = take_fd(fd),
		.name = mem_dup(name, strlen(name) + 1),
		.size = file ? (uint64_t)st.st_size : 0,
		.mtime = file && st.st_mtime > 0 && st.st_mtime < now
			     ? (uint32_t)st.st_mtime
			     : now };
	return 0;
}

static int add_at(struct inputs *in, int dir, const char *name,
    const char *shown, unsigned depth);

static int add_folder(struct inputs *in, int *fd, const char *path,
    unsigned depth)
{
	struct dirent **list = NULL;
	int n, e = 0;

	if (depth >= DEPTH_MOST)
		return -ELOOP;
	n = scandirat(*fd, ".", &list, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		char *shown = NULL;

		if (e == 0 && strcmp(name, ".") != 0 &&
		    strcmp(name, "..") != 0) {
			if (asprintf(&shown, "%s/%s", path, name) < 0)
				die("out of memory");
			e = add_at(in, *fd, name, shown, depth + 1);
			/* links and devices in a folder are not meant */
			if (e == -ELOOP || e == -ENXIO)
				e = 0;
		}
		free(shown);
		free(list[i]);
	}
	free(list);
	return e;
}

static int add_at(struct inputs *in, int dir, const char *name,
    const char *shown, unsigned depth)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	auto_close int fd =
	    openat(dir, name, depth ? flags | O_NOFOLLOW : flags);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return add_folder(in, &fd, shown, depth);
	if (depth && !S_ISREG(st.st_mode))
		return 0;
	if (fcntl(fd, F_SETFL, 0) < 0)
		return -errno;
	return add_fd(in, &fd, shown);
}

/* As many descriptors as we may have: a folder of logs is many files. */
static void raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = MIN(l.rlim_max, INPUTS_MOST + 64);
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

int inputs_add(struct inputs *in, const char *path)
{
	auto_close int fd = -1;

	raise_limit();
	if (strcmp(path, "-") != 0)
		return add_at(in, AT_FDCWD, path, path, 0);
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return -errno;
	return add_fd(in, &fd, "-");
}

void inputs_close(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++) {
		close_fd(&in->v[i].fd);
		free(in->v[i].name);
	}
	free_ptr(&in->v);
	in->n = 0;
}
