#include "f2b/dates_parts.h"

#include <stdio.h>

#define DAY INT64_C(86400)

/* Fixed, without summer time: an abbreviation means what it says. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	/* clang-format off */
	{ "GMT", 0 }, { "UTC", 0 }, { "CET", 60 }, { "CEST", 120 },
	{ "NUT", -660 }, { "SST", -660 }, { "CKT", -600 }, { "HAST", -600 },
	{ "HST", -600 }, { "TAHT", -600 }, { "TKT", -600 }, { "MART", -570 },
	{ "MIT", -570 }, { "AKST", -540 }, { "GAMT", -540 }, { "GIT", -540 },
	{ "HADT", -540 }, { "HNY", -540 }, { "AKDT", -480 }, { "CIST", -480 },
	{ "HAY", -480 }, { "HNP", -480 }, { "PST", -480 }, { "PT", -480 },
	{ "HAP", -420 }, { "HNR", -420 }, { "MST", -420 }, { "PDT", -420 },
	{ "CST", -360 }, { "EAST", -360 }, { "GALT", -360 }, { "HAR", -360 },
	{ "HNC", -360 }, { "MDT", -360 }, { "CDT", -300 }, { "COT", -300 },
	{ "EASST", -300 }, { "ECT", -300 }, { "EST", -300 }, { "ET", -300 },
	{ "HAC", -300 }, { "HNE", -300 }, { "PET", -300 }, { "HLV", -270 },
	{ "VET", -270 }, { "AST", -240 }, { "BOT", -240 }, { "CLT", -240 },
	{ "COST", -240 }, { "EDT", -240 }, { "FKT", -240 }, { "GYT", -240 },
	{ "HAE", -240 }, { "HNA", -240 }, { "PYT", -240 }, { "HNT", -210 },
	{ "NST", -210 }, { "NT", -210 }, { "ADT", -180 }, { "ART", -180 },
	{ "BRT", -180 }, { "CLST", -180 }, { "FKST", -180 }, { "GFT", -180 },
	{ "HAA", -180 }, { "PMST", -180 }, { "PYST", -180 }, { "SRT", -180 },
	{ "UYT", -180 }, { "WGT", -180 }, { "HAT", -150 }, { "NDT", -150 },
	{ "BRST", -120 }, { "FNT", -120 }, { "PMDT", -120 }, { "UYST", -120 },
	{ "WGST", -120 }, { "AZOT", -60 }, { "CVT", -60 }, { "EGT", -60 },
	{ "EGST", 0 }, { "UT", 0 }, { "WET", 0 }, { "WT", 0 }, { "BST", 60 },
	{ "DFT", 60 }, { "MET", 60 }, { "MEZ", 60 }, { "WAT", 60 },
	{ "WEDT", 60 }, { "WEST", 60 }, { "CAT", 120 }, { "CEDT", 120 },
	{ "EET", 120 }, { "MEST", 120 }, { "MESZ", 120 }, { "SAST", 120 },
	{ "WAST", 120 }, { "EAT", 180 }, { "EEDT", 180 }, { "EEST", 180 },
	{ "IDT", 180 }, { "MSK", 180 }, { "TRT", 180 }, { "IRST", 210 },
	{ "AMT", 240 }, { "AZT", 240 }, { "GET", 240 }, { "GST", 240 },
	{ "KUYT", 240 }, { "MSD", 240 }, { "MUT", 240 }, { "RET", 240 },
	{ "SAMT", 240 }, { "SCT", 240 }, { "AFT", 270 }, { "IRDT", 270 },
	{ "AMST", 300 }, { "AQTT", 300 }, { "AZST", 300 }, { "HMT", 300 },
	{ "MAWT", 300 }, { "MVT", 300 }, { "PKT", 300 }, { "TFT", 300 },
	{ "TJT", 300 }, { "TMT", 300 }, { "UZT", 300 }, { "YEKT", 300 },
	{ "IST", 330 }, { "SLT", 330 }, { "NPT", 345 }, { "ALMT", 360 },
	{ "BIOT", 360 }, { "BTT", 360 }, { "IOT", 360 }, { "KGT", 360 },
	{ "NOVT", 360 }, { "OMST", 360 }, { "YEKST", 360 }, { "CCT", 390 },
	{ "MMT", 390 }, { "CXT", 420 }, { "DAVT", 420 }, { "HOVT", 420 },
	{ "ICT", 420 }, { "KRAT", 420 }, { "NOVST", 420 }, { "OMSST", 420 },
	{ "THA", 420 }, { "WIB", 420 }, { "ACT", 480 }, { "AWST", 480 },
	{ "BDT", 480 }, { "BNT", 480 }, { "CAST", 480 }, { "HKT", 480 },
	{ "IRKT", 480 }, { "KRAST", 480 }, { "MYT", 480 }, { "PHT", 480 },
	{ "SGT", 480 }, { "ULAT", 480 }, { "WITA", 480 }, { "WST", 480 },
	{ "AWDT", 540 }, { "IRKST", 540 }, { "JST", 540 }, { "KST", 540 },
	{ "PWT", 540 }, { "TLT", 540 }, { "WDT", 540 }, { "WIT", 540 },
	{ "YAKT", 540 }, { "ACST", 570 }, { "AEST", 600 }, { "CHST", 600 },
	{ "ChST", 600 }, { "PGT", 600 }, { "VLAT", 600 }, { "YAKST", 600 },
	{ "YAPT", 600 }, { "ACDT", 630 }, { "LHST", 630 }, { "AEDT", 660 },
	{ "LHDT", 660 }, { "MAGT", 660 }, { "NCT", 660 }, { "PONT", 660 },
	{ "SBT", 660 }, { "VLAST", 660 }, { "VUT", 660 }, { "NFT", 690 },
	{ "ANAST", 720 }, { "ANAT", 720 }, { "FJT", 720 }, { "GILT", 720 },
	{ "MAGST", 720 }, { "MHT", 720 }, { "NZST", 720 }, { "PETST", 720 },
	{ "PETT", 720 }, { "TVT", 720 }, { "WFT", 720 }, { "FJST", 780 },
	{ "NZDT", 780 },
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
	return h12 % 12 + (half.n && (half.p[0] | 32) == 'p' ? 12 : 0);
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
		return in_year(m, this_year, utc);
	if (in_year(m, this_year, utc) && *utc <= m->clock->now + DAY)
		return true;
	return in_year(m, this_year - 1, utc);
}

/* Monday is 0; -1: no day of the week is said. */
static int64_t weekday_of(const struct date_parts *p)
{
	static const char names[] = "montuewedthufrisatsun";
	struct str s = part(p, 'a').n ? part(p, 'a') : part(p, 'A');
	int64_t sunday_0 = number(p, 'w'), monday_1 = number(p, 'u');

	for (int64_t i = 0; s.n > 2 && i < 7; i++)
		if (str_eq_nocase(str_head(s, 3),
			(struct str){ names + 3 * i, 3 }))
			return i;
	return sunday_0 >= 0 ? (sunday_0 + 6) % 7 : monday_1 - 1;
}

/* The day of the week of a day since 1970, Monday 0. */
static int64_t weekday(int64_t day)
{
	return (day % 7 + 7 + 3) % 7;
}

/* By its number within the year, or by its week and weekday: days since 1970.
 * False: neither is said. */
static bool day_of_year(const struct date_parts *p, int64_t year, int64_t *day)
{
	int64_t nth = number(p, 'j'), wd = weekday_of(p), week;
	int64_t new_year = days_of(year, 1, 1);

	*day = new_year + nth - 1;
	if (nth > 0)
		return true;
	if (wd < 0)
		return false;
	week = number(p, 'V');
	if (week > 0 && number(p, 'G') > 0) { /* ISO 8601 */
		new_year = days_of(number(p, 'G'), 1, 4);
		*day = new_year - weekday(new_year) + (week - 1) * 7 + wd;
		return true;
	}
	/* week 1 begins with the year's first Sunday, or Monday */
	week = number(p, 'U');
	if (week >= 0) {
		*day = new_year + (6 - weekday(new_year)) + (week - 1) * 7 +
		       (wd + 1) % 7;
		return true;
	}
	week = number(p, 'W');
	*day = new_year + (7 - weekday(new_year)) % 7 + (week - 1) * 7 + wd;
	return week >= 0;
}

/* Month and day, where the date has none, by the other ways to say them. */
static bool other_day(const struct date_parts *p, int64_t *year,
    struct moment *m)
{
	struct civil c;
	int64_t day;

	if ((m->month >= 0 && m->day >= 0) || !day_of_year(p, *year, &day))
		return false;
	c = civil_of(day * DAY);
	*year = c.year;
	m->month = c.month;
	m->day = c.day;
	return true;
}

bool date_of_parts(const struct date_parts *p, const struct dates_clock *clock,
    int64_t *utc)
{
	struct civil now = civil_of(wall(clock, clock->now));
	int64_t year = number(p, 'Y'), short_year = number(p, 'y');
	int64_t minute = MAX(number(p, 'M'), 0), s = MAX(number(p, 'S'), 0);
	int64_t hour = hour_of(p);
	struct moment m = { clock, month_of(p), number(p, 'd') };
	bool assumed = year < 0 && short_year < 0, today;

	if (hour > 23 || minute > 59 || s > 59 ||
	    !zone_of(p, &m.zoned, &m.east))
		return false;
	m.second = hour * 3600 + minute * 60 + s;
	if (assumed)
		year = clock->year ? clock->year : now.year;
	else if (year < 0)
		year = short_year + 2000;
	if (other_day(p, &year, &m) && number(p, 'G') > 0)
		assumed = false;
	today = m.month < 0 && m.day < 0;
	if (m.month < 0)
		m.month = now.month;
	if (m.day < 0)
		m.day = today ? now.day : 1;
	if (m.month < 1 || m.month > 12 || m.day < 1)
		return false;
	if (today) { /* the last such hour */
		if (!in_year(&m, year, utc))
			return false;
		if (!clock->year && *utc > clock->now)
			*utc -= DAY;
		return true;
	}
	return assumed ? without_year(&m, year, utc)
		       : year > 0 && in_year(&m, year, utc);
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

int64_t dates_in_year(const struct dates_clock *clock, int32_t year)
{
	struct civil c = civil_of(wall(clock, clock->now));

	c.day = MIN(c.day, (int64_t)month_days(year, c.month));
	return utc_of(clock, days_of(year, c.month, c.day) * DAY + c.second);
}

void dates_show(const struct dates_clock *clock, int64_t utc,
    char to[static DATES_SHOW])
{
	struct civil c = civil_of(wall(clock, utc));

	snprintf(to, DATES_SHOW, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year,
	    (int)c.month, (int)c.day, (int)(c.second / 3600),
	    (int)(c.second / 60 % 60), (int)(c.second % 60));
}
