/*
 * request - one line of JSON from an operator, read and checked.
 *
 * {"do": "deny", "net": "192.0.2.0/24", "term": 3600, "note": "...",
 * "dry": true}. Unknown keys are refused: a misspelt "dry" must not act.
 */
#ifndef LPT_REQUEST_H
#define LPT_REQUEST_H

#include "base/addr.h"

enum ask {
	ASK_STATUS,
	ASK_LIST,
	ASK_WHY,
	ASK_WHY_NOT,
	ASK_DENY,
	ASK_PARDON,
	ASK_ALLOW,
	ASK_DOCTOR,
	ASK_RELOAD,
	ASKS
};

enum {
	REQUEST_MAX = 64 << 10,
	NOTE_MAX = 199
};

struct request {
	enum ask what;
	struct net net; /* family 0: none given */
	uint32_t term;  /* s; 0: the default, or for ever */
	bool for_ever, dry, remove, force;
	char note[NOTE_MAX + 1];
};

/* NULL with *ret filled, or what is wrong with it. */
const char *request_read(struct str line, struct request *ret);

#endif
