/*
 * page - all sealed acts of an alliance, in pieces that fit into an answer.
 *
 * A newcomer asks "from byte N on" and is answered with the place of the next
 * piece, the length of the whole, eight bytes of its hash and the piece. If
 * the whole changed meanwhile its hash is another and reading begins again.
 * Pieces come from strangers: all is bounded. Pure.
 */
#ifndef LPT_CHARTER_PAGE_H
#define LPT_CHARTER_PAGE_H

#include "charter/text.h"

enum {
	PAGE_MOST = 56000,     /* bytes of a piece */
	PAGES_MOST = 64 << 20, /* bytes of the whole */
	PAGE_ASK = 40,         /* a question, with its NUL */
	PAGE_AGAIN = 8,        /* how often a whole may change under us */
};

/* "liptako-look v1 N\n" */
void page_ask(size_t from, char to[static PAGE_ASK]);
bool page_asked(struct str said, size_t *from);

/* The answer: head and piece. */
void page_cut(struct str whole, size_t from, struct text_out *answer);

struct pages {
	char *p; /* what is here of the whole */
	size_t n, all;
	uint8_t hash[8];
	unsigned again;
};
/* True: it was a piece; more of it is here, and all once n is all. False: it
 * is none, and nothing changed. */
bool pages_take(struct pages *p, struct str answer);
bool pages_done(const struct pages *p);
void pages_free(struct pages *p);

#endif
