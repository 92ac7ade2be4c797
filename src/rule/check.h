/*
 * check - every rule's examples run, and what a careful eye would find.
 *
 * An example's lines are parsed and matched as the reader does it: once as if
 * nothing were known of their origin and once as the service's own. One of the
 * two must find what is expected; neither may find what must not be found. Of
 * an example with several lines the last one counts, the others only teach.
 */
#ifndef LPT_CHECK_H
#define LPT_CHECK_H

#include "rule/match.h"

struct check_counts {
	size_t rules, examples;
	size_t failed; /* examples that did not come out as they say */
	size_t notes;  /* doubts; their text begins with "note: " */
};

/* Reports each failed example and each doubt through fault. Returns 0, or
 * RULES_E_FAULTS if an example failed. */
int rules_check(const struct rules *r, struct matcher *m, struct line_parser *p,
    rule_fault_fn *fault, void *arg, struct check_counts *ret);

#endif
