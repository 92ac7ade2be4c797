/*
 * terms - how long fail2ban would ban whom it banned n times before.
 *
 * Its formula is Python; the two that its documentation gives are known by
 * their text, and the list of multipliers is a list. Each gives one length
 * after the other, which a rule can say as they are.
 */
#include "cli/f2b/import.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

enum {
	FOR_EVER_S = 3650 * 86400, /* as long as a rule's term may be */
	DOUBLINGS = 20,            /* fail2ban's */
};

enum growth {
	DOUBLES,
	EXPONENTIAL,
	BY_LIST,
	UNKNOWN,
};

/* The same text but for blanks? */
static bool same(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

static enum growth growth_of(const struct f2b_jail *j)
{
	if (isnan(j->factor))
		return UNKNOWN;
	if (j->multipliers.n)
		return BY_LIST;
	if (!j->formula ||
	    same(j->formula,
		"ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * "
		"banFactor"))
		return DOUBLES;
	if (same(j->formula,
		"ban.Time * math.exp(float(ban.Count+1)*banFactor)/"
		"math.exp(1*banFactor)"))
		return EXPONENTIAL;
	return UNKNOWN;
}

/* Of who was banned n times, n above 0. */
static double length(const struct f2b_jail *j, enum growth g, size_t n)
{
	double base = (double)j->bantime;
	const char *z;

	switch (g) {
	case BY_LIST:
		z = j->multipliers.v[MIN(n, j->multipliers.n - 1)];
		return base * j->factor * strtod(z, NULL);
	case EXPONENTIAL:
		return base * exp((double)n * j->factor);
	case DOUBLES:
	case UNKNOWN:
		return base * ldexp(1, (int)MIN(n, (size_t)DOUBLINGS)) *
		       j->factor;
	}
	die("no such growth");
}

static uint32_t capped(const struct f2b_jail *j, double s)
{
	double most = j->maxtime > 0 ? (double)j->maxtime : FOR_EVER_S;

	s = fmin(fmax(s, (double)j->bantime), most);
	return (uint32_t)fmin(fmax(s, 1), FOR_EVER_S);
}

static void one_by_one(const struct f2b_jail *j, enum growth g,
    struct ban_terms *t)
{
	t->n = 1;
	t->each[0] = t->first;
	while (t->n < countof(t->each)) {
		t->each[t->n] = capped(j, length(j, g, t->n));
		t->n++;
	}
	while (t->n > 1 && t->each[t->n - 1] == t->each[t->n - 2])
		t->n--;
}

struct ban_terms import_terms(const struct f2b_jail *j)
{
	int64_t first = j->bantime < 0    ? FOR_EVER_S
			: j->bantime == 0 ? 600
					  : MIN(j->bantime, FOR_EVER_S);
	struct ban_terms t = { .first = (uint32_t)first,
		.most = (uint32_t)first };
	enum growth g = growth_of(j);

	if (!j->increment || j->bantime <= 0)
		return t;
	t.spread = (uint32_t)CLAMP(j->rndtime, 0, FOR_EVER_S);
	if (g == UNKNOWN)
		t.why = isnan(j->factor) ? "factor" : "formula";
	if (g == UNKNOWN || (g == DOUBLES && j->factor == 1.0)) {
		t.most = j->maxtime > 0
			     ? (uint32_t)CLAMP(j->maxtime, first, FOR_EVER_S)
			     : FOR_EVER_S;
		return t;
	}
	one_by_one(j, g, &t);
	return t;
}
