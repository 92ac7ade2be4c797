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

TESTS(cmocka_unit_test(a_mistyped_word_finds_its_neighbour))
