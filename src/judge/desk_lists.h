/*
 * desk_lists - lists of others that are taken in: named, bounded, revocable.
 *
 * The operator names them (liptako source add); herald fetches, judge alone
 * decides what is ordered: never who is protected, nothing that stands by
 * our own evidence, at most LISTS_MOST nets in all. They vote for nothing and
 * are told to nobody. A list that was not to be had for LIST_STALE_S is let
 * go; the kernel forgets its elements by then even without us. What a list
 * has is kept beside the ledger, so that a restart opens nothing.
 */
#ifndef LPT_JUDGE_DESK_LISTS_H
#define LPT_JUDGE_DESK_LISTS_H

#include "base/when.h"
#include "wire/msgs.h"

struct judge;

enum {
	LISTS = 32,
	LISTS_MOST = 1500000, /* nets of all */
	LIST_CAP = 1000000,   /* of one, if nothing else was said */
	LIST_EVERY = 3600,    /* s */
	LIST_STALE_S = 7 * 86400,
	LIST_RENEW_S = 3 * 86400, /* before the kernel forgets them */
};

struct list_nets {
	struct net *v; /* sorted, each once */
	size_t n;
};

struct taken_list {
	char name[64], url[512];
	uint32_t every, cap, added;
	uint8_t act;
	/* of fetching */
	uint64_t fetching; /* its id; 0: none */
	uint32_t asked_at, next_at, good_at, bad_at;
	uint8_t status; /* enum fetched, of the last one */
	uint16_t code;
	uint32_t skipped, spared; /* no nets; protected ones */
	char etag[128], modified[64];
	struct list_nets now, coming;
	/* from what was to what is, step by step */
	struct list_nets was;
	bool changing, leaves; /* leaves: to nothing, and away */
	size_t at_was, at_now;
	uint32_t renewed_at;
};

struct desk_lists {
	struct taken_list *v[LISTS];
	size_t n;
	uint64_t ids;
	bool wanted;  /* herald was asked for */
	bool in_sync; /* of a SYNC, those below are said */
	size_t sync_list, sync_at;
};

/* From the ledger, and from the files beside it; LEDGER_*. */
int desk_lists_restore(struct judge *j);
void desk_lists_free(struct judge *j);
/* NULL, or why not. */
const char *desk_list_add(struct judge *j, const char *name, const char *url,
    uint32_t every, uint32_t cap);
const char *desk_list_remove(struct judge *j, const char *name);
size_t desk_lists_elements(const struct judge *j);
/* Which list has it, or NULL; from: the i-th that has. */
const struct taken_list *desk_list_with(const struct judge *j,
    const struct net *n, size_t *from);

bool desk_lists_fetched(struct judge *j, const struct wire_fetched *f,
    struct str tail);
/* A link to herald came up. */
void desk_lists_herald(struct judge *j);
/* More orders while there is room for them; false: nothing to do now. */
bool desk_lists_more(struct judge *j);
/* Of a SYNC: begins, and more of it; false: all was said. */
void desk_lists_sync(struct judge *j);
bool desk_lists_sync_more(struct judge *j);
/* Our own measure ran out: if a list has it, it is shut again. */
void desk_lists_again(struct judge *j, const struct net *n);
void desk_lists_tick(struct judge *j);

#endif
