/*
 * fetches - the lists that are being fetched, and those that wait.
 *
 * At most FETCHES at once, each by a process of its own (fetch.h) that is
 * read only while judge takes what it says. Judge hears the end of each.
 */
#ifndef LPT_FETCHES_H
#define LPT_FETCHES_H

#include <event2/event.h>

#include "herald/fetch.h"

enum {
	FETCHES = 2,
	FETCHES_WAITING = 64,
	FETCH_PATIENCE = 300 /* s */
};

struct fetches;

struct fetch {
	pid_t pid; /* 0: free */
	uint64_t id;
	struct link from;
	struct event *heard, *late;
	struct fetches *h;
	bool ended;
};

struct fetches {
	struct event_base *base;
	struct link *up, *judge;
	struct fetch fetch[FETCHES];
	struct wire_fetch to_fetch[FETCHES_WAITING];
	size_t n_to_fetch;
};

/* The links are the caller's: what they are when it is needed counts. */
void fetches_new(struct fetches *h, struct event_base *base, struct link *up,
    struct link *judge);
void fetches_want(struct fetches *h, const struct wire_fetch *w);

#endif
