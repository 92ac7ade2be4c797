/*
 * regex - PCRE2 with its limits and our two readings.
 *
 * A pattern is compiled once greedy and, if its address could be read two
 * ways, once more with every quantifier turned round. Bytes, never UTF; JIT;
 * a match limit instead of trust. Quickened, nothing is allocated when
 * matching; until then PCRE2 interprets, which takes it five times as long
 * and spares the making of code that most logs never ask for.
 */
#ifndef LPT_REGEX_H
#define LPT_REGEX_H

#include "rule/pattern.h"

/* What a pattern found; an absent slice is a field that did not take part. */
struct captures {
	struct str field[PATTERN_FIELDS];
};

struct regex;
/* Scratch for matching, one a matcher. */
struct regex_room;

void regex_room_new(struct regex_room **ret);
void regex_room_free(struct regex_room **rp);
/* How often PCRE2 was asked. */
uint64_t regex_room_runs(const struct regex_room *r);
/* How much of that was interpreted: a run over the limit counts as many. */
uint64_t regex_room_slow(const struct regex_room *r);

enum regex_how {
	REGEX_WHOLE,  /* anchored at both ends */
	REGEX_FOLDED, /* anywhere, case-insensitive */
};
/* On success *ret is the caller's; -EINVAL: why says what. */
int regex_new(struct regex **ret, struct str source, enum regex_how how,
    bool two_readings, char why[static WHY_MAX]);
void regex_free(struct regex **rp);
/* Makes machine code of it; not within a jail. */
void regex_quicken(struct regex *x);
/* Whether it was ever interpreted. */
bool regex_was_slow(const struct regex *x);
/* Only whether PCRE2 takes it: 0, or -EINVAL as above. */
int regex_check(struct str source, char why[static WHY_MAX]);

enum {
	REGEX_HIT,
	REGEX_NONE,
	REGEX_LIMIT,
};
bool regex_has_lazy(const struct regex *x);
/* One reading; n fields are filled on REGEX_HIT. */
int regex_run(struct regex *x, bool lazy, struct regex_room *room,
    struct str subject, struct captures *ret, size_t n);

#endif
