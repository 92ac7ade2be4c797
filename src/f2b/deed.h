/*
 * deed - what fail2ban says it did, from a line of its own log.
 *
 * "2026-11-22 07:00:01,123 fail2ban.actions [7]: NOTICE  [sshd] Ban
 * 203.0.113.1", also behind the head that syslog puts before it.
 */
#ifndef LPT_F2B_DEED_H
#define LPT_F2B_DEED_H

#include "base/addr.h"

enum did {
	DID_FIND,
	DID_BAN,
	DID_RESTORE, /* a ban of before its start, or one that goes on */
	DID_UNBAN,
};

struct deed {
	enum did what;
	char jail[64];
	struct addr who;
	int64_t at; /* ms since 1970; 0: the line does not say */
};

/* False: the line tells of none, or of an identity that is no address. */
bool deed_read(struct str line, struct deed *ret);

#endif
