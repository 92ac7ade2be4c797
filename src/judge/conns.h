/*
 * conns - the judge's links, each with a queue for when it is full.
 *
 * Messages leave at once while the link has room and in order otherwise. A
 * queue that is not empty stops what feeds it: with orders waiting for the
 * enforcer, or acknowledgements for a reader, no reader is read. Only what
 * herald and desk are told may be dropped, and is counted then.
 */
#ifndef LPT_CONNS_H
#define LPT_CONNS_H

#include <event2/event.h>
#include <sys/queue.h>

#include "base/link.h"
#include "wire/msgs.h"

enum {
	CONNS = 32,
	TURN = 64,           /* messages heard before others have their turn */
	HERALD_QUEUE = 1024, /* messages that may wait for it */
	DESK_QUEUE = 2048
};

struct waiting;

struct conn {
	enum role role;
	uint32_t instance;
	struct link link;
	struct event *readable, *writable;
	STAILQ_HEAD(waiting_list, waiting) queue;
	size_t queued;
	struct conns *all;
};

struct conns {
	struct event_base *base;
	struct conn *v[CONNS];
	uint64_t dropped; /* for herald and desk */
	/* Hears a packet; false: the peer broke the rules, it is cut off. */
	bool (*hear)(void *arg, struct conn *c, struct packet *p);
	/* The link is gone. */
	void (*gone)(void *arg, struct conn *c);
	/* It has room again, all that waited is sent. */
	void (*room)(void *arg, struct conn *c);
	/* A turn of this one is over. */
	void (*turned)(void *arg, struct conn *c);
	void *arg;
};

/* Takes fd. NULL if there are too many. */
struct conn *conns_add(struct conns *s, enum role role, uint32_t instance,
    int fd);
struct conn *conns_find(struct conns *s, enum role role, uint32_t instance);
void conns_drop(struct conn *c);
/* To all of that role if instance is UINT32_MAX; nobody there: dropped. */
void conns_send(struct conns *s, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n, struct str tail);
/* A turn of this one out of the loop's order; true: it is there and has room
 * for more. */
bool conn_turn(struct conn *c);
/* Starts listening to it, or stops. */
void conn_listen(struct conn *c, bool on);

#endif
