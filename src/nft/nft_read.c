#include "nft/nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "nft/nft_bits.h"

static uint32_t get_u32(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) >= 4
		   ? ntohl(mnl_attr_get_u32(a))
		   : 0;
}

static uint64_t get_u64(const struct nlattr *a)
{
	return a && mnl_attr_get_payload_len(a) >= 8
		   ? be64toh(mnl_attr_get_u64(a))
		   : 0;
}

static struct str get_str(const struct nlattr *a)
{
	struct str s = { a ? mnl_attr_get_payload(a) : NULL,
		a ? mnl_attr_get_payload_len(a) : 0 };

	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	return s;
}

/* A question, alone in its packet and outside any batch. */
static int ask(struct nft *n, uint16_t type, uint16_t flags, const char *set)
{
	n->n = 0;
	n->msg = NULL;
	n->elems = NULL;
	nft_msg(n, NFT_TYPE(type), flags, NFPROTO_INET, 0);
	/* NFTA_*_TABLE is 1 in every message, a set's name 2 */
	mnl_attr_put_strz(n->msg, NFTA_TABLE_NAME, n->table);
	if (set)
		mnl_attr_put_strz(n->msg, NFTA_SET_NAME, set);
	nft_end_msg(n);
	return nft_send(n);
}

typedef void (*each_msg)(struct nft *n, const struct nlmsghdr *m, void *arg);

/* One packet of answers. NFT_WALK_MORE: go on; NFT_WALK_END: that was all; or
 * -errno, which may be the kernel's answer. */
static int answers(struct nft *n, each_msg each, void *arg)
{
	struct nlmsghdr *m = (struct nlmsghdr *)(void *)n->in;
	ssize_t got;
	int left;

	do {
		got = recv(n->fd, n->in, NFT_IN, MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? NFT_WALK_END : -errno;
	left = (int)got;
	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left)) {
		if (m->nlmsg_type == NLMSG_DONE)
			return NFT_WALK_END;
		if (m->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);

			if (e->error)
				return e->error;
			continue;
		}
		if (m->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES)
			each(n, m, arg);
	}
	return NFT_WALK_MORE;
}

/* All answers to one question. */
static int ask_all(struct nft *n, uint16_t type, uint16_t flags, each_msg each,
    void *arg)
{
	int e = ask(n, type, flags, NULL);

	if (e < 0)
		return e;
	do {
		e = answers(n, each, arg);
	} while (e == NFT_WALK_MORE);
	return e < 0 ? e : 0;
}

static void take_table(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct nft_table *t = arg;
	struct nft_attrs a = nft_attrs_of(m);

	t->flags = get_u32(a.a[NFTA_TABLE_FLAGS]);
	t->owner = get_u32(a.a[NFTA_TABLE_OWNER]);
	if (a.a[NFTA_TABLE_USERDATA] &&
	    mnl_attr_get_payload_len(a.a[NFTA_TABLE_USERDATA]) == 1)
		t->layout = mnl_attr_get_u8(a.a[NFTA_TABLE_USERDATA]);
}

static bool is_ours(const struct nft *n, const struct nlattr *table)
{
	return str_eq(get_str(table), str_of(n->table));
}

static void take_chain(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct nft_table *t = arg;
	struct nft_attrs a = nft_attrs_of(m),
			 hook = nft_attrs_in(a.a[NFTA_CHAIN_HOOK]);

	if (!is_ours(n, a.a[NFTA_CHAIN_TABLE]))
		return;
	t->chains++;
	if (get_u32(hook.a[NFTA_HOOK_PRIORITY]) == (uint32_t)NFT_PRIORITY &&
	    get_u32(hook.a[NFTA_HOOK_HOOKNUM]) == NF_INET_PRE_ROUTING &&
	    get_u32(a.a[NFTA_CHAIN_POLICY]) == NF_ACCEPT)
		t->base = true;
}

static void take_rule(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct nft_table *t = arg;

	t->rules += is_ours(n, nft_attrs_of(m).a[NFTA_RULE_TABLE]);
}

int nft_read_table(struct nft *n, struct nft_table *ret)
{
	struct nft_table t = { 0 };
	int e = ask_all(n, NFT_MSG_GETTABLE, 0, take_table, &t);

	if (e == 0)
		e = ask_all(n, NFT_MSG_GETCHAIN, NLM_F_DUMP, take_chain, &t);
	if (e == 0)
		e = ask_all(n, NFT_MSG_GETRULE, NLM_F_DUMP, take_rule, &t);
	if (e == 0)
		*ret = t;
	return e;
}

struct sets_arg {
	void (*each)(const struct net_set *s, void *);
	void *arg;
};

static void take_set(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct sets_arg *to = arg;
	struct nft_attrs a = nft_attrs_of(m);
	struct net_set s;

	if (is_ours(n, a.a[NFTA_SET_TABLE]) &&
	    net_set_parse(get_str(a.a[NFTA_SET_NAME]), &s))
		to->each(&s, to->arg);
}

int nft_read_sets(struct nft *n, void (*each)(const struct net_set *s, void *),
    void *arg)
{
	struct sets_arg to = { each, arg };

	return ask_all(n, NFT_MSG_GETSET, NLM_F_DUMP, take_set, &to);
}

struct groups_arg {
	void (*each)(uint8_t group, const struct ports *p, void *);
	void *arg;
};

/* "ports3_4": 3; the other chains: 0. Of both families one is enough. */
static uint8_t group_of(struct str name)
{
	struct str begin = STR("ports"), number;
	uint32_t group;

	if (!str_starts(name, begin))
		return 0;
	name = str_from(name, begin.n);
	if (!str_cut(&name, '_', &number) || !str_eq(name, STR("4")) ||
	    !str_u32(number, NFT_GROUPS - 1, &group))
		return 0;
	return (uint8_t)group;
}

static void take_group(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct groups_arg *to = arg;
	struct nft_attrs a = nft_attrs_of(m);
	struct str comment = get_str(a.a[NFTA_CHAIN_USERDATA]);
	uint8_t group = group_of(get_str(a.a[NFTA_CHAIN_NAME]));
	struct ports p;

	if (group == 0 || !is_ours(n, a.a[NFTA_CHAIN_TABLE]))
		return;
	/* a type and a length stand before the text */
	if (comment.n > 2 && comment.p[0] == NFT_COMMENT &&
	    ports_parse_all(str_from(comment, 2), &p) == PORTS_OK)
		to->each(group, &p, to->arg);
	else
		to->each(group, NULL, to->arg);
}

int nft_read_groups(struct nft *n,
    void (*each)(uint8_t group, const struct ports *p, void *), void *arg)
{
	struct groups_arg to = { each, arg };

	return ask_all(n, NFT_MSG_GETCHAIN, NLM_F_DUMP, take_group, &to);
}

static void take_counter(const struct nlattr *nest, struct nft_elem *e)
{
	struct nft_attrs x = nft_attrs_in(nest),
			 c = nft_attrs_in(x.a[NFTA_EXPR_DATA]);

	if (!str_eq(get_str(x.a[NFTA_EXPR_NAME]), STR("counter")))
		return;
	e->packets = get_u64(c.a[NFTA_COUNTER_PACKETS]);
	e->bytes = get_u64(c.a[NFTA_COUNTER_BYTES]);
}

bool nft_take_elem(const struct nlattr *nest, const struct net_set *s,
    struct nft_elem *ret)
{
	struct nft_attrs a = nft_attrs_in(nest),
			 k = nft_attrs_in(a.a[NFTA_SET_ELEM_KEY]);
	const struct nlattr *key = k.a[NFTA_DATA_VALUE];
	struct nft_elem e = { .set = *s, .held = true };
	size_t len = s->family == 4 ? 4 : 16;

	if (!key || mnl_attr_get_payload_len(key) != len)
		return false;
	e.net.addr.family = s->family;
	memcpy(e.net.addr.b, mnl_attr_get_payload(key), len);
	e.net.bits = s->bits;
	e.left_ms = get_u64(a.a[NFTA_SET_ELEM_EXPIRATION]);
	take_counter(a.a[NFTA_SET_ELEM_EXPR], &e);
	*ret = e;
	return true;
}

struct walk_arg {
	const struct net_set *set;
	void (*each)(const struct nft_elem *e, void *);
	void *arg;
};

static int take_one(const struct nlattr *one, void *arg)
{
	const struct walk_arg *to = arg;
	struct nft_elem e;

	if (nft_take_elem(one, to->set, &e))
		to->each(&e, to->arg);
	return MNL_CB_OK;
}

static void take_elems(struct nft *n, const struct nlmsghdr *m, void *arg)
{
	struct nft_attrs a = nft_attrs_of(m);

	if (a.a[NFTA_SET_ELEM_LIST_ELEMENTS])
		mnl_attr_parse_nested(a.a[NFTA_SET_ELEM_LIST_ELEMENTS],
		    take_one, arg);
}

int nft_walk_begin(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];

	net_set_name(s, name);
	return ask(n, NFT_MSG_GETSETELEM, NLM_F_DUMP, name);
}

int nft_walk(struct nft *n, const struct net_set *s,
    void (*each)(const struct nft_elem *e, void *), void *arg)
{
	struct walk_arg to = { s, each, arg };

	return answers(n, take_elems, &to);
}
