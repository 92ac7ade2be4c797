/*
 * count - how many failures are enough.
 *
 * Two ways. F2B_WINDOW is exact: maxretry failures within findtime. The other
 * is fail2ban's own, which is no window: a record lives until findtime passes
 * without a failure, and once it is older than that its number is cut down to
 * the rate so far. Strangers cannot make it grow: each has one of eight places,
 * and who was quiet the longest leaves.
 */
#ifndef LPT_F2B_COUNT_H
#define LPT_F2B_COUNT_H

#include "base/str.h"

enum f2b_counting {
	F2B_WINDOW,
	F2B_LIKE_FAIL2BAN,
};

enum {
	F2B_RETRY_MAX = 1000,
};

struct f2b_count;

/* maxretry from 1 to F2B_RETRY_MAX, findtime in seconds. */
void f2b_count_new(struct f2b_count **ret, enum f2b_counting how,
    unsigned maxretry, int64_t findtime);
void f2b_count_free(struct f2b_count **c);

/* fail2ban looks for records to forget every 5 s at the most often: as if it
 * came so many seconds late each time. */
void f2b_count_lag(struct f2b_count *c, int64_t seconds);

/* A failure of id at that time. True: it was the last one needed; the next
 * begins anew. now: what the clock says. */
bool f2b_count_add(struct f2b_count *c, struct str id, int64_t at, int64_t now);

#endif
