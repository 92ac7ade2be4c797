/*
 * match_bench - lines a second of parsing and matching, on one core.
 *
 *   match_bench LOG RULE-FILE...
 *
 * The log is read into memory first; each stage runs over all of it and tells
 * its best of five.
 */

#include "base/when.h"
#include "bench.h"
#include "line/record.h"
#include "rule/match.h"

static size_t go(struct line_parser *p, struct matcher *m, struct str all,
    size_t *hits)
{
	struct hit found[MATCH_HITS];
	struct record rec;
	struct str line;
	size_t n = 0;

	while (str_cut(&all, '\n', &line)) {
		line_parse(p, LINE_AUTO, line, &rec);
		if (m)
			*hits += match_record(m, &rec, -1, found);
		n++;
	}
	return n;
}

static double best_ns(struct line_parser *p, struct matcher *m, struct str all,
    size_t *hits)
{
	double best = 1e18;

	for (int i = 0; i < 5; i++) {
		struct mono from = mono_now();
		size_t n;
		double ns;

		*hits = 0;
		n = go(p, m, all, hits);
		ns = (double)(mono_now().ns - from.ns) / (double)MAX(n, 1);
		best = MIN(best, ns);
	}
	return best;
}

int main(int argc, char **argv)
{
	struct line_parser *p = NULL;
	struct matcher *m = NULL;
	struct rules *r = NULL;
	const struct match_stats *s;
	double parse, both;
	struct str log;
	size_t hits;

	if (argc < 3)
		die("usage: match_bench LOG RULE-FILE...");
	log = bench_map(argv[1]);
	rules_new(&r);
	for (int i = 2; i < argc; i++)
		rules_load(r, argv[i], bench_map(argv[i]), bench_fault, NULL);
	matcher_new(&m, r, bench_fault, NULL);
	line_parser_new(&p, "UTC", wall_s(wall_now()));
	parse = best_ns(p, NULL, log, &hits);
	both = best_ns(p, m, log, &hits);
	s = matcher_stats(m);
	printf("parse %.1f ns, parse and match %.1f ns a line: %.2f M lines/s; "
	       "%zu rules, %zu hits, %llu ambiguous, %llu over the limit, "
	       "%.2f PCRE2 runs a line\n",
	    parse, both, 1e3 / both, r->n, hits,
	    (unsigned long long)s->ambiguous / 5,
	    (unsigned long long)s->over_limit / 5,
	    (double)s->pcre / (double)MAX(s->records, 1));
	line_parser_free(&p);
	matcher_free(&m);
	rules_free(&r);
	return 0;
}
