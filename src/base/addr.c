#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/quad.h"

static bool parse_v4(struct str s, uint8_t to[4])
{
	struct quad q = quad_at(s.p, s.n);

	if (q.n != s.n || !q.valid)
		return false;
	memcpy(to, &q.b, 4);
	return true;
}

static bool is_link_local(const uint8_t b[16])
{
	return b[0] == 0xfe && (b[1] & 0xc0) == 0x80;
}

static bool parse_v6(struct str s, uint8_t to[16])
{
	const char *zone = s.n ? memchr(s.p, '%', s.n) : NULL;
	char z[INET6_ADDRSTRLEN];
	struct str body = s;

	if (zone) {
		body.n = (size_t)(zone - s.p);
		if (body.n + 1 == s.n || s.n - body.n > 17)
			return false;
	}
	if (body.n < 2 || body.n >= sizeof(z) || memchr(body.p, '\0', body.n))
		return false;
	memcpy(z, body.p, body.n);
	z[body.n] = '\0';
	if (inet_pton(AF_INET6, z, to) != 1)
		return false;
	return !zone || is_link_local(to);
}

bool addr_parse(struct str s, struct addr *ret)
{
	struct addr a = { 0 };

	if (s.n < 2 || s.n > 63)
		return false;
	if (s.n <= 15 && parse_v4(s, a.b)) {
		a.family = 4;
	} else if (memchr(s.p, ':', MIN(s.n, 5)) && parse_v6(s, a.b)) {
		a.family = 6;
	} else {
		return false;
	}
	*ret = a;
	return true;
}

size_t addr_print(const struct addr *a, char to[static ADDR_MAX])
{
	if (a->family == 4)
		inet_ntop(AF_INET, a->b, to, ADDR_MAX);
	else if (a->family == 6)
		inet_ntop(AF_INET6, a->b, to, ADDR_MAX);
	else
		memcpy(to, "-", 2);
	return strlen(to);
}

struct addr addr_fold6(struct addr a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };
	struct addr v4 = { .family = 4 };

	if (a.family != 6)
		return a;
	if (memcmp(a.b, mapped, 12) == 0 || memcmp(a.b, nat64, 12) == 0) {
		memcpy(v4.b, a.b + 12, 4);
		return v4;
	}
	if (a.b[0] == 0x20 && a.b[1] == 0x02) {
		memcpy(v4.b, a.b + 2, 4);
		return v4;
	}
	return a;
}

struct net net_of(struct addr a, uint8_t bits)
{
	size_t full = bits / 8;

	assert(bits <= addr_bits(&a));
	if (full < 16) {
		a.b[full] &= (uint8_t)(0xff00 >> (bits % 8));
		memset(a.b + full + 1, 0, 15 - full);
	}
	return (struct net){ a, bits };
}

struct net addr_unit(struct addr a)
{
	return net_of(a, a.family == 4 ? 32 : 64);
}

bool net_has(const struct net *n, const struct addr *a)
{
	size_t full = n->bits / 8;
	uint8_t mask = (uint8_t)(0xff00 >> (n->bits % 8));

	if (n->addr.family != a->family || a->family == 0)
		return false;
	if (memcmp(n->addr.b, a->b, full) != 0)
		return false;
	return n->bits % 8 == 0 || ((n->addr.b[full] ^ a->b[full]) & mask) == 0;
}

bool net_parse(struct str s, bool lax, struct net *ret)
{
	struct str head;
	uint32_t bits;
	struct addr a;
	struct net n;

	if (!str_cut(&s, '/', &head)) {
		if (!addr_parse(s, &a))
			return false;
		*ret = (struct net){ a, addr_bits(&a) };
		return true;
	}
	if (!addr_parse(head, &a) || !str_u32(s, addr_bits(&a), &bits))
		return false;
	n = net_of(a, (uint8_t)bits);
	if (!lax && !addr_eq(&n.addr, &a))
		return false;
	*ret = n;
	return true;
}

size_t net_print(const struct net *n, char to[static NET_MAX])
{
	size_t len = addr_print(&n->addr, to);

	if (n->addr.family == 0 || n->bits == addr_bits(&n->addr))
		return len;
	return len + (size_t)snprintf(to + len, NET_MAX - len, "/%u", n->bits);
}

bool addr_is_special(const struct addr *a)
{
	static const char *const special[] = { "0.0.0.0/8", "10.0.0.0/8",
		"100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
		"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
		"240.0.0.0/4", "::/128", "::1/128", "::ffff:0:0/96",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
		"2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
		"fc00::/7", "fe80::/10", "ff00::/8" };
	static struct net nets[countof(special)];
	static bool ready;

	if (!ready) {
		for (size_t i = 0; i < countof(special); i++) {
			if (!net_parse(str_of(special[i]), false, &nets[i]))
				die("special net %s", special[i]);
		}
		ready = true;
	}
	for (size_t i = 0; i < countof(nets); i++) {
		if (net_has(&nets[i], a))
			return true;
	}
	return false;
}
