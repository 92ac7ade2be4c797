/*
 * desk_words - questions that visitors of desk ask, by the control socket's
 * own rules.
 *
 * Each is a client as those of the socket are, at the other end of a pair of
 * buffers. It may change things only if desk says that an operator asks and
 * the configuration lets operators act there. Answers leave in parts, while
 * the link has room.
 */
#ifndef LPT_DESK_WORDS_H
#define LPT_DESK_WORDS_H

#include "judge/control.h"

enum {
	DESK_ASKS = 8 /* at once */
};

struct desk_words;

/* A part of an answer to desk; false: the link is full, wait for
 * desk_words_room. */
typedef bool desk_say_fn(void *arg, const struct wire_answer *a,
    struct str text);

struct desk_words *desk_words_new(struct control *c, struct event_base *base,
    desk_say_fn *say, void *arg);
/* false: it breaks the rules. */
bool desk_words_ask(struct desk_words *w, const struct wire_question *q,
    struct str text);
void desk_words_room(struct desk_words *w);
/* Desk is gone, and its questions with it. */
void desk_words_gone(struct desk_words *w);

#endif
