/*
 * timeline - how many of something happened when, over a span that is not
 * known beforehand: bins double their width, two into one, as times spread.
 */
#ifndef LPT_TIMELINE_H
#define LPT_TIMELINE_H

#include "base/base.h"

enum {
	TIMELINE_BINS = 128,
	TIMELINE_KINDS = 2
};

struct timeline {
	uint32_t start, width; /* s; width 0: nothing yet */
	uint32_t bins[TIMELINE_KINDS][TIMELINE_BINS];
};

void timeline_add(struct timeline *t, unsigned kind, uint32_t at);

#endif
