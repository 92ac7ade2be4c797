/*
 * disarm - takes Liptako's table away, also when every program is dead.
 *
 * A table that nobody owns is deleted at once. One with a living owner is the
 * enforcer's alone: it is asked by SIGUSR1 to take its table away and to
 * measure no more until it is started again.
 */
#ifndef LPT_DISARM_H
#define LPT_DISARM_H

#include "base/base.h"

enum {
	DISARM_OK,
	DISARM_E_NONE, /* there is no such table */
	DISARM_E_HELD, /* its owner lives and does not let go */
};

/* Needs CAP_NET_ADMIN, and CAP_KILL if the enforcer lives: -EPERM. */
int disarm(const char *table);

#endif
