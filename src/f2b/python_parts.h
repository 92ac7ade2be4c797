/*
 * python_parts - what the reading of an expression shares.
 *
 * It is read from left to right, once; each part that is read says what it is
 * like, so that the whole can say what its matches begin with and hold.
 */
#ifndef LPT_F2B_PYTHON_PARTS_H
#define LPT_F2B_PYTHON_PARTS_H

#include "f2b/python.h"

enum {
	DEPTH_MAX = 120,
	CASELESS = 1,
	VERBOSE = 2,
};

/* What a part of the expression is like. */
struct part {
	struct byteset first; /* of what it may begin with, if not empty */
	bool nullable;        /* it may match nothing */
	bool zero;            /* it is a place, not text */
	bool caret;           /* it can match at the beginning alone */
	bool exact;           /* it is just the text of `run` */
	struct python_literal run;
};

struct read {
	struct str in;
	size_t at;
	unsigned depth;
	unsigned flags;    /* in force here */
	unsigned global;   /* of flags that stood anywhere without ":" */
	bool many, single; /* (?m) and (?s) likewise */
	bool many_here;    /* (?m:...) somewhere */
	struct python *to;
	char *why;
};

bool python_fail(struct read *r, const char *fmt, ...) PRINTF(2, 3);

static inline int peek(const struct read *r, size_t ahead)
{
	return r->at + ahead < r->in.n ? (uint8_t)r->in.p[r->at + ahead] : -1;
}

static inline void put(struct read *r, const char *z)
{
	text_add(&r->to->pcre, str_of(z));
}

static inline bool digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool letter(int c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static inline bool word(int c)
{
	return digit(c) || letter(c) || c == '_';
}

static inline void all_above(struct byteset *s)
{
	s->w[2] = s->w[3] = UINT64_MAX;
}

static inline void set_or(struct byteset *a, const struct byteset *b)
{
	for (size_t i = 0; i < 4; i++)
		a->w[i] |= b->w[i];
}

/* A literal, if it is long enough to be among the best. */
void literal_keep(struct python_holds *h, const struct python_literal *l);

/* One byte as itself, to the output. */
void put_byte(struct read *r, unsigned char c);
/* A character that was written as a number. */
bool put_coded(struct read *r, uint32_t c, char to[4], size_t *n);
/* Of one character, n bytes. */
void literal_part(struct read *r, struct part *p, const char *s, size_t n);

enum escape {
	ESC_CHAR,  /* *c is the character */
	ESC_CLASS, /* \d and its like; *c is the letter */
	ESC_PLACE, /* \b \B \A \Z */
	ESC_BACK,  /* a group's number */
	ESC_BAD,
};
/* After the backslash. */
enum escape escape_read(struct read *r, bool in_class, uint32_t *c);
struct byteset escape_set(char name);

/* Each after its first character. */
bool read_class(struct read *r, struct part *p);
bool read_group(struct read *r, struct part *p);
/* Up to the end or a ")". */
bool read_alternatives(struct read *r, struct part *p);

#endif
