/*
 * logs - how far each log was counted, so that no line counts twice.
 *
 * A log (key) has generations (inodes). Of each we keep the offset of the
 * newest line that a sighting came from, or up to which all was looked at,
 * and how many sightings of exactly that line were counted: one line may hit
 * several rules, and a commit may fall between them. A sighting counts if its
 * (offset, how manieth on this link) lies beyond. Generations of a journal
 * are its sequences; offset is the sequence number.
 */
#ifndef LPT_LOGS_H
#define LPT_LOGS_H

#include "judge/ledger.h"
#include "wire/msgs.h"

enum {
	LOGS_MAX = 4096, /* known at a time: one that nobody reads gives way,
			    the one not read for longest */
	POSITIONS = 8,   /* generations remembered of a log */
	SAMPLE = 160
};

struct position {
	uint64_t ino, offset, before; /* before: see wire_progress */
	uint32_t n_at, used;
	bool dirty;
};

struct remark_seen {
	uint64_t count;
	int64_t value;
	uint32_t last;
	uint16_t rule;
	char sample[SAMPLE]; /* escaped already */
};

struct log {
	uint64_t key;
	char *path; /* or NULL */
	char cursor[WIRE_CURSOR + 1];
	bool dirty; /* path or cursor */
	size_t n;
	struct position at[POSITIONS];

	/* of this run */
	bool live, opened;
	bool reads; /* the reader told where it is since it opened it */
	uint32_t id, reader;
	size_t n_ids; /* numbers that it has; two if it came back soon */
	uint8_t kind, trust, proxied;
	uint32_t held; /* messages of it that wait, see asides.h */
	uint64_t lines, bytes, hits, duplicates;
	uint64_t size;        /* when last opened */
	uint32_t looked, hit; /* last progress, last sighting */
	uint32_t gone, back;  /* s: since when nothing stands there, until when
				 that was so; 0: it never was */
	struct remark_seen *remarks; /* REMARKS of them, or NULL */
	struct wire_proxy proxy;     /* of 0: none was noticed */
	uint32_t proxy_at;
};

/* What one reader's link has said so far of a source. */
struct heard {
	uint32_t id, n;
	uint64_t ino, offset;
};

/* By number, which no other source of this run has: see wire_source. */
struct log_id {
	uint32_t id, reader;
	bool named, opened; /* warden follows it, the reader has it */
	struct log *log;
};

struct logs {
	size_t n;
	struct log **v;
	size_t n_ids;
	struct log_id *ids; /* by number */
	/* One had to give way: the ledger may forget it. Or NULL. */
	void (*forgot)(void *arg, const struct log *l);
	void *arg;
	uint64_t duplicates;
};

void logs_free(struct logs *l);
/* Found or made; NULL if there are too many that are read. */
struct log *logs_by_key(struct logs *l, uint64_t key);
/* Of this run's number; NULL if nobody named it. */
struct log *logs_by_id(const struct logs *l, uint32_t id);
/* The warden names a source. NULL if there are too many. */
struct log *logs_name(struct logs *l, const struct wire_source *s,
    struct str path);

/* A reader opened a source, perhaps before the warden named it. NULL if there
 * are too many. */
struct log *logs_opened(struct logs *l, uint32_t id, uint64_t key,
    uint32_t reader);

/* Warden follows it no more; the reader has read the rest of it; a reader is
 * gone and reads nothing more. What neither has is forgotten by its number. */
void logs_over(struct logs *l, uint32_t id);
void logs_closed(struct logs *l, uint32_t id);
void logs_reader_gone(struct logs *l, uint32_t reader);

/* What a link has said of that source: found or made, and let go. */
struct heard *heard_of(struct heard **v, size_t *n, uint32_t id);
void heard_forget(struct heard *v, size_t *n, uint32_t id);

/* Found or made; the one least lately used gives way: *gone is its inode, or
 * 0. */
struct position *log_position(struct log *l, uint64_t ino, uint32_t now,
    uint64_t *gone);
/* Does this sighting count? Then it is counted. */
bool log_take(struct log *l, struct heard *h, const struct wire_sighting *s,
    uint32_t now, uint64_t *gone);
void log_progress(struct log *l, const struct wire_progress *p,
    struct str cursor, uint32_t now, uint64_t *gone);
/* Where the reader goes on. */
struct wire_resume log_resume(struct log *l, const struct wire_opened *o);
void log_remark(struct log *l, const struct wire_remark *r, struct str text,
    uint32_t now);

#endif
