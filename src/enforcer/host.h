/*
 * host - what this host is: its own addresses and its default gateways.
 *
 * Read and followed over rtnetlink. A change is only a reason to read all of
 * it again: hosts have few addresses, and a router with a full table tells of
 * the routes that are no default one too, which are no reason.
 */
#ifndef LPT_HOST_H
#define LPT_HOST_H

#include "wire/msgs.h"

struct host {
	int fd, watch; /* for questions, for changes */
	uint32_t seq;
};

/* Sockets only, before the jail closes: 0 or -errno. */
int host_open(struct host *ret);
/* Calls each for all; 0 or -errno. */
int host_read(struct host *h,
    void (*each)(const struct net *n, enum never_cause why, void *), void *arg);
/* Reads what changed: true if it is a reason to read all again. */
bool host_heard(struct host *h);

#endif
