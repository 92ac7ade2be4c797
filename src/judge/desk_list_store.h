/*
 * desk_list_store - where lists are kept: their names in the ledger, their
 * nets in a file each beside it.
 */
#ifndef LPT_JUDGE_DESK_LIST_STORE_H
#define LPT_JUDGE_DESK_LIST_STORE_H

#include "judge/desk_lists.h"

/* NULL, or why not. */
const char *desk_list_keep(struct judge *j, const struct taken_list *l);
const char *desk_list_forget(struct judge *j, const struct taken_list *l);
/* Its nets; a failure is said and costs only the next start. */
void desk_list_write(struct judge *j, const struct taken_list *l);

#endif
