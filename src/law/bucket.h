/*
 * bucket - two counters that slide into one another, for counts that are too
 * long to keep each time: two words of a seat.
 */
#ifndef LPT_BUCKET_H
#define LPT_BUCKET_H

#include "base/base.h"

/* Two buckets, each one span long. */
struct bucket {
	uint32_t start; /* of the running one, a multiple of the span */
	uint16_t now, before;
};

static inline struct bucket bucket_at(const uint32_t *words)
{
	return (struct bucket){ words[0], (uint16_t)(words[1] >> 16),
		(uint16_t)words[1] };
}

static inline struct bucket bucket_rolled(struct bucket b, uint32_t span,
    uint32_t at)
{
	if (at < b.start || at - b.start < span)
		return b;
	b.before = at - b.start < 2 * (uint64_t)span ? b.now : 0;
	b.now = 0;
	b.start = at - at % span;
	return b;
}

static inline uint32_t bucket_have(struct bucket b, uint32_t span,
    uint32_t newest)
{
	uint32_t into;

	b = bucket_rolled(b, span, newest);
	into = newest > b.start ? newest - b.start : 0;
	return b.now +
	       (uint32_t)((uint64_t)b.before * (span - MIN(into, span)) / span);
}

/* Counts one more at `at` and answers how many there are up to newest. */
static inline uint32_t bucket_add(uint32_t *words, uint32_t span, uint32_t at,
    uint32_t newest)
{
	struct bucket b = bucket_rolled(bucket_at(words), span, newest);

	if (at >= b.start)
		b.now = (uint16_t)MIN(b.now + 1, UINT16_MAX);
	else if (b.start - at <= span)
		b.before = (uint16_t)MIN(b.before + 1, UINT16_MAX);
	words[0] = b.start;
	words[1] = (uint32_t)b.now << 16 | b.before;
	return bucket_have(b, span, newest);
}

#endif
