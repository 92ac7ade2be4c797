#include "line/date.h"

#include "line/scan.h"

#define DAY 86400

/* Three letters as one number, case folded. */
#define NAME3(a, b, c) \
	((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

static uint32_t name3(const char *p)
{
	return NAME3(p[0] | 0x20, p[1] | 0x20, p[2] | 0x20);
}

static uint32_t month_at(const char *p, const char *end)
{
	if (end - p < 3)
		return 0;
	switch (name3(p)) {
	case NAME3('j', 'a', 'n'):
		return 1;
	case NAME3('f', 'e', 'b'):
		return 2;
	case NAME3('m', 'a', 'r'):
		return 3;
	case NAME3('a', 'p', 'r'):
		return 4;
	case NAME3('m', 'a', 'y'):
		return 5;
	case NAME3('j', 'u', 'n'):
		return 6;
	case NAME3('j', 'u', 'l'):
		return 7;
	case NAME3('a', 'u', 'g'):
		return 8;
	case NAME3('s', 'e', 'p'):
		return 9;
	case NAME3('o', 'c', 't'):
		return 10;
	case NAME3('n', 'o', 'v'):
		return 11;
	case NAME3('d', 'e', 'c'):
		return 12;
	}
	return 0;
}

static bool weekday_at(const char *p, const char *end)
{
	if (end - p < 3)
		return false;
	switch (name3(p)) {
	case NAME3('m', 'o', 'n'):
	case NAME3('t', 'u', 'e'):
	case NAME3('w', 'e', 'd'):
	case NAME3('t', 'h', 'u'):
	case NAME3('f', 'r', 'i'):
	case NAME3('s', 'a', 't'):
	case NAME3('s', 'u', 'n'):
		return true;
	}
	return false;
}

/* hh:mm:ss, the hour perhaps one digit. Where it ends, or NULL. */
static const char *clock_at(const char *p, const char *end, struct date *d)
{
	size_t n = digits(p, end, 3);
	uint32_t h, m, s;

	if (n < 1 || n > 2 || end - p < (ptrdiff_t)n + 6)
		return NULL;
	h = (uint32_t)number(p, n);
	p += n;
	if (p[0] != ':' || !is_digit(p[1]) || !is_digit(p[2]) || p[3] != ':' ||
	    !is_digit(p[4]) || !is_digit(p[5]))
		return NULL;
	m = (uint32_t)number(p + 1, 2);
	s = (uint32_t)number(p + 4, 2);
	if (h > 23)
		return NULL;
	/* a leap second is its minute's last; what people have edited by hand
	 * may run over into the next minute or hour */
	d->second = h * 3600 + m * 60 + (s == 60 ? 59 : s);
	p += 6;
	return is_digit(at_or_blank(p, end)) ? NULL : p;
}

bool date_fits(const struct date *d)
{
	static const uint8_t days[] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return d->month >= 1 && d->month <= 12 && d->day >= 1 &&
	       d->day <= days[d->month] &&
	       (d->year == 0 || (d->year >= 1970 && d->year <= 2105));
}

/* What may stand between a day and its clock: a blank or two, "T", ":", "_",
 * ", ", " - ", " @ ". */
static const char *gap_at(const char *p, const char *end)
{
	if (p >= end)
		return NULL;
	if (*p == 'T' || *p == ':' || *p == '_')
		return p + 1;
	if (*p == ',')
		p++;
	if (p >= end || *p != ' ')
		return p < end && *p == '-' ? p + 1 : NULL;
	p++;
	if (end - p > 2 && (*p == '-' || *p == '@') && p[1] == ' ')
		p += 2;
	return p < end && *p == ' ' ? p + 1 : p;
}

static const char *gap_and_clock(const char *p, const char *end, struct date *d)
{
	if (!date_fits(d))
		return NULL;
	p = gap_at(p, end);
	return p ? clock_at(p, end, d) : NULL;
}

/* One or two digits. */
static const char *short_at(const char *p, const char *end, uint32_t *ret)
{
	size_t n = digits(p, end, 3);

	if (n < 1 || n > 2)
		return NULL;
	*ret = (uint32_t)number(p, n);
	return p + n;
}

static const char *year_at(const char *p, const char *end, int32_t *ret)
{
	if (digits(p, end, 5) != 4)
		return NULL;
	*ret = (int32_t)number(p, 4);
	return p + 4;
}

/* 2024-10-31 and its kin: p is behind the year, on the first separator. With
 * colons it is a syslog's, Sophos UTM's 2024:10:31-12:38:21, no address. */
static const char *year_first(const char *p, const char *end, struct date *d)
{
	char sep = at_or_blank(p, end);

	if (sep != '-' && sep != '/' && sep != '.' && sep != ' ' && sep != ':')
		return NULL;
	d->month = month_at(++p, end);
	if (d->month)
		p += 3;
	else if (sep == ' ' || !(p = short_at(p, end, &d->month)))
		return NULL;
	if (at_or_blank(p, end) != sep || !(p = short_at(p + 1, end, &d->day)))
		return NULL;
	if (sep == ':' && at_or_blank(p, end) != '-')
		return NULL;
	d->form = sep == '/'                            ? DATE_SLASHED
		  : sep == ':'                          ? DATE_MONTH
		  : sep != '-'                          ? DATE_OTHER
		  : (at_or_blank(p, end) | 0x20) == 't' ? DATE_ISO
							: DATE_DASHED;
	return gap_and_clock(p, end, d);
}

static void swap_day(struct date *d)
{
	uint32_t day = d->day;

	d->day = d->month;
	d->month = day;
}

/* 29/Sep/2021, 29-09-2023, 06/29/2022, 8 Jun 2020: p is behind the first
 * number. Slashes between numbers are American unless that cannot be. */
static const char *day_first(const char *p, const char *end, uint32_t first,
    struct date *d)
{
	char sep = at_or_blank(p, end);
	const char *q;

	if (sep != '-' && sep != '/' && sep != '.' && sep != ' ')
		return NULL;
	d->form = DATE_OTHER;
	d->day = first;
	d->month = month_at(++p, end);
	if (d->month) {
		p += 3;
		d->form = sep == '/' ? DATE_CLF : DATE_OTHER;
	} else if (sep == ' ' || !(p = short_at(p, end, &d->month))) {
		return NULL;
	} else if (d->month > 12 || (sep == '/' && d->day <= 12)) {
		swap_day(d);
	}
	if (at_or_blank(p, end) != sep)
		return NULL;
	q = year_at(p + 1, end, &d->year);
	if (q && sep == '/' && at_or_blank(q, end) == ':') {
		/* a web server's, in numbers */
		if (d->form == DATE_OTHER && d->month == first && d->day <= 12)
			swap_day(d);
		d->form = DATE_CLF;
	}
	if (q)
		return gap_and_clock(q, end, d);
	if (sep == ' ')
		return gap_and_clock(p, end, d);
	if (sep != '/' || digits(p + 1, end, 3) != 2)
		return NULL;
	d->year = 2000 + (int32_t)number(p + 1, 2);
	return gap_and_clock(p + 3, end, d);
}

/* Jan  4 17:34:01, Jan 15 2024 08:00:00, Jan 15, 2024 8:00:00. */
static const char *month_first(const char *p, const char *end, struct date *d)
{
	const char *q;

	d->form = DATE_MONTH;
	d->month = month_at(p, end);
	if (!d->month || at_or_blank(p + 3, end) != ' ')
		return NULL;
	p += 4;
	if (p < end && *p == ' ')
		p++;
	p = short_at(p, end, &d->day);
	if (!p)
		return NULL;
	q = at_or_blank(p, end) == ',' ? p + 1 : p;
	if (at_or_blank(q, end) == ' ' && (q = year_at(q + 1, end, &d->year)))
		p = q;
	return gap_and_clock(p, end, d);
}

/* Mon Jun  8 12:08:53, Mon, 08 Jun 2020 12:08:53. */
static const char *weekday_first(const char *p, const char *end, struct date *d)
{
	uint32_t day;

	p += 3;
	if (p < end && (*p == ',' || *p == '.'))
		p++;
	if (p >= end || *p != ' ')
		return NULL;
	p = skip_blanks(p, end);
	if (p < end && is_digit(*p)) {
		p = short_at(p, end, &day);
		p = p ? day_first(p, end, day, d) : NULL;
	} else {
		p = month_first(p, end, d);
	}
	d->form = DATE_WEEKDAY;
	return p;
}

static bool ends_number(const char *p, const char *end)
{
	return p >= end || is_blank(*p) || (*p && strchr("])}:,;|\"", *p));
}

/* Seconds, ms, us or ns since 1970, by the count of digits. */
static const char *epoch_at(const char *p, const char *end, size_t n,
    struct date *d)
{
	static const uint64_t per_s
	    [] = { [10] = 1, [13] = 1000, [16] = 1000000, [19] = 1000000000 };
	uint64_t v = number(p, n), per = per_s[n];
	const char *q = p + n;

	if (v / per < 1000000000 || v / per > UINT32_MAX)
		return NULL;
	d->form = DATE_EPOCH;
	d->at = (uint32_t)(v / per);
	d->ms = (uint16_t)(v % per * 1000 / per);
	if (n == 10 && at_or_blank(q, end) == '.' &&
	    is_digit(at_or_blank(q + 1, end)))
		return ends_number(q + 1 + digits(q + 1, end, 10), end) ? q
									: NULL;
	return ends_number(q, end) ? q : NULL;
}

/* 230718 10:22:17, 20230718T102217, 20230718-10:22:17: no separators. */
static const char *packed_at(const char *p, const char *end, size_t n,
    struct date *d)
{
	size_t y = n == 6 ? 2 : 4;
	const char *q = p + y + 4;
	struct date c = { 0 };

	d->form = DATE_OTHER;
	d->year = (int32_t)number(p, y) + (n == 6 ? 2000 : 0);
	d->month = (uint32_t)number(p + y, 2);
	d->day = (uint32_t)number(p + y + 2, 2);
	if (!date_fits(d))
		return NULL;
	if (n == 6 || !(q < end && *q == 'T') || digits(q + 1, end, 7) != 6)
		return n == 14 ? NULL : gap_and_clock(q, end, d);
	c.second = (uint32_t)number(q + 1, 2) * 3600 +
		   (uint32_t)number(q + 3, 2) * 60 + (uint32_t)number(q + 5, 2);
	d->second = c.second;
	d->form = DATE_ISO;
	return c.second < DAY ? q + 7 : NULL;
}

/* 29.09.2023 and not an address: p is on the first dot. */
static inline bool has_dotted_year(const char *p, const char *end)
{
	if (end - p < 8)
		return false;
	p += p[2] == '.' ? 3 : 4;
	return p[-1] == '.' && is_digit(p[0]) && is_digit(p[1]) &&
	       is_digit(p[2]) && is_digit(p[3]);
}

static const char *digit_first(const char *p, const char *end, struct date *d)
{
	size_t n = digits(p, end, 20);

	switch (n) {
	case 1:
	case 2:
		if (p[n] == '.' && !has_dotted_year(p + n, end))
			return NULL; /* most lines of an access log */
		return day_first(p + n, end, (uint32_t)number(p, n), d);
	case 4:
		d->year = (int32_t)number(p, 4);
		return d->year ? year_first(p + 4, end, d) : NULL;
	case 6:
	case 8:
		return packed_at(p, end, n, d);
	case 10:
	case 13:
	case 16:
	case 19:
		return epoch_at(p, end, n, d);
	}
	return NULL;
}

/* @ and 24 hexadecimal digits: 2^62 and seconds (ten ahead of UTC as the
 * programs that write it count them), then nanoseconds. */
static const char *tai_at(const char *p, const char *end, struct date *d)
{
	uint64_t v[2] = { 0 };

	if (end - p < 25)
		return NULL;
	for (size_t i = 0; i < 24; i++) {
		int h = hex_of(p[1 + i]);

		if (h < 0)
			return NULL;
		v[i / 16] = v[i / 16] << 4 | (uint64_t)h;
	}
	v[0] -= (UINT64_C(1) << 62) + 10;
	if (v[0] > UINT32_MAX || is_alnum(at_or_blank(p + 25, end)))
		return NULL;
	d->form = DATE_EPOCH;
	d->at = (uint32_t)v[0];
	d->ms = (uint16_t)(MIN(v[1], 999999999) / 1000000);
	return p + 25;
}

size_t date_head(struct str s, struct date *ret)
{
	const char *p = s.p, *end = s.p + s.n;

	*ret = (struct date){ .form = DATE_OTHER };
	if (s.n < 10)
		return 0;
	if (is_digit(*p))
		p = digit_first(p, end, ret);
	else if (weekday_at(p, end))
		p = weekday_first(p, end, ret);
	else if (is_alpha(*p))
		p = month_first(p, end, ret);
	else if (*p == '@')
		p = tai_at(p, end, ret);
	else
		p = NULL;
	return p ? (size_t)(p - s.p) : 0;
}

size_t date_scan(struct str s, struct date *ret)
{
	size_t n = date_head(s, ret);

	return n ? n + date_tail(str_from(s, n), ret) : 0;
}
