/*
 * lines - a line as it stands in its log, while it still does.
 *
 * Judge keeps of a line only where it is and its keyed hash. The operator's
 * own rights read it: the log itself, or the generation beside it that has
 * the inode now (after a rotation), or the journal by its sequence number.
 * Only a line with that very hash is shown.
 */
#ifndef LPT_LINES_H
#define LPT_LINES_H

#include <jansson.h>

#include "base/hash.h"

/* "line_key" of an answer. */
bool lines_key(const json_t *answer, struct hash_key *ret);

/* The line's bytes, NUL-ended, the caller's to free, with its length; NULL
 * and *why ("rotated away") if it does not stand there any more. */
char *lines_get(const json_t *place, const struct hash_key *key, size_t *n,
    const char **why);

#endif
