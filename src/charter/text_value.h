/*
 * text_value - one value of each kind: how it is read and how it is written.
 */
#ifndef LPT_TEXT_VALUE_H
#define LPT_TEXT_VALUE_H

#include "charter/text.h"

/* As people are told: "NAME", "24h". */
const char *text_value_form(enum text_kind k);
/* May stand on more than one line? */
bool text_is_list(enum text_kind k);
bool text_value_read(struct text_read *r, const struct text_item *it,
    struct str v, void *to);
void text_value_put(struct text_out *o, const struct text_item *it,
    const void *from);

#endif
