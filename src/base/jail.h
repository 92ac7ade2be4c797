/*
 * jail - what each program may do: one table, one way in.
 *
 * A program calls jail_enter once, after it has taken what it needs and
 * before it reads a byte that strangers wrote. It changes user, drops
 * capabilities, sets no_new_privs, closes namespaces, sets Landlock, memory
 * write-execute denial (PR_SET_MDWE) and the seccomp filter, in that order.
 * A step that this kernel cannot do is never skipped silently: it is a bit
 * in the answer that `liptako doctor` explains. A step that fails though the
 * kernel has it is an error.
 */
#ifndef LPT_JAIL_H
#define LPT_JAIL_H

#include "base/base.h"
#include "wire/msgs.h"

enum jail_step {
	JAIL_USER = 1, /* own uid and gid, no groups */
	JAIL_CAPS = 2,
	JAIL_NNP = 4,       /* no_new_privs */
	JAIL_NETNS = 8,     /* an empty network namespace */
	JAIL_LANDLOCK = 16, /* files */
	JAIL_LANDLOCK_NET = 32,
	JAIL_MDWE = 64,
	JAIL_SECCOMP = 128,
	JAIL_LIMITS = 256, /* no core, no fork, descriptors, memory */
};
const char *jail_step_name(enum jail_step s);

struct jail {
	const char *user;
	uint64_t caps;     /* kept, as a bit set */
	bool net;          /* keeps the host's network */
	bool exec;         /* may execve (herald's children, warden) */
	bool wx;           /* JIT: keeps executable mappings */
	const char *files; /* what Landlock leaves, for people and doctor */
};
extern const struct jail jails[ROLES];

/* Enters the jail of that role. state: the only folder that the judge keeps
 * (others: NULL). Returns 0 with the missing steps in *missing, or -errno.
 * Without root the steps that need it are missing. */
int jail_enter(enum role r, const char *state, uint32_t *missing);

#endif
