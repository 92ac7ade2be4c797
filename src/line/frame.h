/*
 * frame - a stream of bytes cut into lines.
 *
 * The bytes live in the caller's buffer. Read into frame_room, say how much
 * came with frame_add, take lines with frame_next until there are none: a line
 * without its end stays until the end comes. Lines end with LF or CR LF; any
 * other byte is kept, NUL too. Of a line longer than FRAME_LINE the head is
 * given once its end has come and the rest is dropped, so what follows the
 * head never passes for a line of its own. Slices hold until the next
 * frame_room.
 */
#ifndef LPT_FRAME_H
#define LPT_FRAME_H

#include "base/str.h"
#include "line/ends.h"

#define FRAME_LINE (64 << 10)
/* The least a buffer must hold; twice that is better. */
#define FRAME_MIN (FRAME_LINE + 4096)

enum {
	FRAME_ENDS =
	    32 /* looked for at once; so many lines stay in the cache */
};

struct frame {
	char *buf;
	size_t size;
	size_t from, to; /* the bytes not yet given out */
	size_t seen;     /* buf's ends before are in ends, or were given */
	unsigned n_ends, next_end;
	uint32_t ends[FRAME_ENDS + ENDS_BLOCK];
	size_t dropped; /* of the line at from: cut out of the buffer */
	uint64_t at;    /* where buf[from] stands in the stream */
	uint64_t cut;   /* lines that were too long, ever */
};

struct frame_line {
	struct str text;
	uint64_t at;   /* where it begins in the stream */
	uint64_t next; /* where the next one will */
	bool cut;      /* text is only its head */
};

void frame_init(struct frame *f, void *buf, size_t size, uint64_t at);
/* Where to read to, never empty. */
char *frame_room(struct frame *f, size_t *size);
void frame_add(struct frame *f, size_t n);
bool frame_next(struct frame *f, struct frame_line *ret);
/* The last line of a stream that has ended without a line end. */
bool frame_last(struct frame *f, struct frame_line *ret);

/* The same over bytes that are all there: the first line of *rest, cut off
 * from it. The last line needs no end. False if nothing is left. */
bool frame_cut(struct str *rest, struct str *line);

#endif
