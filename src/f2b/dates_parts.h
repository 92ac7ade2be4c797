/*
 * dates_parts - what the making of date templates and their reading share.
 */
#ifndef LPT_F2B_DATES_PARTS_H
#define LPT_F2B_DATES_PARTS_H

#include "f2b/dates.h"

enum template_kind {
	TEMPLATE_TOKENS, /* %d and so on */
	TEMPLATE_EPOCH,
	TEMPLATE_LONG_EPOCH, /* ms or us, by the number of digits */
	TEMPLATE_TAI64N,
};

/* A template as text, before it is compiled. */
struct template
{
	enum template_kind kind;
	bool bound; /* to the line's beginning or end */
	struct text regex;
};

/* One of datepattern's lines, or of the default ones. False: why. */
bool template_make(struct str pattern, int32_t years_to, struct template *ret,
    char why[static PYTHON_WHY]);

/* Calls back with each pattern that the value of a datepattern stands for;
 * NULL is the default list. */
void template_list(const char *value,
    void (*found)(void *to, struct str pattern), void *to);

/* Whether that list begins with the default templates at the beginning of a
 * line. */
bool template_usual(const char *value);

/* Which date in brackets that list finds, if it comes to it. */
enum dates_bracket {
	BRACKET_NONE,
	BRACKET_ANYWHERE, /* the default list, which finds many others, too */
	BRACKET_DATE,     /* what is in the line's first bracket */
	BRACKET_CUT,      /* the same, and the brackets are part of it */
};
enum dates_bracket template_bracket(const char *value);

/* A date as a template's groups give it; absent slices where it has none. */
#define DATE_LETTERS "dmbBYyHIMSpzZjaAUWwGVu"
struct date_parts {
	struct str v[sizeof(DATE_LETTERS) - 1];
	struct str number; /* an epoch */
};

/* False: there is no such day or time. */
bool date_of_parts(const struct date_parts *p, const struct dates_clock *clock,
    int64_t *utc);
/* Of epochs and TAI64N. */
bool date_of_number(enum template_kind kind, struct str text, int64_t *utc);

#endif
