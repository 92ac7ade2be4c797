/*
 * control - the socket where operators ask and say their words.
 *
 * A request is one line of JSON, at most 1 MiB; the answer is one line for
 * each row and a last one with "end". Who may speak is checked by the kernel's
 * credentials: root, ourselves, or the configured group. Long answers leave
 * in pieces, one a turn of the loop, so that they never hold up a ruling.
 * liptako(1) is the one client; the protocol is not a promise.
 */
#ifndef LPT_CONTROL_H
#define LPT_CONTROL_H

#include <event2/event.h>

#include "judge/judge.h"

struct control;

struct control *control_new(struct judge *j, struct event_base *base);
void control_free(struct control **cp);
/* Takes a client's socket: lets him in or turns him away. */
void control_welcome(struct control *c, int fd);
/* Takes the listening socket. */
void control_listen(struct control *c, int fd);
void control_done(struct control *c, uint64_t id, const struct wire_done *d);
void control_element(struct control *c, const struct wire_element *e);
void control_reloaded(struct control *c, const struct wire_reloaded *r,
    struct str text);
/* The answer of a post that an operator would join at. */
void control_looked(struct control *c, uint64_t id, uint8_t why,
    struct str tail);
void control_tick(struct control *c);

#endif
