#include "reader/reader.h"

#include <sys/epoll.h>

/* Judge's link takes something again, or no more. */
void judge_has_room(struct reader *r, bool room)
{
	struct epoll_event ev = { .data.ptr = &r->judge };
	struct epoll_event es = { .data.ptr = &r->scribe };

	if (r->is_full == !room || (room && r->is_waiting))
		return;
	r->is_full = !room;
	ev.events = EPOLLIN | (room ? 0u : EPOLLOUT);
	es.events = room ? EPOLLIN : 0u;
	if (r->judge.fd >= 0)
		(void)epoll_ctl(r->epoll, EPOLL_CTL_MOD, r->judge.fd, &ev);
	if (r->scribe.fd >= 0)
		(void)epoll_ctl(r->epoll, EPOLL_CTL_MOD, r->scribe.fd, &es);
	sockets_listen(r, room);
	if (room && r->journal.is_held) {
		r->journal.is_held = false;
		(void)journal_entry(r, r->journal.held, r->journal.n_held);
	}
}

void link_drop(struct reader *r, struct link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l == &r->judge)
		judge_has_room(r, false);
}

bool tell_judge(struct reader *r, uint32_t type, const void *body, size_t n,
    struct str tail)
{
	int e;

	if (r->judge.fd < 0 || r->is_full)
		return false;
	e = link_send(&r->judge, type, body, n, tail, -1);
	if (e == LINK_OK)
		return true;
	if (e == LINK_FULL) {
		judge_has_room(r, false);
		return false;
	}
	link_drop(r, &r->judge); /* warden brings a new one */
	return false;
}
