/*
 * addr - IPv4 and IPv6 addresses and prefixes.
 *
 * An address is 17 bytes: the family (4, 6, or 0 for none) and the bytes in
 * network order; IPv4 uses the first four and the rest are zero, so equal
 * addresses are equal bytes. Parsing accepts exactly the textual forms of
 * RFC 4291 section 2.2 and dotted quads without leading zeros; a zone
 * ("%eth0") is accepted after a link-local address and dropped.
 */
#ifndef LPT_ADDR_H
#define LPT_ADDR_H

#include "base/str.h"

struct addr {
	uint8_t family; /* 4, 6; 0 is "no address" */
	uint8_t b[16];
};

/* A prefix; bits beyond it are zero. */
struct net {
	struct addr addr;
	uint8_t bits; /* 0..32 or 0..128 */
};

#define ADDR_MAX 46 /* longest text with its NUL */
#define NET_MAX  (ADDR_MAX + 4)

/* The whole slice must be an address. */
bool addr_parse(struct str s, struct addr *ret);

/* Writes the text of RFC 5952, NUL-ended; returns its length. */
size_t addr_print(const struct addr *a, char to[static ADDR_MAX]);

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* An IPv4 address that hides in IPv6 becomes that IPv4 address: ::ffff:0:0/96
 * (RFC 4291), 64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056). Others stay. */
struct addr addr_fold6(struct addr a);
static inline struct addr addr_fold(struct addr a)
{
	return a.family == 6 ? addr_fold6(a) : a;
}

/* What we count and shut out for an address: itself for IPv4, its /64 for
 * IPv6. */
struct net addr_unit(struct addr a);

/* Never on the public internet as a peer (RFC 6890 and its registries). */
bool addr_is_special(const struct addr *a);

/* "192.0.2.0/24", or an address alone as /32 or /128. Bits below the prefix
 * must be zero unless lax. */
bool net_parse(struct str s, bool lax, struct net *ret);
size_t net_print(const struct net *n, char to[static NET_MAX]);
bool net_has(const struct net *n, const struct addr *a);
/* The prefix of a with this many bits; bits at most the family's. */
struct net net_of(struct addr a, uint8_t bits);
static inline uint8_t addr_bits(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

/* What we count an address as, for hashes: an IPv4 one whole, an IPv6 one by
 * its upper half. Each is one load: a copy of either size into one word would
 * wait for that word. */
static inline uint64_t addr_half(const struct addr *a)
{
	uint64_t half;
	uint32_t all;

	if (a->family == 4) {
		memcpy(&all, a->b, sizeof(all));
		return all;
	}
	memcpy(&half, a->b, sizeof(half));
	return half;
}

#endif
