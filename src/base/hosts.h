/*
 * hosts - a few addresses of a /64, by their last eight bytes.
 *
 * We count and shut out IPv6 by its /64, and some who obey us can do no
 * ranges: they are told which addresses attacked. The first HOSTS of them are
 * kept; whoever changes his address more often is a matter for the range.
 */
#ifndef LPT_HOSTS_H
#define LPT_HOSTS_H

#include "base/addr.h"

enum {
	HOSTS = 4
};

struct hosts {
	uint8_t v[HOSTS][8];
	uint8_t n, unused[7];
};

bool hosts_has(const struct hosts *h, const struct addr *a);
/* false: it is there, there is no room, or it is no IPv6. */
bool hosts_add(struct hosts *h, const struct addr *a);
void hosts_join(struct hosts *to, const struct hosts *from);
/* The i-th, of that /64. */
struct addr hosts_at(const struct hosts *h, const struct net *n, size_t i);

#endif
