/*
 * dates - where a line's date stands, and when it was.
 *
 * A date template is a regular expression with %-tokens. A jail has a list of
 * them: its datepattern's, or the default ones. Which one a line gets depends
 * on that line alone: a template bound to the line's beginning wins at once if
 * it matches; of the others the one that matches earliest in the line, and of
 * these the first in the list.
 */
#ifndef LPT_F2B_DATES_H
#define LPT_F2B_DATES_H

#include "f2b/expr.h"
#include "line/zone.h"

enum {
	DATES_MAX = 256, /* templates of one jail */
};

/* What "now" is, and where the clock hangs. */
struct dates_clock {
	struct zone *zone; /* of dates without one; borrowed */
	int64_t now;       /* UTC seconds since 1970 */
	int32_t year;      /* of dates without one; 0: by `now` */
	bool fixed;        /* east holds instead of zone: logtimezone */
	int32_t east;
};

struct date_found {
	size_t at, n; /* the text to cut out of the line */
	bool dated;   /* at says when, in UTC seconds */
	bool empty;   /* the date is that of the line before */
	int64_t utc;
};

struct dates;
/* pattern: NULL for the default templates. years_to: the last year that
 * %ExY takes. -EINVAL: why says what. */
int dates_new(struct dates **ret, const char *pattern, int32_t years_to,
    char why[static PYTHON_WHY]);
void dates_free(struct dates **d);
bool dates_find(struct dates *d, struct expr_room *room, struct str line,
    bool ascii, const struct dates_clock *clock, struct date_found *ret);

/* "UTC+0200", "GMT", "Z", "CEST": seconds east of UTC. The whole text. */
bool dates_zone(struct str s, int32_t *east);
/* The clock's now, had it been in that year. */
int64_t dates_in_year(const struct dates_clock *clock, int32_t year);
/* The other way: "2005-06-21T16:47:48" on that clock's wall. */
#define DATES_SHOW 32
void dates_show(const struct dates_clock *clock, int64_t utc,
    char to[static DATES_SHOW]);

#endif
