#include "nft/nft.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "nft/nft_bits.h"

/*
 * nft_look - does the kernel hold these elements?
 *
 * One question asks for many elements of a set, which the kernel answers one
 * message each, in their order, up to the first that it does not hold: that
 * one is refused, and the rest of the question forgotten. What was forgotten
 * is asked again, one by one.
 */

enum {
	TOGETHER = 64,      /* in one question */
	ANSWERS = 64,       /* in one call */
	ANSWER_ROOM = 1024, /* bytes of one: at most some 200 */
};
static_assert(ANSWERS * ANSWER_ROOM <= NFT_IN, "answers fit into in");

struct question {
	uint32_t first, n; /* elements */
	uint32_t got;
};

struct round {
	struct nft_elem *e;
	struct question *q;
	size_t n;
	uint32_t seq; /* of the first question */
};

static void ask_for(struct nft *n, const struct nft_elem *e, size_t n_elems)
{
	char name[NFT_NAME];

	net_set_name(&e->set, name);
	nft_msg(n, NFT_TYPE(NFT_MSG_GETSETELEM), 0, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_SET_ELEM_LIST_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_SET_ELEM_LIST_SET, name);
	n->elems = mnl_attr_nest_start(n->msg, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (size_t i = 0; i < n_elems; i++) {
		struct nlattr *el, *key;

		nft_room(n, n->msg->nlmsg_len + NFT_ELEM_ROOM);
		el = mnl_attr_nest_start(n->msg, NFTA_LIST_ELEM);
		key = mnl_attr_nest_start(n->msg, NFTA_SET_ELEM_KEY);
		mnl_attr_put(n->msg, NFTA_DATA_VALUE,
		    e->set.family == 4 ? 4 : 16, e[i].net.addr.b);
		mnl_attr_nest_end(n->msg, key);
		mnl_attr_nest_end(n->msg, el);
	}
	nft_end_msg(n);
}

static void begin(struct nft *n, struct round *r)
{
	n->n = 0;
	n->msg = NULL;
	n->elems = NULL;
	r->n = 0;
	r->seq = n->seq;
}

static void put(struct nft *n, struct round *r, size_t first, size_t n_elems)
{
	ask_for(n, r->e + first, n_elems);
	r->q[r->n++] =
	    (struct question){ (uint32_t)first, (uint32_t)n_elems, 0 };
}

/* One answer: an element that is held. */
static void take_answer(const struct round *r, const struct nlmsghdr *m)
{
	size_t i = m->nlmsg_seq - r->seq;
	const struct nlattr *list;
	struct nft_attrs in;
	struct nft_elem *e, got;

	if (i >= r->n || r->q[i].got == r->q[i].n ||
	    m->nlmsg_type >> 8 != NFNL_SUBSYS_NFTABLES)
		return;
	e = &r->e[r->q[i].first + r->q[i].got];
	list = nft_attrs_of(m).a[NFTA_SET_ELEM_LIST_ELEMENTS];
	in = nft_attrs_in(list);
	if (!in.a[NFTA_LIST_ELEM] ||
	    !nft_take_elem(in.a[NFTA_LIST_ELEM], &e->set, &got) ||
	    !addr_eq(&got.net.addr, &e->net.addr))
		return;
	*e = got;
	r->q[i].got++;
}

/* ENOENT is an answer here: the kernel does not hold it. */
static int take_packet(const struct round *r, const struct nlmsghdr *m, int n)
{
	for (; mnl_nlmsg_ok(m, n); m = mnl_nlmsg_next(m, &n)) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);

		if (m->nlmsg_type != NLMSG_ERROR)
			take_answer(r, m);
		else if (e->error && e->error != -ENOENT)
			return e->error;
	}
	return 0;
}

/* nf_tables answers while we send: all answers are there. */
static int take_all(struct nft *n, const struct round *r)
{
	struct mmsghdr v[ANSWERS];
	struct iovec io[ANSWERS];
	int got, e = 0;

	for (int i = 0; i < ANSWERS; i++)
		io[i] = (struct iovec){ n->in + i * ANSWER_ROOM, ANSWER_ROOM };
	do {
		for (int i = 0; i < ANSWERS; i++)
			v[i] = (struct mmsghdr){ { .msg_iov = &io[i],
			    .msg_iovlen = 1 } };
		got = recvmmsg(n->fd, v, ANSWERS, MSG_DONTWAIT, NULL);
		for (int i = 0; i < got && e == 0; i++)
			e = take_packet(r, io[i].iov_base, (int)v[i].msg_len);
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (e == 0 && got < 0 && errno != EAGAIN)
		e = -errno;
	return e;
}

static int end(struct nft *n, const struct round *r)
{
	int e = r->n ? nft_send(n) : 0;

	return e < 0 || r->n == 0 ? e : take_all(n, r);
}

/* Neighbours of one set together. */
static void put_runs(struct nft *n, struct round *r, size_t n_elems)
{
	for (size_t i = 0, k; i < n_elems; i = k) {
		for (k = i + 1; k < n_elems && k - i < TOGETHER; k++)
			if (memcmp(&r->e[k].set, &r->e[i].set,
				sizeof(r->e[i].set)) != 0)
				break;
		put(n, r, i, k - i);
	}
}

/* What stands behind a refused one, each alone. */
static void put_forgotten(struct nft *n, struct round *r,
    const struct round *former)
{
	for (size_t i = 0; i < former->n; i++) {
		const struct question *q = &former->q[i];

		for (uint32_t k = q->got + 1; k < q->n; k++)
			put(n, r, q->first + k, 1);
	}
}

int nft_read_some(struct nft *n, struct nft_elem *e, size_t n_elems)
{
	struct round first = { .e = e }, second = { .e = e };
	int err;

	for (size_t i = 0; i < n_elems; i++) {
		e[i].held = false;
		e[i].left_ms = e[i].packets = e[i].bytes = 0;
	}
	first.q = mem_new(n_elems, sizeof(*first.q));
	second.q = mem_new(n_elems, sizeof(*second.q));
	begin(n, &first);
	put_runs(n, &first, n_elems);
	err = end(n, &first);
	begin(n, &second);
	put_forgotten(n, &second, &first);
	if (err == 0)
		err = end(n, &second);
	free(first.q);
	free(second.q);
	return err;
}
