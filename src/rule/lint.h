/*
 * lint - what a rule's author may have overlooked.
 */
#ifndef LPT_LINT_H
#define LPT_LINT_H

#include "rule/rule.h"

typedef void rule_note_fn(void *arg, const struct rule *r, unsigned line,
    const char *what);

void rule_lint(const struct rules *all, const struct rule *r,
    rule_note_fn *note, void *arg);

#endif
