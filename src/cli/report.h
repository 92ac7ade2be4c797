/*
 * report - what a replay found, as a table, as JSON, as a page.
 */
#ifndef LPT_REPORT_H
#define LPT_REPORT_H

#include <stdio.h>

#include "cli/play.h"

struct report {
	const struct play *play;
	struct named *v; /* sorted by time of the first ruling */
	size_t n;
	struct play_end end;
	double seconds;
	bool partial; /* the child ended before its logs did */
};

void report_table(const struct report *r, FILE *to);
void report_json(const struct report *r, FILE *to);
void report_html(const struct report *r, FILE *to);

/* Closed or limited, yet it logged in: likely a mistake, or a guess that hit.
 */
static inline bool report_is_doubtful(const struct named *v)
{
	return v->logins > 0 && v->verdict >= VERDICT_LIMIT;
}

#endif
