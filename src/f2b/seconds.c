#include "f2b/jails.h"

#include <math.h>

/* The longest unit first, so that "mo" is no minute. In seconds. */
static const struct {
	const char *name;
	int64_t s;
} units[] = {
	{ "year", 31557600 },
	{ "yea", 31557600 },
	{ "ye", 31557600 },
	{ "yr", 31557600 },
	{ "y", 31557600 },
	{ "months", 2629800 },
	{ "month", 2629800 },
	{ "mon", 2629800 },
	{ "mo", 2629800 },
	{ "weeks", 604800 },
	{ "week", 604800 },
	{ "wee", 604800 },
	{ "we", 604800 },
	{ "w", 604800 },
	{ "days", 86400 },
	{ "day", 86400 },
	{ "da", 86400 },
	{ "d", 86400 },
	{ "hours", 3600 },
	{ "hour", 3600 },
	{ "hou", 3600 },
	{ "ho", 3600 },
	{ "h", 3600 },
	{ "minutes", 60 },
	{ "minute", 60 },
	{ "mins", 60 },
	{ "min", 60 },
	{ "mi", 60 },
	{ "m", 60 },
	{ "seconds", 1 },
	{ "second", 1 },
	{ "secs", 1 },
	{ "sec", 1 },
	{ "se", 1 },
	{ "s", 1 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str blanks(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t' || *s.p == '\n'))
		s = str_from(s, 1);
	return s;
}

static double number(struct str *s)
{
	double v = 0, place = 1;

	for (; s->n && is_digit(*s->p); *s = str_from(*s, 1))
		v = v * 10 + (*s->p - '0');
	if (s->n > 1 && *s->p == '.' && is_digit(s->p[1])) {
		*s = str_from(*s, 1);
		for (; s->n && is_digit(*s->p); *s = str_from(*s, 1)) {
			place /= 10;
			v += (*s->p - '0') * place;
		}
	}
	return v;
}

static bool unit(struct str *s, int64_t *ret)
{
	size_t n = 0;

	while (n < s->n && ((s->p[n] | 32) >= 'a' && (s->p[n] | 32) <= 'z'))
		n++;
	*ret = 1;
	if (n == 0)
		return true;
	for (size_t i = 0; i < countof(units); i++)
		if (str_eq_nocase(str_head(*s, n), str_of(units[i].name)) ||
		    (n > 1 && (s->p[n - 1] | 32) == 's' &&
			str_eq_nocase(str_head(*s, n - 1),
			    str_of(units[i].name)))) {
			*ret = units[i].s;
			*s = str_from(*s, n);
			return true;
		}
	return false;
}

bool f2b_seconds(struct str s, int64_t *ret)
{
	double sum = 0;
	bool any = false;

	for (s = blanks(s); s.n; s = blanks(s)) {
		bool minus = false;
		int64_t each;
		double v;

		while (s.n && (*s.p == '-' || *s.p == '+')) {
			minus ^= *s.p == '-';
			s = blanks(str_from(s, 1));
		}
		if (s.n == 0 || !is_digit(*s.p))
			return false;
		v = number(&s);
		s = blanks(s);
		if (!unit(&s, &each))
			return false;
		sum += (minus ? -v : v) * (double)each;
		any = true;
	}
	if (!any || !(fabs(sum) < 9e15))
		return false;
	*ret = (int64_t)sum;
	return true;
}
