/*
 * job - one run of one hook: a fixed command with facts around it.
 *
 * The command is the administrator's argv as it stands in the configuration,
 * never a shell and never with a byte from a log inside; what happened is
 * told in LIPTAKO_* environment variables made of numbers, addresses and
 * names from rule files alone (see liptako.yaml(5), hooks).
 */
#ifndef LPT_JOB_H
#define LPT_JOB_H

#include "base/when.h"
#include "wire/msgs.h"

enum {
	JOB_ENV = 16,   /* variables at most */
	JOB_TEXT = 1024 /* bytes of all of them */
};

struct job_env {
	char text[JOB_TEXT];
	char *v[JOB_ENV + 1]; /* NULL-ended, into text */
};

/* "deny", "limit", "alarm" or "open"; NULL if it is none. */
const char *job_event(uint8_t what);

/* false if the message cannot be: a field out of range, no NUL end. */
bool job_env(const struct wire_happened *h, struct job_env *ret);

/* Starts argv in its own process group with that environment, no standard
 * input, output and errors to ours. The child's pid, or -errno. */
pid_t job_start(char *const *argv, char *const *env);

#endif
