/*
 * sensed - what sensors said, on its way to judge.
 *
 * One report may bring a thousand decisions, more than the link holds and than
 * judge takes in a second from sensors: they wait here and leave in order,
 * PER_TURN each TURN_MS.
 */
#ifndef LPT_DESK_SENSED_H
#define LPT_DESK_SENSED_H

#include "desk/desk.h"

enum {
	SENSED_WAITING = 20000 /* words */
};

struct sensed {
	struct wire_sensed *v;
	size_t at, n, room; /* v[at] to v[n - 1] wait */
	size_t left;        /* that may leave in this turn */
	struct event *turn;
};

/* Is there room for so many? */
bool sensed_fits(const struct desk *d, size_t n);
/* false: no room, or it breaks the rules of such words. */
bool sensed_say(struct desk *d, const struct wire_sensed *s);

#endif
