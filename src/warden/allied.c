#include "warden/warden.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
	SEED = 32
};

/* A seed of ours that nobody else can read, or -1: who is in no alliance has
 * none, and what others could read is no secret. */
static int seed_open(const struct warden *w, const char *name)
{
	char path[320];
	auto_close int fd = -1;
	struct stat st;

	snprintf(path, sizeof(path), "%s/keys/%s", w->state, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -1;
	if (fd < 0 || fstat(fd, &st) < 0) {
		log_err("key-unusable path=%s error=\"%s\"", path,
		    strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode) || st.st_size != SEED ||
	    (st.st_mode & 077) != 0 ||
	    (st.st_uid != 0 && st.st_uid != geteuid())) {
		log_err("key-unusable path=%s error=\"must be 32 bytes, mode "
			"0600, owned by root\"",
		    path);
		return -1;
	}
	return take_fd(&fd);
}

static const char *seed_of(enum role r)
{
	return r == NOTARY ? "envoy.key" : "login.seed";
}

/* What signs and what speaks with allies runs once there are some. */
void allied_choose(struct warden *w)
{
	static const enum role both[] = { NOTARY, ENVOY };

	for (size_t i = 0; i < countof(both); i++) {
		auto_close int fd =
		    w->allied ? seed_open(w, seed_of(both[i])) : -1;

		child_of(w, both[i])->wanted = fd >= 0;
	}
}

void allied_set(struct warden *w, bool on)
{
	w->allied = on;
	children_choose(w);
}

void seed_tell(struct child *c)
{
	struct wire_none none = { 0 };
	auto_close int fd = seed_open(c->w, seed_of(c->role));

	if (fd >= 0)
		tell(c, c->role == NOTARY ? MSG_KEY : MSG_SEED, &none,
		    sizeof(none), (struct str){ 0 }, fd);
}
