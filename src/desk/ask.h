/*
 * ask - what only judge can answer.
 *
 * A request of the control socket (judge/request.h) in its own words; what
 * comes back are rows and a last object. Judge lets those change things who
 * are operators here, and only if the configuration says so.
 */
#ifndef LPT_DESK_ASK_H
#define LPT_DESK_ASK_H

#include "desk/desk.h"

enum {
	ASK_LONGEST = 8 << 20, /* bytes of an answer */
	ASK_AT_ONCE = 32,
	ASK_S = 10
};

/* answer: lines as judge says them, valid until it returns; no bytes: judge
 * is away, or too slow, or says too much. */
typedef void ask_fn(void *arg, struct str answer);

void asks_new(struct asks **ret, struct desk *d);
/* false: too many ask, or judge is away; fn is not called. */
bool ask(struct asks *a, const struct http_who *who, struct str request,
    uint32_t seconds, ask_fn *fn, void *arg);
/* Takes *request and answers r with one object: the rows as "rows", then what
 * the last line has. */
void ask_for(struct http_request *r, json_t **request);

void asks_hear(struct asks *a, const struct wire_answer *w, struct str part);
void asks_tick(struct asks *a);
/* Judge went away. */
void asks_gone(struct asks *a);

#endif
