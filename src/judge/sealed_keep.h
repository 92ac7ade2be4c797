/*
 * sealed_keep - the table of sealed acts, and what belongs to them.
 */
#ifndef LPT_SEALED_KEEP_H
#define LPT_SEALED_KEEP_H

#include "judge/sealed.h"

/* Writes all of it in one transaction; on failure it stays dirty. */
void sealed_keep(struct judge *j);

/* sealed.c, for what is given back and for files. */
void sealed_joining_take(struct judge *j, size_t i, struct str act,
    struct alliance_how *how);
void sealed_joining_look(struct judge *j);

#endif
