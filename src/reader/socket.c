#include "reader/reader.h"

#include "base/log.h"

#include <sys/epoll.h>
#include <sys/socket.h>

enum {
	DATAGRAMS = 16,
	DATAGRAM_MAX = 8192
};

/* What one recvmmsg brought; from `at` on not yet seen. */
struct datagrams {
	unsigned n, at;
	uint32_t lost; /* the kernel's count, ever */
	bool is_new;   /* no count seen yet */
	size_t len[DATAGRAMS];
	bool cut[DATAGRAMS];
	char buf[DATAGRAMS][DATAGRAM_MAX];
};

void socket_begin(struct reader *r, struct log *l)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = l };
	int on = 1;

	l->live = true;
	if (l->of->is.kind == SOURCE_STREAM) {
		l->frame = mem_new(1, sizeof(*l->frame));
		frame_init(l->frame, mem_new(2, FRAME_MIN), 2 * FRAME_MIN, 0);
		l->held = mem_new(1, sizeof(*l->held));
	} else {
		l->datagrams = mem_new(1, sizeof(*l->datagrams));
		(void)setsockopt(l->gen.fd, SOL_SOCKET, SO_RXQ_OVFL, &on,
		    sizeof(on));
	}
	/* a regular file cannot be polled: it is there */
	l->is_polled = epoll_ctl(r->epoll, EPOLL_CTL_ADD, l->gen.fd, &ev) == 0;
	l->dirty = !l->is_polled;
}

/* Warden has the same open file: closing ours does not end the polling. */
void socket_free(struct reader *r, struct log *l)
{
	if (l->is_polled)
		(void)epoll_ctl(r->epoll, EPOLL_CTL_DEL, l->gen.fd, NULL);
	if (l->frame)
		free(l->frame->buf);
	free(l->frame);
	free(l->held);
	free(l->datagrams);
}

void sockets_listen(struct reader *r, bool listen)
{
	for (struct source *s = r->sources; s; s = s->next)
		for (struct log *l = s->first; l; l = l->next) {
			struct epoll_event ev = { .events = listen && !l->dirty
								? EPOLLIN
								: 0,
				.data.ptr = l };

			if (s->is.kind != SOURCE_FILE && !l->ending)
				(void)epoll_ctl(r->epoll, EPOLL_CTL_MOD,
				    l->gen.fd, &ev);
		}
}

static bool see_text(struct log *l, struct str text, uint64_t at, bool cut)
{
	struct gen_line line = { text, at, at + text.n + 1, cut };

	return see_line(l, &line);
}

static void stream_end(struct log *l, ssize_t n)
{
	struct frame_line last;

	if (n < 0)
		log_warn("stream-unreadable source=%u error=\"%s\"",
		    l->of->is.id, strerror(errno));
	if (frame_last(l->frame, &last))
		(void)see_text(l, last.text, last.at, last.cut);
	log_note("stream-ended source=%u", l->of->is.id);
	l->ending = true;
}

/* Lines of the frame to the rules; false if one was not taken. */
static bool stream_lines(struct log *l)
{
	struct frame_line *h = l->held;

	if (h->text.p && !see_text(l, h->text, h->at, h->cut))
		return false;
	h->text.p = NULL;
	while (frame_next(l->frame, h)) {
		if (!see_text(l, h->text, h->at, h->cut))
			return false;
		h->text.p = NULL;
	}
	h->text.p = NULL;
	return true;
}

static void stream_turn(struct log *l)
{
	size_t room;
	ssize_t n;
	char *to;

	l->dirty = !stream_lines(l);
	if (l->dirty)
		return;
	to = frame_room(l->frame, &room);
	n = read(l->gen.fd, to, room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		stream_end(l, n);
		return;
	}
	frame_add(l->frame, (size_t)n);
	l->gen.offset += (uint64_t)n;
	l->is_told = false;
	l->dirty = !stream_lines(l) || !l->is_polled;
}

static void note_lost(struct reader *r, struct log *l, struct msghdr *m)
{
	struct datagrams *d = l->datagrams;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		uint32_t lost;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&lost, CMSG_DATA(c), sizeof(lost));
		if (lost != d->lost)
			remark(r, l->of, REMARK_LOST, SIZE_MAX,
			    (int64_t)(lost - d->lost), (struct str){ 0 });
		d->lost = lost;
	}
}

static int receive(struct reader *r, struct log *l)
{
	struct datagrams *d = l->datagrams;
	char control[DATAGRAMS][CMSG_SPACE(sizeof(uint32_t))];
	struct mmsghdr m[DATAGRAMS] = { 0 };
	struct iovec iov[DATAGRAMS];
	int n;

	for (int i = 0; i < DATAGRAMS; i++) {
		iov[i] = (struct iovec){ d->buf[i], DATAGRAM_MAX };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_control = control[i];
		m[i].msg_hdr.msg_controllen = sizeof(control[i]);
	}
	n = recvmmsg(l->gen.fd, m, DATAGRAMS, MSG_DONTWAIT, NULL);
	d->at = 0;
	d->n = n > 0 ? (unsigned)n : 0;
	for (unsigned i = 0; i < d->n; i++) {
		d->len[i] = m[i].msg_len;
		d->cut[i] = m[i].msg_hdr.msg_flags & MSG_TRUNC;
		note_lost(r, l, &m[i].msg_hdr);
	}
	return n;
}

/* A datagram is a line; a line end at its end is not part of it, and what
 * follows one within it never passes for a line of its own. */
static bool datagram_lines(struct log *l)
{
	struct datagrams *d = l->datagrams;

	for (; d->at < d->n; d->at++) {
		struct str s = { d->buf[d->at], d->len[d->at] };
		uint64_t at = l->gen.offset;

		while (s.n > 0 && (s.p[s.n - 1] == '\n' || !s.p[s.n - 1]))
			s.n--;
		if (!see_text(l, s, at, d->cut[d->at]))
			return false;
		l->gen.offset = at + s.n + 1;
		l->is_told = false;
	}
	return true;
}

static void datagram_turn(struct reader *r, struct log *l)
{
	l->dirty = !datagram_lines(l);
	if (l->dirty || receive(r, l) <= 0)
		return;
	l->dirty = !datagram_lines(l);
}

void socket_turn(struct reader *r, struct log *l)
{
	if (l->of->is.kind == SOURCE_STREAM)
		stream_turn(l);
	else
		datagram_turn(r, l);
	if (!l->is_told)
		tell_soon(r);
	if (l->ending && log_tell(r, l))
		log_free(r, l);
}
