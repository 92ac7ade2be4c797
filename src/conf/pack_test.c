#include "conf/pack.h"

#include "base/tests.h"

static void files_come_apart_as_they_were_put_together(void **state)
{
	static const char *const paths[] = { "/r/a.yaml", "/r/b c.yaml", "x" },
				 *const texts[] = { "service: a\n", "",
					 "%%% 3 no\nabc" };
	char all[3 * PACK_HEAD], head[PACK_HEAD];
	struct str left = { all, 0 }, path, text;

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(texts[i]), h = pack_head(paths[i], n, head);

		assert_true(h > 0);
		memcpy(all + left.n, head, h);
		memcpy(all + left.n + h, texts[i], n);
		left.n += h + n;
	}
	for (size_t i = 0; i < 3; i++) {
		assert_true(pack_next(&left, &path, &text));
		assert_true(str_eq(path, str_of(paths[i])));
		assert_true(str_eq(text, str_of(texts[i])));
	}
	assert_false(pack_next(&left, &path, &text));
	assert_int_equal(left.n, 0);
}

static void what_is_no_pack_ends_it(void **state)
{
	static const char *const bad[] = { "", "%%% 5 x\nabcd", "%%% x y\n",
		"%%% -1 x\n", "%% 0 x\n", "%%% 0 x",
		"%%% 99999999999999999999 x\n" };

	for (size_t i = 0; i < countof(bad); i++) {
		struct str left = str_of(bad[i]), path, text;

		assert_false(pack_next(&left, &path, &text));
		assert_int_equal(left.n, strlen(bad[i]));
	}
}

static void a_path_with_a_line_end_has_no_head(void **state)
{
	char head[PACK_HEAD];

	assert_int_equal(pack_head("/a\n%%% 1 b", 1, head), 0);
}

TESTS(cmocka_unit_test(files_come_apart_as_they_were_put_together),
    cmocka_unit_test(what_is_no_pack_ends_it),
    cmocka_unit_test(a_path_with_a_line_end_has_no_head))
