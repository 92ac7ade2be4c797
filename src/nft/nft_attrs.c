#include "nft/nft_bits.h"

#include <linux/netfilter/nfnetlink.h>

/* Hundreds of thousands are read at a start, so nothing is called for each. */
static struct nft_attrs take_apart(const void *p, size_t n)
{
	struct nft_attrs t = { 0 };
	size_t at = 0;

	while (n - at >= sizeof(struct nlattr)) {
		const struct nlattr *a =
		    (const void *)((const uint8_t *)p + at);
		unsigned type = a->nla_type & NLA_TYPE_MASK;

		if (a->nla_len < sizeof(*a) || a->nla_len > n - at)
			break;
		if (type < NFT_ATTRS)
			t.a[type] = a;
		at += NLA_ALIGN(a->nla_len);
		if (at > n)
			break;
	}
	return t;
}

struct nft_attrs nft_attrs_of(const struct nlmsghdr *m)
{
	size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg));

	if (m->nlmsg_len < head)
		return (struct nft_attrs){ 0 };
	return take_apart((const uint8_t *)m + head, m->nlmsg_len - head);
}

struct nft_attrs nft_attrs_in(const struct nlattr *nest)
{
	if (!nest)
		return (struct nft_attrs){ 0 };
	return take_apart(mnl_attr_get_payload(nest),
	    mnl_attr_get_payload_len(nest));
}
