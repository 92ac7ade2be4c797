/*
 * checks - a jail's ignorecommand, run before a failure counts.
 *
 * Judge asks for each failure; the command is the administrator's shell text,
 * with what the log said in variables alone (see jails.h). At most RUNNING
 * run at once, each for at most PATIENCE seconds; so many start a minute, and
 * so many wait. The same question that is asked while it runs gets the same
 * answer, and a jail that has a key for it keeps answers, as fail2ban's
 * ignorecache does. What cannot be run, or is not answered, is said once a
 * minute, and the failure counts.
 */
#ifndef LPT_HERALD_CHECKS_H
#define LPT_HERALD_CHECKS_H

#include <event2/event.h>

#include "base/hash.h"
#include "base/link.h"
#include "base/when.h"
#include "herald/jails.h"

enum {
	CHECKS_RUNNING = 4,
	CHECKS_WAITING = 256,
	CHECKS_A_MINUTE = 300,
	CHECK_PATIENCE = 10, /* s */
};

/* Answers of one jail, the oldest gives way. */
struct kept {
	uint64_t key;
	struct mono until;
	uint8_t how;
};
struct answers {
	size_t most, next; /* most 0: none are kept */
	struct span life;
	struct kept *v;
};

struct check;
struct checks {
	struct event_base *base;
	struct link *judge;
	const struct rules *rules;
	struct hash_key hash;
	struct answers *of; /* by service */
	size_t n_of;
	struct check *running[CHECKS_RUNNING];
	struct check *waiting[CHECKS_WAITING]; /* the first is next */
	size_t n;
	struct mono minute; /* in which so many started */
	uint32_t started;
	struct mono said[CHECKED_KINDS];
};

void checks_new(struct checks *c, struct event_base *base, struct link *judge);
/* The rules change, or are gone: whoever waits is told that it counts. */
void checks_rules(struct checks *c, const struct rules *r);
/* A new judge: nobody waits for what was asked. */
void checks_forget(struct checks *c);
void checks_want(struct checks *c, const struct wire_check *w, struct str tags);
/* Was that one of them? */
bool checks_reaped(struct checks *c, pid_t pid, int status);

#endif
