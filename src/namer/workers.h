/*
 * workers - processes of namer's that ask the resolver, which may block.
 *
 * They begin before namer's walls close, enter the same walls, and end when
 * namer does. The first asks for the allow list's names alone, so that what
 * strangers write keeps nobody from it; the others for names in logs.
 */
#ifndef LPT_NAMER_WORKERS_H
#define LPT_NAMER_WORKERS_H

#include "base/link.h"
#include "namer/lookups.h"

enum {
	WORKER_ALLOW,
	WORKER_LOGS,
	WORKERS = WORKER_LOGS + LOOKUP_WORKERS
};

/* Fills links with an end for each. `keep_not` are descriptors that they
 * close. 0 or -errno. */
int workers_start(struct link links[WORKERS], const int *keep_not, size_t n);

#endif
