#include "law/rate.h"

enum {
	WORD_FIRST,
	WORD_RETRY
};

/* As Python's round() does: half to even, in doubles. */
static uint32_t by_rate(uint32_t retry, uint32_t age, uint32_t span)
{
	double v = (double)retry / (double)age * (double)span;
	uint32_t whole = (uint32_t)v;
	double rest = v - whole;

	return whole + (rest > 0.5 || (rest >= 0.5 && whole % 2));
}

static void adjust(struct seat *s, uint32_t span, uint32_t at)
{
	uint32_t *first = &s->w[WORD_FIRST], *retry = &s->w[WORD_RETRY];

	if (at <= s->heat)
		return;
	if (at > span && *first < at - span) {
		*retry = by_rate(*retry, at - *first, span);
		*first = at - span;
	}
	s->heat = at;
}

bool rate_add(struct seat *s, const struct window_rule *r, uint32_t at,
    uint32_t more, struct window_count *ret)
{
	bool was_quiet = at > r->span && s->heat <= at - r->span;

	if (s->w[WORD_RETRY] == 0 || was_quiet) {
		s->w[WORD_FIRST] = s->heat = at;
		s->w[WORD_RETRY] = 0;
	} else {
		adjust(s, r->span, at);
	}
	s->w[WORD_RETRY] = MIN(s->w[WORD_RETRY] + 1 + more, WINDOW_MOST);
	*ret = rate_have(s);
	return ret->have >= r->count;
}

struct window_count rate_have(const struct seat *s)
{
	return (
	    struct window_count){ s->w[WORD_RETRY], s->w[WORD_FIRST], s->heat };
}
