/*
 * zone - what a clock on the wall says in UTC.
 *
 * A zone is read whole when it is made, so that a program which has closed
 * its sandbox needs no file for it: the C library is asked for every change
 * of offset from 1970 to 2040, and the first and last offsets hold beyond. A
 * lookup near the last one costs two comparisons.
 */
#ifndef LPT_ZONE_H
#define LPT_ZONE_H

#include "base/base.h"

struct zone;

/* An IANA name, "UTC", "+02:00", or a rule as POSIX writes it in TZ
 * ("CET-1CEST,M3.5.0,M10.5.0"); NULL is the system's own. 0, or -EINVAL for a
 * zone nobody knows. */
int zone_new(struct zone **ret, const char *name);
/* Another of the same zone, without any file. */
struct zone *zone_dup(const struct zone *z);
void zone_free(struct zone **zp);

/* Seconds since 1970 of a local time given in such seconds. The hour that
 * happens twice is taken as its first run, the one that never happens by the
 * offset that follows it. */
int64_t zone_utc(struct zone *z, int64_t local);

/* Seconds east of UTC at that moment. */
int64_t zone_offset(const struct zone *z, int64_t utc);

/* Would zone_new take it? Looks for the zone's file, reads none. */
bool zone_known(const char *name);

/* "+02:00", "+0200", "-05", "Z": seconds east of UTC. The whole text. */
bool zone_east(const char *p, size_t n, int32_t *ret);

#endif
