/*
 * sightings - what the matcher sees in a log, a line a hit.
 *
 *   sightings LOG RULE-FILE...
 *
 * To hold two versions of the matcher against each other: their words about
 * the same log must be the same (bench/same.sh).
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/when.h"
#include "line/record.h"
#include "rule/match.h"

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, what);
}

static struct str file_bytes(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("%s: %s", path, strerror(errno));
	if (st.st_size == 0)
		return STR("");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	return (struct str){ p, (size_t)st.st_size };
}

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
	log = file_bytes(argv[1]);
	rules_new(&r);
	for (int i = 2; i < argc; i++)
		rules_load(r, argv[i], file_bytes(argv[i]), fault, NULL);
	matcher_new(&m, r, fault, NULL);
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
