#include "enforcer/host.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

enum {
	IN = 64 << 10,
	ATTRS = 32
};

static uint8_t in[IN]; /* aligned by being a whole array of its own */

static int open_route(uint32_t groups)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK,
		.nl_groups = groups };
	auto_close int fd = socket(AF_NETLINK,
	    SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0)
		return -errno;
	return take_fd(&fd);
}

int host_open(struct host *ret)
{
	struct host h = { .fd = open_route(0), .seq = 1 };

	if (h.fd < 0)
		return h.fd;
	h.watch = open_route(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
	if (h.watch < 0) {
		close_fd(&h.fd);
		return h.watch;
	}
	*ret = h;
	return 0;
}

struct reading {
	void (*each)(const struct net *n, enum never_cause why, void *);
	void *arg;
	const struct nlattr *a[ATTRS];
};

static int keep(const struct nlattr *a, void *arg)
{
	struct reading *r = arg;

	if (mnl_attr_get_type(a) < ATTRS)
		r->a[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

static void tell(struct reading *r, int family, const void *p, size_t n,
    enum never_cause why)
{
	struct net one = { .addr.family = family == AF_INET ? 4 : 6,
		.bits = family == AF_INET ? 32 : 128 };

	if ((family != AF_INET && family != AF_INET6) ||
	    n != (family == AF_INET ? 4U : 16U))
		return;
	memcpy(one.addr.b, p, n);
	r->each(&one, why, r->arg);
}

static void tell_attr(struct reading *r, int family, const struct nlattr *a,
    enum never_cause why)
{
	if (a)
		tell(r, family, mnl_attr_get_payload(a),
		    mnl_attr_get_payload_len(a), why);
}

/* On a point-to-point link ADDRESS is the peer; LOCAL is us. */
static void take_addr(struct reading *r, const struct nlmsghdr *m)
{
	const struct ifaddrmsg *i = mnl_nlmsg_get_payload(m);

	mnl_attr_parse(m, sizeof(*i), keep, r);
	tell_attr(r, i->ifa_family,
	    r->a[IFA_LOCAL] ? r->a[IFA_LOCAL] : r->a[IFA_ADDRESS], NEVER_OWN);
}

/* RTA_VIA: a gateway of another family (RFC 5549). */
static void tell_via(struct reading *r, const struct nlattr *a)
{
	const struct rtvia *v = a ? mnl_attr_get_payload(a) : NULL;

	if (v && mnl_attr_get_payload_len(a) > sizeof(*v))
		tell(r, v->rtvia_family, v->rtvia_addr,
		    mnl_attr_get_payload_len(a) - sizeof(*v), NEVER_GATEWAY);
}

static void take_hops(struct reading *r, int family, const struct nlattr *hops)
{
	size_t left = mnl_attr_get_payload_len(hops), len;
	const uint8_t *p = mnl_attr_get_payload(hops);

	while (left >= sizeof(struct rtnexthop)) {
		const struct rtnexthop *h = (const void *)p;

		if (h->rtnh_len < sizeof(*h) || h->rtnh_len > left)
			return;
		memset(r->a, 0, sizeof(r->a));
		mnl_attr_parse_payload(p + sizeof(*h), h->rtnh_len - sizeof(*h),
		    keep, r);
		tell_attr(r, family, r->a[RTA_GATEWAY], NEVER_GATEWAY);
		tell_via(r, r->a[RTA_VIA]);
		len = MIN(left, (size_t)RTNH_ALIGN(h->rtnh_len));
		p += len;
		left -= len;
	}
}

static void take_route(struct reading *r, const struct nlmsghdr *m)
{
	const struct rtmsg *t = mnl_nlmsg_get_payload(m);

	if (t->rtm_dst_len != 0 || t->rtm_type != RTN_UNICAST)
		return;
	mnl_attr_parse(m, sizeof(*t), keep, r);
	tell_attr(r, t->rtm_family, r->a[RTA_GATEWAY], NEVER_GATEWAY);
	tell_via(r, r->a[RTA_VIA]);
	if (r->a[RTA_MULTIPATH])
		take_hops(r, t->rtm_family, r->a[RTA_MULTIPATH]);
}

/* One packet of a dump: 1: there are more. */
static int take_packet(struct host *h, struct reading *r)
{
	const struct nlmsghdr *m = (void *)in;
	ssize_t got = recv(h->fd, in, sizeof(in), MSG_DONTWAIT);
	int left = (int)got;

	if (got < 0)
		return errno == EINTR ? 1 : errno == EAGAIN ? 0 : -errno;
	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		memset(r->a, 0, sizeof(r->a));
		if (m->nlmsg_type == NLMSG_DONE)
			return 0;
		if (m->nlmsg_type == NLMSG_ERROR)
			return -EIO;
		if (m->nlmsg_type == RTM_NEWADDR)
			take_addr(r, m);
		else if (m->nlmsg_type == RTM_NEWROUTE)
			take_route(r, m);
	}
	return 1;
}

static int dump(struct host *h, uint16_t what, struct reading *r)
{
	uint8_t out[64] = { 0 };
	struct nlmsghdr *m = mnl_nlmsg_put_header(out);
	int e = 1;

	m->nlmsg_type = what;
	m->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	m->nlmsg_seq = h->seq++;
	mnl_nlmsg_put_extra_header(m, sizeof(struct rtmsg));
	if (send(h->fd, out, m->nlmsg_len, 0) < 0)
		return -errno;
	while (e > 0)
		e = take_packet(h, r);
	return e;
}

/* Loopback as a whole, and the address of who has none yet. */
static void tell_fixed(struct reading *r)
{
	const struct net fixed[] = {
		{ { .family = 4, .b = { 127 } }, 8 },
		{ { .family = 4 }, 32 },
		{ { .family = 6, .b = { [15] = 1 } }, 128 },
		{ { .family = 6 }, 128 },
	};

	for (size_t i = 0; i < countof(fixed); i++)
		r->each(&fixed[i], NEVER_OWN, r->arg);
}

int host_read(struct host *h,
    void (*each)(const struct net *n, enum never_cause why, void *), void *arg)
{
	struct reading r = { each, arg, { NULL } };
	int e;

	tell_fixed(&r);
	e = dump(h, RTM_GETADDR, &r);
	return e < 0 ? e : dump(h, RTM_GETROUTE, &r);
}

static bool matters(const struct nlmsghdr *m)
{
	const struct rtmsg *t = mnl_nlmsg_get_payload(m);

	if (m->nlmsg_type == RTM_NEWADDR || m->nlmsg_type == RTM_DELADDR)
		return true;
	return (m->nlmsg_type == RTM_NEWROUTE ||
		   m->nlmsg_type == RTM_DELROUTE) &&
	       mnl_nlmsg_get_payload_len(m) >= sizeof(*t) &&
	       t->rtm_dst_len == 0;
}

bool host_heard(struct host *h)
{
	bool ret = false;

	for (int turn = 0; turn < 256; turn++) {
		const struct nlmsghdr *m = (void *)in;
		ssize_t got = recv(h->watch, in, sizeof(in), MSG_DONTWAIT);
		int left = (int)got;

		if (got < 0 && errno == ENOBUFS)
			ret = true; /* what was lost may have mattered */
		else if (got < 0)
			break;
		for (; got > 0 && mnl_nlmsg_ok(m, left);
		     m = mnl_nlmsg_next(m, &left))
			ret |= matters(m);
	}
	return ret;
}
