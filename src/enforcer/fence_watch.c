#include "enforcer/fence_watch.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "enforcer/fence.h"
#include "nft/nft_bits.h"

int fence_watch_open(uint32_t own_port)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(own_port), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = { countof(code), code };
	struct sockaddr_nl me = { .nl_family = AF_NETLINK,
		.nl_groups = 1U << (NFNLGRP_NFTABLES - 1) };
	auto_close int fd = socket(AF_NETLINK,
	    SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) <
		0 ||
	    bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0)
		return -errno;
	return take_fd(&fd);
}

struct about {
	struct str table, name;
};

static int take_about(const struct nlattr *a, void *arg)
{
	struct about *to = arg;
	const char *p = mnl_attr_get_payload(a);
	struct str s = { p, strnlen(p, mnl_attr_get_payload_len(a)) };

	/* the table is the first attribute of every message, a set's name the
	 * second; that of a generation has neither */
	if (mnl_attr_get_type(a) == NFTA_SET_TABLE)
		to->table = s;
	else if (mnl_attr_get_type(a) == NFTA_SET_NAME)
		to->name = s;
	return MNL_CB_OK;
}

static int meaning(struct str table, const struct nlmsghdr *m)
{
	struct about what = { { NULL, 0 }, { NULL, 0 } };
	unsigned type = m->nlmsg_type & 0xff;

	if (m->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES ||
	    type == NFT_MSG_NEWGEN)
		return FENCE_OK;
	mnl_attr_parse(m, sizeof(struct nfgenmsg), take_about, &what);
	if (!str_eq(what.table, table))
		return FENCE_OK;
	if (type == NFT_MSG_NEWSET && str_eq(what.name, str_of(NFT_DISARMED)))
		return FENCE_E_DISARMED;
	return FENCE_E_TORN;
}

int fence_watch_hear(int fd, struct str table, void *buf, size_t size)
{
	int ret = FENCE_OK;

	for (int turn = 0; turn < 64; turn++) {
		const struct nlmsghdr *m = buf;
		ssize_t got = recv(fd, buf, size, MSG_DONTWAIT);
		int left = (int)got;

		if (got < 0 && errno == ENOBUFS)
			ret = MAX(ret, FENCE_E_TORN);
		else if (got < 0)
			break;
		for (; got > 0 && mnl_nlmsg_ok(m, left);
		     m = mnl_nlmsg_next(m, &left))
			ret = MAX(ret, meaning(table, m));
	}
	return ret;
}
