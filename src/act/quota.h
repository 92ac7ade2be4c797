/*
 * quota - how much a party may say in a day.
 *
 * A budget of chained acts and one of bytes: each fills evenly over the day up
 * to a burst and is spent by what is recorded. Who is over it is not dropped:
 * its outbox is not acknowledged until there is room again, nobody else's
 * waits. Times are UTC seconds; an earlier one than the last fills nothing.
 */
#ifndef LPT_QUOTA_H
#define LPT_QUOTA_H

#include "base/base.h"

struct quota_conf {
	uint32_t acts, burst; /* chained acts a day, and at once */
	uint32_t kb;          /* KiB a day, all of it at once if need be */
};
extern const struct quota_conf quota_defaults;

/* Zeroed: full, from the first time it is asked. */
struct quota {
	uint64_t acts, bytes; /* left; acts in 86,400ths, so that a second's
				 share is a whole number; bytes too */
	uint32_t at;          /* s, when it was filled; 0: never */
};

/* Is there room for so much? Fills it first. What is larger than a whole
 * burst passes when that is full, and takes all of it. */
bool quota_has(struct quota *q, const struct quota_conf *c, size_t acts,
    size_t bytes, uint32_t now);
/* Takes it; never below nothing. */
void quota_take(struct quota *q, size_t acts, size_t bytes);
/* Seconds until there is room for that much; 0: now. */
uint32_t quota_wait(const struct quota *q, const struct quota_conf *c,
    size_t acts, size_t bytes);

#endif
