/*
 * sealed_keep - the table of sealed acts, and what belongs to them.
 */
#ifndef LPT_SEALED_KEEP_H
#define LPT_SEALED_KEEP_H

#include "judge/sealed.h"

/* Writes all of it in one transaction; on failure it stays dirty. */
void sealed_keep(struct judge *j);

/* sealed.c: an alliance is ours from now on; it changed; what became of an
 * act, for the log. */
void sealed_begin(struct judge *j, struct alliance *a);
void sealed_changed(struct judge *j, struct alliance *a);
void sealed_say(const struct alliance_how *how);

/* sealed_join.c */
void sealed_joining_free(struct judge *j);
void sealed_joining_tick(struct judge *j);
void sealed_joining_take(struct judge *j, size_t i, struct str act,
    struct alliance_how *how);
void sealed_joining_look(struct judge *j);

#endif
