/*
 * date_find - a date somewhere in a line.
 *
 * Here, where nothing is cut out of the line, some forms are known besides
 * that few programs write: each is spelt as a template.
 */
#include "line/date.h"

#include "line/scan.h"

/* Y M D h m s: one digit of it. d: one or two digits. L: the letter of a
 * level at the line's beginning. B: a month's name, long or short. */
static const char *const rare[] = {
	"LMMDD hh:mm:ss",      /* glog */
	"LYYYYMMDD-hh:mm:ss",  /* Meteor */
	"YYYYMMDD:hhmmss",     /* Zabbix */
	"YYYY:MM:DD-hh:mm:ss", /* DirectAdmin */
	"YYYY-MM-DD hh:mm",
	"YYYY-MM-DDThh:mm",
	"B d, YYYY hh:mm",
};

static const char *const months[] = { "january", "february", "march", "april",
	"may", "june", "july", "august", "september", "october", "november",
	"december" };

/* A month's name at p; where it ends, or NULL. */
static const char *month_name(const char *p, const char *end, uint32_t *ret)
{
	const char *q = p;

	while (q < end && q - p < 10 && is_alpha(*q))
		q++;
	for (uint32_t i = 0; q - p >= 3 && i < countof(months); i++) {
		struct str name = str_of(months[i]);

		if (str_eq_nocase(span_of(p, q), name) ||
		    str_eq_nocase(span_of(p, q), str_head(name, 3))) {
			*ret = i + 1;
			return q;
		}
	}
	return NULL;
}

struct parts {
	uint32_t year, month, day, hour, minute, second;
};

static uint32_t *part_of(struct parts *c, char letter)
{
	switch (letter) {
	case 'Y':
		return &c->year;
	case 'M':
		return &c->month;
	case 'D':
	case 'd':
		return &c->day;
	case 'h':
		return &c->hour;
	case 'm':
		return &c->minute;
	case 's':
		return &c->second;
	}
	return NULL;
}

/* Where the template's text ends, or NULL. */
static const char *match(const char *t, const char *p, const char *end,
    struct parts *c)
{
	for (; *t; t++) {
		uint32_t *part = part_of(c, *t);

		if (*t == 'B') {
			p = month_name(p, end, &c->month);
			if (!p)
				return NULL;
			continue;
		}
		if (p >= end)
			return NULL;
		if (*t == 'L' ? !memchr("IWEFDC", *p, 6)
		    : part    ? !is_digit(*p)
			      : *p != *t)
			return NULL;
		if (part)
			*part = *part * 10 + (uint32_t)(*p - '0');
		p++;
		if (*t == 'd' && p < end && is_digit(*p))
			c->day = c->day * 10 + (uint32_t)(*p++ - '0');
	}
	return p;
}

static size_t rare_scan(struct str s, bool first, struct date *ret)
{
	const char *end = s.p + s.n;

	for (size_t i = 0; i < countof(rare); i++) {
		struct parts c = { 0 };
		const char *q;
		size_t n;

		if (*rare[i] == 'L' && !first)
			continue;
		q = match(rare[i], s.p, end, &c);
		if (!q || c.hour > 23 || c.minute > 59 || c.second > 59 ||
		    is_digit(at_or_blank(q, end)))
			continue;
		*ret = (struct date){ .form = DATE_OTHER,
			.year = (int32_t)c.year,
			.month = c.month,
			.day = c.day,
			.second = c.hour * 3600 + c.minute * 60 + c.second };
		if (!date_fits(ret))
			continue;
		n = (size_t)(q - s.p);
		return n + date_tail(str_from(s, n), ret);
	}
	return 0;
}

/* May a date begin behind this byte? Not within a word or a number. */
static bool opens(char c)
{
	return is_blank(c) || (c && strchr("[](){}<>\"'=|,;:", c));
}

bool date_find(struct str s, size_t within, size_t *at, size_t *len,
    struct date *ret)
{
	for (size_t i = 0; i < s.n && i < within; i++) {
		struct str rest = str_from(s, i);
		size_t n;

		if ((i && !opens(s.p[i - 1])) || !is_alnum(s.p[i]))
			continue;
		n = date_scan(rest, ret);
		/* bare numbers are dates only where auditd puts them */
		if (n && i && ret->form == DATE_EPOCH &&
		    !(i >= 6 && memcmp(s.p + i - 6, "audit(", 6) == 0))
			continue;
		if (!n)
			n = rare_scan(rest, i == 0, ret);
		if (!n)
			continue;
		*at = i;
		*len = n;
		return true;
	}
	return false;
}
