/*
 * dates_fast - the dates that nearly all logs have, without an expression:
 * "Jun 21 16:47:48 " and "2005-06-21T16:47:48.123+02:00 " at the beginning,
 * "[21/Jun/2005:16:47:48 +0200] " of web servers in the middle.
 *
 * They answer only where the default templates, in their order, could not
 * answer otherwise; everything unusual is left to these.
 */
#ifndef LPT_F2B_DATES_FAST_H
#define LPT_F2B_DATES_FAST_H

#include "f2b/dates_parts.h"

/* A day on the clock's wall, so that the next time of it costs little. */
struct date_day {
	uint32_t key; /* year, month, day; 0: none */
	int64_t now;  /* the clock's, for days without a year */
	int64_t utc;  /* its beginning, if all of it has one offset */
};

/* True: *ret is found, at the line's beginning. */
bool dates_fast(struct str line, const struct dates_clock *clock,
    struct date_day *day, struct date_found *ret);
/* The same for a date in brackets, as the list of templates has it. */
bool dates_bracket(enum dates_bracket how, struct str line,
    struct date_day *day, struct date_found *ret);

#endif
