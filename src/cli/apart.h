/*
 * apart - work on strangers' bytes in a child that sits in the reader's jail.
 */
#ifndef LPT_APART_H
#define LPT_APART_H

#include "base/base.h"

/* Forks, enters the jail and calls work there; its standard output comes out
 * as printable ASCII whatever becomes of it. The exit code of work, or
 * CLI_FAULT. */
int apart(const char *command, int (*work)(void *arg), void *arg);

#endif
