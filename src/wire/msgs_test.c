#include "wire/msgs.h"

#include "base/tests.h"

static void the_table_is_the_law(void **state)
{
	size_t n = sizeof(struct wire_sighting);

	assert_true(msg_fits(MSG_SIGHTING, READER, JUDGE, n));
	assert_false(msg_fits(MSG_SIGHTING, READER, ENFORCER, n));
	assert_false(msg_fits(MSG_SIGHTING, ENFORCER, JUDGE, n));
	assert_false(msg_fits(MSG_SIGHTING, READER, JUDGE, n - 1));
	assert_false(msg_fits(MSG_SIGHTING, READER, JUDGE, n + 1));
	assert_false(msg_fits(MSG_N, READER, JUDGE, n));
	assert_true(msg_fits(MSG_REMARK, READER, JUDGE,
	    sizeof(struct wire_remark) + WIRE_TAIL));
	assert_false(msg_fits(MSG_REMARK, READER, JUDGE,
	    sizeof(struct wire_remark) + WIRE_TAIL + 1));
	assert_true(msg_fits(MSG_GO, WARDEN, SCRIBE, sizeof(struct wire_none)));
	assert_false(
	    msg_fits(MSG_GO, READER, SCRIBE, sizeof(struct wire_none)));
}

static struct wire_order order(const char *net, uint8_t act, uint32_t ttl)
{
	struct wire_order o = { .id = 1, .act = act, .ttl = ttl };

	assert_true(net_parse(str_of(net), false, &o.net));
	return o;
}

static void orders_are_checked_again(void **state)
{
	static const struct {
		const char *net;
		uint8_t act;
		uint32_t ttl;
		enum done want;
	} t[] = { { "203.0.113.5", ACT_DENY, 3600, DONE_OK },
		{ "203.0.113.0/24", ACT_LIMIT, 3600, DONE_OK },
		{ "203.0.112.0/23", ACT_DENY, 3600, DONE_E_TOO_WIDE },
		{ "10.0.0.0/8", ACT_DENY, 3600, DONE_E_TOO_WIDE },
		{ "0.0.0.0/0", ACT_SPARE, 0, DONE_E_TOO_WIDE },
		{ "2001:db8::/48", ACT_DENY, 3600, DONE_OK },
		{ "2001:db8::/47", ACT_DENY, 3600, DONE_E_TOO_WIDE },
		{ "203.0.113.5", ACT_DENY, 0, DONE_E_TOO_LONG },
		{ "203.0.113.5", ACT_DENY, 365 * 86400, DONE_E_TOO_LONG },
		{ "203.0.113.5", ACT_OPEN, 0, DONE_OK },
		{ "10.1.0.0/16", ACT_SPARE, 0, DONE_OK },
		{ "203.0.113.5", 0, 60, DONE_E_SHAPE },
		{ "203.0.113.5", 99, 60, DONE_E_SHAPE } };

	for (size_t i = 0; i < countof(t); i++) {
		struct wire_order o = order(t[i].net, t[i].act, t[i].ttl);

		assert_int_equal(order_check(&o), t[i].want);
	}
}

static void nets_are_canonical(void **state)
{
	struct wire_order o = order("203.0.113.0/24", ACT_DENY, 60);

	o.net.addr.b[3] = 1;
	assert_int_equal(order_check(&o), DONE_E_SHAPE);
	o = order("203.0.113.5", ACT_DENY, 60);
	o.net.addr.b[9] = 1; /* a v4 address with something behind it */
	assert_int_equal(order_check(&o), DONE_E_SHAPE);
	o = order("203.0.113.5", ACT_DENY, 60);
	o.net.bits = 33;
	assert_int_equal(order_check(&o), DONE_E_SHAPE);
	o.net.addr.family = 5;
	assert_int_equal(order_check(&o), DONE_E_SHAPE);
}

TESTS(cmocka_unit_test(the_table_is_the_law),
    cmocka_unit_test(orders_are_checked_again),
    cmocka_unit_test(nets_are_canonical))
