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

static void load(struct rules *r, struct book *b, size_t i, bool bare)
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
	if (bare)
		rules_load_own(r, path,
		    (struct str){ text,
			rules_without_examples(text, (size_t)n) },
		    fault, b);
	else
		rules_load(r, path, (struct str){ text, (size_t)n }, fault, b);
}

/* As a replay reads them, without their examples and most of them without
 * libyaml, the files say the same rules at the same lines. */
static bool same_when_bare(const struct rules *r, struct book *b)
{
	struct rules *bare = NULL;
	bool same;

	rules_new(&bare);
	for (size_t i = 0; i < b->files.gl_pathc; i++)
		load(bare, b, i, true);
	same = bare->n == r->n && bare->n_services == r->n_services;
	for (size_t i = 0; same && i < r->n; i++) {
		const struct rule *x = &r->rules[i], *y = &bare->rules[i];

		same = strcmp(x->name, y->name) == 0 && x->at == y->at &&
		       x->match.n == y->match.n && x->veto.n == y->veto.n &&
		       x->count == y->count && x->span == y->span &&
		       y->n_examples == 0;
	}
	rules_free(&bare);
	return same;
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
	bool same;

	snprintf(pattern, sizeof(pattern), "%s/*.yaml",
	    argc > 1 ? argv[1] : "rules");
	if (glob(pattern, 0, NULL, &b.files) != 0)
		die("%s: no rule files", pattern);
	b.faults = mem_new(b.files.gl_pathc, sizeof(*b.faults));
	rules_new(&r);
	for (size_t i = 0; i < b.files.gl_pathc; i++)
		load(r, &b, i, false);
	matcher_new(&m, r, fault, &b);
	line_parser_new(&parser, "UTC", TEST_DAY);
	rules_check(r, m, parser, fault, &b, &counts);
	printf("1..%zu\n", b.files.gl_pathc + 1);
	for (size_t i = 0; i < b.files.gl_pathc; i++) {
		printf("%sok %zu - %s\n", b.faults[i] ? "not " : "", i + 1,
		    strrchr(b.files.gl_pathv[i], '/') + 1);
		failed += b.faults[i] > 0;
	}
	same = same_when_bare(r, &b);
	printf("%sok %zu - the same without examples\n", same ? "" : "not ",
	    b.files.gl_pathc + 1);
	printf("# %zu rules, %zu examples\n", counts.rules, counts.examples);
	line_parser_free(&parser);
	matcher_free(&m);
	rules_free(&r);
	free(b.faults);
	globfree(&b.files);
	return failed > 0 || !same;
}
