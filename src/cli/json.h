/*
 * json - strings of any bytes as JSON writes them.
 */
#ifndef LPT_JSON_H
#define LPT_JSON_H

#include <stdio.h>

#include "base/str.h"

/* With its quotes, in ASCII alone: bytes that are not ASCII become \u00XX,
 * one each, whatever they were meant to be. */
void json_str(struct str s, FILE *to);
/* The same for what is UTF-8: characters, not bytes; a byte that is none
 * becomes \ufffd. */
void json_text(struct str s, FILE *to);

#endif
