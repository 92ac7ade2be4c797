#include "f2b/dates_fast.h"

#define DAY    INT64_C(86400)
#define IN_UTC UINT32_C(0x80000000) /* of a key: its zone is said */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int two(const char *p)
{
	return is_digit(p[0]) && is_digit(p[1]) ? (p[0] - '0') * 10 + p[1] - '0'
						: -1;
}

/* "16:47:48": seconds of the day, or -1. */
static int time_of(const char *p)
{
	int h = two(p), m = two(p + 3), s = two(p + 6);

	if (p[2] != ':' || p[5] != ':' || h < 0 || h > 23 || m < 0 || m > 59 ||
	    s < 0 || s > 59)
		return -1;
	return h * 3600 + m * 60 + s;
}

static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (p[0] == names[3 * i] && p[1] == names[3 * i + 1] &&
		    p[2] == names[3 * i + 2])
			return i + 1;
	return 0;
}

/* The day's beginning by the slow way, once. */
static bool day_begin(struct str date, const struct dates_clock *clock,
    bool year, struct date_day *day)
{
	struct date_parts parts = { 0 };
	const char *letters = year ? "Ymd" : "bd";
	struct str from[3] = { str_head(date, 4), { date.p + 5, 2 },
		{ date.p + 8, 2 } };
	int64_t last;

	if (!year) {
		from[0] = str_head(date, 3);
		from[1] = (struct str){ date.p + 4, 2 };
	}
	for (size_t i = 0; letters[i]; i++)
		parts.v[strchr(DATE_LETTERS, letters[i]) - DATE_LETTERS] =
		    from[i];
	if (!date_of_parts(&parts, clock, &day->utc))
		return false;
	parts.v[strchr(DATE_LETTERS, 'H') - DATE_LETTERS] = STR("23");
	parts.v[strchr(DATE_LETTERS, 'M') - DATE_LETTERS] = STR("59");
	parts.v[strchr(DATE_LETTERS, 'S') - DATE_LETTERS] = STR("59");
	/* no change of the offset, and of the year, within the day */
	return date_of_parts(&parts, clock, &last) &&
	       last == day->utc + DAY - 1;
}

static bool in_day(uint32_t key, struct str date,
    const struct dates_clock *clock, bool year, int second,
    struct date_day *day, int64_t *utc)
{
	if (day->key != key || (!year && day->now != clock->now)) {
		day->key = 0;
		if (!day_begin(date, clock, year, day))
			return false;
		day->key = key;
		day->now = clock->now;
	}
	*utc = day->utc + second;
	return true;
}

/* "Jun 21 16:47:48 ", but a year may follow: "Jun 21 16:47:48 2005". */
static bool traditional(struct str s, const struct dates_clock *clock,
    struct date_day *day, struct date_found *ret)
{
	int month, d, t;

	if (s.n < 17 || s.p[3] != ' ' || s.p[6] != ' ' || s.p[15] != ' ' ||
	    s.p[16] == '2')
		return false;
	month = month_of(s.p);
	d = is_digit(s.p[5]) ? s.p[5] - '0' : -1;
	if (s.p[4] >= '0' && s.p[4] <= '3')
		d += (s.p[4] - '0') * 10;
	else if (s.p[4] != ' ')
		return false;
	t = time_of(s.p + 7);
	if (!month || d < 1 || d > 31 || !is_digit(s.p[5]) || t < 0)
		return false;
	*ret = (struct date_found){ .at = 0, .n = 15, .dated = true };
	return in_day((uint32_t)(month << 8 | d), str_head(s, 15), clock, false,
	    t, day, &ret->utc);
}

/* What may stand behind the seconds; the date's length, 0 if in doubt. */
static size_t iso_tail(struct str s, bool *zoned, int32_t *east)
{
	size_t n = 19, from;

	*zoned = false;
	if (n < s.n && (s.p[n] == '.' || s.p[n] == ',')) {
		for (from = ++n; n < s.n && is_digit(s.p[n]);)
			n++;
		if (n == from || n - from > 6)
			return 0;
	}
	from = n;
	if (n < s.n && s.p[n] == 'Z')
		n++;
	else if (n + 5 < s.n && (s.p[n] == '+' || s.p[n] == '-'))
		n += s.p[n + 3] == ':' ? 6 : 5;
	if (n > from) {
		if (n > s.n || !zone_east(s.p + from, n - from, east))
			return 0;
		*zoned = true;
	}
	/* a blank and what cannot be a zone */
	if (n + 1 >= s.n || s.p[n] != ' ')
		return 0;
	return *zoned || !strchr("ZUG+- \t", s.p[n + 1]) ? n : 0;
}

static bool iso(struct str s, const struct dates_clock *clock,
    struct date_day *day, struct date_found *ret)
{
	static const struct dates_clock utc = { .fixed = true };
	int year, month, d, t;
	int32_t east = 0;
	uint32_t key;
	bool zoned;
	size_t n;

	if (s.n < 21 || s.p[0] != '2' || s.p[1] != '0' || s.p[2] > '2' ||
	    s.p[4] != '-' || s.p[7] != '-' ||
	    (s.p[10] != 'T' && s.p[10] != ' '))
		return false;
	year = two(s.p + 2);
	month = two(s.p + 5);
	d = two(s.p + 8);
	t = time_of(s.p + 11);
	n = iso_tail(s, &zoned, &east);
	if (year < 0 || month < 1 || month > 12 || d < 1 || d > 31 || t < 0 ||
	    n == 0)
		return false;
	*ret = (struct date_found){ .at = 0, .n = n, .dated = true };
	key = (uint32_t)(year + 2000) << 16 | (uint32_t)(month << 8 | d);
	if (zoned)
		key |= IN_UTC;
	if (!in_day(key, str_head(s, n), zoned ? &utc : clock, true, t, day,
		&ret->utc))
		return false;
	ret->utc -= east;
	return true;
}

bool dates_fast(struct str line, const struct dates_clock *clock,
    struct date_day *day, struct date_found *ret)
{
	if (line.n == 0)
		return false;
	return line.p[0] == '2' ? iso(line, clock, day, ret)
				: traditional(line, clock, day, ret);
}
