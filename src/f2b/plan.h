/*
 * plan - what one jail's filter is made of, as its commands say it.
 */
#ifndef LPT_F2B_PLAN_H
#define LPT_F2B_PLAN_H

#include "f2b/f2b.h"

/* One option's text and where it was written. */
struct f2b_text {
	const char *text; /* NULL: not set */
	const char *file; /* NULL: not known */
	unsigned line;
};

struct f2b_plan {
	const char *jail;
	bool journal; /* its lines come with their times */
	bool names;   /* <HOST> may be a name of DNS: usedns is not no */
	uint32_t maxlines;
	struct f2b_text prefregex, datepattern, logtimezone;
	struct f2b_text *failregex, *ignoreregex;
	size_t n_fail, n_ignore;
};

/* The jail's plan out of a stream. Texts stay the stream's, lists the
 * pool's. False: there is no such jail in it. */
bool f2b_plan(const struct f2b_val *stream, const char *jail, struct pool *pool,
    struct f2b_plan *ret);

/* A filter by itself, "sshd[mode=aggressive]", as the only jail, F2B_LONE, of
 * a stream. logtype may be NULL. 0, or F2B_E_CONF after a fault that was told;
 * *ret is the caller's in any case. */
#define F2B_LONE "filter"
int f2b_read_filter(struct f2b **ret, const struct f2b_door *door,
    const char *folder, const char *version, const char *filter,
    const char *logtype, f2b_tell *tell, void *arg);

#endif
