/*
 * marks - <HOST>, <F-USER> and the other tags that a regular expression may
 * hold, as the groups that they stand for.
 */
#ifndef LPT_F2B_MARKS_H
#define LPT_F2B_MARKS_H

#include "f2b/pool.h"

/* Appends the expression to `to`; names: <HOST> may be a name of DNS. */
void marks_expand(struct str regex, bool names, struct text *to);

#endif
