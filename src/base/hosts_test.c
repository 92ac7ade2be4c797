#include "base/hosts.h"

#include "base/tests.h"

static struct addr ip(const char *z)
{
	struct addr a;

	assert_true(addr_parse(str_of(z), &a));
	return a;
}

static void the_first_ones_are_kept(void **state)
{
	struct addr a = ip("2001:db8:1:2::5"), four = ip("192.0.2.1");
	struct net unit = addr_unit(a);
	struct hosts h = { 0 };
	struct addr at;

	assert_false(hosts_add(&h, &four));
	for (uint8_t i = 1; i <= HOSTS + 3; i++) {
		a.b[15] = i;
		assert_int_equal(hosts_add(&h, &a), i <= HOSTS);
		assert_false(hosts_add(&h, &a)); /* not twice */
	}
	assert_int_equal(h.n, HOSTS);
	for (uint8_t i = 0; i < HOSTS; i++) {
		at = hosts_at(&h, &unit, i);
		assert_true(hosts_has(&h, &at));
		assert_true(net_has(&unit, &at));
		assert_int_equal(at.b[15], i + 1);
	}
	assert_false(hosts_has(&h, &a));
	assert_false(hosts_has(&h, &four));
}

static void those_of_two_are_joined(void **state)
{
	struct addr a = ip("2001:db8::1"), b = ip("2001:db8::2");
	struct hosts one = { 0 }, other = { 0 };

	hosts_add(&one, &a);
	hosts_add(&other, &a);
	hosts_add(&other, &b);
	hosts_join(&one, &other);
	assert_int_equal(one.n, 2);
	assert_true(hosts_has(&one, &b));
}

TESTS(cmocka_unit_test(the_first_ones_are_kept),
    cmocka_unit_test(those_of_two_are_joined))
