/*
 * regex - what the two halves of fail2ban-regex share: the one that finds out
 * what is to be tried, and the one that tries it and tells.
 */
#ifndef LPT_F2B_REGEX_H
#define LPT_F2B_REGEX_H

#include "cli/cli.h"
#include "cli/input.h"
#include "f2b/filter.h"

/* Lines of one kind. */
struct pile {
	const char *name;
	bool show, all;
	uint64_t n;
	size_t n_kept;
	char **kept;
};

enum {
	MATCHED,
	MISSED,
	IGNORED,
	PILES,
};

struct regex_run {
	const char *folder, *zone, *out, *usedns, *log, *regex, *ignore;
	bool verbose, few;
	uint32_t maxlines;
	struct f2b_text date, one_fail, one_ignore;
	struct inputs in;
	struct f2b *conf;
	struct pool pool;
	struct f2b_plan plan;
	struct f2b_options options;
	struct f2b_filter *filter;
	const char *filter_name;
	uint64_t lines, prefixed, dated, *hits, n_hits;
	struct pile pile[PILES];
};

/* From the arguments: the filter, the log and the clock. An exit code. */
int regex_prepare(struct regex_run *r);

#endif
