/*
 * session - people who logged in to the console.
 *
 * A login shows a key of an operator or a reader once and gets a cookie: 32
 * random bytes, of which only a hash is kept here, bound to that key's name;
 * it ends after IDLE without a request, after LIFE in any case, and with the
 * key. Judge keeps that hash too, so that a login outlives a restart of this
 * program or of all; more than a hash is written nowhere. The cookie is
 * HttpOnly and SameSite=Strict. What changes something must also bring a header
 * that no form of another site can send, and come of our own origin, so a page
 * elsewhere cannot act in its reader's name.
 */
#ifndef LPT_DESK_SESSION_H
#define LPT_DESK_SESSION_H

#include "desk/http.h"

enum {
	SESSIONS = KEY_SESSIONS,
	SESSION_IDLE = KEY_SESSION_IDLE, /* s */
	SESSION_LIFE = KEY_SESSION_LIFE, /* s */
	SESSION_TOLD = 600,     /* s: judge hears that it is still used */
	SESSION_LATE_MS = 1000, /* a wrong key is answered so late; */
	SESSIONS_LATE = 64 /* of more at once it is said that they are many */
};

struct session {
	uint8_t hash[32];           /* of the cookie */
	uint8_t kind;               /* enum key_kind; 0: free */
	char name[64];              /* of the key */
	uint32_t since, used, told; /* s */
};

struct sessions {
	struct session v[SESSIONS];
	unsigned late; /* wrong keys that were not answered yet */
};

extern const struct http_route session_routes[];

#endif
