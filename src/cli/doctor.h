/*
 * doctor - what is wrong, and what cures it. Each finding is one row: how
 * bad, what, and the cure.
 */
#ifndef LPT_CLI_DOCTOR_H
#define LPT_CLI_DOCTOR_H

#include "cli/ask.h"

enum grade {
	GRADE_GOOD,
	GRADE_NOTE, /* worth knowing */
	GRADE_BAD   /* defence is weaker than it should be */
};

struct findings {
	json_t *rows;
	unsigned bad;
};

void doctor_find(struct findings *f, enum grade g, const char *cure,
    const char *fmt, ...) PRINTF(4, 5);

/* doctor_programs.c: of STATUS's answer, who does not run or lacks a wall. */
void doctor_programs(struct findings *f, const json_t *status);

/* doctor_here.c: what this machine shows without the daemon: a configuration
 * with faults, and who else shuts out. */
void doctor_here(struct findings *f);

/* doctor_allies.c: of ALLIANCE's rows, who cannot be heard, and whose clock is
 * wrong. */
void doctor_allies(struct findings *f, const json_t *parties,
    const json_t *posts);

/* f2b/doctor_jails.c: what keeps imported jails from their work. */
void doctor_jails(struct findings *f);

#endif
