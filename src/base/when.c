#include "base/when.h"

#include <time.h>

struct mono mono_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

struct wall wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

static void digits_at(char *to, unsigned n, uint32_t v)
{
	while (n-- > 0) {
		to[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

/* Years that begin in March, so that a leap day ends one: of 400 of them, and
 * of a year's months, each lasts as long every time. */
static void date_show(uint32_t days, char *to)
{
	uint32_t d = days + 719468; /* since March 1st of the year 0 */
	uint32_t era = d / 146097, of_era = d % 146097;
	uint32_t year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;

	digits_at(to, 4, era * 400 + year + (month >= 10));
	digits_at(to + 5, 2, month < 10 ? month + 3 : month - 9);
	digits_at(to + 8, 2, of_year - (153 * month + 2) / 5 + 1);
}

void when_show(uint32_t utc_seconds, char *to)
{
	uint32_t s = utc_seconds % 86400;

	memcpy(to, "0000-00-00T00:00:00Z", WHEN_MAX);
	date_show(utc_seconds / 86400, to);
	digits_at(to + 11, 2, s / 3600);
	digits_at(to + 14, 2, s / 60 % 60);
	digits_at(to + 17, 2, s % 60);
}
