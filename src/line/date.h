/*
 * date - dates as logs write them.
 *
 * A date is read in two steps: its head, up to the second, and its tail:
 * fraction, zone, a year that stands behind. Many lines share a head, so it is
 * worth remembering; the tail is cheap. Known are, with many variants,
 *
 *   2024-10-31T12:38:21.817327+00:00   2021-05-28 18:08:01,124 UTC
 *   2021/09/30 09:23:53                2022/02/07 - 10:49:33
 *   29/Sep/2021:14:11:34 +0200         27/Jul/2023 16:06:44
 *   Jan  4 17:34:01                    Mon Jun  8 12:08:53 CEST 2020
 *   Fri, 24 Sep 2021 10:04:52 GMT      19-Oct-2022 05:34:02.425
 *   29-09-2023 10:11:12                06/29/2022 10:10:10 AM
 *   2024:10:31-12:38:21
 *   230718 10:22:17                    20230718T102217Z
 *   1690466804.216                     @400000004a32392b2aa21dac
 */
#ifndef LPT_DATE_H
#define LPT_DATE_H

#include "base/str.h"
#include "line/zone.h"

enum date_form {
	DATE_MONTH,   /* Jan  4 17:34:01: the traditional syslog's */
	DATE_ISO,     /* 2024-10-31T12:38:21 */
	DATE_DASHED,  /* 2024-10-31 12:38:21 */
	DATE_SLASHED, /* 2024/10/31 12:38:21 */
	DATE_CLF,     /* 31/Oct/2024:12:38:21 */
	DATE_WEEKDAY, /* Thu Oct 31 12:38:21 2024 */
	DATE_EPOCH,   /* 1690466804 and TAI64N: in UTC by nature */
	DATE_OTHER,
};

enum date_zone {
	ZONE_NONE,    /* the text says none */
	ZONE_NAMED,   /* Z, UTC, CEST */
	ZONE_NUMERIC, /* +02:00 */
};

struct date {
	enum date_form form;
	enum date_zone zone;
	int32_t east; /* seconds east of UTC; 0 if the text says none */
	int32_t year; /* 0 if the text says none */
	uint32_t month, day, second; /* 1.., 1.., of the day */
	uint32_t at;                 /* DATE_EPOCH: UTC seconds since 1970 */
	uint16_t ms;
};

/* The length of the date at the very beginning of s, or 0. */
size_t date_scan(struct str s, struct date *ret);

/* The two steps of date_scan; the tail is given what follows the head and
 * may be empty. */
size_t date_head(struct str s, struct date *ret);
size_t date_tail(struct str s, struct date *ret);

/* Month and day are such, the year is none or from 1970 to 2105. */
bool date_fits(const struct date *d);

/* The first date that begins in the first `within` bytes of s. */
bool date_find(struct str s, size_t within, size_t *at, size_t *len,
    struct date *ret);

/* Seconds since 1970 on the wall where the date was written; 0 for a date
 * without a year. */
int64_t date_local(const struct date *d);

/* UTC seconds since 1970. A date without a year is in the latest year in
 * which it is not more than a day after now. False if there is no such day,
 * or not in 32 bits. */
bool date_utc(const struct date *d, struct zone *z, uint32_t now,
    uint32_t *ret);

#endif
