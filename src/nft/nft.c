#include "nft/nft.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "nft/nft_bits.h"

enum {
	FIRST_ROOM = 64 << 10,
	KEPT_ROOM = 2 << 20,
};

int nft_open(struct nft *ret, const char *table)
{
	struct nft n = { .fd = -1 };
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(me);
	int on = 1,
	    room = 96 << 20; /* a limit, no memory: two million elements */
	auto_close int fd = socket(AF_NETLINK,
	    SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);

	if (fd < 0 || bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&me, &len) < 0)
		return -errno;
	/* a batch is one packet; without the right to, batches are small */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	room = 4 << 20;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	/* a refusal names its question; it need not bring it along */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	n.fd = take_fd(&fd);
	n.port = me.nl_pid;
	n.seq = 1;
	snprintf(n.table, sizeof(n.table), "%s", table);
	n.room = FIRST_ROOM;
	n.buf = mem_new(1, n.room);
	n.in = mem_new(1, NFT_IN);
	*ret = n;
	return 0;
}

void nft_close(struct nft *n)
{
	close_fd(&n->fd);
	n->fd = -1;
	free_ptr(&n->buf);
	free_ptr(&n->in);
}

/* Room for one more message or element; messages move with the buffer. */
void nft_room(struct nft *n, size_t more)
{
	ptrdiff_t msg = n->msg ? (uint8_t *)n->msg - n->buf : 0;
	ptrdiff_t elems = n->elems ? (uint8_t *)n->elems - n->buf : 0;

	if (n->room - n->n >= more)
		return;
	n->room *= 2;
	n->buf = mem_grow(n->buf, n->room, 1);
	if (n->msg)
		n->msg = (struct nlmsghdr *)(void *)(n->buf + msg);
	if (n->elems)
		n->elems = (struct nlattr *)(void *)(n->buf + elems);
}

struct nlmsghdr *nft_msg(struct nft *n, uint16_t type, uint16_t flags,
    uint8_t family, uint16_t res)
{
	struct nfgenmsg *g;

	nft_end_msg(n);
	nft_room(n, NFT_MSG_ROOM);
	n->msg = mnl_nlmsg_put_header(n->buf + n->n);
	n->msg->nlmsg_type = type;
	n->msg->nlmsg_flags = NLM_F_REQUEST | flags;
	n->msg->nlmsg_seq = n->seq++;
	g = mnl_nlmsg_put_extra_header(n->msg, sizeof(*g));
	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	g->res_id = htons(res);
	return n->msg;
}

void nft_end_msg(struct nft *n)
{
	if (!n->msg)
		return;
	if (n->elems)
		mnl_attr_nest_end(n->msg, n->elems);
	n->n += MNL_ALIGN(n->msg->nlmsg_len);
	n->msg = NULL;
	n->elems = NULL;
}

void nft_begin(struct nft *n)
{
	n->n = 0;
	n->msg = NULL;
	n->elems = NULL;
	n->failed = 0;
	nft_msg(n, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

/* The last message of the batch asks for an answer: silence is no success. */
static void ask_for_ack(struct nft *n)
{
	struct nlmsghdr *m = NULL;
	size_t at = 0;

	nft_end_msg(n);
	while (at < n->n) {
		m = (struct nlmsghdr *)(void *)(n->buf + at);
		at += MNL_ALIGN(m->nlmsg_len);
	}
	if (m)
		m->nlmsg_flags |= NLM_F_ACK;
}

/*
 * nf_tables answers while we send: whatever there is to say is in our queue
 * when sendmsg returns. Some answers may be errors, the last an ack.
 */
static int read_acks(struct nft *n)
{
	int first = 1; /* nothing heard */

	for (;;) {
		ssize_t got = recv(n->fd, n->in, NFT_IN, MSG_DONTWAIT);
		struct nlmsghdr *m = (struct nlmsghdr *)(void *)n->in;
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			break;
		if (got < 0)
			return -errno;
		for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);

			if (m->nlmsg_type != NLMSG_ERROR)
				continue;
			if (e->error && first >= 0) {
				n->failed = m->nlmsg_seq;
				first = e->error;
			} else if (first == 1) {
				first = 0;
			}
		}
	}
	return first == 1 ? -EIO : first;
}

int nft_send(struct nft *n)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	do {
		sent = sendto(n->fd, n->buf, n->n, 0,
		    (struct sockaddr *)&kernel, sizeof(kernel));
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int nft_commit(struct nft *n)
{
	int e;

	ask_for_ack(n);
	nft_msg(n, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	nft_end_msg(n);
	e = nft_send(n);
	if (n->room > KEPT_ROOM) {
		free(n->buf);
		n->room = FIRST_ROOM;
		n->buf = mem_new(1, n->room);
	}
	return e < 0 ? e : read_acks(n);
}
