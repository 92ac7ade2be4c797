/*
 * tape - the journal, read on from a cursor.
 *
 * A thin layer over sd-journal(3): after a seek, tape_next gives one entry
 * after another with the fields that matter, tape_poll says when there may
 * be more. Files that journald rotates, vacuums or makes anew are followed.
 */
#ifndef LPT_TAPE_H
#define LPT_TAPE_H

#include "base/hash.h"
#include "scribe/owner.h"

struct tape;

struct tape_entry {
	struct sender from;
	struct str ident, msg;
	uint64_t seq;    /* journald's sequence number */
	uint64_t stream; /* keyed hash of the sequence's id */
	uint64_t usec;
	uint32_t pid;
	char cursor[256];
	size_t n_cursor;
};

enum {
	TAPE_OK,
	TAPE_END
};

/* key: for the hash of the sequence's id. 0 or -errno. */
int tape_open(struct tape **ret, const struct hash_key *key);
void tape_close(struct tape **tp);

/* Behind the cursor; without one (n == 0) behind the last entry. A cursor
 * whose entry was vacuumed away stands for the next one that is there. */
int tape_seek(struct tape *t, struct str cursor);

/* TAPE_OK with *ret (its slices live until the next call), TAPE_END, or
 * -errno. */
int tape_next(struct tape *t, struct tape_entry *ret);

/* The cursor of the entry where we stand, for after a seek to the end. */
int tape_here(struct tape *t, struct tape_entry *ret);

/* No journal file could be opened: there is none, or none we may read. */
bool tape_is_blind(const struct tape *t);

int tape_fd(const struct tape *t);
short tape_events(const struct tape *t);
/* ms to sleep at most; -1: until the descriptor says so. */
int tape_patience(const struct tape *t);
/* The descriptor woke us. */
int tape_woken(struct tape *t);

#endif
