#include "judge/services.h"

#include "base/tests.h"

static void the_shipped_list_is_right(void **state)
{
	struct services s;
	struct net n;

	assert_int_equal(services_load(&s, str_of(services_text)), 0);
	assert_true(s.n > 50);
	assert_int_equal(strlen(s.date), 10);
	assert_true(net_parse(STR("8.8.8.8/32"), false, &n));
	assert_non_null(services_in(&s, &n));
	assert_true(net_parse(STR("8.8.8.0/24"), false, &n));
	assert_non_null(services_in(&s, &n)); /* one in it protects it */
	assert_true(net_parse(STR("45.1.2.3/32"), false, &n));
	assert_null(services_in(&s, &n));
	services_free(&s);
}

static void a_wrong_line_is_named(void **state)
{
	struct services s;

	assert_int_equal(services_load(&s,
			     STR("# it\n192.0.2.0/24 a\n192.0.2.1/24 b\n")),
	    3);
	assert_int_equal(s.n, 1);
	services_free(&s);
	assert_int_equal(services_load(&s, STR("192.0.2.0/24\n")), 1);
	services_free(&s);
	assert_int_equal(services_load(&s, STR("date: soon\n")), 1);
	services_free(&s);
}

TESTS(cmocka_unit_test(the_shipped_list_is_right),
    cmocka_unit_test(a_wrong_line_is_named))
