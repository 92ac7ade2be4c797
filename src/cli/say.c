#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"

#include "base/nearest.h"

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

static const struct option *offered; /* by the command that runs */

int cli_option(int argc, char **argv, const struct option *longs)
{
	offered = longs;
	return getopt_long(argc, argv, ":", longs, NULL);
}

/* "--srot" may have meant "--sort". */
static int no_option(const char *command, struct str name)
{
	char word[80];
	struct nearest n;
	size_t dashes = str_starts(name, STR("--")) ? 2 : 0;

	(void)str_show(str_from(name, dashes), word, sizeof(word));
	n = nearest_to(word);
	for (const struct option *o = offered; dashes && o && o->name; o++)
		nearest_try(&n, o->name);
	if (n.best && strcmp(n.best, word) != 0)
		return cli_usage(command,
		    "it takes no option " STR_F "; did you mean --%s?",
		    STR_A(name), n.best);
	return cli_usage(command, "it takes no option " STR_F, STR_A(name));
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
		return no_option(argv[0], name);
	if (has_value)
		return cli_usage(argv[0], STR_F " takes no value", STR_A(name));
	return cli_usage(argv[0], "it takes no option -%c", optopt);
}

const char *cli_nearest(const char *word, const char *(*name_at)(size_t i))
{
	struct nearest n = nearest_to(word);
	const char *name;

	for (size_t i = 0; (name = name_at(i)); i++)
		nearest_try(&n, name);
	return n.best;
}

int cli_not_among(const char *command, const char *word,
    const char *const *words)
{
	struct nearest n = nearest_to(word);
	char shown[80], known[200] = "";

	for (size_t i = 0; words[i]; i++) {
		size_t at = strlen(known);

		nearest_try(&n, words[i]);
		snprintf(known + at, sizeof(known) - at, "%s%s",
		    i == 0         ? ""
		    : words[i + 1] ? ", "
				   : " or ",
		    words[i]);
	}
	(void)str_show(str_of(word), shown, sizeof(shown));
	return cli_usage(command, "\"%s\" is not %s%s%s%s", shown, known,
	    n.best ? "; did you mean \"" : "", n.best ? n.best : "",
	    n.best ? "\"?" : "");
}
