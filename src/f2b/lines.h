/*
 * lines - the last few lines of a log as one text, for expressions that span
 * several. Lines that a match used up leave; those it skipped stay.
 */
#ifndef LPT_F2B_LINES_H
#define LPT_F2B_LINES_H

#include "f2b/expr.h"

struct lines;

void lines_new(struct lines **ret, size_t most);
void lines_free(struct lines **l);
/* text ends with its line end; the oldest line leaves if there are too many
 * of them or of bytes. */
void lines_add(struct lines *l, struct str text, bool ascii);
/* All of them. */
struct str lines_text(struct lines *l, bool *ascii);
/* Takes the lines of the last hit out, but not those within skiplines, and
 * answers how many it took. Their text stays until the next line is added. */
size_t lines_take(struct lines *l, const struct expr *e,
    const struct expr_room *room);

#endif
