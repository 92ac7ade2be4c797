#include "base/nearest.h"

#include "base/tests.h"

static void what_was_meant_is_found(void **state)
{
	static const char *const names[] = { "replay", "reload", "rules",
		"status", "why", "why-not", "top", "add" };
	static const struct {
		const char *word, *near; /* NULL: none is near */
	} t[] = { { "repaly", "replay" }, { "stauts", "status" },
		{ "stat", "status" }, { "rule", "rules" },
		{ "whynot", "why-not" }, { "wy", "why" }, { "wyh", "why" },
		{ "ad", "add" }, { "foo", NULL }, { "frobnicate", NULL },
		{ "", NULL }, { "x", NULL },
		{ "a-word-that-is-much-longer-than-any-command", NULL } };

	for (size_t i = 0; i < countof(t); i++) {
		struct nearest n = nearest_to(t[i].word);

		for (size_t k = 0; k < countof(names); k++)
			nearest_try(&n, names[k]);
		if (!t[i].near)
			assert_null(n.best);
		else
			assert_string_equal(n.best, t[i].near);
	}
}

TESTS(cmocka_unit_test(what_was_meant_is_found))
