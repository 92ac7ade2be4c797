/*
 * asides - failures that wait for somebody's answer before they count.
 *
 * A reader's ASIDE says who is to be asked: namer for the addresses of a name,
 * then herald for the answer of the jail's ignorecommand. Until then it waits,
 * and what else that log brings waits behind it, so that lines count in their
 * order, the log's offset is committed only behind what counted, and after a
 * crash the reader says it all again. Other logs go on. At most ASIDES_MOST
 * messages wait, none longer than ASIDES_PATIENCE: then a name has no address,
 * and a command did not object. Nothing here blocks.
 */
#ifndef LPT_ASIDES_H
#define LPT_ASIDES_H

#include <sys/queue.h>

#include "wire/msgs.h"

enum {
	ASIDES_MOST = 1024,
	ASIDES_PATIENCE = 20, /* s */
};

struct judge;
struct held;
struct asides {
	TAILQ_HEAD(held_list, held) all; /* as they came */
	size_t n;
	uint64_t id;
	bool herald, namer; /* they run */
	uint32_t said;      /* s, that something was not answered */
};

void asides_new(struct asides *a);
void asides_free(struct judge *j);
/* An ASIDE; false: it breaks the rules. */
bool asides_take(struct judge *j, uint32_t instance, const struct wire_aside *a,
    size_t n);
/* Must this message of a reader wait behind others? Then it is held. */
bool asides_holds(const struct judge *j, uint32_t type, const void *body);
void asides_hold(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n);
/* That reader is gone: its successor says again what did not count. */
void asides_drop(struct judge *j, uint32_t instance);
void asides_linked(struct judge *j, enum role peer, bool up);
bool asides_checked(struct judge *j, const struct wire_checked *w);
bool asides_found(struct judge *j, const struct wire_found *w);
/* Each second: nobody waits for ever. */
void asides_tick(struct judge *j);

#endif
