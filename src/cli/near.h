/*
 * near - which rule a line came closest to, when none hit it.
 *
 * A rule's pattern is cut into its literal pieces; the rule most of whose
 * literal text stands in the message, in order, is the nearest. A guess for
 * people who write rules, nothing is decided by it.
 */
#ifndef LPT_NEAR_H
#define LPT_NEAR_H

#include "line/record.h"
#include "rule/rule.h"

struct near {
	size_t rule;
	const char *pattern;
	unsigned share;   /* percent of the literal text that is there */
	char missing[80]; /* the first piece that is not */
};

/* False if no rule is near. service: only this one's rules, or -1. */
bool near_find(const struct rules *r, const struct record *rec, int service,
    struct near *ret);

#endif
