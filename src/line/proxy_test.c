#include "line/proxy.h"

#include "base/tests.h"

static struct net net(const char *s)
{
	struct net n;

	assert_true(net_parse(str_of(s), false, &n));
	return n;
}

static void the_rightmost_untrusted_is_the_client(void **state)
{
	struct net nets[] = { net("10.0.0.0/8"), net("2001:db8:1::/48") };
	struct trusted t = { 2, nets };
	static const struct {
		const char *forwarded, *want;
	} cases[] = {
		{ "203.0.113.5", "203.0.113.5" },
		{ "198.51.100.1, 203.0.113.5", "203.0.113.5" },
		{ "198.51.100.1,203.0.113.5, 10.1.1.1", "203.0.113.5" },
		{ "203.0.113.5, 2001:db8:1::7", "203.0.113.5" },
		{ "203.0.113.5:4711, 10.0.0.1:80", "203.0.113.5" },
		{ "[2001:db8::5]:443", "2001:db8::5" },
		{ "\"2001:db8::6\"", "2001:db8::6" },
		{ "198.51.100.1, unknown", "" },
		{ "198.51.100.1, ::ffff:10.0.0.9", "198.51.100.1" },
		{ "10.0.0.1", "" },
		{ "-", "" },
		{ "", "" },
		{ ",,,", "" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct str got = proxy_client(&t, str_of(cases[i].forwarded));

		if (!str_eq(got, str_of(cases[i].want)))
			fail_msg("%s: " STR_F, cases[i].forwarded, STR_A(got));
	}
}

static struct addr addr(uint32_t n)
{
	struct addr a = { 4, { 203, 0, (uint8_t)(n >> 8), (uint8_t)n } };

	return a;
}

static void who_makes_a_third_of_all_requests_is_a_proxy(void **state)
{
	struct heavy h = { 0 };
	struct addr who, proxy = addr(7);
	uint32_t share, of;
	bool told = false;

	for (uint32_t i = 0; i < 3000; i++) {
		struct addr a = addr(i % 3 ? 100 + i : 7);
		bool now = heavy_see(&h, &a, &who, &share, &of);

		assert_true(i >= 999 || !now);
		told |= now;
	}
	assert_true(told);
	assert_true(addr_eq(&who, &proxy));
	assert_in_range(share, 300, 334);
}

static void many_equal_clients_are_none(void **state)
{
	struct heavy h = { 0 };
	struct addr who;
	uint32_t share, of;

	for (uint32_t i = 0; i < 250000; i++) {
		struct addr a = addr(i % 5);

		assert_false(heavy_see(&h, &a, &who, &share, &of));
	}
}

TESTS(cmocka_unit_test(the_rightmost_untrusted_is_the_client),
    cmocka_unit_test(who_makes_a_third_of_all_requests_is_a_proxy),
    cmocka_unit_test(many_equal_clients_are_none))
