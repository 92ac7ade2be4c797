/*
 * jail - one jail while it is read: what its two files share.
 */
#ifndef LPT_F2B_JAIL_H
#define LPT_F2B_JAIL_H

#include "f2b/core.h"

struct jail {
	struct f2b *f;
	struct ini *ini;
	const char *name;
	struct opts opts;
	struct recipe filter;
	bool filtered;
	struct f2b_val out, paths, actions;
	struct f2b_about about;
};

/* Where the jail or the defaults set it; NULL: nowhere. */
const struct opt *jail_where(struct jail *j, const char *key);
/* "" if it is not set. */
const char *jail_value(struct jail *j, const char *key);
/* A new [verb, jail] at that place of the list. */
struct f2b_val *jail_command(struct jail *j, struct f2b_val *list, size_t at,
    const char *verb);

/* One "name[...]" of the action option. */
int jail_action(struct jail *j, struct str one);

#endif
