/*
 * of_rule - what the law must know of a rule, from the rule itself: for those
 * who have both rooms.
 */
#ifndef LPT_LAW_OF_RULE_H
#define LPT_LAW_OF_RULE_H

#include "law/law.h"
#include "rule/rule.h"

static inline struct law_rule law_rule_of(const struct rule *r)
{
	struct law_rule l = {
		.count = r->count,
		.span = r->span,
		.slow_count = r->slow_count,
		.slow_span = r->slow_span,
		.distinct = r->distinct != NULL,
		.by_rate = r->counting == COUNTING_FAIL2BAN,
		.kind = (uint8_t)r->kind,
		.evidence = (uint8_t)r->evidence,
		.outcome = (uint8_t)r->outcome,
		.login = (uint8_t)r->login,
		.measure = (uint8_t)r->measure,
		.term = r->term,
		.term_max = r->term_max,
		.spread = r->spread,
		.n_terms = (uint8_t)r->terms.n,
	};

	static_assert((int)LAW_TERMS == (int)RULE_TERMS,
	    "one of them was changed");
	memcpy(l.terms, r->terms.v, sizeof(l.terms));
	return l;
}

#endif
