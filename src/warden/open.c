#include "warden/warden.h"

#include "base/file.h"

#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	SYSTEM_UIDS = 1000, /* below: daemons */
	IMAGE_SCAN = 256 << 10
};

/*
 * A link is followed once and only if root made it: a service that owns its
 * log folder must not choose which file we open with our rights.
 */
static int open_link(const char *path, int flags)
{
	auto_close int link = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char to[WIRE_PATH], full[2 * WIRE_PATH], folder[WIRE_PATH];
	struct stat st;
	ssize_t n;

	if (link < 0 || fstat(link, &st) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()))
		return -ELOOP;
	n = readlinkat(link, "", to, sizeof(to) - 1);
	if (n < 0)
		return -errno;
	to[n] = 0;
	snprintf(folder, sizeof(folder), "%s", path);
	if (to[0] == '/')
		snprintf(full, sizeof(full), "%s", to);
	else
		snprintf(full, sizeof(full), "%s/%s", dirname(folder), to);
	n = open(full, flags);
	return n < 0 ? -errno : (int)n;
}

/* A fifo is opened for writing, too, so that it never ends: this very one,
 * whatever its path names by now. */
static int reopen_fifo(int *fd)
{
	char path[40];
	int both;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	both = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (both < 0)
		return -errno;
	close(*fd);
	*fd = both;
	return 0;
}

int log_open_at(const char *path, struct opened *ret)
{
	const int flags =
	    O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
	auto_close int fd = open(path, flags);
	struct file_what what;
	struct stat st;
	int e;

	if (fd < 0 && errno == ELOOP) {
		e = open_link(path, flags);
		if (e < 0)
			return e == -ENOENT ? OPEN_E_GONE : OPEN_E_NOT_LOG;
		fd = e;
	}
	if (fd < 0)
		return errno == ENOENT ? OPEN_E_GONE : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return OPEN_E_NOT_LOG;
	if (S_ISFIFO(st.st_mode)) {
		e = reopen_fifo(&fd);
		if (e < 0)
			return e;
	}
	e = file_what(fd, &what);
	if (e < 0)
		return e;
	*ret = (struct opened){ .id = what.id,
		.made = what.made,
		.dev = st.st_dev,
		.ino = st.st_ino,
		.size = (uint64_t)st.st_size,
		.is_fifo = S_ISFIFO(st.st_mode),
		.trust = st.st_uid < SYSTEM_UIDS && !(st.st_mode & S_IWOTH) };
	ret->fd = take_fd(&fd);
	return OPEN_OK;
}

struct seen log_seen(const char *path)
{
	struct seen s = { 0 };
	struct stat st;

	if (stat(path, &st) < 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)))
		return s;
	s.is = true;
	s.dev = st.st_dev;
	s.ino = st.st_ino;
	s.size = (uint64_t)st.st_size;
	return s;
}

/*
 * Only if nobody has it open to write is a lease granted, see fcntl(2). Where
 * none can be had it is as if somebody wrote. Whoever opens it at that very
 * moment sends us a SIGIO, which would end us.
 */
bool log_is_over(int fd)
{
	const struct sigaction deaf = { .sa_handler = SIG_IGN };
	struct sigaction was;
	struct stat st;
	bool over;

	if (fstat(fd, &st) < 0 || st.st_nlink > 0)
		return false;
	(void)sigaction(SIGIO, &deaf, &was);
	over = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
	if (over)
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
	(void)sigaction(SIGIO, &was, NULL);
	return over;
}

/* The last "Image":"NAME" that is no digest: enough to choose a service, and
 * no parser that a container's labels could reach. */
static void find_image(struct str json, char *to, size_t size)
{
	static const char key[] = "\"Image\":\"";

	for (;;) {
		size_t at = str_find(json, STR(key));
		struct str name;

		if (at == SIZE_MAX)
			return;
		json = str_from(json, at + sizeof(key) - 1);
		if (!str_cut(&json, '"', &name))
			return;
		if (!str_starts(name, STR("sha256:")))
			snprintf(to, size, STR_F, (int)MIN(name.n, size - 1),
			    name.p);
	}
}

void container_name(const char *log, char *to, size_t size)
{
	char path[WIRE_PATH], folder[WIRE_PATH];
	auto_free char *buf = mem_new(1, IMAGE_SCAN);
	auto_close int fd = -1;
	ssize_t n;

	to[0] = 0;
	snprintf(folder, sizeof(folder), "%s", log);
	snprintf(path, sizeof(path), "%.4000s/config.v2.json", dirname(folder));
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, buf, IMAGE_SCAN);
	if (n > 0)
		find_image((struct str){ buf, (size_t)n }, to, size);
}
