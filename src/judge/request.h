/*
 * request - one line of JSON from an operator, read and checked.
 *
 * {"do": "deny", "net": "192.0.2.0/24", "term": 3600, "note": "...",
 * "dry": true}. Unknown keys are refused: a misspelt "dry" must not act.
 */
#ifndef LPT_JUDGE_REQUEST_H
#define LPT_JUDGE_REQUEST_H

#include "wire/msgs.h"

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
	ASK_HISTORY,
	ASK_KEY_ADD,
	ASK_KEY_LIST,
	ASK_KEY_REMOVE,
	ASK_SOURCE_ADD,
	ASK_SOURCE_LIST,
	ASK_SOURCE_REMOVE,
	ASK_JAILS, /* counts of each imported jail */
	ASK_ADOPT, /* bans that somebody else gave, a line each */
	ASK_SEALED_PUT,
	ASK_SEALED_LIST,
	ASK_INVITE,
	ASK_JOIN_LOOK,
	ASK_JOIN,
	ASK_SUSPEND,
	ASK_REQUEST_DROP,
	ASK_ALLIANCE,
	ASK_ACTS, /* all that was recorded, a page at a time */
	ASK_FORGET,
	ASK_SETTLE,
	ASK_VOUCH, /* safe-conduct */
	ASKS
};

enum {
	REQUEST_MAX = 1 << 20, /* a charter with its seals */
	TOKEN_MAX = 256,
	NOTE_MAX = 199,
	URL_MAX = 511
};

struct request {
	enum ask what;
	struct net net;  /* family 0: none given */
	struct addr who; /* family 0: it was no single address */
	uint32_t term;   /* s; 0: the default, or for ever */
	bool for_ever, dry, remove, force;
	char note[NOTE_MAX + 1];
	uint32_t limit; /* rows; 0: none was said */
	uint32_t from;  /* the row before the first; 0: from the beginning */
	/* keys and lists */
	char name[64], url[URL_MAX + 1];
	uint8_t kind, flags; /* enum key_kind, KEY_* */
	uint8_t hash[32], salt[16];
	uint32_t every, cap; /* a list: s, and elements; 0: default */
	char *text;          /* NUL-ended, the request's own; or NULL */
	size_t n_text;
	/* charters */
	char token[TOKEN_MAX];
	uint8_t alliance[32], join[8], login[32];
};

/* NULL with *ret filled, which request_drop ends, or what is wrong with it. */
const char *request_read(struct str line, struct request *ret);
void request_drop(struct request *r);

#endif
