#include "judge/holders.h"

#include "base/tests.h"

static struct net net(uint32_t i)
{
	struct addr a = { .family = 4,
		.b = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
		    (uint8_t)i } };

	return net_of(a, 32);
}

static bool add(struct holders *h, uint32_t i, uint16_t rule, uint32_t until)
{
	struct ledger_held x = { net(i), rule, 1, until };

	return holders_put(h, &x);
}

/* The rules of a net, a bit each. */
static unsigned of(const struct holders *h, uint32_t i)
{
	const struct ledger_held *x = NULL;
	struct net n = net(i);
	unsigned bits = 0;

	while ((x = holders_next(h, &n, x))) {
		assert_false(bits & 1U << x->rule);
		bits |= 1U << x->rule;
	}
	return bits;
}

static void each_net_has_its_own(void **state)
{
	struct holders h;
	struct net seven = net(7);

	holders_new(&h);
	assert_int_equal(of(&h, 7), 0);
	assert_false(holders_drop(&h, &seven, 1));
	assert_true(add(&h, 7, 1, 100));
	assert_true(add(&h, 7, 2, 100));
	assert_true(add(&h, 8, 1, 100));
	assert_int_equal(of(&h, 7), 6);
	assert_int_equal(of(&h, 8), 2);
	assert_true(holders_drop(&h, &seven, 1));
	assert_false(holders_drop(&h, &seven, 1));
	assert_int_equal(of(&h, 7), 4);
	assert_int_equal(of(&h, 8), 2);
	holders_free(&h);
}

static void the_later_end_stands(void **state)
{
	static const uint32_t t[][3] = { { 100, 200, 200 }, { 200, 100, 200 },
		{ 100, 0, 0 }, { 0, 100, 0 } };
	struct holders h;

	holders_new(&h);
	for (uint32_t i = 0; i < countof(t); i++) {
		struct net n = net(i);

		assert_true(add(&h, i, 1, t[i][0]));
		assert_false(add(&h, i, 1, t[i][1]));
		assert_int_equal(holders_next(&h, &n, NULL)->until, t[i][2]);
	}
	holders_free(&h);
}

static void there_is_room_for_so_many(void **state)
{
	struct holders h;
	struct net n = net(5);

	holders_new(&h);
	for (uint32_t i = 0; i < HOLDERS_MAX; i++)
		assert_true(add(&h, i / 2, (uint16_t)(i % 2), 1));
	assert_int_equal(h.used, HOLDERS_MAX);
	assert_false(add(&h, HOLDERS_MAX, 1, 1));
	assert_int_equal(of(&h, HOLDERS_MAX), 0);
	assert_true(holders_drop(&h, &n, 0));
	assert_true(add(&h, HOLDERS_MAX, 1, 1)); /* in its place */
	assert_int_equal(of(&h, HOLDERS_MAX), 2);
	for (uint32_t i = 0; i < HOLDERS_MAX / 2; i++)
		assert_int_equal(of(&h, i), i == 5 ? 2 : 3);
	holders_free(&h);
}

TESTS(cmocka_unit_test(each_net_has_its_own),
    cmocka_unit_test(the_later_end_stands),
    cmocka_unit_test(there_is_room_for_so_many))
