/*
 * dump - a file of frames: what `liptako alliance export` writes and any
 * verifier reads. Eight bytes "LPTACTS1", then each frame after a u32 of its
 * length, big-endian, in the order in which they were recorded.
 */
#ifndef LPT_DUMP_H
#define LPT_DUMP_H

#include "base/bytes.h"
#include "base/str.h"

#define DUMP_MAGIC "LPTACTS1"

enum {
	DUMP_HEAD = 8,
	DUMP_LENGTH = 4
};

static inline void dump_length(uint8_t to[DUMP_LENGTH], size_t n)
{
	for (size_t i = 0; i < DUMP_LENGTH; i++)
		to[i] = (uint8_t)(n >> 8 * (DUMP_LENGTH - 1 - i));
}

/* Takes the head off; false if it is no dump. */
static inline bool dump_open(struct str *all)
{
	if (!str_starts(*all, STR(DUMP_MAGIC)))
		return false;
	*all = str_from(*all, DUMP_HEAD);
	return true;
}

/* The next frame; false at the end, and then all->n is 0 unless the file is
 * cut short. */
static inline bool dump_next(struct str *all, struct str *frame)
{
	struct rd r = rd_of(all->p, all->n);
	uint32_t n = rd_u32(&r);

	if (r.bad || r.left < n)
		return false;
	*frame = (struct str){ (const char *)r.p, n };
	*all = str_from(*all, DUMP_LENGTH + n);
	return true;
}

#endif
