#include "warden/warden.h"

#include "base/jail.h"
#include "base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

enum {
	LOCK_TRIES = 40 /* two seconds */
};

static int complain(const char *what, const char *path)
{
	int e = errno;

	log_err("%s path=%s error=\"%s\"", what, path, strerror(e));
	return e ? -e : -EINVAL;
}

/* Its parents, too; the last one gets this mode. */
static int folder_make(const char *path, mode_t mode)
{
	char part[256];

	for (size_t i = 1; i < sizeof(part) - 1 && path[i]; i++) {
		if (path[i] != '/')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return -errno;
	return chmod(path, mode) < 0 ? -errno : 0;
}

/* What root put there, a backup say, becomes the judge's as well. Never a link:
 * that could be anything. */
static void file_to_judge(int folder, const char *name, uid_t uid, gid_t gid)
{
	auto_close int fd =
	    openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1 || st.st_uid == uid)
		return;
	if (fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		(void)complain("state-unusable", name);
}

static int files_to_judge(const char *path, uid_t uid, gid_t gid)
{
	DIR *d = opendir(path);
	const struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d)))
		file_to_judge(dirfd(d), e->d_name, uid, gid);
	closedir(d);
	return 0;
}

/* The judge's own folder within ours: what it makes there is never opened by
 * us. */
static int ledger_make(struct warden *w)
{
	uid_t uid;
	gid_t gid;
	int e;

	snprintf(w->ledger, sizeof(w->ledger), "%s/ledger", w->state);
	e = folder_make(w->ledger, 0700);
	if (e < 0)
		return complain("state-unusable", w->ledger);
	(void)jail_user(JUDGE, &uid, &gid);
	if (w->root && (chown(w->ledger, uid, gid) < 0 ||
			   files_to_judge(w->ledger, uid, gid) < 0))
		return complain("state-unusable", w->ledger);
	return 0;
}

/* Of a warden that was just killed the kernel has the lock a moment longer,
 * and so has a child of it that is not yet another program. */
static bool lock_wait(int fd)
{
	static const struct timespec moment = { 0, 50000000 };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)nanosleep(&moment, NULL);
	}
	return false;
}

static int lock_take(struct warden *w)
{
	char path[320], pid[24] = "";
	ssize_t n;

	snprintf(path, sizeof(path), "%s/lock", w->state);
	w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->lock < 0)
		return complain("state-unusable", path);
	if (!lock_wait(w->lock)) {
		n = pread(w->lock, pid, sizeof(pid) - 1, 0);
		log_err("already-running state=%s pid=%.*s cure=\"stop it, or "
			"give this one its own --state and --run\"",
		    w->state, n > 0 ? (int)strcspn(pid, "\n") : 0, pid);
		return -EBUSY;
	}
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(w->lock, 0) < 0 || pwrite(w->lock, pid, (size_t)n, 0) < 0)
		return complain("state-unusable", path);
	return 0;
}

/* Drawn once: hashes of lines must mean the same as long as the ledger. */
static int key_take(struct warden *w)
{
	char path[320];
	auto_close int fd = -1;

	snprintf(path, sizeof(path), "%s/line.key", w->state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return complain("state-unusable", path);
	if (read(fd, w->line_key, sizeof(w->line_key)) ==
	    (ssize_t)sizeof(w->line_key))
		return 0;
	if (getrandom(w->line_key, sizeof(w->line_key), 0) !=
	    (ssize_t)sizeof(w->line_key))
		return complain("no-random", path);
	if (pwrite(fd, w->line_key, sizeof(w->line_key), 0) < 0)
		return complain("state-unusable", path);
	return 0;
}

static void pid_write(struct warden *w)
{
	char path[320];
	FILE *f;

	snprintf(path, sizeof(path), "%s/liptakod.pid", w->run);
	f = fopen(path, "we");
	if (!f)
		return;
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
}

/* Root, and the members of the configured group. */
static void control_owner(struct warden *w, const char *path)
{
	const struct group *g = getgrnam(w->now.conf->group);

	if (chmod(path, g ? 0660 : 0600) < 0 ||
	    (w->root && g && chown(path, 0, g->gr_gid) < 0))
		(void)complain("control-socket", path);
}

static int control_bind(struct warden *w)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_close int fd = -1;

	snprintf(a.sun_path, sizeof(a.sun_path), "%.90s/control.sock", w->run);
	(void)unlink(a.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 16) < 0)
		return complain("control-socket", a.sun_path);
	control_owner(w, a.sun_path);
	w->listen = take_fd(&fd);
	return 0;
}

int state_open(struct warden *w)
{
	int e = folder_make(w->state, 0711);

	if (e < 0) {
		errno = -e;
		return complain("state-unusable", w->state);
	}
	e = folder_make(w->run, 0755);
	if (e < 0) {
		errno = -e;
		return complain("run-unusable", w->run);
	}
	e = lock_take(w);
	if (e == 0)
		e = ledger_make(w);
	if (e == 0)
		e = key_take(w);
	if (e == 0)
		e = control_bind(w);
	if (e == 0)
		pid_write(w);
	return e;
}

void state_close(struct warden *w)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/control.sock", w->run);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/liptakod.pid", w->run);
	(void)unlink(path);
}
