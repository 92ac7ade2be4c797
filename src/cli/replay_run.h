/*
 * replay_run - the parent's side of a replay: the children, and what they say.
 */
#ifndef LPT_REPLAY_RUN_H
#define LPT_REPLAY_RUN_H

#include "cli/report.h"

/* Plays p, which is r's own, and fills r in; CLI_OK, or a code of which
 * something was said. */
int replay_run(struct report *r, struct play *p);

#endif
