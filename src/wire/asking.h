/*
 * asking - who is asked before a failure of an imported jail counts.
 *
 * Where a jail has an ignorecommand, or a line names its host by a name and
 * the jail may look that up, the reader says ASIDE instead of SIGHTING. Judge
 * puts it aside, asks namer for the addresses and herald for the command's
 * answer, and counts what is left. Included by msgs.h.
 */
#ifndef LPT_ASKING_H
#define LPT_ASKING_H

#include "wire/reading.h"

enum {
	ASIDE_COMMAND = 1, /* the jail has an ignorecommand */
	ASIDE_NAME = 2,    /* the host is a name */
	ASIDE_WARN = 4,    /* usedns = warn */
};

/*
 * A sighting that waits. tail: the host's name (sight.who is nobody then),
 * and what the line has for the command's tags, each "TAG=value" and a NUL.
 */
struct wire_aside {
	struct wire_sighting sight;
	uint16_t n_name, n_tags;
	uint8_t asks; /* ASIDE_* */
	uint8_t unused[3];
};
enum {
	ASIDE_NAME_MAX = 253,
	WIRE_TAGS = 2048,
	WIRE_ASIDE = ASIDE_NAME_MAX + WIRE_TAGS
};
bool aside_ok(const struct wire_aside *a, struct str tail);

/* Does the command of that jail ignore him? tail: the tags, as above. */
struct wire_check {
	uint64_t id;
	struct addr who;
	uint32_t at;
	char rule[64]; /* service/name, NUL-ended */
};

enum checked {
	CHECKED_COUNTS,  /* it said no */
	CHECKED_IGNORED, /* exit 0 */
	/* these count, too, and it is said */
	CHECKED_E_FAILED, /* it ended in another way, or could not run */
	CHECKED_E_LATE,
	CHECKED_E_BUDGET, /* it was not run: too many this minute */
	CHECKED_KINDS,
};
struct wire_checked {
	uint64_t id;
	uint8_t how; /* enum checked */
	uint8_t unused[7];
};
bool check_ok(const struct wire_check *c, struct str tail);

/* The addresses of a name. */
struct wire_lookup {
	uint64_t id;
	char name[ASIDE_NAME_MAX + 3]; /* NUL-ended */
};
enum looked_up {
	FOUND_SOME,
	FOUND_NONE,     /* there is no such name, or it has no address */
	FOUND_E_LATE,   /* the resolver took too long */
	FOUND_E_BUDGET, /* it was not asked: too many names this minute */
	FOUND_KINDS,
};
enum {
	LOOKUP_MOST = 16
};
struct wire_found {
	uint64_t id;
	uint32_t n;
	uint8_t how; /* enum looked_up */
	uint8_t unused[3];
	struct addr addr[LOOKUP_MOST];
};
bool found_ok(const struct wire_found *f);

#endif
