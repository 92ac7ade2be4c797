#include "nft/nft_expr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

enum {
	REG = NFT_REG_1,
};

void nft_put_u32(struct nft *n, uint16_t type, uint32_t v)
{
	mnl_attr_put_u32(n->msg, type, htonl(v));
}

void nft_put_u64(struct nft *n, uint16_t type, uint64_t v)
{
	mnl_attr_put_u64(n->msg, type, htobe64(v));
}

void nft_put_value(struct nft *n, uint16_t type, const void *p, size_t len)
{
	struct nlattr *nest = mnl_attr_nest_start(n->msg, type);

	mnl_attr_put(n->msg, NFTA_DATA_VALUE, len, p);
	mnl_attr_nest_end(n->msg, nest);
}

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
void nft_match_meta(struct nft *n, uint32_t key, uint8_t value)
{
	struct expr e = expr(n, "meta");

	nft_put_u32(n, NFTA_META_KEY, key);
	nft_put_u32(n, NFTA_META_DREG, REG);
	expr_end(n, e);
	e = expr(n, "cmp");
	nft_put_u32(n, NFTA_CMP_SREG, REG);
	nft_put_u32(n, NFTA_CMP_OP, NFT_CMP_EQ);
	nft_put_value(n, NFTA_CMP_DATA, &value, 1);
	expr_end(n, e);
}

/* ip saddr & prefix, into the register */
static void load_source(struct nft *n, const struct net_set *s)
{
	uint32_t len = s->family == 4 ? 4 : 16;
	uint8_t mask[16] = { 0 }, zero[16] = { 0 };
	struct expr e = expr(n, "payload");

	nft_put_u32(n, NFTA_PAYLOAD_DREG, REG);
	nft_put_u32(n, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	nft_put_u32(n, NFTA_PAYLOAD_OFFSET, s->family == 4 ? 12 : 8);
	nft_put_u32(n, NFTA_PAYLOAD_LEN, len);
	expr_end(n, e);
	if (s->bits == len * 8)
		return;
	for (unsigned i = 0; i < s->bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	e = expr(n, "bitwise");
	nft_put_u32(n, NFTA_BITWISE_SREG, REG);
	nft_put_u32(n, NFTA_BITWISE_DREG, REG);
	nft_put_u32(n, NFTA_BITWISE_LEN, len);
	nft_put_value(n, NFTA_BITWISE_MASK, mask, len);
	nft_put_value(n, NFTA_BITWISE_XOR, zero, len);
	expr_end(n, e);
}

void nft_match_set(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct expr e;

	load_source(n, s);
	net_set_name(s, name);
	e = expr(n, "lookup");
	mnl_attr_put_strz(n->msg, NFTA_LOOKUP_SET, name);
	nft_put_u32(n, NFTA_LOOKUP_SREG, REG);
	expr_end(n, e);
}

void nft_verdict(struct nft *n, uint32_t code, const char *chain)
{
	struct expr e = expr(n, "immediate");
	struct nlattr *data, *v;

	nft_put_u32(n, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = mnl_attr_nest_start(n->msg, NFTA_IMMEDIATE_DATA);
	v = mnl_attr_nest_start(n->msg, NFTA_DATA_VERDICT);
	nft_put_u32(n, NFTA_VERDICT_CODE, code);
	if (chain)
		mnl_attr_put_strz(n->msg, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(n->msg, v);
	mnl_attr_nest_end(n->msg, data);
	expr_end(n, e);
}

void nft_reject(struct nft *n, uint32_t type, uint8_t code)
{
	struct expr e = expr(n, "reject");

	nft_put_u32(n, NFTA_REJECT_TYPE, type);
	mnl_attr_put_u8(n->msg, NFTA_REJECT_ICMP_CODE, code);
	expr_end(n, e);
}

void nft_counter(struct nft *n, uint16_t as, uint64_t packets, uint64_t bytes)
{
	struct expr e = expr_named(n, as, "counter");

	nft_put_u64(n, NFTA_COUNTER_BYTES, bytes);
	nft_put_u64(n, NFTA_COUNTER_PACKETS, packets);
	expr_end(n, e);
}

/* th dport, only of packets that have one */
void nft_match_ports(struct nft *n, const struct port_range *p)
{
	const uint16_t ends[] = { htons(p->from), htons(p->to) };
	const uint32_t ops[] = { NFT_CMP_GTE, NFT_CMP_LTE };
	bool one = p->from == p->to;
	struct expr e;

	nft_match_meta(n, NFT_META_L4PROTO, p->protocol);
	e = expr(n, "payload");
	nft_put_u32(n, NFTA_PAYLOAD_DREG, REG);
	nft_put_u32(n, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	nft_put_u32(n, NFTA_PAYLOAD_OFFSET, 2);
	nft_put_u32(n, NFTA_PAYLOAD_LEN, 2);
	expr_end(n, e);
	for (int i = 0; i < (one ? 1 : 2); i++) {
		e = expr(n, "cmp");
		nft_put_u32(n, NFTA_CMP_SREG, REG);
		nft_put_u32(n, NFTA_CMP_OP, one ? NFT_CMP_EQ : ops[i]);
		nft_put_value(n, NFTA_CMP_DATA, &ends[i], sizeof(ends[i]));
		expr_end(n, e);
	}
}

void nft_rate_name(const struct net_set *s, char to[static NFT_NAME])
{
	size_t at = 0;

	if (s->ports)
		at = (size_t)snprintf(to, NFT_NAME, "ports%u_", s->ports);
	snprintf(to + at, NFT_NAME - at, "%srate%u_%u", s->list ? "list_" : "",
	    s->family, s->bits);
}

/* Goes on only with what the source sends over its rate. */
void nft_match_over_rate(struct nft *n, const struct net_set *s)
{
	char name[NFT_NAME];
	struct expr e = expr(n, "dynset"), limit;

	nft_rate_name(s, name);
	mnl_attr_put_strz(n->msg, NFTA_DYNSET_SET_NAME, name);
	nft_put_u32(n, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nft_put_u32(n, NFTA_DYNSET_SREG_KEY, REG);
	limit = expr_named(n, NFTA_DYNSET_EXPR, "limit");
	nft_put_u64(n, NFTA_LIMIT_RATE, NFT_LIMIT_PER_S);
	nft_put_u64(n, NFTA_LIMIT_UNIT, 1);
	nft_put_u32(n, NFTA_LIMIT_BURST, NFT_LIMIT_BURST);
	nft_put_u32(n, NFTA_LIMIT_TYPE, NFT_LIMIT_PKTS);
	nft_put_u32(n, NFTA_LIMIT_FLAGS, NFT_LIMIT_F_INV);
	expr_end(n, limit);
	expr_end(n, e);
}
