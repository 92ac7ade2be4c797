/*
 * sightings - what the matcher sees in a log, a line a hit.
 *
 *   sightings LOG RULE-FILE...
 *
 * To hold two versions of the matcher against each other: their words about
 * the same log must be the same (bench/same.sh).
 */

#include "base/when.h"
#include "bench.h"
#include "line/record.h"
#include "rule/match.h"

static void tell(const struct rules *r, size_t line, const struct hit *h)
{
	const struct rule *rule = &r->rules[h->rule];
	char who[ADDR_MAX];

	addr_print(&h->who, who);
	printf("%zu %s/%s %u %s %u [" STR_F "] [" STR_F "]\n", line,
	    r->services[rule->service].name, rule->name, h->pattern, who,
	    h->port, STR_A(h->user), STR_A(h->distinct));
}

int main(int argc, char **argv)
{
	struct line_parser *p = NULL;
	struct matcher *m = NULL;
	struct rules *r = NULL;
	struct hit found[MATCH_HITS];
	struct record rec;
	struct str log, line;
	size_t n = 0;

	if (argc < 3)
		die("usage: sightings LOG RULE-FILE...");
	log = bench_map(argv[1]);
	rules_new(&r);
	for (int i = 2; i < argc; i++)
		rules_load(r, argv[i], bench_map(argv[i]), bench_fault, NULL);
	matcher_new(&m, r, bench_fault, NULL);
	line_parser_new(&p, "UTC", 1795000000);
	while (str_cut(&log, '\n', &line)) {
		size_t hits;

		n++;
		line_parse(p, LINE_AUTO, line, &rec);
		hits = match_record(m, &rec, -1, found);
		for (size_t i = 0; i < hits; i++)
			tell(r, n, &found[i]);
	}
	line_parser_free(&p);
	matcher_free(&m);
	rules_free(&r);
	return 0;
}
