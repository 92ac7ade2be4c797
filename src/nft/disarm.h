/*
 * disarm - takes Liptako's table away, also when every program is dead.
 *
 * A table that nobody owns is deleted at once; an enforcer that listens (on
 * kernels where it cannot own the table) hears by the batch that it was meant.
 * One with a living owner is the enforcer's alone: it is asked by SIGUSR1.
 * Either way a living enforcer measures no more until it is started again.
 */
#ifndef LPT_DISARM_H
#define LPT_DISARM_H

#include "base/base.h"

enum {
	DISARM_OK,
	DISARM_E_NONE, /* there is no such table */
	DISARM_E_HELD, /* its owner does not let go, or makes it again */
};

/* Needs CAP_NET_ADMIN, and CAP_KILL if the enforcer lives: -EPERM. */
int disarm(const char *table);

#endif
