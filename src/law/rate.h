/*
 * rate - counting as fail2ban counts, for who wants to compare.
 *
 * No window: of a subject are kept the first and last time and a number. Once
 * the first is older than the span, the number is cut down to what it was by
 * rate (rounded as Python rounds, half to even) and the first time moves up;
 * after a span of silence all begins anew. Lines that come late count as they
 * are. A ban takes the record away. Known subjects may count for more.
 */
#ifndef LPT_RATE_H
#define LPT_RATE_H

#include "law/window.h"

/* One failure, and `more` beside it if he was known. True: enough. */
bool rate_add(struct seat *s, const struct window_rule *r, uint32_t at,
    uint32_t more, struct window_count *ret);
/* What the seat has. */
struct window_count rate_have(const struct seat *s);

#endif
