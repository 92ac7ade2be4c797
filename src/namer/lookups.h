/*
 * lookups - names that stand in logs, on their way to their addresses.
 *
 * Strangers choose these names, so all of it is bounded: so many start a
 * minute, so many wait, none longer than LOOKUP_PATIENCE, and answers, also
 * that there is none, are kept for LOOKUP_LIFE. Nothing here blocks: workers
 * ask the resolver, one name each at a time. Pure: who asks and who is
 * answered is the caller's.
 */
#ifndef LPT_NAMER_LOOKUPS_H
#define LPT_NAMER_LOOKUPS_H

#include "base/hash.h"
#include "base/when.h"
#include "wire/msgs.h"

enum {
	LOOKUP_WORKERS = 4,
	LOOKUPS_WAITING = 64,
	LOOKUPS_A_MINUTE = 300,
	LOOKUPS_KEPT = 1024, /* a power of two */
	LOOKUP_PATIENCE = 8, /* s */
	LOOKUP_LIFE = 300,   /* s */
};

struct lookup {
	struct wire_lookup is;
	struct mono since;
};
struct lookup_kept {
	char name[ASIDE_NAME_MAX + 3];
	struct mono until;
	struct wire_found is;
};

struct lookups {
	/* Gives a worker a name; answers judge. */
	void (*ask)(void *arg, size_t worker, const struct wire_lookup *w);
	void (*answer)(void *arg, const struct wire_found *w);
	void *arg;
	struct hash_key hash;
	bool busy[LOOKUP_WORKERS];
	struct wire_lookup asked[LOOKUP_WORKERS];
	struct lookup waiting[LOOKUPS_WAITING];
	size_t n;
	struct mono minute; /* in which so many started */
	uint32_t started;
	struct lookup_kept *kept;
};

void lookups_new(struct lookups *l);
void lookups_free(struct lookups *l);
void lookups_want(struct lookups *l, const struct wire_lookup *w,
    struct mono now);
/* A worker's answer; its id is not looked at. */
void lookups_found(struct lookups *l, size_t worker, const struct wire_found *w,
    struct mono now);
/* Answers who waited long enough. When to come again, in ms; -1: no need. */
int lookups_tick(struct lookups *l, struct mono now);
/* A new judge: nobody waits for what was asked. */
void lookups_forget(struct lookups *l);

#endif
