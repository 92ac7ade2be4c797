/*
 * parts - a sealed act out of the frames that carry it.
 *
 * An outbox hands on the parts of one sealed act in their order; whoever
 * listens keeps one of these for each post. A part that does not continue
 * what is there is forgotten with it, unless it is a first one, which begins
 * anew. The hash in the frames is no proof of anything but wholeness: what
 * counts are the seals in it.
 */
#ifndef LPT_PARTS_H
#define LPT_PARTS_H

#include "act/frame.h"

struct parts {
	struct act_hash whole;
	uint16_t next, of;
	size_t n;
	char *bytes; /* of * FRAME_PART, once it is needed */
};

/* True if the sealed act is whole now: *ret is valid until the next call. */
bool parts_take(struct parts *p, const struct frame_part *f, struct str *ret);
void parts_drop(struct parts *p);

#endif
