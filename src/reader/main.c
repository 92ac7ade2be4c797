#include "reader/reader.h"

#include "base/jail.h"
#include "base/log.h"

#include <sys/epoll.h>

enum {
	UP = 3,
	EVENTS = 32,
	PACKETS = 64, /* of one link in a turn */
};

static int hear(struct reader *r, struct link *l, struct packet *p)
{
	int e;

	if (l == &r->up)
		e = reader_hear(r, p);
	else if (l == &r->judge)
		e = judge_hear(r, p);
	else
		e = scribe_hear(r, p);
	close_fd(&p->fd);
	return e;
}

/* Takes what waits. A peer that breaks the table is cut off; without warden
 * there is nothing to live for. */
static void link_turn(struct reader *r, struct link *l)
{
	for (int i = 0; i < PACKETS && l->fd >= 0; i++) {
		struct packet p = { .fd = -1 };
		int fd = l->fd, e;

		if (l == &r->scribe && r->is_full)
			return; /* what is held goes first */
		e = link_recv(l, &p);
		if (e == LINK_EMPTY)
			return;
		if (e == LINK_OK)
			e = hear(r, l, &p);
		if (l->fd != fd) /* replaced or dropped meanwhile */
			return;
		if (e == 0)
			continue;
		if (e < 0)
			log_warn("link-broken peer=%s error=\"%s\"",
			    l == &r->up      ? "warden"
			    : l == &r->judge ? "judge"
					     : "scribe",
			    strerror(-e));
		if (l == &r->up)
			r->leaving = true;
		else
			link_drop(r, l);
	}
}

static void event(struct reader *r, const struct epoll_event *ev)
{
	void *p = ev->data.ptr;

	if (p == &r->judge && (ev->events & EPOLLOUT))
		judge_has_room(r, true);
	if (p == &r->up || p == &r->judge || p == &r->scribe)
		link_turn(r, p);
	else if (p == &r->inotify)
		watches_read(r);
	else
		((struct log *)p)->dirty = true;
}

/* How long to sleep: not at all, until progress is due, or for ever. */
static int patience(const struct reader *r)
{
	int64_t left;

	if (sources_are_busy(r))
		return 0;
	if (!r->tell_at.ns || r->is_full)
		return -1;
	left = (r->tell_at.ns - mono_now().ns) / 1000000 + 1;
	return (int)CLAMP(left, 0, 1000);
}

static void loop(struct reader *r)
{
	struct epoll_event ev[EVENTS];

	while (!r->leaving) {
		int n = epoll_wait(r->epoll, ev, EVENTS, patience(r));

		r->now = wall_s(wall_now());
		for (int i = 0; i < n; i++)
			event(r, &ev[i]);
		sources_turn(r);
		if (r->tell_at.ns && mono_now().ns >= r->tell_at.ns)
			sources_tell(r);
	}
	if (r->is_waiting)
		r->is_full = false; /* as far as we know */
	sources_tell(r);
}

static void say_up(struct reader *r, uint32_t missing)
{
	struct wire_up up = { .missing = missing };

	(void)link_send(&r->up, MSG_UP, &up, sizeof(up), (struct str){ 0 }, -1);
}

int main(void)
{
	static struct reader r = { .up.fd = UP,
		.judge.fd = -1,
		.scribe.fd = -1,
		.inotify = -1,
		.is_full = true };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &r.up };
	uint32_t missing = 0;
	int e;

	log_open("reader");
	see_reader = &r;
	r.buf = mem_new(1, GEN_BUFFER);
	r.now = wall_s(wall_now());
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	e = reader_start(&r);
	if (e == 0)
		e = jail_enter(READER, NULL, &missing);
	if (e == 0 && epoll_ctl(r.epoll, EPOLL_CTL_ADD, UP, &ev) < 0)
		e = -errno;
	if (e < 0) {
		log_err("start-failed error=\"%s\"", strerror(-e));
		return 1;
	}
	say_up(&r, missing);
	loop(&r);
	return 0;
}
