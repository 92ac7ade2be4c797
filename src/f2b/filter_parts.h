/*
 * filter_parts - what the making of a filter and its use share.
 */
#ifndef LPT_F2B_FILTER_PARTS_H
#define LPT_F2B_FILTER_PARTS_H

#include "f2b/filter.h"
#include "f2b/lines.h"
#include "rule/literals.h"

enum {
	NO_FACT = 255,
	ID_MAX = 160,
	TUPLES_MAX = 8192, /* bytes of all tuples of a line */
	SHORT_MAX = 4,
	SHORT = 7, /* bytes; longer ones are cheap to look for together */
};

enum gives_how {
	GIVES_ITSELF,
	GIVES_OTHER,  /* <F-ALT_X>: only where X is still empty */
	GIVES_MEMBER, /* <F-TUPLE_X>: behind what X holds */
	GIVES_HOWS,
};

/* A group of an expression and the fact that it gives. */
struct gives {
	uint16_t group;
	uint8_t fact;
	enum gives_how how;
};

struct rx {
	struct expr *expr;
	struct f2b_text text;
	size_t n_gives;
	struct gives *gives;
	bool many; /* its ^ and $ are of every line; failregexes alone */
	bool told; /* that it met its limit */
};

struct f2b_filter {
	struct pool pool;
	struct f2b_options options;
	f2b_tell *tell;
	void *arg;
	const char *jail;
	bool names, journal;
	struct expr_room *room;
	struct dates *dates;
	struct rx pre, *fail, *ignore;
	size_t n_fail, n_ignore;
	struct sessions *sessions; /* NULL: no expression has <F-MLFID> */
	struct lines *lines;       /* NULL: maxlines is 1 */
	/* which failregexes a line can match at all: by their literals, and
	 * those that have none; bits */
	struct literals *words;
	size_t n_short; /* those too short for words are looked for alone */
	struct {
		struct str text;
		size_t fail;
	} shorts[SHORT_MAX];
	size_t n_bits;
	uint64_t *always, *hope;
	size_t n_facts;
	const char *fact_name[FACTS_MAX];
	struct text subject, washed, tuples;
	bool ascii;
	/* of the last line */
	bool dated, last_dated;
	int64_t utc, last_utc, last_at;
	struct str seen;
	int hit; /* which failregex, or -1 */
	enum f2b_why why;
	struct session_view view;
	struct f2b_failure failure;
	struct f2b_field fields[FACTS_MAX];
	char id[ID_MAX];
	uint64_t limits;
};

void filter_tell(struct f2b_filter *f, const struct f2b_text *at,
    const char *fmt, ...) PRINTF(3, 4);

/* Finds the line's date and cuts it out: the text that expressions see, with
 * a line end. Sets f->ascii, f->dated and f->utc. */
struct str filter_date(struct f2b_filter *f, const struct f2b_line *line);
/* False: the line is too old to count. */
bool filter_in_time(struct f2b_filter *f);
/* What the groups of the last match give. */
void filter_take(struct f2b_filter *f, const struct rx *x);
/* Who it was; false if the line and its session name nobody. */
bool filter_identify(struct f2b_filter *f, struct f2b_failure *x);

#endif
