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
/* What is left of them all if nothing takes any: a prefregex's content. */
void lines_only(struct lines *l, struct str text, bool ascii);
/* Takes the lines of the last hit in text, all of them or that content, but
 * not those within skiplines, and answers how many it took. */
size_t lines_take(struct lines *l, struct str text, const struct expr *e,
    const struct expr_room *room);
/* Those that were taken last, until the next are. */
struct str lines_taken(const struct lines *l);

#endif
