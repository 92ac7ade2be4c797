/*
 * events - what happens, told to browsers as it does (server-sent events).
 *
 * The last EVENTS are kept, each bounded; a listener is a place in that ring,
 * so a slow one costs nothing and loses the oldest, of which it is told
 * ("lost"). A browser that comes back says which it had last.
 */
#ifndef LPT_DESK_EVENTS_H
#define LPT_DESK_EVENTS_H

#include "desk/desk.h"

enum {
	EVENTS = 2048,
	EVENT_TEXT = 480,
	LISTENERS = 64
};

void events_new(struct events **ret);
/* data: one line of JSON; what does not fit is left out and counted. */
void events_add(struct events *e, const char *name, struct str data);
/* What the table says. */
void events_stood(struct events *e, const struct table *t, const struct held *s,
    bool is_new);
/* What an ally says or answers. */
void events_ally(struct events *e, const struct wire_stood *s);
/* The handler. */
void events_listen(struct http_request *r);
/* Each second: who hears nothing for long is told that we live. */
void events_tick(struct events *e);

#endif
