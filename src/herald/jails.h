/*
 * jails - the commands that fail2ban's jails ran, run by herald.
 *
 * A command is shell text of the administrator's with <tags> in it. Only
 * facts take their places: addresses, numbers and names from rule files,
 * whose letters mean nothing to a shell. What stood in a log comes only with
 * the question whether a failure is to be ignored, and takes no place in the
 * text either: its tag becomes a quoted variable, f2bV_F_USER of <F-USER>, and
 * the environment has the value. Elsewhere such tags are empty. A tag that
 * nobody knows stops the command, and it is said which.
 */
#ifndef LPT_HERALD_JAILS_H
#define LPT_HERALD_JAILS_H

#include "rule/rule.h"
#include "wire/msgs.h"

enum {
	JAIL_SCRIPT = 32 << 10 /* bytes of one command, tags filled */
};

/* pack: as in conf/pack.h. *ret keeps of each file what is a jail's. */
void jails_load(struct rules **ret, struct str pack);

/* The commands for this event: of the jail whose rule it names; NULL: none. */
const struct strings *jails_commands(const struct rules *r,
    const struct wire_happened *h, const struct jailed **jail);

/* Fills `to` with the command, NUL-ended. NULL, or the tag that is not known,
 * in `to`, or "" if it is too long. */
bool jails_script(const char *command, const struct jailed *jail,
    const struct wire_happened *h, char to[static JAIL_SCRIPT]);
/* The same with variables in the place of what a log said. */
bool jails_question(const char *command, const struct jailed *jail,
    const struct wire_happened *h, char to[static JAIL_SCRIPT]);

#endif
