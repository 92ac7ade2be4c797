/*
 * structured - rules about lines of keys and values.
 *
 * Rules wait under their first key; a line's keys are looked up there, and only
 * rules whose first key the line has are tried.
 */
#ifndef LPT_STRUCTURED_H
#define LPT_STRUCTURED_H

#include "rule/text.h"

struct structured;

void structured_new(struct structured **ret, struct compiled_rules *c);
void structured_free(struct structured **sp);

/* Adds hits to n already there. claimed: the record's program is one that
 * some service speaks under. */
size_t structured_match(struct structured *s, struct reading_room *r,
    const struct record *rec, int service, bool claimed, struct hit *hits,
    size_t n);

/* The value a rule's key has in the record, or absent. */
struct str structured_value(const struct record *rec, const char *keys);

#endif
