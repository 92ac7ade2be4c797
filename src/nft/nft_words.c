#include "nft/nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "nft/nft_bits.h"

/* The kernel's numbers for types are nft's own, shown by `nft list`. */
enum {
	TYPE_IPV4 = 7,
	TYPE_IPV6 = 8,
	REG = NFT_REG_1,
};

static const char *const act_names[] = { "never", "deny", "reject", "limit" };

void net_set_name(const struct net_set *s, char to[static NFT_NAME])
{
	snprintf(to, NFT_NAME, "%s%s%u_%u", s->list ? "list_" : "",
	    act_names[s->act], s->family, s->bits);
}

bool net_set_parse(struct str name, struct net_set *ret)
{
	struct net_set s = { 0 };
	struct str list = STR("list_");
	uint32_t bits;

	if (str_starts(name, list)) {
		s.list = 1;
		name = str_from(name, list.n);
	}
	for (s.act = 0; s.act < countof(act_names); s.act++)
		if (str_starts(name, str_of(act_names[s.act])))
			break;
	if (s.act == countof(act_names))
		return false;
	name = str_from(name, strlen(act_names[s.act]));
	if (name.n < 3 || (name.p[0] != '4' && name.p[0] != '6') ||
	    name.p[1] != '_')
		return false;
	s.family = (uint8_t)(name.p[0] - '0');
	if (!str_u32(str_from(name, 2), s.family == 4 ? 32 : 128, &bits))
		return false;
	s.bits = (uint8_t)bits;
	*ret = s;
	return true;
}

static void put_u32(struct nft *n, uint16_t type, uint32_t v)
{
	mnl_attr_put_u32(n->msg, type, htonl(v));
}

static void put_u64(struct nft *n, uint16_t type, uint64_t v)
{
	mnl_attr_put_u64(n->msg, type, htobe64(v));
}

static void put_value(struct nft *n, uint16_t type, const void *p, size_t len)
{
	struct nlattr *nest = mnl_attr_nest_start(n->msg, type);

	mnl_attr_put(n->msg, NFTA_DATA_VALUE, len, p);
	mnl_attr_nest_end(n->msg, nest);
}

/* An expression: its name, and its own attributes until expr_end. */
struct expr {
	struct nlattr *whole, *data;
};

static struct expr expr_named(struct nft *n, uint16_t as, const char *name)
{
	struct expr e;

	e.whole = mnl_attr_nest_start(n->msg, as);
	mnl_attr_put_strz(n->msg, NFTA_EXPR_NAME, name);
	e.data = mnl_attr_nest_start(n->msg, NFTA_EXPR_DATA);
	return e;
}

static struct expr expr(struct nft *n, const char *name)
{
	return expr_named(n, NFTA_LIST_ELEM, name);
}

static void expr_end(struct nft *n, struct expr e)
{
	mnl_attr_nest_end(n->msg, e.data);
	mnl_attr_nest_end(n->msg, e.whole);
}

/* meta KEY == value, one byte */
static void match_meta(struct nft *n, uint32_t key, uint8_t value)
{
	struct expr e = expr(n, "meta");

	put_u32(n, NFTA_META_KEY, key);
	put_u32(n, NFTA_META_DREG, REG);
	expr_end(n, e);
	e = expr(n, "cmp");
	put_u32(n, NFTA_CMP_SREG, REG);
	put_u32(n, NFTA_CMP_OP, NFT_CMP_EQ);
	put_value(n, NFTA_CMP_DATA, &value, 1);
	expr_end(n, e);
}

/* ip saddr & prefix, into the register */
static void load_source(struct nft *n, const struct net_set *s)
{
	uint32_t len = s->family == 4 ? 4 : 16;
	uint8_t mask[16] = { 0 }, zero[16] = { 0 };
	struct expr e = expr(n, "payload");

	put_u32(n, NFTA_PAYLOAD_DREG, REG);
	put_u32(n, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	put_u32(n, NFTA_PAYLOAD_OFFSET, s->family == 4 ? 12 : 8);
	put_u32(n, NFTA_PAYLOAD_LEN, len);
	expr_end(n, e);
	if (s->bits == len * 8)
		return;
	for (unsigned i = 0; i < s->bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	e = expr(n, "bitwise");
	put_u32(n, NFTA_BITWISE_SREG, REG);
	put_u32(n, NFTA_BITWISE_DREG, REG);
	put_u32(n, NFTA_BITWISE_LEN, len);
	put_value(n, NFTA_BITWISE_MASK, mask, len);
	put_value(n, NFTA_BITWISE_XOR, zero, len);
	expr_end(n, e);
}

static void match_set(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct expr e;

	load_source(n, s);
	net_set_name(s, name);
	e = expr(n, "lookup");
	mnl_attr_put_strz(n->msg, NFTA_LOOKUP_SET, name);
	put_u32(n, NFTA_LOOKUP_SREG, REG);
	expr_end(n, e);
}

static void verdict(struct nft *n, uint32_t code, const char *chain)
{
	struct expr e = expr(n, "immediate");
	struct nlattr *data, *v;

	put_u32(n, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = mnl_attr_nest_start(n->msg, NFTA_IMMEDIATE_DATA);
	v = mnl_attr_nest_start(n->msg, NFTA_DATA_VERDICT);
	put_u32(n, NFTA_VERDICT_CODE, code);
	if (chain)
		mnl_attr_put_strz(n->msg, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(n->msg, v);
	mnl_attr_nest_end(n->msg, data);
	expr_end(n, e);
}

static void reject(struct nft *n, uint32_t type, uint8_t code)
{
	struct expr e = expr(n, "reject");

	put_u32(n, NFTA_REJECT_TYPE, type);
	mnl_attr_put_u8(n->msg, NFTA_REJECT_ICMP_CODE, code);
	expr_end(n, e);
}

static void counter(struct nft *n, uint16_t as, uint64_t packets,
    uint64_t bytes)
{
	struct expr e = expr_named(n, as, "counter");

	put_u64(n, NFTA_COUNTER_BYTES, bytes);
	put_u64(n, NFTA_COUNTER_PACKETS, packets);
	expr_end(n, e);
}

static void rate_name(const struct net_set *s, char to[static NFT_NAME])
{
	snprintf(to, NFT_NAME, "%srate%u_%u", s->list ? "list_" : "", s->family,
	    s->bits);
}

/* Goes on only with what the source sends over its rate. */
static void match_over_rate(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct expr e = expr(n, "dynset"), limit;

	rate_name(s, name);
	mnl_attr_put_strz(n->msg, NFTA_DYNSET_SET_NAME, name);
	put_u32(n, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	put_u32(n, NFTA_DYNSET_SREG_KEY, REG);
	limit = expr_named(n, NFTA_DYNSET_EXPR, "limit");
	put_u64(n, NFTA_LIMIT_RATE, NFT_LIMIT_PER_S);
	put_u64(n, NFTA_LIMIT_UNIT, 1);
	put_u32(n, NFTA_LIMIT_BURST, NFT_LIMIT_BURST);
	put_u32(n, NFTA_LIMIT_TYPE, NFT_LIMIT_PKTS);
	put_u32(n, NFTA_LIMIT_FLAGS, NFT_LIMIT_F_INV);
	expr_end(n, limit);
	expr_end(n, e);
}

void nft_add_table(struct nft *n, uint32_t flags)
{
	uint8_t layout = NFT_LAYOUT;

	nft_msg(n, NFT_TYPE(NFT_MSG_NEWTABLE), NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_TABLE_NAME, n->table);
	put_u32(n, NFTA_TABLE_FLAGS, flags);
	mnl_attr_put(n->msg, NFTA_TABLE_USERDATA, 1, &layout);
}

void nft_drop_table(struct nft *n)
{
	nft_msg(n, NFT_TYPE(NFT_MSG_DELTABLE), 0, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_TABLE_NAME, n->table);
}

static void add_chain(struct nft *n, const char *name, bool hooked)
{
	struct nlattr *hook;

	nft_msg(n, NFT_TYPE(NFT_MSG_NEWCHAIN), NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_CHAIN_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_CHAIN_NAME, name);
	if (!hooked)
		return;
	hook = mnl_attr_nest_start(n->msg, NFTA_CHAIN_HOOK);
	put_u32(n, NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
	put_u32(n, NFTA_HOOK_PRIORITY, (uint32_t)NFT_PRIORITY);
	mnl_attr_nest_end(n->msg, hook);
	put_u32(n, NFTA_CHAIN_POLICY, NF_ACCEPT);
	mnl_attr_put_strz(n->msg, NFTA_CHAIN_TYPE, "filter");
}

static struct nlattr *rule(struct nft *n, const char *chain)
{
	nft_msg(n, NFT_TYPE(NFT_MSG_NEWRULE), NLM_F_CREATE | NLM_F_APPEND,
	    NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_RULE_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_RULE_CHAIN, chain);
	return mnl_attr_nest_start(n->msg, NFTA_RULE_EXPRESSIONS);
}

static void rule_end(struct nft *n, struct nlattr *exprs)
{
	mnl_attr_nest_end(n->msg, exprs);
}

static void jump_for(struct nft *n, uint8_t proto, const char *chain)
{
	struct nlattr *r = rule(n, "gate");

	match_meta(n, NFT_META_NFPROTO, proto);
	verdict(n, (uint32_t)NFT_JUMP, chain);
	rule_end(n, r);
}

/*
 * gate, hooked: IPv4 to shut4, IPv6 to shut6. shutN: first to neverN, where
 * what is found is accepted; then one rule for every set of measures.
 */
void nft_add_chains(struct nft *n)
{
	static const char *const plain[] = { "never4", "never6", "shut4",
		"shut6" };
	struct nlattr *r;

	for (size_t i = 0; i < countof(plain); i++)
		add_chain(n, plain[i], false);
	add_chain(n, "gate", true);
	for (int i = 0; i < 2; i++) {
		r = rule(n, plain[2 + i]);
		verdict(n, (uint32_t)NFT_JUMP, plain[i]);
		rule_end(n, r);
	}
	jump_for(n, NFPROTO_IPV4, "shut4");
	jump_for(n, NFPROTO_IPV6, "shut6");
}

static void set_head(struct nft *n, const struct net_set *s, const char *name,
    uint32_t flags)
{
	nft_msg(n, NFT_TYPE(NFT_MSG_NEWSET), NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_SET_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_SET_NAME, name);
	put_u32(n, NFTA_SET_FLAGS, flags);
	put_u32(n, NFTA_SET_KEY_TYPE, s->family == 4 ? TYPE_IPV4 : TYPE_IPV6);
	put_u32(n, NFTA_SET_KEY_LEN, s->family == 4 ? 4 : 16);
	put_u32(n, NFTA_SET_ID, n->seq);
	/* lookups look at the clock themselves; collecting may take its time */
	put_u32(n, NFTA_SET_GC_INTERVAL, NFT_GC_MS);
}

static void add_rates(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct nlattr *desc;

	rate_name(s, name);
	set_head(n, s, name, NFT_SET_TIMEOUT | NFT_SET_EVAL);
	put_u64(n, NFTA_SET_TIMEOUT, NFT_LIMIT_MEMORY_S * 1000);
	desc = mnl_attr_nest_start(n->msg, NFTA_SET_DESC);
	put_u32(n, NFTA_SET_DESC_SIZE, NFT_LIMIT_SOURCES);
	mnl_attr_nest_end(n->msg, desc);
}

/* The rule that looks into the set, up to the verdict. */
static struct nlattr *look_up(struct nft *n, const struct net_set *s,
    bool tcp_only)
{
	char chain[] = "shut4";
	struct nlattr *r;

	chain[4] = (char)('0' + s->family);
	r = rule(n, chain);
	if (tcp_only)
		match_meta(n, NFT_META_L4PROTO, IPPROTO_TCP);
	match_set(n, s);
	if (s->act == ACT_LIMIT)
		match_over_rate(n, s);
	if (s->list || s->act == ACT_LIMIT)
		counter(n, NFTA_LIST_ELEM, 0, 0);
	return r;
}

static void add_never_rule(struct nft *n, const struct net_set *s)
{
	struct nlattr *r = rule(n, s->family == 4 ? "never4" : "never6");

	match_set(n, s);
	verdict(n, NF_ACCEPT, NULL);
	rule_end(n, r);
}

static void add_rules(struct nft *n, const struct net_set *s)
{
	struct nlattr *r;

	if (s->act == ACT_REJECT) {
		r = look_up(n, s, true);
		reject(n, NFT_REJECT_TCP_RST, 0);
		rule_end(n, r);
		r = look_up(n, s, false);
		reject(n, NFT_REJECT_ICMPX_UNREACH,
		    NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
		rule_end(n, r);
		return;
	}
	r = look_up(n, s, false);
	verdict(n, NF_DROP, NULL);
	rule_end(n, r);
}

void nft_add_disarmed(struct nft *n)
{
	const struct net_set s = { .family = 4 };

	set_head(n, &s, NFT_DISARMED, NFT_SET_TIMEOUT);
}

void nft_add_set(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];

	net_set_name(s, name);
	set_head(n, s, name, NFT_SET_TIMEOUT);
	if (!s->list && s->act != ACT_NEVER)
		counter(n, NFTA_SET_EXPR, 0, 0);
	if (s->act == ACT_LIMIT)
		add_rates(n, s);
	if (s->act == ACT_NEVER)
		add_never_rule(n, s);
	else
		add_rules(n, s);
}

/* The message that takes elements of this set; a new one if need be. */
static void elems_for(struct nft *n, const struct net_set *s, bool deleting)
{
	char name[NFT_NAME];

	if (n->elems && n->deleting == deleting &&
	    memcmp(&n->into, s, sizeof(*s)) == 0 &&
	    n->msg->nlmsg_len < NFT_ELEMS_FULL) {
		nft_room(n, n->msg->nlmsg_len + NFT_ELEM_ROOM);
		return;
	}
	net_set_name(s, name);
	nft_msg(n, NFT_TYPE(deleting ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM),
	    deleting ? 0 : NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_SET_ELEM_LIST_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_SET_ELEM_LIST_SET, name);
	n->elems = mnl_attr_nest_start(n->msg, NFTA_SET_ELEM_LIST_ELEMENTS);
	n->into = *s;
	n->deleting = deleting;
}

static struct nlattr *elem(struct nft *n, const struct addr *a)
{
	struct nlattr *e = mnl_attr_nest_start(n->msg, NFTA_LIST_ELEM);

	put_value(n, NFTA_SET_ELEM_KEY, a->b, a->family == 4 ? 4 : 16);
	return e;
}

void nft_add(struct nft *n, const struct net_set *s, const struct addr *a,
    uint64_t ttl_ms)
{
	struct nlattr *e;

	elems_for(n, s, false);
	e = elem(n, a);
	if (ttl_ms)
		put_u64(n, NFTA_SET_ELEM_TIMEOUT, ttl_ms);
	mnl_attr_nest_end(n->msg, e);
}

void nft_add_counted(struct nft *n, const struct net_set *s,
    const struct addr *a, uint64_t ttl_ms, uint64_t packets, uint64_t bytes)
{
	struct nlattr *e;

	elems_for(n, s, false);
	e = elem(n, a);
	if (ttl_ms)
		put_u64(n, NFTA_SET_ELEM_TIMEOUT, ttl_ms);
	counter(n, NFTA_SET_ELEM_EXPR, packets, bytes);
	mnl_attr_nest_end(n->msg, e);
}

void nft_drop(struct nft *n, const struct net_set *s, const struct addr *a)
{
	struct nlattr *e;

	elems_for(n, s, true);
	e = elem(n, a);
	mnl_attr_nest_end(n->msg, e);
}
