/*
 * nearest - which of the words that are known somebody meant.
 *
 *   struct nearest n = nearest_to(word);
 *   for each name: nearest_try(&n, name);
 *   if (n.best) "did you mean ..."
 *
 * The fewest letters wrong, missing, too many or in each other's place, and no
 * more than a third of them; or the first that begins with the word.
 */
#ifndef LPT_NEAREST_H
#define LPT_NEAREST_H

#include "base/base.h"

struct nearest {
	const char *word, *best; /* best NULL: none is near */
	unsigned least;
};

struct nearest nearest_to(const char *word);
void nearest_try(struct nearest *n, const char *name);

#endif
