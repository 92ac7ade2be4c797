#include "base/str.h"

#include "base/tests.h"

static void cutting(void **state)
{
	struct str s = STR("a b"), head = STR("kept");

	assert_true(str_cut(&s, ' ', &head));
	assert_true(str_eq(head, STR("a")) && str_eq(s, STR("b")));
	assert_false(str_cut(&s, ' ', &head));
	assert_true(str_eq(head, STR("a")) && str_eq(s, STR("b")));
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t value;
	} t[] = { { "0", true, 0 }, { "65535", true, 65535 },
		{ "65536", false, 0 }, { "", false, 0 }, { "-1", false, 0 },
		{ " 1", false, 0 }, { "1x", false, 0 },
		{ "99999999999999999999999", false, 0 } };

	for (size_t i = 0; i < countof(t); i++) {
		uint32_t v = 0;

		assert_int_equal(str_u32(str_of(t[i].text), 65535, &v),
		    t[i].ok);
		assert_int_equal(v, t[i].value);
	}
}

static void spans(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t seconds;
		const char *shown;
	} t[] = { { "90", true, 90, "1 min 30 s" },
		{ "10m", true, 600, "10 min" }, { "24h", true, 86400, "1 d" },
		{ "2w", true, 1209600, "14 d" }, { "m", false, 0, "0 s" },
		{ "1y", false, 0, "0 s" }, { "99999999w", false, 0, "0 s" },
		{ "5h", true, 18000, "5 h" } };

	for (size_t i = 0; i < countof(t); i++) {
		uint32_t v = 0;
		char shown[32];

		assert_int_equal(str_span(str_of(t[i].text), 1 << 30, &v),
		    t[i].ok);
		assert_int_equal(v, t[i].seconds);
		span_show(v, shown, sizeof(shown));
		assert_string_equal(shown, t[i].shown);
	}
}

static void strangers_bytes_are_shown_escaped(void **state)
{
	char to[16];

	str_show(STR("a\x1b[2J\\"), to, sizeof(to));
	assert_string_equal(to, "a\\x1b[2J\\\\");
	str_show(STR("0123456789abcdefgh"), to, sizeof(to));
	assert_string_equal(to, "0123456789ab...");
	str_show(STR("\x01\x02\x03\x04\x05"), to, sizeof(to));
	assert_string_equal(to, "\\x01\\x02\\x03...");
	str_show(STR("0123456789abcde"), to, sizeof(to));
	assert_string_equal(to, "0123456789abcde");
}

/* As memmem, for all lengths and places. */
static void finding(void **state)
{
	static const char bytes[] = "abacabadabacabaeabacabadabacaba"
				    "fabacabadabacabaeabacabadabacabag";

	for (size_t n = 0; n < sizeof(bytes); n++) {
		for (size_t from = 0; from < 24; from++) {
			for (size_t m = 1; m < 9; m++) {
				struct str s = { bytes, n };
				struct str what = { bytes + from, m };
				const char *at =
				    n ? memmem(bytes, n, what.p, what.n) : NULL;

				assert_int_equal(str_find(s, what),
				    at ? (size_t)(at - bytes) : SIZE_MAX);
				what.p = bytes + sizeof(bytes) - 1 - m;
				at = n ? memmem(bytes, n, what.p, m) : NULL;
				assert_int_equal(str_find(s, what),
				    at ? (size_t)(at - bytes) : SIZE_MAX);
			}
		}
	}
}

TESTS(cmocka_unit_test(finding), cmocka_unit_test(cutting),
    cmocka_unit_test(numbers), cmocka_unit_test(spans),
    cmocka_unit_test(strangers_bytes_are_shown_escaped))
