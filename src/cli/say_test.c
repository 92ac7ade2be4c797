#include "cli/cli.h"

#include "base/tests.h"

static const char *name_at(size_t i)
{
	static const char *const names[] = { "replay", "reload", "rules",
		"status", "why", "why-not", NULL };

	return names[i];
}

static void a_mistyped_word_finds_its_neighbour(void **state)
{
	static const struct {
		const char *word, *near; /* NULL: none is near */
	} t[] = { { "repaly", "replay" }, { "stauts", "status" },
		{ "rule", "rules" }, { "whynot", "why-not" }, { "wy", "why" },
		{ "frobnicate", NULL }, { "", NULL },
		{ "a-word-that-is-much-longer-than-any-command", NULL } };

	for (size_t i = 0; i < countof(t); i++) {
		const char *got = cli_nearest(t[i].word, name_at);

		if (!t[i].near)
			assert_null(got);
		else
			assert_string_equal(got, t[i].near);
	}
}

/* What cli_bad_option says on standard error of the first wrong option. */
static void said_of(char *const *words, char *to, size_t size)
{
	static const struct option longs[] = { { "all", no_argument, NULL,
						   'a' },
		{ "run", required_argument, NULL, 'R' },
		{ "term", required_argument, NULL, 't' }, { 0 } };
	char *argv[8] = { (char *)(uintptr_t) "list" };
	int argc = 1, c, was = dup(STDERR_FILENO), fd[2];
	ssize_t n;

	while (words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	assert_int_equal(pipe(fd), 0);
	assert_true(dup2(fd[1], STDERR_FILENO) >= 0);
	optind = 0; /* begin anew */
	do
		c = cli_option(argc, argv, longs);
	while (c == 'a' || c == 'R');
	assert_int_equal(cli_bad_option(argv, c), CLI_USAGE);
	assert_true(dup2(was, STDERR_FILENO) >= 0);
	close(fd[1]);
	n = read(fd[0], to, size - 1);
	assert_true(n > 0);
	to[n] = '\0';
	close(fd[0]);
	close(was);
}

static void a_wrong_option_is_told_once(void **state)
{
	static const struct {
		const char *words[5], *said;
	} t[] = {
		{ { "--nonsuch" }, "it takes no option --nonsuch" },
		{ { "--nonsuch=3" }, "it takes no option --nonsuch" },
		{ { "--tern" },
		    "it takes no option --tern; did you mean --term?" },
		{ { "--rnu", "x" },
		    "it takes no option --rnu; did you mean --run?" },
		{ { "--all", "-x" }, "it takes no option -x" },
		{ { "--run" }, "--run needs a value" },
		{ { "here", "--all=yes" }, "--all takes no value" },
		/* known to getopt, but not this command's */
		{ { "--term", "3h" }, "it takes no option --term" },
		{ { "--run", "x", "--term=3h" }, "it takes no option --term" },
	};
	char got[256], wanted[256];

	for (size_t i = 0; i < countof(t); i++) {
		said_of((char *const *)(uintptr_t)t[i].words, got, sizeof(got));
		snprintf(wanted, sizeof(wanted),
		    "liptako list: %s\nliptako list --help says how.\n",
		    t[i].said);
		assert_string_equal(got, wanted);
	}
}

TESTS(cmocka_unit_test(a_mistyped_word_finds_its_neighbour),
    cmocka_unit_test(a_wrong_option_is_told_once))
