/*
 * line_bench - how many lines a second are cut and taken apart.
 *
 *   line_bench FILE [ROUNDS]
 *
 * The file is read whole first; the best of the rounds counts, the others
 * were disturbed. Prints also what kinds the lines were, so that a fast wrong
 * answer shows.
 */
#include "base/when.h"
#include "line/frame.h"
#include "line/record.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct counts {
	uint64_t lines, kinds[RECORD_FIELDS + 1], timed, requests;
};

static struct counts run(struct str all, uint32_t now)
{
	struct line_parser *p;
	struct counts c = { 0 };
	struct str line;
	struct record r;

	if (line_parser_new(&p, "UTC", now) < 0)
		die("no UTC");
	while (frame_cut(&all, &line)) {
		line_parse(p, LINE_AUTO, line, &r);
		c.lines++;
		c.kinds[r.kind]++;
		c.timed += r.has_time;
		c.requests += r.is_request;
	}
	line_parser_free(&p);
	return c;
}

static struct str read_all(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *m;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		die("%s: %s", path, strerror(errno));
	m = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (m == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	return (struct str){ m, (size_t)st.st_size };
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "plain", "syslog", "access",
		"error", "fields" };
	uint32_t rounds = 5;
	double best = 1e9;
	struct counts c = { 0 };
	struct str all;

	if (argc < 2 || (argc > 2 && !str_u32(str_of(argv[2]), 1000, &rounds)))
		die("usage: line_bench FILE [ROUNDS]");
	all = read_all(argv[1]);
	for (uint32_t i = 0; i < rounds; i++) {
		struct mono from = mono_now();
		double s;

		c = run(all, wall_s(wall_now()));
		s = (double)(mono_now().ns - from.ns) / 1e9;
		best = MIN(best, s);
	}
	printf("%.2f M lines/s, %.1f ns a line, %.0f MB/s; %llu lines, "
	       "%llu with a time, %llu requests:",
	    (double)c.lines / best / 1e6, best * 1e9 / (double)c.lines,
	    (double)all.n / best / 1e6, (unsigned long long)c.lines,
	    (unsigned long long)c.timed, (unsigned long long)c.requests);
	for (size_t i = 0; i < countof(names); i++) {
		if (c.kinds[i])
			printf(" %s %llu", names[i],
			    (unsigned long long)c.kinds[i]);
	}
	putchar('\n');
	return 0;
}
