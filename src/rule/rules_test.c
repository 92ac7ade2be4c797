/*
 * rules_test - every shipped rule file: it loads without a fault, and all its
 * examples come out as they say.
 *
 *   rules_test FOLDER
 *
 * All files are loaded together, as the reader does it: an example is also
 * run against everybody else's rules. TAP, one test a file.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>

#include "rule/check.h"

/* Dates without a year are near this day in every run. */
#define TEST_DAY 1795000000 /* 2026-11-18 */

struct book {
	glob_t files;
	size_t *faults; /* by file */
};

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct book *b = arg;

	if (strstr(what, ": note: "))
		return;
	printf("# %s:%u: %s\n", file, line, what);
	for (size_t i = 0; i < b->files.gl_pathc; i++)
		b->faults[i] += strcmp(b->files.gl_pathv[i], file) == 0;
}

static void load(struct rules *r, struct book *b, size_t i)
{
	const char *path = b->files.gl_pathv[i];
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	auto_free char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("%s: %s", path, strerror(errno));
	text = mem_new(1, (size_t)st.st_size + 1);
	n = read(fd, text, (size_t)st.st_size);
	if (n != st.st_size)
		die("%s: short read", path);
	rules_load(r, path, (struct str){ text, (size_t)n }, fault, b);
}

int main(int argc, char **argv)
{
	struct line_parser *parser = NULL;
	struct check_counts counts;
	struct matcher *m = NULL;
	struct rules *r = NULL;
	struct book b = { 0 };
	char pattern[4096];
	size_t failed = 0;

	snprintf(pattern, sizeof(pattern), "%s/*.yaml",
	    argc > 1 ? argv[1] : "rules");
	if (glob(pattern, 0, NULL, &b.files) != 0)
		die("%s: no rule files", pattern);
	b.faults = mem_new(b.files.gl_pathc, sizeof(*b.faults));
	rules_new(&r);
	for (size_t i = 0; i < b.files.gl_pathc; i++)
		load(r, &b, i);
	matcher_new(&m, r, fault, &b);
	line_parser_new(&parser, "UTC", TEST_DAY);
	rules_check(r, m, parser, fault, &b, &counts);
	printf("1..%zu\n", b.files.gl_pathc);
	for (size_t i = 0; i < b.files.gl_pathc; i++) {
		printf("%sok %zu - %s\n", b.faults[i] ? "not " : "", i + 1,
		    strrchr(b.files.gl_pathv[i], '/') + 1);
		failed += b.faults[i] > 0;
	}
	printf("# %zu rules, %zu examples\n", counts.rules, counts.examples);
	line_parser_free(&parser);
	matcher_free(&m);
	rules_free(&r);
	free(b.faults);
	globfree(&b.files);
	return failed > 0;
}
