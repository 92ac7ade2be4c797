/*
 * keep - how long what was said is kept.
 *
 * A body that may name an address is erased 30 days after it was received, a
 * murmur's after 48 hours; what is left of an act is its header, which is kept
 * for 2 years, so that chains verify and nothing that was erased is taken
 * again. Sealed acts are kept for ever and are not asked about here.
 */
#ifndef LPT_KEEP_H
#define LPT_KEEP_H

#include "act/frame.h"

enum {
	KEEP_MURMUR = 48 * 3600,      /* s */
	KEEP_BODY = 30 * 86400,       /* s */
	KEEP_HEADER = 2 * 365 * 86400 /* s */
};

uint32_t keep_body(uint8_t type);

/* The frame without the bodies that are as old as that, verified or not: the
 * length, or 0 if nothing in it is to be erased. */
size_t keep_strip(const struct frame *f, uint32_t age, uint8_t *to,
    size_t size);
/* The same, for acts of which erase says so. */
typedef bool keep_erase_fn(void *arg, const struct frame_act *a);
size_t keep_strip_if(const struct frame *f, keep_erase_fn *erase, void *arg,
    uint8_t *to, size_t size);

#endif
