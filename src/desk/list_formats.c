#include "desk/lists.h"

#include <stdarg.h>

#include "base/when.h"
#include "desk/names.h"

static size_t put(char *to, const char *fmt, ...) PRINTF(2, 3);

static size_t put(char *to, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(to, LIST_LINE, fmt, ap);
	va_end(ap);
	assert(n >= 0 && n < LIST_LINE);
	return (size_t)n;
}

/* An address alone, or with its prefix. */
static void short_net(const struct held *h, char to[NET_MAX])
{
	if (h->net.bits == addr_bits(&h->net.addr))
		(void)addr_print(&h->net.addr, to);
	else
		(void)net_print(&h->net, to);
}

static void long_net(const struct held *h, char to[NET_MAX])
{
	char a[ADDR_MAX];

	(void)addr_print(&h->net.addr, a);
	snprintf(to, NET_MAX, "%s/%u", a, h->net.bits);
}

enum {
	TERM_MOST = 30 * 86400
};

static uint32_t left(const struct list_of *l, const struct held *h)
{
	if (!h->until)
		return TERM_MOST;
	return h->until > l->table->now
		   ? MIN(h->until - l->table->now, TERM_MOST)
		   : 1;
}

/* --- plain text --- */

static size_t txt_begin(char *to, const struct list_of *l, bool any)
{
	char when[WHEN_MAX];

	when_show(l->changed, when);
	return put(to,
	    "# shut out by Liptako " LPT_VERSION "\n"
	    "# changed: %s\n# one address or prefix a line; entries leave "
	    "when their term ends\n",
	    when);
}

static size_t txt_line(char *to, const struct list_of *l, const struct held *h,
    bool first)
{
	char net[NET_MAX];

	short_net(h, net);
	return put(to, "%s\n", net);
}

static size_t juniper_line(char *to, const struct list_of *l,
    const struct held *h, bool first)
{
	char net[NET_MAX];

	long_net(h, net);
	return put(to, "%s\n", net);
}

/* Its lists know IPv6 by /64 alone. */
static size_t f5_line(char *to, const struct list_of *l, const struct held *h,
    bool first)
{
	char a[ADDR_MAX];

	(void)addr_print(&h->net.addr, a);
	return put(to, "%s,%u,bl,%s\n", a,
	    h->net.addr.family == 6 ? 64 : h->net.bits,
	    table_rule(l->table, h));
}

static size_t ndjson_line(char *to, const struct list_of *l,
    const struct held *h, bool first)
{
	char net[NET_MAX], origin[ORIGIN_MAX];

	long_net(h, net);
	return put(to,
	    "{\"cidr\":\"%s\",\"act\":\"%s\",\"origin\":\"%s\","
	    "\"rule\":\"%s\",\"ports\":\"%s\",\"since\":%u,"
	    "\"until\":%u,\"count\":%u,\"witnesses\":%u}\n",
	    net, act_name(h->act), table_origin(l->table, h, origin),
	    table_rule(l->table, h), table_ports(l->table, h), h->at, h->until,
	    h->count, h->witnesses);
}

/* --- nftables: a table of its own, replaced whole --- */

static size_t nft_begin(char *to, const struct list_of *l, bool any)
{
	size_t n = 0;

	if (l->family == 4)
		n = put(to, "table inet liptako_list\n"
			    "delete table inet liptako_list\n"
			    "table inet liptako_list {\n");
	return n + put(to + n,
		       "\tset v%u {\n\t\ttype ipv%u_addr\n"
		       "\t\tflags interval,timeout\n%s",
		       l->family, l->family, any ? "\t\telements = {\n" : "");
}

static size_t nft_line(char *to, const struct list_of *l, const struct held *h,
    bool first)
{
	char net[NET_MAX];

	short_net(h, net);
	return put(to, "%s\t\t\t%s timeout %us", first ? "" : ",\n", net,
	    left(l, h));
}

static size_t nft_end(char *to, const struct list_of *l, bool any)
{
	size_t n = put(to, "%s\t}\n", any ? "\n\t\t}\n" : "");

	if (l->family == 6)
		n += put(to + n,
		    "\tchain prerouting {\n"
		    "\t\ttype filter hook prerouting priority -310\n"
		    "\t\tip saddr @v4 counter drop\n"
		    "\t\tip6 saddr @v6 counter drop\n\t}\n}\n");
	return n;
}

/* --- ipset: filled beside the old one, then swapped --- */

static size_t ipset_begin(char *to, const struct list_of *l, bool any)
{
	const char *kind = l->family == 4 ? "inet" : "inet6";
	unsigned f = l->family;

	return put(to,
	    "create liptako%u hash:net family %s maxelem 1048576 timeout 0 "
	    "-exist\n"
	    "create liptako%u-new hash:net family %s maxelem 1048576 "
	    "timeout 0 -exist\n"
	    "flush liptako%u-new\n",
	    f, kind, f, kind, f);
}

static size_t ipset_line(char *to, const struct list_of *l,
    const struct held *h, bool first)
{
	char net[NET_MAX];

	long_net(h, net);
	return put(to, "add liptako%u-new %s timeout %u -exist\n", l->family,
	    net, MIN(left(l, h), 2147483));
}

static size_t ipset_end(char *to, const struct list_of *l, bool any)
{
	unsigned f = l->family;

	return put(to, "swap liptako%u-new liptako%u\ndestroy liptako%u-new\n",
	    f, f, f);
}

/* --- RouterOS --- */

static size_t mikrotik_begin(char *to, const struct list_of *l, bool any)
{
	return put(to,
	    "/%s/firewall/address-list/remove [ find where list=\"%s\" ]\n",
	    l->family == 4 ? "ip" : "ipv6", l->name);
}

static size_t mikrotik_line(char *to, const struct list_of *l,
    const struct held *h, bool first)
{
	uint32_t s = left(l, h);
	char net[NET_MAX];

	short_net(h, net);
	return put(to,
	    ":do { /%s/firewall/address-list/add list=\"%s\" address=%s "
	    "timeout=%uh%um%us comment=\"%s\" } on-error={}\n",
	    l->family == 4 ? "ip" : "ipv6", l->name, net, s / 3600, s / 60 % 60,
	    s % 60, table_rule(l->table, h));
}

/* --- rbldnsd: one zone of two sets --- */

static size_t rbldnsd_begin(char *to, const struct list_of *l, bool any)
{
	size_t n = 0;

	if (l->family == 4)
		n = put(to, "$SOA 300 list.liptako.invalid. "
			    "hostmaster.liptako.invalid. 0 600 300 86400 300\n"
			    "$NS 300 list.liptako.invalid.\n");
	return n + put(to + n, "$DATASET %s @\n:127.0.0.2:shut out: $\n",
		       l->family == 4 ? "ip4set" : "ip6trie");
}

/* clang-format off */
const struct list_format list_formats[] = {
	{ "plain_text", "/v1/blocklist.txt", "text/plain; charset=utf-8",
	    false, false, false, txt_begin, NULL, txt_line },
	{ "bare", "/v1/blocklist.bare.txt", "text/plain; charset=utf-8",
	    false, false, false, NULL, NULL, txt_line },
	{ "juniper", "/v1/blocklist.juniper.txt", "text/plain; charset=utf-8",
	    false, false, false, NULL, NULL, juniper_line },
	{ "f5", "/v1/blocklist.f5.txt", "text/plain; charset=utf-8",
	    false, false, false, NULL, NULL, f5_line },
	{ "ndjson", "/v1/blocklist.ndjson", "application/x-ndjson",
	    false, false, false, NULL, NULL, ndjson_line },
	{ "nft", "/v1/blocklist.nft", "text/plain; charset=utf-8",
	    true, true, true, nft_begin, nft_end, nft_line },
	{ "ipset", "/v1/blocklist.ipset", "text/plain; charset=utf-8",
	    true, false, true, ipset_begin, ipset_end, ipset_line },
	{ "mikrotik", "/v1/blocklist.rsc", "text/plain; charset=utf-8",
	    true, false, true, mikrotik_begin, NULL, mikrotik_line },
	{ "rbldnsd", "/v1/blocklist.rbldnsd", "text/plain; charset=utf-8",
	    false, false, true, rbldnsd_begin, NULL, txt_line },
	{ 0 },
};
/* clang-format on */
