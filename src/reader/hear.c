#include "reader/reader.h"

#include "base/log.h"

#include <sys/epoll.h>

static void listen_to(struct reader *r, struct link *l, int *fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = l };

	if (l->fd >= 0)
		close(l->fd);
	l->fd = take_fd(fd);
	if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, l->fd, &ev) < 0)
		log_err("link-lost error=\"%s\"", strerror(errno));
}

static void take_link(struct reader *r, const struct wire_link *w, int *fd)
{
	if (*fd < 0)
		return;
	if (w->peer == JUDGE) {
		r->instance = w->instance;
		listen_to(r, &r->judge, fd);
		r->journal.is_held = false; /* it comes again */
		judge_has_room(r, true);
		sources_ask_again(r);
	} else if (w->peer == SCRIBE) {
		listen_to(r, &r->scribe, fd);
		journal_seek(r);
	}
}

static void take_watches(struct reader *r, int *fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &r->inotify };

	if (*fd < 0)
		return;
	if (r->inotify >= 0) {
		(void)epoll_ctl(r->epoll, EPOLL_CTL_DEL, r->inotify, NULL);
		close(r->inotify);
	}
	r->inotify = take_fd(fd);
	(void)epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->inotify, &ev);
}

static bool source_ok(const struct wire_source *s)
{
	return s->kind <= SOURCE_JOURNAL && s->form <= LINE_PLAIN &&
	       s->proxied <= CLIENT_REAL_IP && s->shares <= SHARES_PROGRAMS &&
	       s->service >= -1 && memchr(s->zone, 0, sizeof(s->zone));
}

static int take_source(struct reader *r, struct packet *p)
{
	const struct wire_source *s = p->p;
	struct str jails = { (const char *)p->p + sizeof(*s),
		p->n - sizeof(*s) };

	if (!source_ok(s) || jails.n % sizeof(int32_t))
		return -EBADMSG;
	if (p->type == MSG_SOURCE_END)
		source_end(r, s);
	else if (s->kind == SOURCE_JOURNAL)
		journal_add(r, s);
	else
		source_add(r, s, jails, &p->fd);
	return 0;
}

int reader_hear(struct reader *r, struct packet *p)
{
	if (!msg_fits(p->type, WARDEN, READER, p->n))
		return -EBADMSG;
	switch ((enum msg)p->type) {
	case MSG_LINK:
		take_link(r, p->p, &p->fd);
		return 0;
	case MSG_WATCHES:
		take_watches(r, &p->fd);
		return 0;
	case MSG_SOURCE:
	case MSG_SOURCE_END:
		return take_source(r, p);
	case MSG_LEAVE:
		r->leaving = true;
		return 0;
	default: /* SETUP, CONF, PACK, GO: only at the start */
		return -EBADMSG;
	}
}

int judge_hear(struct reader *r, const struct packet *p)
{
	struct wire_resume resume;

	if (!msg_fits(p->type, JUDGE, READER, p->n))
		return -EBADMSG;
	if (p->type == MSG_ACK) {
		source_ack(r, p->p);
		return 0;
	}
	memcpy(&resume, p->p, sizeof(resume));
	if (resume.n_cursor != p->n - sizeof(resume))
		return -EBADMSG;
	source_resume(r, &resume,
	    (struct str){ (const char *)p->p + sizeof(resume),
		resume.n_cursor });
	return 0;
}

int scribe_hear(struct reader *r, const struct packet *p)
{
	const struct wire_entry *e = p->p;

	if (!msg_fits(p->type, SCRIBE, READER, p->n) ||
	    !entry_ok(e, p->n - sizeof(*e)) ||
	    e->service >= (int64_t)r->rules->n_services)
		return -EBADMSG;
	(void)journal_entry(r, p->p, p->n);
	return 0;
}
