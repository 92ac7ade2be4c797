#include "line/date.h"

#include "line/scan.h"

/* Thousandths from a fraction's first digits. Where it ends. */
static inline const char *fraction_at(const char *p, const char *end,
    struct date *d)
{
	size_t n;
	uint32_t ms = 0;

	if (p >= end || (*p != '.' && *p != ','))
		return p;
	n = digits(p + 1, end, 10);
	if (n < 1 || n > 9)
		return p;
	for (size_t i = 0; i < 3; i++)
		ms = ms * 10 + (i < n ? (uint32_t)(p[1 + i] - '0') : 0);
	d->ms = (uint16_t)ms;
	return p + 1 + n;
}

struct zone_name {
	char name[5];
	int16_t minutes; /* east */
};

/* Only names that mean one thing; the rest are words. */
static const struct zone_name zone_names[] = { { "UTC", 0 }, { "GMT", 0 },
	{ "CET", 60 }, { "CEST", 120 }, { "EET", 120 }, { "EEST", 180 },
	{ "WET", 0 }, { "WEST", 60 }, { "MSK", 180 }, { "EST", -300 },
	{ "EDT", -240 }, { "CST", -360 }, { "CDT", -300 }, { "MST", -420 },
	{ "MDT", -360 }, { "PST", -480 }, { "PDT", -420 }, { "JST", 540 },
	{ "AEST", 600 }, { "AEDT", 660 }, { "NZST", 720 }, { "NZDT", 780 },
	{ "BST", 60 }, { "SAST", 120 } };

static const char *named_zone_at(const char *p, const char *end, struct date *d)
{
	size_t n = 0;

	while (n < 5 && p + n < end && is_upper(p[n]))
		n++;
	if (n < 3 || n > 4 || is_alnum(at_or_blank(p + n, end)))
		return NULL;
	for (size_t i = 0; i < countof(zone_names); i++) {
		if (strlen(zone_names[i].name) != n ||
		    memcmp(zone_names[i].name, p, n) != 0)
			continue;
		d->zone = ZONE_NAMED;
		d->east = zone_names[i].minutes * 60;
		return p + n;
	}
	return NULL;
}

/* "+02:00", what nearly all write; where it ends, or NULL. */
static inline const char *usual_zone_at(const char *p, const char *end,
    struct date *d)
{
	int32_t east;

	if (end - p < 7 || p[3] != ':' || !is_digit(p[1]) || !is_digit(p[2]) ||
	    !is_digit(p[4]) || !is_digit(p[5]) || is_alnum(p[6]) ||
	    p[1] > '1' || p[4] > '5')
		return NULL;
	east = ((p[1] - '0') * 10 + p[2] - '0') * 3600 +
	       ((p[4] - '0') * 10 + p[5] - '0') * 60;
	if (east >= 16 * 3600)
		return NULL;
	d->east = *p == '-' ? -east : east;
	d->zone = ZONE_NUMERIC;
	return p + 6;
}

/* +02:00, +0200; -05 only where it touches the clock. */
static const char *numeric_zone_at(const char *p, const char *end, bool apart,
    struct date *d)
{
	const char *usual = usual_zone_at(p, end, d);
	size_t n;

	if (usual)
		return usual;
	n = 1 + digits(p + 1, end, 5);
	if (n == 3 && end - p >= 6 && p[3] == ':' && digits(p + 4, end, 3) == 2)
		n = 6;
	if ((n == 3 && apart) || is_alnum(at_or_blank(p + n, end)) ||
	    !zone_east(p, n, &d->east))
		return NULL;
	d->zone = ZONE_NUMERIC;
	return p + n;
}

static const char *zone_at(const char *p, const char *end, struct date *d)
{
	bool apart = p < end && *p == ' ';
	const char *q = p + apart, *r = NULL;

	if (q >= end)
		return p;
	if (*q == '+' || *q == '-') {
		r = numeric_zone_at(q, end, apart, d);
	} else if (*q == 'Z' && !is_alnum(at_or_blank(q + 1, end))) {
		d->zone = ZONE_NAMED;
		r = q + 1;
	} else if (is_upper(*q) && apart) {
		r = named_zone_at(q, end, d);
	}
	return r ? r : p;
}

/* A year behind the clock: Mon Jun  8 12:08:53 2020. */
static const char *late_year_at(const char *p, const char *end, struct date *d)
{
	int32_t year;

	if (end - p < 5 || *p != ' ' || (p[1] != '1' && p[1] != '2') ||
	    digits(p + 1, end, 5) != 4)
		return p;
	/* not a host that begins like one */
	if (is_alnum(at_or_blank(p + 5, end)) ||
	    memchr(".-_/:%", at_or_blank(p + 5, end), 6))
		return p;
	year = (int32_t)number(p + 1, 4);
	if (year < 1970 || year > 2105)
		return p;
	d->year = year;
	return p + 5;
}

static const char *half_day_at(const char *p, const char *end, struct date *d)
{
	uint32_t hour = d->second / 3600;
	char c;

	if (end - p < 3 || *p != ' ' || (p[2] | 0x20) != 'm' ||
	    is_alnum(at_or_blank(p + 3, end)))
		return p;
	c = (char)(p[1] | 0x20);
	if ((c != 'a' && c != 'p') || hour < 1 || hour > 12)
		return p;
	d->second %= 12 * 3600;
	d->second += c == 'p' ? 12 * 3600 : 0;
	return p + 3;
}

size_t date_tail(struct str s, struct date *d)
{
	const char *p = s.p, *end = s.p + s.n;

	p = fraction_at(p, end, d);
	if (d->form == DATE_EPOCH)
		return (size_t)(p - s.p);
	if (end - p > 1 && *p == ' ' && tail_ends(p[1]))
		return (size_t)(p - s.p);
	if (d->form != DATE_ISO && d->form != DATE_CLF)
		p = half_day_at(p, end, d);
	if (d->year == 0)
		p = late_year_at(p, end, d);
	p = zone_at(p, end, d);
	if (d->year == 0)
		p = late_year_at(p, end, d);
	return (size_t)(p - s.p);
}
