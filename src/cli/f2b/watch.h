/*
 * watch - fail2ban and we, side by side, line by line, while both look at the
 * same logs.
 *
 * fail2ban's own log (or, where it keeps none in a file, its database) says
 * what it found, banned and let in again; the daemon says whom the imported
 * jails, which only watch, would have shut out. Both are paired by jail and
 * address; what differs for longer than a moment is marked, with the reason
 * where it can be known.
 */
#ifndef LPT_CLI_F2B_WATCH_H
#define LPT_CLI_F2B_WATCH_H

#include "cli/f2b/import.h"
#include "f2b/deed.h"

typedef void deed_fn(void *arg, const struct deed *d);

/* deeds.c: what fail2ban does from now on. */
struct deeds {
	const char *path; /* of its log; NULL: the database is asked */
	int fd;
	uint64_t ino;
	int64_t at;
	char buf[16 << 10];
	size_t n;
	struct sqlite3 *db;
	int64_t row;
};
/* log, database: NULL for none. False: there is neither. Bans in force are
 * told to fn as DID_RESTORE. */
bool deeds_open(struct deeds *d, const char *log, const char *database,
    deed_fn *fn, void *arg);
void deeds_turn(struct deeds *d, deed_fn *fn, void *arg);
void deeds_close(struct deeds *d);

/* pairs.c: what both did of one address in one jail. */
struct pair {
	const struct imported *jail;
	struct addr who;
	unsigned found;       /* by fail2ban, since we look */
	bool found_new;       /* of those, some were not shown */
	int64_t theirs, ours; /* ms: a ban that waits for the other's; or 0 */
	int64_t their_last, our_last; /* ms: of the last ban */
	unsigned count, need;         /* of ours */
	char spared[16];              /* we would not: the rung; "" */
};

enum {
	PAIRS = 4096,
	GRACE_MS = 10000 /* until what only one of both did is told */
};

struct tally {
	unsigned both, theirs, ours; /* bans */
	unsigned finds, unbans;      /* fail2ban's */
	int64_t our_finds;           /* ours */
	unsigned sooner;             /* of both: we before it */
	int64_t lead;                /* ms, of all both */
};

struct watch {
	struct import *im;
	struct deeds deeds;
	struct pair pair[PAIRS];
	size_t n;
	int64_t began; /* ms */
	int64_t asked; /* s: the daemon's history is known until then */
	json_t *known; /* rows of that second and later */
	int64_t failed_at_start;
	struct tally tally;
};

/* The pair, made if it is not there. */
struct pair *pair_of(struct watch *w, const struct imported *jail,
    const struct addr *who);

/* watch_say.c: lines for people, or objects. */
void say_find(struct watch *w, const struct pair *p, int64_t have,
    const char *state);
/* reason: NULL if both did the same. */
void say_ban(struct watch *w, const struct pair *p, int64_t now,
    const char *reason);
void say_unban(struct watch *w, const struct pair *p);
void say_summary(const struct watch *w, int64_t now);

/* Until a signal, or for so many seconds (0: no end). An exit code. */
int import_watch(struct import *im, int64_t seconds);

#endif
