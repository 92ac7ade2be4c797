#include "judge/measures.h"

#include "base/tests.h"

static struct ledger_measure measure(uint32_t i)
{
	struct addr a = { .family = 4,
		.b = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
		    (uint8_t)i } };

	return (struct ledger_measure){ .net = net_of(a, 32), .until = i + 1 };
}

static void ten_thousand_come_and_go(void **state)
{
	struct measures m;
	uint32_t left = 0;

	measures_new(&m);
	for (uint32_t i = 0; i < 10000; i++) {
		struct ledger_measure x = measure(i);

		measures_put(&m, &x);
		measures_put(&m, &x); /* the same again is the same */
	}
	assert_int_equal(m.n, 10000);
	for (uint32_t i = 0; i < 10000; i++) {
		struct ledger_measure x = measure(i);

		if (i % 3)
			assert_int_not_equal(measures_drop(&m, &x.net),
			    SIZE_MAX);
	}
	for (uint32_t i = 0; i < 10000; i++) {
		struct ledger_measure x = measure(i), *got;

		got = measures_get(&m, &x.net);
		assert_int_equal(got != NULL, i % 3 == 0);
		if (got) {
			assert_int_equal(got->until, i + 1);
			left++;
		}
	}
	assert_int_equal(m.n, left);
	measures_free(&m);
}

static void the_narrowest_over_an_address(void **state)
{
	struct measures m;
	struct addr a = { .family = 4, .b = { 192, 0, 2, 7 } },
		    b = { .family = 4, .b = { 192, 0, 3, 7 } };
	struct ledger_measure wide = { .net = net_of(a, 24) },
			      one = { .net = net_of(a, 32) };

	measures_new(&m);
	assert_null(measures_over(&m, &a, 32));
	measures_put(&m, &wide);
	assert_int_equal(measures_over(&m, &a, 32)->net.bits, 24);
	measures_put(&m, &one);
	assert_int_equal(measures_over(&m, &a, 32)->net.bits, 32);
	assert_int_equal(measures_over(&m, &a, 31)->net.bits, 24);
	assert_null(measures_over(&m, &b, 32));
	measures_free(&m);
}

TESTS(cmocka_unit_test(ten_thousand_come_and_go),
    cmocka_unit_test(the_narrowest_over_an_address))
