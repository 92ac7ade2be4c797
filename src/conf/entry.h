/*
 * entry - what the items alone cannot say.
 *
 * Whether the keys of a list's entry fit each other, on which line it began,
 * and what a key that is none of ours means elsewhere.
 */
#ifndef LPT_ENTRY_H
#define LPT_ENTRY_H

#include "conf/conf.h"

/* NULL, or the sentence that says what is wrong with the entry of it. */
const char *entry_fault(const struct conf_item *it, const void *e);
void entry_note_line(const struct conf_item *it, void *e, unsigned line);

/* Ours for a key of fail2ban, SSHGuard or CrowdSec; or NULL. */
const char *entry_others_word(const char *key);

#endif
