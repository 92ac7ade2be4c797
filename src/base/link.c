#include "base/link.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* 8 bytes, so that the body behind it is aligned. */
struct head {
	uint32_t type, unused;
};

int link_pair(int ends[2])
{
	int room = 1 << 20;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		0, ends) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		(void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	return 0;
}

int link_send(struct link *l, uint32_t type, const void *body, size_t n,
    struct str tail, int fd)
{
	struct head h = { type, 0 };
	struct iovec iov[3] = { { &h, sizeof(h) },
		{ (void *)(uintptr_t)body, n },
		{ (void *)(uintptr_t)tail.p, tail.n } };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} c = { { 0 } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = tail.n ? 3 : 2 };

	assert(sizeof(h) + n + tail.n <= LINK_MAX);
	if (fd >= 0) {
		m.msg_control = c.buf;
		m.msg_controllen = sizeof(c.buf);
		c.align.cmsg_level = SOL_SOCKET;
		c.align.cmsg_type = SCM_RIGHTS;
		c.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&c.align), &fd, sizeof(int));
	}
	while (sendmsg(l->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS)
			return LINK_FULL;
		if (errno == EPIPE || errno == ECONNRESET)
			return LINK_GONE;
		return -errno;
	}
	return LINK_OK;
}

/* Takes the first descriptor, closes any more than one. */
static int take_rights(struct msghdr *m)
{
	int got = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(int));
			if (got < 0)
				got = fd;
			else
				close(fd);
		}
	}
	return got;
}

int link_recv(struct link *l, struct packet *ret)
{
	struct head h;
	struct iovec iov = { l->buf, sizeof(l->buf) };
	union {
		char buf[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} c;
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = c.buf,
		.msg_controllen = sizeof(c.buf) };
	ssize_t n;
	int fd;

	do {
		n = recvmsg(l->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return LINK_EMPTY;
	if (n < 0)
		return errno == ECONNRESET ? LINK_GONE : -errno;
	fd = take_rights(&m);
	if (n == 0) { /* the end, or a packet of nothing */
		close_fd(&fd);
		return LINK_GONE;
	}
	if ((size_t)n < sizeof(h) || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		close_fd(&fd);
		return -EBADMSG;
	}
	memcpy(&h, l->buf, sizeof(h));
	*ret = (struct packet){ h.type, (size_t)n - sizeof(h),
		l->buf + sizeof(h), fd };
	return LINK_OK;
}

int link_wait(const struct link *l, bool write, int timeout_ms)
{
	struct pollfd p = { l->fd, write ? POLLOUT : POLLIN, 0 };
	int n;

	do {
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}
