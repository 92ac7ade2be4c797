/*
 * dates_edge - what bounds a date template on its two sides.
 *
 * A pattern that says nothing about it is looked for at the edges of words;
 * "^", "$" and "**" say otherwise, and so do {^LN-BEG} and {UNB} before it.
 */
#ifndef LPT_F2B_DATES_EDGE_H
#define LPT_F2B_DATES_EDGE_H

#include "f2b/pool.h"

struct edges {
	struct str flags;        /* "(?i)": they stand before all else */
	const char *begin, *end; /* what is put around the body */
	bool bound;              /* to the line's beginning or end */
	bool wrap;               /* the body has no group of its own */
};

enum edge_mode {
	EDGE_WORD,
	EDGE_LINE, /* {^LN-BEG} */
	EDGE_NONE, /* {UNB} */
};

/* body: the pattern without what the edges say; appended to. */
void edges_of(struct str pattern, enum edge_mode mode, struct edges *ret,
    struct text *body);

#endif
