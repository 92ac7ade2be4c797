/*
 * gen - one generation of a log: an inode, read from an offset on.
 *
 * gen_turn reads what is there, but no more than a buffer's worth, and hands
 * over each complete line; a line without its end is left where it is and
 * read again when more has come. offset is always the first byte of the first
 * line that was not yet handed over in full, so it is where a successor goes
 * on. Of a line longer than GEN_LINE the head is given once its end has come,
 * marked as cut.
 */
#ifndef LPT_GEN_H
#define LPT_GEN_H

#include "base/str.h"

enum {
	GEN_LINE = 64 << 10,
	GEN_BUFFER = 256 << 10
};

struct gen {
	int fd;
	uint64_t dev, ino;
	uint64_t offset;
	uint64_t scan; /* no line end lies between offset and this */
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
	GEN_AGAIN, /* the file is shorter than what we had read: truncated;
		      offset is 0 */
};

/* buf holds GEN_BUFFER bytes and belongs to the turn. GEN_*, or -errno. */
int gen_turn(struct gen *g, char *buf, gen_line_fn *line, void *arg);

/* Nothing more will be written: hands over a last line that has no end.
 * False if it was not taken. */
bool gen_last(struct gen *g, char *buf, gen_line_fn *line, void *arg);

#endif
