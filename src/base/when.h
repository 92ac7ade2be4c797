/*
 * when - time is a type, and an argument.
 *
 * mono: CLOCK_BOOTTIME, for measuring and for terms; wall: UTC since 1970,
 * for people and for log stamps; span: a length. Only a program's main loop
 * asks a clock; everything below gets the time as an argument.
 */
#ifndef LPT_WHEN_H
#define LPT_WHEN_H

#include "base/base.h"

struct mono {
	int64_t ns;
};
struct wall {
	int64_t ns;
};
struct span {
	int64_t ns;
};

#define NS_PER_S   INT64_C(1000000000)
#define SECONDS(x) ((struct span){ (int64_t)(x)*NS_PER_S })
#define MINUTES(x) SECONDS((x)*60)

struct mono mono_now(void);
struct wall wall_now(void);

/* Seconds since 1970, clamped to 0..UINT32_MAX: what windows count in. */
static inline uint32_t wall_s(struct wall w)
{
	int64_t s = w.ns / NS_PER_S;

	return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

/* "2026-11-22T00:27:10Z"; to holds at least 21 bytes. */
#define WHEN_MAX 21
void when_show(uint32_t utc_seconds, char *to);

#endif
