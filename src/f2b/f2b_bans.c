/*
 * f2b_bans - whom a filter would ban over a log, for the tests that hold it
 * against fail2ban itself.
 *
 *     f2b_bans FOLDER FILTER window|fail2ban MAXRETRY FINDTIME [LAG] < LOG
 *
 * Each line comes at the moment that its date says. Prints "epoch id".
 */
#include <stdio.h>

#include "base/when.h"
#include "f2b/count.h"
#include "f2b/filter.h"

static void tell(void *arg, const struct f2b_fault *fault)
{
	fprintf(stderr, "%s:%u: %s\n", fault->file ? fault->file : "-",
	    fault->line, fault->what);
}

static void read_all(struct f2b_filter *f, struct f2b_count *count)
{
	auto_free char *line = NULL;
	size_t size = 0;
	int64_t now;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		struct f2b_line l = { { line, (size_t)n } };
		const struct f2b_failure *x = f2b_filter_feed(f, &l);

		/* the next one comes no earlier */
		if (f2b_filter_date(f, &now))
			f2b_filter_time(f, now, F2B_ANY_AGE);
		if (x && x->dated &&
		    f2b_count_add(count, x->id, x->utc, x->utc))
			printf("%lld " STR_F "\n", (long long)x->utc,
			    STR_A(x->id));
	}
}

int main(int argc, char **argv)
{
	struct f2b_options options = { .clock.now = wall_now().ns / NS_PER_S };
	struct f2b_filter *f = NULL;
	struct f2b_count *count;
	struct pool pool = { 0 };
	struct f2b_plan plan;
	struct f2b *conf = NULL;
	uint32_t retry, find, lag = 0;

	if (argc < 6 || argc > 7 ||
	    !str_u32(str_of(argv[4]), F2B_RETRY_MAX, &retry) || retry == 0 ||
	    !str_u32(str_of(argv[5]), 1 << 30, &find) ||
	    (argc == 7 && !str_u32(str_of(argv[6]), 3600, &lag)))
		die("usage: f2b_bans FOLDER FILTER window|fail2ban MAXRETRY "
		    "FINDTIME [LAG] < LOG");
	zone_new(&options.clock.zone, "UTC");
	if (f2b_read_filter(&conf, &f2b_disk, argv[1], LPT_VERSION, argv[2],
		NULL, tell, NULL) ||
	    !f2b_plan(f2b_stream(conf), F2B_LONE, &pool, &plan) ||
	    f2b_filter_new(&f, &plan, &options, tell, NULL) < 0)
		die("%s: no such filter", argv[2]);
	f2b_count_new(&count,
	    strcmp(argv[3], "window") == 0 ? F2B_WINDOW : F2B_LIKE_FAIL2BAN,
	    retry, find);
	f2b_count_lag(count, lag);
	read_all(f, count);
	f2b_count_free(&count);
	f2b_filter_free(&f);
	f2b_free(&conf);
	pool_drop(&pool);
	zone_free(&options.clock.zone);
	return 0;
}
