/*
 * f2b_bench - a log through one of fail2ban's filters, on one core: dates,
 * sessions and all, as the reader does it.
 *
 *     f2b_bench FOLDER FILTER LOG [ROUNDS]
 *
 * Prints "lines matches seconds" of the fastest round, in CPU time; a round is
 * the whole log with a filter made anew. With ROUNDS 0: each match's line and
 * id.
 */
#include <time.h>

#include "base/when.h"
#include "bench.h"
#include "f2b/filter.h"
#include "line/frame.h"

struct bench {
	struct f2b_plan plan;
	struct f2b_options options;
	struct str log;
	bool show;
	uint64_t lines, matches;
};

static void tell(void *arg, const struct f2b_fault *fault)
{
	fprintf(stderr, "%s:%u: %s\n", fault->file ? fault->file : "-",
	    fault->line, fault->what);
}

/* Of this process: others on the machine do not count. */
static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double once(struct bench *b)
{
	struct f2b_filter *f = NULL;
	struct str rest = b->log;
	double from;
	struct f2b_line line = { 0 };

	if (f2b_filter_new(&f, &b->plan, &b->options, tell, NULL) < 0)
		die("no filter");
	b->lines = b->matches = 0;
	from = cpu_seconds();
	while (frame_cut(&rest, &line.text)) {
		const struct f2b_failure *x = f2b_filter_feed(f, &line);

		b->lines++;
		b->matches += x != NULL;
		if (x && b->show)
			printf("%llu " STR_F "\n", (unsigned long long)b->lines,
			    STR_A(x->id));
	}
	from = cpu_seconds() - from;
	f2b_filter_free(&f);
	return from;
}

int main(int argc, char **argv)
{
	struct bench b = { .options = { .clock.now = 0 } };
	struct pool pool = { 0 };
	struct f2b *conf = NULL;
	uint32_t rounds = 5;
	double best = 1e9;

	if (argc < 4 || (argc > 4 && !str_u32(str_of(argv[4]), 1000, &rounds)))
		die("usage: f2b_bench FOLDER FILTER LOG [ROUNDS]");
	if (f2b_read_filter(&conf, &f2b_disk, argv[1], LPT_VERSION, argv[2],
		NULL, tell, NULL) ||
	    !f2b_plan(f2b_stream(conf), F2B_LONE, &pool, &b.plan))
		die("%s: no such filter", argv[2]);
	b.options.clock.now = wall_now().ns / NS_PER_S;
	zone_new(&b.options.clock.zone, "UTC");
	b.log = bench_map(argv[3]);
	b.show = rounds == 0;
	for (uint32_t i = 0; i < rounds || i == 0; i++) {
		double s = once(&b);

		best = s < best ? s : best;
	}
	if (!b.show)
		printf("%llu %llu %.4f\n", (unsigned long long)b.lines,
		    (unsigned long long)b.matches, best);
	return 0;
}
