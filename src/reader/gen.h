/*
 * gen - one generation of a log: an inode, read from an offset on.
 *
 * gen_turn reads what is there, but no more than a buffer's worth, and hands
 * over each complete line; a line without its end is left where it is and
 * read again when more has come. offset is always the first byte of the first
 * line that was not yet handed over in full, so it is where a successor goes
 * on. What stands right before it is remembered: if that changed, the file was
 * truncated and has grown beyond it again, unseen. Of a line longer than
 * GEN_LINE the head is given once its end has come, marked as cut.
 */
#ifndef LPT_GEN_H
#define LPT_GEN_H

#include "base/hash.h"
#include "base/str.h"

enum {
	GEN_LINE = 64 << 10,
	GEN_BUFFER = 256 << 10,
	GEN_BEFORE = 64
};

struct gen {
	int fd;
	uint64_t dev, ino;
	uint64_t offset;
	uint64_t scan; /* no line end lies between offset and this */
	size_t n_before;
	char before[GEN_BEFORE]; /* the bytes before offset, all if fewer */
};

struct gen_line {
	struct str text;
	uint64_t at;   /* offset of its first byte */
	uint64_t next; /* and of the next line's */
	bool cut;
};

/* Takes the line: true; or cannot now: false, and it comes again. */
typedef bool gen_line_fn(void *arg, const struct gen_line *l);

enum {
	GEN_IDLE,  /* at its end for now */
	GEN_MORE,  /* give it another turn */
	GEN_STUCK, /* a line was not taken */
	GEN_AGAIN, /* the file is not what we had read: truncated; offset is
		      0 */
};

/* Goes on there; what stands before it is taken as it is now. */
void gen_seek(struct gen *g, uint64_t offset);

/* buf holds GEN_BUFFER bytes and belongs to the turn. GEN_*, or -errno. */
int gen_turn(struct gen *g, char *buf, gen_line_fn *line, void *arg);

/* A hash of what stands before the offset; 0 if nothing does. */
uint64_t gen_before(const struct gen *g, const struct hash_key *key);

/* Nothing more will be written: hands over a last line that has no end.
 * False if it was not taken. */
bool gen_last(struct gen *g, char *buf, gen_line_fn *line, void *arg);

#endif
