#include "f2b/dates_parts.h"

#include <stdio.h>

#define DAY INT64_C(86400)

/* Fixed, without summer time: an abbreviation means what it says. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	/* clang-format off */
	{ "UTC", 0 }, { "GMT", 0 }, { "UT", 0 }, { "WET", 0 }, { "WEST", 60 },
	{ "BST", 60 }, { "CET", 60 }, { "MET", 60 }, { "CEST", 120 },
	{ "MEST", 120 }, { "MESZ", 120 }, { "MEZ", 60 }, { "CEDT", 120 },
	{ "EET", 120 }, { "EEST", 180 }, { "EEDT", 180 }, { "MSK", 180 },
	{ "MSD", 240 }, { "SAMT", 240 }, { "YEKT", 300 }, { "OMST", 360 },
	{ "KRAT", 420 }, { "IRKT", 480 }, { "YAKT", 540 }, { "VLAT", 600 },
	{ "MAGT", 660 }, { "PETT", 720 }, { "TRT", 180 }, { "IDT", 180 },
	{ "EAT", 180 }, { "CAT", 120 }, { "SAST", 120 }, { "WAT", 60 },
	{ "AST", -240 }, { "ADT", -180 }, { "EST", -300 }, { "EDT", -240 },
	{ "CST", -360 }, { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 },
	{ "PST", -480 }, { "PDT", -420 }, { "AKST", -540 }, { "AKDT", -480 },
	{ "HST", -600 }, { "HAST", -600 }, { "HADT", -540 }, { "NST", -210 },
	{ "NDT", -150 }, { "BRT", -180 }, { "BRST", -120 }, { "ART", -180 },
	{ "CLT", -240 }, { "CLST", -180 }, { "COT", -300 }, { "PET", -300 },
	{ "VET", -240 }, { "BOT", -240 }, { "UYT", -180 }, { "PYT", -240 },
	{ "GST", 240 }, { "PKT", 300 }, { "UZT", 300 }, { "IST", 330 },
	{ "NPT", 345 }, { "BDT", 360 }, { "ALMT", 360 }, { "MMT", 390 },
	{ "ICT", 420 }, { "WIB", 420 }, { "HKT", 480 }, { "SGT", 480 },
	{ "PHT", 480 }, { "MYT", 480 }, { "AWST", 480 }, { "JST", 540 },
	{ "KST", 540 }, { "ACST", 570 }, { "ACDT", 630 }, { "AEST", 600 },
	{ "AEDT", 660 }, { "NZST", 720 }, { "NZDT", 780 }, { "FJT", 720 },
	{ "CHST", 600 }, { "SST", -660 }, { "AZOT", -60 }, { "CVT", -60 },
	/* clang-format on */
};

/* One letter: A to M without J to the east, N to Y to the west. */
static bool military(char c, int *minutes)
{
	if (c == 'Z')
		*minutes = 0;
	else if (c >= 'A' && c <= 'I')
		*minutes = (c - 'A' + 1) * 60;
	else if (c >= 'K' && c <= 'M')
		*minutes = (c - 'K' + 10) * 60;
	else if (c >= 'N' && c <= 'Y')
		*minutes = ('N' - c - 1) * 60;
	else
		return false;
	return true;
}

static bool zone_name(struct str s, int *minutes)
{
	if (s.n == 1)
		return military(s.p[0], minutes);
	for (size_t i = 0; i < countof(zones); i++)
		if (str_eq(s, str_of(zones[i].name))) {
			*minutes = zones[i].minutes;
			return true;
		}
	return false;
}

bool dates_zone(struct str s, int32_t *east)
{
	size_t n = 0;
	int minutes = 0;
	int32_t more = 0;

	while (n < s.n && s.p[n] != '+' && s.p[n] != '-')
		n++;
	if (n && !zone_name(str_head(s, n), &minutes))
		return false;
	if (n < s.n && !zone_east(s.p + n, s.n - n, &more))
		return false;
	*east = minutes * 60 + more;
	return s.n > 0;
}

static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool is_leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int month_days(int64_t year, int64_t month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Seconds on the wall of the clock at that moment. */
static int64_t wall(const struct dates_clock *c, int64_t utc)
{
	return utc + (c->fixed ? c->east : zone_offset(c->zone, utc));
}

static int64_t utc_of(const struct dates_clock *c, int64_t local)
{
	return c->fixed ? local - c->east : zone_utc(c->zone, local);
}

struct civil {
	int64_t year;
	int64_t month, day, second;
};

static struct civil civil_of(int64_t local)
{
	int64_t days = local / DAY - (local % DAY < 0);
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;
	struct civil c = { yoe + era * 400, m < 10 ? m + 3 : m - 9,
		doy - (153 * m + 2) / 5 + 1, local - days * DAY };

	c.year += c.month <= 2;
	return c;
}

static struct str part(const struct date_parts *p, char letter)
{
	const char *at = strchr(DATE_LETTERS, letter);

	return p->v[at - DATE_LETTERS];
}

/* A number with a blank or zeros before it; -1 if there is none. */
static int64_t number(const struct date_parts *p, char letter)
{
	struct str s = part(p, letter);
	int64_t n = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			n = n * 10 + (s.p[i] - '0');
	return n;
}

static int64_t month_of(const struct date_parts *p)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct str s = part(p, 'b');

	if (s.n == 0)
		s = part(p, 'B');
	if (s.n < 3)
		return number(p, 'm');
	for (int64_t i = 0; i < 12; i++)
		if (str_eq_nocase(str_head(s, 3),
			(struct str){ names + 3 * i, 3 }))
			return i + 1;
	return -1;
}

static int64_t hour_of(const struct date_parts *p)
{
	int64_t h = number(p, 'H'), h12 = number(p, 'I');
	struct str half = part(p, 'p');

	if (h >= 0 || h12 < 0)
		return h < 0 ? 0 : h;
	if (half.n == 0)
		return h12;
	return h12 % 12 + ((half.p[0] | 32) == 'p' ? 12 : 0);
}

/* By its offset, else by its name; else the clock's. False: nobody knows a
 * zone of that name. */
static bool zone_of(const struct date_parts *p, bool *zoned, int32_t *east)
{
	struct str z = part(p, 'z');

	if (z.n == 0)
		z = part(p, 'Z');
	*zoned = z.n > 0;
	return !*zoned || dates_zone(z, east);
}

struct moment {
	const struct dates_clock *clock;
	int64_t month, day, second;
	bool zoned;
	int32_t east;
};

static bool in_year(const struct moment *m, int64_t year, int64_t *utc)
{
	int64_t local;

	if (m->day > month_days(year, m->month))
		return false;
	local = days_of(year, m->month, m->day) * DAY + m->second;
	*utc = m->zoned ? local - m->east : utc_of(m->clock, local);
	return true;
}

/* Without a year: this one, or the last if that would be over a day ahead. */
static bool without_year(const struct moment *m, int64_t this_year,
    int64_t *utc)
{
	if (m->clock->year)
		return in_year(m, m->clock->year, utc);
	if (in_year(m, this_year, utc) && *utc <= m->clock->now + DAY)
		return true;
	return in_year(m, this_year - 1, utc);
}

bool date_of_parts(const struct date_parts *p, const struct dates_clock *clock,
    int64_t *utc)
{
	struct civil today = civil_of(wall(clock, clock->now));
	int64_t year = number(p, 'Y'), short_year = number(p, 'y');
	int64_t minute = MAX(number(p, 'M'), 0), s = MAX(number(p, 'S'), 0);
	int64_t hour = hour_of(p), yday = number(p, 'j');
	struct moment m = { clock, month_of(p), number(p, 'd') };
	bool dateless =
	    m.month < 0 && m.day < 0 && yday < 0 && year < 0 && short_year < 0;

	if (hour > 23 || minute > 59 || s > 59 ||
	    !zone_of(p, &m.zoned, &m.east))
		return false;
	m.second = hour * 3600 + minute * 60 + s;
	if (year < 0 && short_year >= 0)
		year = short_year + 2000;
	if (yday > 0 && m.month < 0) {
		struct civil c = civil_of(
		    (days_of(year < 0 ? today.year : year, 1, 1) + yday - 1) *
		    DAY);

		m.month = c.month;
		m.day = c.day;
	}
	if (m.month < 0)
		m.month = today.month;
	if (m.day < 0)
		m.day = dateless ? today.day : 1;
	if (m.month < 1 || m.month > 12 || m.day < 1)
		return false;
	if (dateless) { /* the last such hour */
		if (!in_year(&m, clock->year ? clock->year : today.year, utc))
			return false;
		if (!clock->year && *utc > clock->now)
			*utc -= DAY;
		return true;
	}
	if (year < 0)
		return without_year(&m, today.year, utc);
	return year > 0 && in_year(&m, year, utc);
}

bool date_of_number(enum template_kind kind, struct str text, int64_t *utc)
{
	uint64_t n = 0;
	size_t digits = 0;

	if (kind == TEMPLATE_TAI64N) { /* "@4", then seconds in hexadecimal */
		for (size_t i = 2; i < 17 && i < text.n; i++) {
			char c = text.p[i];

			n = n << 4 | (uint64_t)(c <= '9' ? c - '0'
							 : (c | 32) - 'a' + 10);
		}
		*utc = (int64_t)n;
		return n < (UINT64_C(1) << 40);
	}
	while (digits < text.n && text.p[digits] >= '0' &&
	       text.p[digits] <= '9' && digits < 18)
		n = n * 10 + (uint64_t)(text.p[digits++] - '0');
	if (kind == TEMPLATE_LONG_EPOCH && digits >= 16)
		n /= 1000000;
	else if (kind == TEMPLATE_LONG_EPOCH && digits >= 13)
		n /= 1000;
	*utc = (int64_t)n;
	return digits > 0;
}

void dates_show(const struct dates_clock *clock, int64_t utc,
    char to[static DATES_SHOW])
{
	struct civil c = civil_of(wall(clock, utc));

	snprintf(to, DATES_SHOW, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year,
	    (int)c.month, (int)c.day, (int)(c.second / 3600),
	    (int)(c.second / 60 % 60), (int)(c.second % 60));
}
