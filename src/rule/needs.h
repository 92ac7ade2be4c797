/*
 * needs - literals of which every message that a pattern matches holds one.
 *
 * A literal outside of groups is needed alone; of a group that must be there,
 * one literal of each alternative is. The set that says most is taken.
 */
#ifndef LPT_NEEDS_H
#define LPT_NEEDS_H

#include "rule/pattern.h"

#define NEEDS_MAX 24

/* How many; 0 if nothing is known. Slices of the pattern's. */
size_t pattern_needs(const struct pattern *p, struct str to[NEEDS_MAX]);
/* The same of what follows the words that it begins with. */
size_t pattern_needs_behind(const struct pattern *p, struct str to[NEEDS_MAX]);

/* How usual a byte is in logs, from 0 to 9: a rough order is enough. */
extern const uint8_t bytes_usual[96]; /* from ' ' to DEL */
static inline unsigned byte_usual(char c)
{
	return c >= ' ' ? bytes_usual[c - ' '] : 1;
}

#endif
