#include "nft/nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include "nft/nft_expr.h"

/* The kernel's numbers for types are nft's own, shown by `nft list`. */
enum {
	TYPE_IPV4 = 7,
	TYPE_IPV6 = 8,
};

static const char *const act_names[] = { "never", "deny", "reject", "limit" };

void net_set_name(const struct net_set *s, char to[static NFT_NAME])
{
	size_t at = 0;

	if (s->ports)
		at = (size_t)snprintf(to, NFT_NAME, "ports%u_", s->ports);
	snprintf(to + at, NFT_NAME - at, "%s%s%u_%u", s->list ? "list_" : "",
	    act_names[s->act], s->family, s->bits);
}

/* "ports3_", which need not be there. */
static bool parse_group(struct str *name, uint8_t *ret)
{
	struct str begin = STR("ports"), number;
	uint32_t group;

	if (!str_starts(*name, begin))
		return true;
	*name = str_from(*name, begin.n);
	if (!str_cut(name, '_', &number) ||
	    !str_u32(number, NFT_GROUPS - 1, &group) || group == 0)
		return false;
	*ret = (uint8_t)group;
	return true;
}

bool net_set_parse(struct str name, struct net_set *ret)
{
	struct net_set s = { 0 };
	struct str list = STR("list_");
	uint32_t bits;

	if (!parse_group(&name, &s.ports))
		return false;
	if (str_starts(name, list)) {
		s.list = 1;
		name = str_from(name, list.n);
	}
	for (s.act = 0; s.act < countof(act_names); s.act++)
		if (str_starts(name, str_of(act_names[s.act])))
			break;
	if (s.act == countof(act_names))
		return false;
	if (s.ports && (s.list || s.act == ACT_NEVER))
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

void nft_add_table(struct nft *n, uint32_t flags)
{
	uint8_t layout = NFT_LAYOUT;

	nft_msg(n, NFT_TYPE(NFT_MSG_NEWTABLE), NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_TABLE_NAME, n->table);
	nft_put_u32(n, NFTA_TABLE_FLAGS, flags);
	mnl_attr_put(n->msg, NFTA_TABLE_USERDATA, 1, &layout);
}

void nft_drop_table(struct nft *n)
{
	nft_msg(n, NFT_TYPE(NFT_MSG_DELTABLE), 0, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_TABLE_NAME, n->table);
}

void nft_group_name(uint8_t group, uint8_t family, char to[static NFT_NAME])
{
	snprintf(to, NFT_NAME, "ports%u_%u", group, family);
}

/* As nft writes a comment: its type, its length, and text with its NUL. */
static void put_comment(struct nft *n, const char *text)
{
	size_t len = strlen(text) + 1;
	uint8_t data[2 + PORTS_MAX] = { NFT_COMMENT, (uint8_t)len };

	memcpy(data + 2, text, len);
	mnl_attr_put(n->msg, NFTA_CHAIN_USERDATA, 2 + len, data);
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
	nft_put_u32(n, NFTA_HOOK_HOOKNUM, NF_INET_PRE_ROUTING);
	nft_put_u32(n, NFTA_HOOK_PRIORITY, (uint32_t)NFT_PRIORITY);
	mnl_attr_nest_end(n->msg, hook);
	nft_put_u32(n, NFTA_CHAIN_POLICY, NF_ACCEPT);
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

	nft_match_meta(n, NFT_META_NFPROTO, proto);
	nft_verdict(n, (uint32_t)NFT_JUMP, chain);
	rule_end(n, r);
}

/*
 * gate, hooked: IPv4 to shut4, IPv6 to shut6. shutN: first to neverN, where
 * what is found is accepted; then one rule for every set of measures, and one
 * for every range of a group of ports, to the chain with that group's sets.
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
		nft_verdict(n, (uint32_t)NFT_JUMP, plain[i]);
		rule_end(n, r);
	}
	jump_for(n, NFPROTO_IPV4, "shut4");
	jump_for(n, NFPROTO_IPV6, "shut6");
}

void nft_add_group(struct nft *n, uint8_t group, const struct ports *p)
{
	char text[PORTS_MAX], name[NFT_NAME], from[] = "shut4";

	(void)ports_print(p, text);
	for (uint8_t family = 4; family <= 6; family += 2) {
		nft_group_name(group, family, name);
		add_chain(n, name, false);
		put_comment(n, text);
		from[4] = (char)('0' + family);
		for (size_t i = 0; i < p->n; i++) {
			struct nlattr *r = rule(n, from);

			nft_match_ports(n, &p->v[i]);
			nft_verdict(n, (uint32_t)NFT_JUMP, name);
			rule_end(n, r);
		}
	}
}

static void set_head(struct nft *n, const struct net_set *s, const char *name,
    uint32_t flags)
{
	nft_msg(n, NFT_TYPE(NFT_MSG_NEWSET), NLM_F_CREATE, NFPROTO_INET, 0);
	mnl_attr_put_strz(n->msg, NFTA_SET_TABLE, n->table);
	mnl_attr_put_strz(n->msg, NFTA_SET_NAME, name);
	nft_put_u32(n, NFTA_SET_FLAGS, flags);
	nft_put_u32(n, NFTA_SET_KEY_TYPE,
	    s->family == 4 ? TYPE_IPV4 : TYPE_IPV6);
	nft_put_u32(n, NFTA_SET_KEY_LEN, s->family == 4 ? 4 : 16);
	nft_put_u32(n, NFTA_SET_ID, n->seq);
	/* lookups look at the clock themselves; collecting may take its time */
	nft_put_u32(n, NFTA_SET_GC_INTERVAL, NFT_GC_MS);
}

static void add_rates(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct nlattr *desc;

	nft_rate_name(s, name);
	set_head(n, s, name, NFT_SET_TIMEOUT | NFT_SET_EVAL);
	nft_put_u64(n, NFTA_SET_TIMEOUT, NFT_LIMIT_MEMORY_S * 1000);
	desc = mnl_attr_nest_start(n->msg, NFTA_SET_DESC);
	nft_put_u32(n, NFTA_SET_DESC_SIZE, NFT_LIMIT_SOURCES);
	mnl_attr_nest_end(n->msg, desc);
}

/* The rule that looks into the set, up to the verdict. */
static struct nlattr *look_up(struct nft *n, const struct net_set *s,
    bool tcp_only)
{
	char chain[NFT_NAME] = "shut4";
	struct nlattr *r;

	chain[4] = (char)('0' + s->family);
	if (s->ports)
		nft_group_name(s->ports, s->family, chain);
	r = rule(n, chain);
	if (tcp_only)
		nft_match_meta(n, NFT_META_L4PROTO, IPPROTO_TCP);
	nft_match_set(n, s);
	if (s->act == ACT_LIMIT)
		nft_match_over_rate(n, s);
	if (s->list || s->act == ACT_LIMIT)
		nft_counter(n, NFTA_LIST_ELEM, 0, 0);
	return r;
}

static void add_never_rule(struct nft *n, const struct net_set *s)
{
	struct nlattr *r = rule(n, s->family == 4 ? "never4" : "never6");

	nft_match_set(n, s);
	nft_verdict(n, NF_ACCEPT, NULL);
	rule_end(n, r);
}

static void add_rules(struct nft *n, const struct net_set *s)
{
	struct nlattr *r;

	if (s->act == ACT_REJECT) {
		r = look_up(n, s, true);
		nft_reject(n, NFT_REJECT_TCP_RST, 0);
		rule_end(n, r);
		r = look_up(n, s, false);
		nft_reject(n, NFT_REJECT_ICMPX_UNREACH,
		    NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
		rule_end(n, r);
		return;
	}
	r = look_up(n, s, false);
	nft_verdict(n, NF_DROP, NULL);
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
		nft_counter(n, NFTA_SET_EXPR, 0, 0);
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

	nft_put_value(n, NFTA_SET_ELEM_KEY, a->b, a->family == 4 ? 4 : 16);
	return e;
}

void nft_add(struct nft *n, const struct net_set *s, const struct addr *a,
    uint64_t ttl_ms)
{
	struct nlattr *e;

	elems_for(n, s, false);
	e = elem(n, a);
	if (ttl_ms)
		nft_put_u64(n, NFTA_SET_ELEM_TIMEOUT, ttl_ms);
	mnl_attr_nest_end(n->msg, e);
}

void nft_drop(struct nft *n, const struct net_set *s, const struct addr *a)
{
	struct nlattr *e;

	elems_for(n, s, true);
	e = elem(n, a);
	mnl_attr_nest_end(n->msg, e);
}
