/*
 * literals - which of thousands of literals a text holds, in one pass.
 *
 * Each literal is known by a few bytes of it that are least usual in logs. Four
 * (or three) bytes of the text at a time are looked up in a bit table of at
 * most 8 KiB, and only if their bit is set in an exact table and compared. The
 * lookups do not wait for each other, unlike an automaton's steps, and long
 * literals need one at every fourth position only; memory is some hundred
 * bytes a literal.
 */
#ifndef LPT_LITERALS_H
#define LPT_LITERALS_H

#include "base/str.h"

enum literal_where {
	LITERAL_ANYWHERE,
	LITERAL_FIRST,  /* at the start of the text */
	LITERAL_TO,     /* ends at the split */
	LITERAL_BEYOND, /* begins after the split */
};

struct literals;

/* folded: ASCII case does not count. */
void literals_new(struct literals **ret, bool folded);
void literals_free(struct literals **lp);
/* The id is what literals_find gives; several literals may share one. Empty
 * literals are our mistake. */
void literals_add(struct literals *l, struct str s, enum literal_where where,
    uint16_t id);
/* After the last, before the first search. */
void literals_ready(struct literals *l);
size_t literals_count(const struct literals *l);
/* Whether a search looks at each byte, not at each fourth. */
bool literals_look_everywhere(const struct literals *l);

/* The ids of those found, each once, in no order; they stay until the next
 * call. */
const uint16_t *literals_find(struct literals *l, struct str in, size_t split,
    size_t *n);

#endif
