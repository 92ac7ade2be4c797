/*
 * jail - what each program may do: one table, one way in.
 *
 * A program calls jail_enter once, after it has taken what it needs and
 * before it reads a byte that strangers wrote. The steps, in this order,
 * each while the right that it needs is still there:
 *
 *   limits      no core, no fork, few descriptors, bounded memory
 *   netns       an empty network namespace (CAP_SYS_ADMIN)
 *   user        bounding set (CAP_SETPCAP), groups, gid, uid
 *   caps        nothing stays but the row's
 *   nnp         no_new_privs, not dumpable
 *   landlock    files, TCP ports, abstract sockets, signals
 *   mdwe        no memory that is written and then run (PR_SET_MDWE)
 *   seccomp     an allow-list of system calls, last
 *
 * A step that this kernel cannot do, or that needs root where we have none,
 * is never skipped silently: it is a bit in the answer that `liptako doctor`
 * explains. A step that fails though the kernel has it is an error.
 * User namespaces are not used.
 *
 * Builds with a sanitizer (ASan's runtime maps terabytes and reads /proc when
 * it reports) leave out the memory limits and let the calls of that runtime
 * through; see JAIL_SANITIZED in jail_walls.h. Releases have no such switch.
 */
#ifndef LPT_JAIL_H
#define LPT_JAIL_H

#include "base/base.h"
#include "base/link.h"
#include "wire/msgs.h"

#include <sys/types.h>

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
	const char *group; /* one more group, or NULL */
	uint64_t caps;     /* kept, as a bit set */
	bool net;          /* keeps the host's network */
	bool exec;         /* may execve (herald's children, warden) */
	bool wx;           /* JIT: keeps the executable mappings it has */
	bool kills;        /* a forbidden call ends it; else EPERM */
	uint32_t n_files;  /* descriptors */
	uint32_t mib;      /* private memory, MiB; 0: unlimited */
	const char *files; /* what Landlock leaves, for people and doctor */
	uint32_t threads;  /* may start so many, but no process */
};
extern const struct jail jails[ROLES];

/* The user of that role; if it does not exist, nobody (65534) and false. Who
 * owns what the role writes: warden gives the state folder to it. */
bool jail_user(enum role r, uid_t *uid, gid_t *gid);

/* Enters the jail of that role. state: the only folder that the judge keeps,
 * and where herald's commands may write (others: NULL). Returns 0 with the
 * missing steps in *missing, or -errno. Without root the steps that need it
 * are missing. As root it never returns 0 as root, warden excepted. A reader
 * compiles its patterns before: afterwards no new executable mapping is to
 * be had, by anyone. */
int jail_enter(enum role r, const char *state, uint32_t *missing);
/* The same, and then says UP to warden, with what was missing. */
int jail_up(enum role r, const char *state, struct link *warden);

#endif
