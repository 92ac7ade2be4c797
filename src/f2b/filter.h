/*
 * filter - a fail2ban filter, compiled: lines in, failures out.
 *
 * It is made of a jail's plan before the sandbox closes and needs no file
 * afterwards. For each line: the date is found and cut out, prefregex takes
 * the line apart, the first failregex that matches decides, ignoreregex may
 * object, and sessions join what belongs together. Nothing that a line holds
 * makes it run for long: an expression that does is named, and the line
 * counts as not matched.
 */
#ifndef LPT_F2B_FILTER_H
#define LPT_F2B_FILTER_H

#include "base/addr.h"
#include "f2b/dates.h"
#include "f2b/plan.h"
#include "f2b/session.h"

enum {
	F2B_LINE_MAX = 64 * 1024, /* longer lines are cut */
	F2B_LINES_MAX = 256,      /* of maxlines */
};

/* Which lines are too old, and what counts for those without a date. */
enum f2b_age {
	F2B_ANY_AGE,  /* none is too old; without a date is without a date */
	F2B_CATCH_UP, /* older than findtime is dropped */
	F2B_LIVE,     /* off by over a minute is taken as now */
};

struct f2b_options {
	struct dates_clock clock;
	enum f2b_age age;
	int64_t findtime; /* s; of F2B_CATCH_UP */
	bool explain;     /* f2b_filter_why is to be exact; slower */
};

struct f2b_field {
	const char *name;
	struct str value;
};

struct f2b_failure {
	struct str id;    /* whom fail2ban would ban, as text */
	struct addr addr; /* family 0: the id is a name, or something else */
	uint8_t bits;     /* of the network; the family's if it is none */
	bool named;       /* the id is a name of DNS */
	bool dated;
	int64_t utc;
	uint32_t attempts; /* lines that tell of it */
	unsigned regex;    /* which failregex, from 0 */
	size_t n_fields, n_users;
	const struct f2b_field *fields;
	const struct str *users;
};

/* Why the last line gave no failure. */
enum f2b_why {
	F2B_MATCHED,
	F2B_NO_PREFREGEX, /* prefregex does not match */
	F2B_NO_FAILREGEX, /* no failregex does */
	F2B_IGNORED,      /* an ignoreregex matches */
	F2B_NO_FAILURE,   /* it belongs to a session, but is no failure */
	F2B_PENDING,      /* a failure whose address is still to come */
	F2B_OVER_LIMIT,   /* an expression ran for too long */
	F2B_TOO_OLD,
};

struct f2b_line {
	struct str text; /* without its line end */
	bool dated;      /* the source says when: the journal's entries */
	int64_t utc;
};

struct f2b_filter;

/* Faults of single expressions are told and these left out; -EINVAL if
 * nothing is left to match with. */
int f2b_filter_new(struct f2b_filter **ret, const struct f2b_plan *plan,
    const struct f2b_options *options, f2b_tell *tell, void *arg);
void f2b_filter_free(struct f2b_filter **f);

/* now and age for the lines to come. */
void f2b_filter_time(struct f2b_filter *f, int64_t now, enum f2b_age age);

/* The line's failure, or NULL. It stays until the next line. */
const struct f2b_failure *f2b_filter_feed(struct f2b_filter *f,
    const struct f2b_line *line);
enum f2b_why f2b_filter_why(const struct f2b_filter *f);
/* The date of the last line. False: it has none. */
bool f2b_filter_date(const struct f2b_filter *f, int64_t *utc);
/* How often an expression met its limit. */
uint64_t f2b_filter_limits(const struct f2b_filter *f);
/* What the failregexes saw of the last line. */
struct str f2b_filter_seen(const struct f2b_filter *f);

/* The failregexes that are in use, and one of them. */
size_t f2b_filter_count(const struct f2b_filter *f);
const struct f2b_text *f2b_filter_regex(const struct f2b_filter *f, size_t i);
/* Which of them the last line matched, or held the words of; -1: none. The
 * second is a guess for people, and slow. */
int f2b_filter_hit(const struct f2b_filter *f);
int f2b_filter_near(const struct f2b_filter *f);

#endif
