#include "line/date.h"

#define DAY 86400

/* Days since 1970 in the proleptic Gregorian calendar; years begin in March
 * here so that the leap day comes last. */
static int64_t days_of(int32_t year, uint32_t month, uint32_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	       1 - 719468;
}

static bool is_leap(int32_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

int64_t date_local(const struct date *d)
{
	if (!d->year)
		return 0;
	return days_of(d->year, d->month, d->day) * DAY + d->second;
}

static bool in_year(const struct date *d, int32_t year, struct zone *z,
    int64_t *ret)
{
	int64_t local;

	if (d->month == 2 && d->day == 29 && !is_leap(year))
		return false;
	local = days_of(year, d->month, d->day) * DAY + d->second;
	*ret = d->zone == ZONE_NONE ? zone_utc(z, local) : local - d->east;
	return *ret >= 0 && *ret <= UINT32_MAX;
}

bool date_utc(const struct date *d, struct zone *z, uint32_t now, uint32_t *ret)
{
	int32_t year =
	    1972 + (int32_t)(now / 31556952); /* the next, or later */
	int64_t at;

	if (d->form == DATE_EPOCH) {
		*ret = d->at;
		return true;
	}
	if (d->year) {
		if (!in_year(d, d->year, z, &at))
			return false;
		*ret = (uint32_t)at;
		return true;
	}
	/* a 29th of February may be eight years back */
	for (int32_t y = year; y >= year - 10; y--) {
		if (in_year(d, y, z, &at) && at <= (int64_t)now + DAY) {
			*ret = (uint32_t)at;
			return true;
		}
	}
	return false;
}
