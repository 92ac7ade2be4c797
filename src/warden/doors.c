#include "warden/warden.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/*
 * The desk's listening sockets are bound here and kept: while a desk that
 * died is started again its visitors wait in the queue of the socket.
 */

enum {
	BACKLOG = 1024
};

static int listen_path(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_close int fd = -1;
	struct stat st;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    chmod(path, 0666) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	return take_fd(&fd);
}

int listen_tcp(const char *where)
{
	union socket_to to;
	auto_close int fd = -1;
	socklen_t n = socket_to_of(where, &to);
	int yes = 1;

	if (n == 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(to.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (to.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes,
		    sizeof(yes));
	if (bind(fd, &to.any, n) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	return take_fd(&fd);
}

static struct door_of *door_find(struct warden *w, const char *where,
    uint8_t what)
{
	struct door_of *room = NULL;

	for (size_t i = 0; i < DOORS; i++) {
		struct door_of *d = &w->doors[i];

		if (!d->where)
			room = room ? room : d;
		else if (d->what == what && strcmp(d->where, where) == 0)
			return d;
	}
	if (room)
		*room = (struct door_of){ .where = str_dup(str_of(where)),
			.fd = -1,
			.what = what };
	return room;
}

static void want(struct warden *w, const struct strings *where, uint8_t what)
{
	for (size_t i = 0; i < where->n; i++) {
		struct door_of *d = door_find(w, where->v[i], what);

		if (d)
			d->is_wanted = true;
	}
}

static void door_close(struct door_of *d)
{
	if (d->fd >= 0)
		close(d->fd);
	if (d->fd >= 0 && d->where[0] == '/')
		(void)unlink(d->where);
	free_ptr(&d->where);
	d->fd = -1;
}

static void door_bind(struct door_of *d)
{
	if (d->fd >= 0)
		return;
	d->fd =
	    d->where[0] == '/' ? listen_path(d->where) : listen_tcp(d->where);
	if (d->fd < 0)
		log_err("door-closed where=%s error=\"%s\" cure=\"another "
			"program may listen there: see ss -lntp, or change "
			"desk: in liptako.yaml\"",
		    d->where, strerror(errno));
}

void doors_open(struct warden *w)
{
	const struct conf *c = w->now.conf;

	for (size_t i = 0; i < DOORS; i++)
		w->doors[i].is_wanted = false;
	if (c->desk_on) {
		want(w, &c->listen, DOOR_PEOPLE);
		want(w, &c->bouncers, DOOR_BOUNCERS);
	}
	/* one that is to be closed may be in the way of another */
	for (size_t i = 0; i < DOORS; i++)
		if (w->doors[i].where && !w->doors[i].is_wanted)
			door_close(&w->doors[i]);
	for (size_t i = 0; i < DOORS; i++)
		if (w->doors[i].where)
			door_bind(&w->doors[i]);
}

void doors_tell(struct warden *w, struct child *desk)
{
	for (size_t i = 0; i < DOORS; i++) {
		const struct door_of *d = &w->doors[i];
		struct wire_door m = { .what = d->what };

		if (d->where && d->fd >= 0)
			tell(desk, MSG_DOOR, &m, sizeof(m), (struct str){ 0 },
			    d->fd);
	}
}
