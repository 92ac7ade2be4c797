/*
 * kernel_view - what the kernel really holds, as the enforcer read it back.
 *
 * One ASK at a time; the answer is kept for a moment, so that several who ask
 * share it. At most VIEW_MAX elements are kept; more are counted. For sums
 * the elements of large lists are not read one by one (ASK_SUMS).
 */
#ifndef LPT_KERNEL_VIEW_H
#define LPT_KERNEL_VIEW_H

#include "judge/judge.h"

enum {
	VIEW_MAX = 1200000,
	VIEW_FRESH = 1, /* s that an answer may be old */
	VIEW_LATE = 60  /* s: it does not come any more */
};

struct seen_element {
	struct net net;
	uint8_t act, list, ports;
	uint32_t left;
	uint64_t packets, bytes;
};

static inline struct seen_element element_seen(const struct wire_element *e)
{
	return (struct seen_element){ .net = e->net,
		.act = e->act,
		.list = e->list,
		.ports = MIN(e->ports, (uint8_t)WIRE_PORTS),
		.left = e->left,
		.packets = e->packets,
		.bytes = e->bytes };
}

struct kernel_view {
	uint8_t what;    /* ASK_ALL or ASK_SUMS */
	uint32_t asked;  /* when, s */
	uint64_t id;     /* of the ASK that is under way, or 0 */
	bool complete;   /* v is a whole answer */
	uint32_t at;     /* when it was complete, s */
	uint64_t orders; /* so many were sent before it was asked for */
	size_t n, room;
	struct seen_element *v;
	uint64_t over;    /* elements beyond VIEW_MAX */
	uint64_t listed;  /* elements of lists that were only counted */
	unsigned readers; /* who is reading v: it stays */
};

/* True: there is an answer that is fresh enough: no older than VIEW_FRESH,
 * and nothing was ordered since. Else one was asked for, and
 * who waits is told by view_element. */
bool view_want(struct kernel_view *k, struct judge *j);
/* True: with this one the answer is complete. */
bool view_element(struct kernel_view *k, const struct wire_element *e,
    uint32_t now);
/* Nobody waits for the answer any more; it may still come. */
void view_late(struct kernel_view *k, uint32_t now);
/* Gives memory back that nobody reads. */
void view_tidy(struct kernel_view *k, uint32_t now);

#endif
