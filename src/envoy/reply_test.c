#include "envoy/reply.h"

#include "base/tests.h"

static const struct {
	const char *text;
	bool is, ok;
	uint32_t code;
	uint64_t seq;
} t[] = {
	{ "{\"stream\":\"OUT\", \"seq\":12}", true, true, 0, 12 },
	{ "{\"type\":\"x\",\"config\":{\"name\":\"OUT\"}}", true, true, 0, 0 },
	{ "{\"error\":{\"code\":404,\"err_code\":10059,"
	  "\"description\":\"stream not found\"}}",
	    true, false, 10059, 0 },
	{ "{\"error\":{}}", true, false, 0, 0 },
	{ "{\"error\":{\"err_code\":-1}}", true, false, 0, 0 },
	{ "{\"seq\":-4}", true, true, 0, 0 },
	{ "{\"seq\":\"4\"}", true, true, 0, 0 },
	{ "[12]", false, false, 0, 0 },
	{ "12", false, false, 0, 0 },
	{ "", false, false, 0, 0 },
	{ "{\"seq\":1", false, false, 0, 0 },
	{ "{\"seq\":1,\"seq\":2}", false, false, 0, 0 },
};

static void answers_are_read(void **state)
{
	for (size_t i = 0; i < countof(t); i++) {
		struct reply r = { 0 };

		assert_int_equal(reply_read(str_of(t[i].text), &r), t[i].is);
		if (!t[i].is)
			continue;
		assert_int_equal(r.ok, t[i].ok);
		assert_int_equal(r.code, t[i].code);
		assert_int_equal(r.seq, t[i].seq);
	}
}

static void what_a_post_says_is_shown_escaped(void **state)
{
	struct reply r = { 0 };

	assert_true(
	    reply_read(STR("{\"error\":{\"description\":\"\\u001b[31mred\"}}"),
		&r));
	assert_string_equal(r.error, "\\x1b[31mred");
}

static void deep_nesting_is_no_answer(void **state)
{
	auto_free char *deep = mem_new(1, REPLY_MOST + 2);
	struct reply r = { 0 };

	memset(deep, '[', REPLY_MOST + 1);
	assert_false(reply_read((struct str){ deep, REPLY_MOST }, &r));
	assert_false(reply_read((struct str){ deep, REPLY_MOST + 1 }, &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(what_a_post_says_is_shown_escaped),
		cmocka_unit_test(deep_nesting_is_no_answer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
