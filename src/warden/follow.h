/*
 * follow - one log through its rotations: which inode is read, which next.
 *
 * Pure: told what stands at the log's path now, it answers what to do. Up to
 * four generations are kept, the oldest first: a writer goes on writing to the
 * inode that it has open, also after it was renamed or deleted. Truncation is
 * not seen here: the inode stays, and the reader notices by the size.
 */
#ifndef LPT_FOLLOW_H
#define LPT_FOLLOW_H

#include "base/base.h"

enum {
	GENERATIONS = 4,
	STILL_LOOKS = 10, /* looks without growth that retire an old one */
};

struct seen {
	bool is; /* a log stands there */
	uint64_t dev, ino, size;
};

struct generation {
	uint64_t dev, ino, size;
	uint64_t id;    /* base/file.h */
	bool fresh;     /* made after we started */
	bool old;       /* rotated before we started */
	int64_t opened; /* ns since 1970 */
	unsigned still;
	int fd; /* warden's; the state machine leaves it alone */
	int watch;
};

struct follow {
	bool looked, missing;
	size_t n;
	struct generation gen[GENERATIONS];
};

enum follow_do {
	FOLLOW_NOTHING,
	FOLLOW_OPEN, /* a new generation: then call follow_opened */
	FOLLOW_GONE, /* nothing stands there any more */
	FOLLOW_BACK, /* what was gone stands there again */
};

/* What stands at the path now? */
enum follow_do follow_look(struct follow *f, const struct seen *now);
/* It was opened and is this one. If there is no place left the oldest gives
 * way: true, and *out is it. */
bool follow_opened(struct follow *f, const struct generation *g,
    struct generation *out);
/* The size of an old generation, asked at every look round: true if it has
 * not grown for so long that it is to be ended (then it is already out). */
bool follow_aged(struct follow *f, size_t i, uint64_t size,
    struct generation *out);
/* Nothing stands there and nothing more comes into the newest: if there is
 * one, true, and *out is it. */
bool follow_over(struct follow *f, struct generation *out);
bool follow_has(const struct follow *f, uint64_t dev, uint64_t ino);

#endif
