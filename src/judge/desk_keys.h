/*
 * desk_keys - who may visit desk: the judge keeps it, desk is told.
 *
 * Of a key the ledger has only what tells it again (wire_key). They are few
 * and change seldom: each change is a transaction of its own, so that who was
 * told a key can rely on it.
 */
#ifndef LPT_JUDGE_DESK_KEYS_H
#define LPT_JUDGE_DESK_KEYS_H

#include "wire/msgs.h"

struct judge;

enum {
	DESK_KEYS = 4096,
	DESK_KEYS_WAITING = 64 /* that asked by themselves to be let in */
};

struct desk_keys {
	size_t n;
	struct wire_key *v;
};

/* From the ledger; LEDGER_*. */
int desk_keys_restore(struct judge *j);
const struct wire_key *desk_key_find(const struct judge *j, const char *name,
    uint8_t kind);
/* NULL, or why not. A key of that name and kind gives way. */
const char *desk_key_put(struct judge *j, const struct wire_key *k);
const char *desk_key_drop(struct judge *j, const char *name, uint8_t kind);
/* All of them to desk. */
void desk_keys_tell(struct judge *j);
/* An agent asks to be let in: it waits for the operator; or it goes. Or
 * somebody logged in to the console, or out: that is kept over restarts, for as
 * long as a login lasts and its key does. false: it breaks the rules. */
bool desk_keys_enrol(struct judge *j, const struct wire_key *k);

#endif
