/*
 * pool - memory that lives as long as one reading, and bounded text.
 *
 * A reading makes thousands of small strings that all end together: they are
 * taken from a pool and never freed one by one. A text grows to a limit; past
 * it the text is spoiled and stays so, and one check at the end is enough.
 */
#ifndef LPT_F2B_POOL_H
#define LPT_F2B_POOL_H

#include "base/str.h"

struct pool_block;

struct pool {
	struct pool_block *blocks;
	size_t used, size; /* of the newest block */
};

/* Zeroed, aligned for pointers; the pool's. */
void *pool_new(struct pool *p, size_t n, size_t size);
/* A NUL-ended copy; the pool's. */
char *pool_str(struct pool *p, struct str s);
char *pool_print(struct pool *p, const char *fmt, ...) PRINTF(2, 3);
void pool_drop(struct pool *p);

struct text {
	char *p;
	size_t n, size, max;
	bool over; /* it would not fit */
};

#define TEXT(limit) ((struct text){ .max = (limit) })
#define auto_text   __attribute__((cleanup(text_drop)))

void text_add(struct text *t, struct str s);
void text_char(struct text *t, char c);
void text_drop(struct text *t);

static inline struct str text_str(const struct text *t)
{
	return (struct str){ t->p ? t->p : "", t->n };
}

#endif
