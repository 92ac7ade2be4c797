/*
 * upward - what warden says to a program, one message after another.
 *
 * Descriptor 3 of every program is its link to warden. What may not be said to
 * this role ends the program, as does LEAVE; the log's socket is taken here.
 */
#ifndef LPT_UPWARD_H
#define LPT_UPWARD_H

#include "base/link.h"
#include "wire/msgs.h"

/* 0, or -errno: the program ends. p->fd is closed afterwards unless it was
 * taken. */
typedef int upward_fn(void *arg, struct packet *p);

/* Hands on all that was said by now. 0; -ESHUTDOWN: told to leave, or warden
 * is gone; else what was wrong. */
int upward_hear(struct link *up, enum role me, upward_fn *hear, void *arg);

#endif
