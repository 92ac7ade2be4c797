/*
 * jailed - a filter as a rule file of an import says it (rule/rule.h), and
 * whom it does not count: for all who feed lines to such jails.
 */
#ifndef LPT_F2B_JAILED_H
#define LPT_F2B_JAILED_H

#include "f2b/filter.h"
#include "rule/rule.h"

struct f2b_jailed {
	struct f2b_filter *filter; /* NULL: it could not be compiled */
	struct pool texts;
	size_t n_ignore;
	struct net *ignore;
};

/* Faults of expressions are told. */
void f2b_jailed_new(struct f2b_jailed *j, const struct jailed *of,
    const struct f2b_options *options, f2b_tell *tell, void *arg);
void f2b_jailed_drop(struct f2b_jailed *j);

bool f2b_jailed_ignores(const struct f2b_jailed *j, const struct addr *who);

#endif
