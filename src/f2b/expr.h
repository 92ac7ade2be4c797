/*
 * expr - one regular expression of a filter, compiled and ready.
 *
 * It is compiled twice: for lines in ASCII alone, with JIT, which is nearly
 * all of them, and for Unicode. Before PCRE2 is asked, the first byte and the
 * literals that every match must hold are looked for. Matching is bounded and
 * allocates nothing.
 */
#ifndef LPT_F2B_EXPR_H
#define LPT_F2B_EXPR_H

#include "f2b/python.h"

enum {
	EXPR_GROUPS = 100, /* of which a match is told */
};

struct expr_name {
	uint16_t group;
	const char *name;
};

struct expr;
/* Room for matching; one for all expressions. */
struct expr_room;

void expr_room_new(struct expr_room **ret);
void expr_room_free(struct expr_room **r);

/* python: as fail2ban would give it to Python's re. many: ^ and $ also match
 * at line ends. On success *ret is the caller's; -EINVAL: why says what. */
int expr_new(struct expr **ret, struct str python, bool many,
    char why[static PYTHON_WHY]);
void expr_free(struct expr **e);

size_t expr_names(const struct expr *e, const struct expr_name **ret);
/* The group of that name; 0: none. */
unsigned expr_group(const struct expr *e, const char *name);

enum {
	EXPR_HIT,
	EXPR_NONE,
	EXPR_LIMIT,
};
/* ascii: the subject holds no byte above 127, and no line end but at its own
 * end unless the expression is for many lines; else it must be UTF-8. */
int expr_run(const struct expr *e, struct expr_room *room, struct str subject,
    bool ascii);
/* The same where what expr_any told is known to be in the subject. */
int expr_run_near(const struct expr *e, struct expr_room *room,
    struct str subject, bool ascii);
/* One of these is in every match; the count, 0 if none is known. */
size_t expr_any(const struct expr *e, const struct python_literal **ret);
/* Of the last hit; group 0 is all of it but what a ".*" at the expression's
 * end took, p == NULL if it took no part. */
struct str expr_found(const struct expr_room *room, unsigned group);

/* Places of all groups in the subject, two numbers each, n of them; the
 * others took no part, as those that begin at SIZE_MAX. */
const size_t *expr_places(const struct expr_room *room, unsigned *n,
    const char **subject);

#endif
