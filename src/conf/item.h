/*
 * item - one configured text into one typed value, by its item.
 *
 * item_set writes the value at its offset in the struct and answers NULL, or
 * the sentence that says what is wrong and how to mend it. Nothing is
 * allocated unless it succeeds; item_clear frees what it allocated.
 */
#ifndef LPT_ITEM_H
#define LPT_ITEM_H

#include "conf/conf.h"

const char *item_set(const struct conf_item *it, struct str text, void *to);
void item_clear(const struct conf_item *it, void *to);
/* The word's place in "a|b|c", or -1. */
int item_word(const char *words, struct str text);

#endif
