/*
 * rules_check_tool - runs the examples of rule files, for their authors.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "rule/check.h"

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	size_t *n = arg;

	if (column)
		printf("%s:%u:%u: %s\n", file, line, column, what);
	else
		printf("%s:%u: %s\n", file, line, what);
	++*n;
}

static bool load(struct rules *r, const char *path, size_t *faults)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		printf("%s: %s\n", path, strerror(errno));
		return false;
	}
	text = mem_new(1, (size_t)st.st_size + 1);
	n = read(fd, text, (size_t)st.st_size);
	if (n < 0) {
		printf("%s: %s\n", path, strerror(errno));
		return false;
	}
	rules_load(r, path, (struct str){ text, (size_t)n }, fault, faults);
	return true;
}

int main(int argc, char **argv)
{
	struct line_parser *parser = NULL;
	struct check_counts counts;
	struct matcher *m = NULL;
	struct rules *r = NULL;
	size_t faults = 0;

	if (argc < 2) {
		printf("usage: rules_check_tool FILE...\n");
		return 2;
	}
	rules_new(&r);
	for (int i = 1; i < argc; i++)
		faults += !load(r, argv[i], &faults);
	matcher_new(&m, r, fault, &faults);
	/* a fixed day, so that dates without a year mean the same always */
	line_parser_new(&parser, "UTC", 1795000000);
	rules_check(r, m, parser, fault, &faults, &counts);
	printf("%zu rules, %zu examples: %zu failed, %zu notes, %zu other "
	       "faults\n",
	    counts.rules, counts.examples, counts.failed, counts.notes,
	    faults - counts.failed - counts.notes);
	line_parser_free(&parser);
	matcher_free(&m);
	rules_free(&r);
	return faults > counts.notes;
}
