/*
 * me - where the operator comes from.
 */
#ifndef LPT_ME_H
#define LPT_ME_H

#include "base/addr.h"

/* The address of the session that this command was typed in: SSH_CONNECTION
 * of this process or of one that started it (sudo forgets it), else what
 * utmp(5) has for the terminal. false: a local session, or not known. */
bool me_find(struct addr *ret);

#endif
