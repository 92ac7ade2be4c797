/*
 * term - words, numbers and tables for people.
 *
 * Colours only on a terminal and never with NO_COLOR; times in the operator's
 * own zone; numbers with their thousands apart; tables whose columns are as
 * wide as what is in them.
 */
#ifndef LPT_TERM_H
#define LPT_TERM_H

#include "base/str.h"

enum tone {
	TONE_PLAIN,
	TONE_GOOD,
	TONE_WARN,
	TONE_BAD,
	TONE_DIM,
	TONE_BOLD
};

/* printf in that tone. */
void term_say(enum tone t, const char *fmt, ...) PRINTF(2, 3);

/* Each writes to one of eight buffers in turn: use it before the ninth. */
const char *show_time(int64_t utc);            /* 2026-11-22 01:02:03 */
const char *show_ago(int64_t now, int64_t at); /* 3 min ago */
const char *show_span(int64_t seconds);        /* 48 min */
const char *show_count(uint64_t n);            /* 12,345 */
const char *show_bytes(uint64_t n);            /* 1.2 MB */
const char *show_text(struct str s);           /* strangers' bytes, escaped */

enum {
	COLUMNS = 10
};

struct table {
	size_t columns, n, room;
	bool right[COLUMNS];
	char **cells; /* n rows of them */
};

/* heads: NULL for none; a head that begins with '>' is of a column of
 * numbers. */
void table_new(struct table *t, size_t columns, const char *const *heads);
/* The cells are copied. */
void table_row(struct table *t, const char *const *cells);
void table_print(const struct table *t, const char *indent);
void table_free(struct table *t);

#endif
