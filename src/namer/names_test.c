#include "namer/names.h"

#include "base/tests.h"

static struct addr addr(const char *text)
{
	struct addr a;

	assert_true(addr_parse(str_of(text), &a));
	return a;
}

static void only_names(void **state)
{
	char open_end[4] = { 'a', '.', 'b', 'c' };

	assert_true(name_ok("admin.example.org", 64));
	assert_true(name_ok("host_1.lan", 64));
	assert_false(name_ok("", 64));
	assert_false(name_ok("a b", 64));
	assert_false(name_ok("-f", 64));
	assert_false(name_ok("a/b", 64));
	assert_false(name_ok(open_end, sizeof(open_end)));
}

static void the_last_good_answer_stands_for_a_week(void **state)
{
	struct name t = { 0 };
	struct addr got[2] = { addr("198.51.100.7"), addr("2001:db8::7") };
	struct mono day = { SECONDS(86400).ns };

	name_answer(&t, got, 2, day);
	assert_int_equal(t.n, 2);
	name_answer(&t, NULL, 0, (struct mono){ day.ns * 7 });
	assert_int_equal(t.n, 2);
	name_answer(&t, NULL, 0, (struct mono){ day.ns * 8 + 1 });
	assert_int_equal(t.n, 0);
}

static void a_new_answer_replaces_the_old(void **state)
{
	struct name t = { 0 };
	struct addr a = addr("198.51.100.7"), b = addr("198.51.100.8");

	name_answer(&t, &a, 1, (struct mono){ 1 });
	name_answer(&t, &b, 1, (struct mono){ 2 });
	assert_int_equal(t.n, 1);
	assert_true(addr_eq(&t.addrs[0], &b));
}

static void a_name_server_cannot_open_everything(void **state)
{
	static const char *const bad[] = { "0.0.0.0", "127.0.0.1", "224.0.0.1",
		"255.255.255.255", "::", "::1", "ff02::1" };
	struct name t = { 0 };

	for (size_t i = 0; i < countof(bad); i++) {
		struct addr a = addr(bad[i]);

		name_answer(&t, &a, 1, (struct mono){ 1 });
		assert_int_equal(t.n, 0);
	}
}

TESTS(cmocka_unit_test(only_names),
    cmocka_unit_test(the_last_good_answer_stands_for_a_week),
    cmocka_unit_test(a_new_answer_replaces_the_old),
    cmocka_unit_test(a_name_server_cannot_open_everything))
