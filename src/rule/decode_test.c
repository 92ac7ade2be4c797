#include "rule/decode.h"

#include "base/tests.h"

static void decoding(void **state)
{
	static const struct {
		const char *target, *path, *query; /* query NULL: none */
	} t[] = {
		{ "/index.html", "/index.html", NULL },
		{ "/a?b", "/a", "b" },
		{ "/a?", "/a", "" },
		{ "?b", "", "b" },
		{ "/%2e%2e/x", "/../x", NULL },
		{ "/%252e%252e/x", "/../x", NULL },
		{ "/%25252e", "/%2e", NULL },
		{ "/%%32e", "/.", NULL },
		{ "/%", "/%", NULL },
		{ "/%2", "/%2", NULL },
		{ "/%zz", "/%zz", NULL },
		{ "/a%3fb?c", "/a?b", "c" },
		{ "/a+b?c+d", "/a+b", "c d" },
		{ "/a?c%2bd", "/a", "c+d" },
		{ "/a?b?c", "/a", "b?c" },
		{ "/A%4aB", "/AJB", NULL },
	};
	char room[DECODED_MAX];

	for (size_t i = 0; i < countof(t); i++) {
		struct decoded d;

		decode_target(str_of(t[i].target), room, &d);
		assert_true(
		    str_eq(str_head(d.all, d.path_n), str_of(t[i].path)));
		assert_int_equal(d.all.n > d.path_n, t[i].query != NULL);
		if (t[i].query)
			assert_true(str_eq(str_from(d.all, d.path_n + 1),
			    str_of(t[i].query)));
		assert_false(d.cut);
	}
}

static void long_targets_are_cut(void **state)
{
	static char target[DECODED_MAX * 2], room[DECODED_MAX];
	struct decoded d;

	memset(target, '%', sizeof(target));
	decode_target((struct str){ target, sizeof(target) }, room, &d);
	assert_true(d.cut);
	assert_int_equal(d.all.n, DECODED_MAX);
	decode_target((struct str){ target, DECODED_MAX }, room, &d);
	assert_false(d.cut);
	decode_target((struct str){ 0 }, room, &d);
	assert_int_equal(d.all.n, 0);
	assert_int_equal(d.path_n, 0);
}

TESTS(cmocka_unit_test(decoding), cmocka_unit_test(long_targets_are_cut))
