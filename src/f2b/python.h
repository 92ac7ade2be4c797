/*
 * python - a regular expression of Python's, as PCRE2 reads it.
 *
 * The two languages differ in little: \Z, {,n}, a few escapes, brackets within
 * classes, flags that stand late, flags that PCRE2 has no letter for. While it
 * is translated we learn what every match must begin with and hold, so that
 * most lines need no match at all.
 */
#ifndef LPT_F2B_PYTHON_H
#define LPT_F2B_PYTHON_H

#include "f2b/pool.h"
#include "rule/byteset.h"

enum {
	PYTHON_WHY = 192,
	PYTHON_MAX = 128 * 1024, /* bytes of one expression */
	PYTHON_LITERAL_MAX = 48,
	PYTHON_LITERALS = 4,
	PYTHON_ANY = 1024, /* words, one of which is in every match */
};

struct python_literal {
	uint8_t n;
	char p[PYTHON_LITERAL_MAX];
};

/* What is in every match, byte by byte. */
struct python_holds {
	size_t n; /* each of these; the longest first */
	struct python_literal literal[PYTHON_LITERALS];
	/* and one of these, if there are any: a list within python.words */
	size_t n_any;
	uint16_t first_any, last_any;
};

struct python_word {
	struct python_literal literal;
	uint16_t next;
};

struct python {
	struct text pcre;     /* what PCRE2 gets */
	struct byteset first; /* a match begins with one of these bytes, */
	bool has_first;       /* if it is known */
	bool anchored;        /* at the very beginning, "^" */
	bool ascii;           /* no byte and no escape above 127 in it */
	bool atomic;          /* (?>...), or a possessive quantifier */
	bool narrow;          /* (?a): \w, \d and \s are ASCII's */
	struct python_holds holds;
	size_t n_words;
	struct python_word *words; /* all that were found while reading */
};

/* False: why says what is wrong with it. python_drop in any case. */
bool python_read(struct str source, struct python *ret,
    char why[static PYTHON_WHY]);
void python_drop(struct python *p);
/* Copies of holds' any, of which one is in every match; the caller frees. */
struct python_literal *python_any(const struct python *p);

#endif
