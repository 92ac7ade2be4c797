#include "cli/timeline.h"

/* Two bins become one; `shift` empty ones come before them if the time lies
 * before the start. */
static void widen(struct timeline *t, bool before)
{
	for (unsigned k = 0; k < TIMELINE_KINDS; k++) {
		uint32_t *b = t->bins[k];
		uint32_t half[TIMELINE_BINS / 2];

		for (unsigned i = 0; i < TIMELINE_BINS / 2; i++)
			half[i] = b[2 * i] + b[2 * i + 1];
		memset(b, 0, sizeof(t->bins[k]));
		memcpy(b + (before ? TIMELINE_BINS / 2 : 0), half,
		    sizeof(half));
	}
	if (before)
		t->start -= MIN(t->start, t->width * TIMELINE_BINS);
	t->width *= 2;
}

/* A year at 128 bins is three days each; beyond 2^32 s there is nothing. */
void timeline_add(struct timeline *t, unsigned kind, uint32_t at)
{
	uint32_t bin;

	if (t->width == 0) {
		t->start = at;
		t->width = 1;
	}
	for (;;) {
		bin =
		    at < t->start ? TIMELINE_BINS : (at - t->start) / t->width;
		if (bin < TIMELINE_BINS)
			break;
		if (t->width >= UINT32_MAX / TIMELINE_BINS)
			return;
		widen(t, at < t->start);
	}
	t->bins[kind][bin]++;
}
