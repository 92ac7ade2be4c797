/*
 * ports - which ports a measure closes: ranges of TCP and UDP ports.
 *
 * As people write them: "22/tcp", "6000-6010/udp", several with commas. The
 * ranges of a value are sorted, of TCP before those of UDP, and neither
 * overlap nor touch, so that equal ports are equal bytes. No range at all is
 * every port of every protocol: that is what a measure closes unless somebody
 * restricted it.
 */
#ifndef LPT_PORTS_H
#define LPT_PORTS_H

#include "base/str.h"

enum {
	PORTS_RANGES = 15, /* as many as iptables' multiport has ports */
	PORTS_MAX = PORTS_RANGES * 16 + 1, /* bytes of the text, with NUL */
};

struct port_range {
	uint16_t from, to; /* both ends are in it; 0 is no port */
	uint8_t protocol;  /* IPPROTO_TCP, IPPROTO_UDP */
	uint8_t unused;
};

struct ports {
	uint8_t n, unused;
	struct port_range v[PORTS_RANGES];
};

enum {
	PORTS_OK,
	PORTS_E_SHAPE, /* it is no range of ports */
	PORTS_E_MANY,  /* more ranges than there is room for */
};

/* The range becomes part of *p, merged with what it overlaps or touches; on
 * an error *p is as it was. */
int ports_add(struct ports *p, uint16_t from, uint16_t to, uint8_t protocol);
/* "22/tcp" or "6000-6010/udp", into *p. */
int ports_parse(struct str s, struct ports *p);
/* All of them, separated by commas; "" is every port. */
int ports_parse_all(struct str s, struct ports *ret);
/* NUL-ended, separated by commas; "" for every port. Its length. */
size_t ports_print(const struct ports *p, char to[static PORTS_MAX]);
/* What either closes. PORTS_E_MANY: no room, *ret untouched. */
int ports_join(const struct ports *a, const struct ports *b, struct ports *ret);
/* Sorted, apart from each other, known protocols. */
bool ports_ok(const struct ports *p);

static inline bool ports_eq(const struct ports *a, const struct ports *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
