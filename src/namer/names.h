/*
 * names - the allowed names and the addresses they had last.
 *
 * A name's last good answer stands for a week while it cannot be resolved:
 * an operator who allowed a name must not be shut out because a name server
 * is down. A new answer replaces the old one; what is no longer in it lapses
 * with the term it was announced with.
 */
#ifndef LPT_NAMES_H
#define LPT_NAMES_H

#include "base/addr.h"
#include "base/when.h"

enum {
	NAMES_MAX = 64,
	NAME_ADDRS = 16,        /* more of one name are not used */
	NAMES_EVERY = 300,      /* s between two rounds */
	NAMES_TTL = 900,        /* s that an announced address stands */
	NAMES_KEEP = 7 * 86400, /* s that a last good answer is repeated */
};

struct name {
	uint32_t ref;
	char text[256];
	struct mono good; /* when it was resolved last */
	size_t n;
	struct addr addrs[NAME_ADDRS];
	bool failing; /* said once, until it resolves again */
};

/* Only letters, digits, dots, hyphens, underscores; a dot or more; NUL-ended
 * within size. */
bool name_ok(const char *text, size_t size);

/* Loopback, "this network", multicast: never somebody's machine. */
bool name_is_nobody(const struct addr *a);

/* What this round's answer leaves to announce: n addresses from a resolver
 * (0: it failed). Special-purpose addresses other than private ones are left
 * out: nobody's name server may open 0.0.0.0 or a multicast group. */
void name_answer(struct name *t, const struct addr *got, size_t n,
    struct mono now);

#endif
