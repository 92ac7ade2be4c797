/*
 * owner - whose journal entry it is.
 *
 * For daemons the unit decides (_SYSTEMD_UNIT, set by journald from the
 * sender's cgroup); for sudo, su, login and cron, which run inside users'
 * sessions, the executable of a process of root does (_EXE with _UID=0).
 * Nothing that the sender wrote itself is asked, so a local user's
 * `logger -t sshd` is nobody's. Without a session manager what a user starts
 * stays in the unit that let him in (ssh.service, cron.service); there the
 * kernel's mark of a login (_AUDIT_LOGINUID) tells him from the daemon. Only
 * where several services share a unit (xinetd.service, ipsec.service) does the
 * identifier choose among them.
 */
#ifndef LPT_OWNER_H
#define LPT_OWNER_H

#include "rule/rule.h"

struct sender {
	struct str unit, exe, uid; /* absent if journald does not know */
	struct str ident;          /* the sender's own word */
	bool logged_in;            /* started by somebody who logged in */
};

/* The service's number, or -1. */
int32_t owner_of(const struct rules *r, const struct sender *s);

#endif
