#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"

static int say(int code, const char *command, const char *fmt, va_list ap)
    PRINTF(3, 0);

static int say(int code, const char *command, const char *fmt, va_list ap)
{
	fprintf(stderr, "liptako %s: ", command);
	/* clang-tidy 14 does not see that ap was started by the caller:
	 * NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	if (code == CLI_USAGE)
		fprintf(stderr, "liptako %s --help says how.\n", command);
	return code;
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = say(CLI_USAGE, command, fmt, ap);
	va_end(ap);
	return r;
}

int cli_fault(const char *command, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = say(CLI_FAULT, command, fmt, ap);
	va_end(ap);
	return r;
}

int cli_option(int argc, char **argv, const struct option *longs)
{
	return getopt_long(argc, argv, ":", longs, NULL);
}

int cli_bad_option(char **argv, int c)
{
	/* what was read last, or stands before its value */
	bool value_apart = optarg && optarg == argv[optind - 1];
	struct str word = str_of(argv[optind - (value_apart ? 2 : 1)]), name;
	bool has_value = str_cut(&word, '=', &name);

	if (!has_value)
		name = word;
	if (c == ':')
		return cli_usage(argv[0], STR_F " needs a value", STR_A(name));
	if (c != '?' || !optopt)
		return cli_usage(argv[0], "it takes no option " STR_F,
		    STR_A(name));
	if (has_value)
		return cli_usage(argv[0], STR_F " takes no value", STR_A(name));
	return cli_usage(argv[0], "it takes no option -%c", optopt);
}

enum {
	WORD_MAX = 31
};

/* Levenshtein's distance in one row; words longer than WORD_MAX are far. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[WORD_MAX + 1];

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned swap = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(MIN(row[j], row[j - 1]) + 1, swap);
		}
	}
	return row[m];
}

const char *cli_nearest(const char *word, const char *(*name_at)(size_t i))
{
	unsigned least = (unsigned)MIN(strlen(word), WORD_MAX) / 3 + 1;
	const char *best = NULL, *name;

	for (size_t i = 0; (name = name_at(i)); i++) {
		unsigned d = distance(word, name);

		if (d <= least && (!best || d < least)) {
			least = d;
			best = name;
		}
	}
	return best;
}
