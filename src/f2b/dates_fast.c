#include "f2b/dates_fast.h"

#include "base/quad.h"

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

/* A day as a date writes it: its parts' letters, and where they stand. */
struct day_form {
	const char *letters;
	uint8_t at[3], n[3];
};

static const struct day_form month_day = { "bd", { 0, 4 }, { 3, 2 } };
static const struct day_form year_month_day = { "Ymd", { 0, 5, 8 },
	{ 4, 2, 2 } };
static const struct day_form day_month_year = { "dbY", { 0, 3, 7 },
	{ 2, 3, 4 } };

/* The day's beginning by the slow way, once. */
static bool day_begin(const char *date, const struct day_form *form,
    const struct dates_clock *clock, struct date_day *day)
{
	struct date_parts parts = { 0 };
	int64_t last;

	for (size_t i = 0; form->letters[i]; i++)
		parts.v[strchr(DATE_LETTERS, form->letters[i]) - DATE_LETTERS] =
		    (struct str){ date + form->at[i], form->n[i] };
	if (!date_of_parts(&parts, clock, &day->utc))
		return false;
	parts.v[strchr(DATE_LETTERS, 'H') - DATE_LETTERS] = STR("23");
	parts.v[strchr(DATE_LETTERS, 'M') - DATE_LETTERS] = STR("59");
	parts.v[strchr(DATE_LETTERS, 'S') - DATE_LETTERS] = STR("59");
	/* no change of the offset, and of the year, within the day */
	return date_of_parts(&parts, clock, &last) &&
	       last == day->utc + DAY - 1;
}

static bool in_day(uint32_t key, const char *date, const struct day_form *form,
    const struct dates_clock *clock, int second, struct date_day *day,
    int64_t *utc)
{
	if (day->key != key || (form == &month_day && day->now != clock->now)) {
		day->key = 0;
		if (!day_begin(date, form, clock, day))
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
	return in_day((uint32_t)(month << 8 | d), s.p, &month_day, clock, t,
	    day, &ret->utc);
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

/* Whose zone is said. */
static const struct dates_clock utc_clock = { .fixed = true };

static uint32_t key_of(int year, int month, int d)
{
	return (uint32_t)year << 16 | (uint32_t)(month << 8 | d);
}

static bool iso(struct str s, const struct dates_clock *clock,
    struct date_day *day, struct date_found *ret)
{
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
	key = key_of(year + 2000, month, d) | (zoned ? IN_UTC : 0);
	if (!in_day(key, s.p, &year_month_day, zoned ? &utc_clock : clock, t,
		day, &ret->utc))
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

/* ---- in brackets ------------------------------------------------------- */

enum {
	CLF = 26, /* "22/Nov/2026:01:11:13 +0000" */
};

static bool clf_at(struct str line, size_t at, struct date_day *day,
    struct date_found *ret)
{
	const char *p = line.p + at;
	int d, month, year, t;
	int32_t east;

	if (line.n < at + CLF + 2 || p[2] != '/' || p[6] != '/' ||
	    p[7] != '2' || p[8] != '0' || p[9] > '2' || p[11] != ':' ||
	    p[20] != ' ' || (p[21] != '+' && p[21] != '-') || p[22] > '1' ||
	    p[CLF] != ']' || p[CLF + 1] != ' ')
		return false;
	d = two(p);
	month = month_of(p + 3);
	year = two(p + 9);
	t = time_of(p + 12);
	if (d < 1 || d > 31 || !month || year < 0 || t < 0 || two(p + 22) < 0 ||
	    two(p + 24) < 0 || !zone_east(p + 21, CLF - 21, &east))
		return false;
	*ret = (struct date_found){ .at = at, .n = CLF, .dated = true };
	if (!in_day(key_of(year + 2000, month, d) | IN_UTC, p, &day_month_year,
		&utc_clock, t, day, &ret->utc))
		return false;
	ret->utc -= east;
	return true;
}

/* "2026-" or so within the first bytes: a template that stands in front of
 * the bracket's might have it. */
static bool begins_with_year(struct str line)
{
	for (size_t i = 0; i < 3 && i + 4 < line.n; i++) {
		const char *p = line.p + i;

		if (p[0] == '2' && p[1] == '0' && is_digit(p[2]) &&
		    is_digit(p[3]) &&
		    (p[4] == '-' || p[4] == '/' || p[4] == '.'))
			return true;
	}
	return false;
}

/* "192.0.2.1 - - [": none of the default templates finds anything in it. */
static bool in_front(struct str line, size_t *at)
{
	struct quad q = quad_at(line.p, line.n);

	*at = (size_t)q.n + 6;
	return q.n && line.n > *at && memcmp(line.p + q.n, " - - [", 6) == 0;
}

bool dates_bracket(enum dates_bracket how, struct str line,
    struct date_day *day, struct date_found *ret)
{
	const char *b;
	size_t at;

	if (how == BRACKET_ANYWHERE)
		return in_front(line, &at) && clf_at(line, at, day, ret);
	b = line.n ? memchr(line.p, '[', line.n) : NULL;
	if (!b || begins_with_year(line) ||
	    !clf_at(line, (size_t)(b + 1 - line.p), day, ret))
		return false;
	if (how == BRACKET_CUT) {
		ret->at--;
		ret->n += 2;
	}
	return true;
}
