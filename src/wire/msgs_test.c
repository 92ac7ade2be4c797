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

static void party_names_are_plain(void **state)
{
	char full[PARTY_NAME], name[PARTY_NAME] = "burkina-faso";

	assert_true(party_name_ok(name));
	name[0] = 'B';
	assert_false(party_name_ok(name));
	name[0] = '.';
	assert_false(party_name_ok(name));
	name[0] = 'b';
	name[PARTY_NAME - 1] = 'x'; /* hidden behind the end */
	assert_false(party_name_ok(name));
	memset(full, 'a', sizeof(full)); /* no end */
	assert_false(party_name_ok(full));
	memset(full, 0, sizeof(full));
	assert_false(party_name_ok(full));
}

static void posts_and_boxes_are_checked(void **state)
{
	struct wire_post p = { .port = 4222, .n_addrs = 1 };
	struct wire_box b = { .use = BOX_READ, .owner = "mali" };
	struct wire_serve s = { .kind = SERVE_OWNER, .owner = "mali" };

	assert_false(post_ok(&p, 300)); /* an address of no family */
	p.addrs[0].family = 4;
	assert_true(post_ok(&p, 300));
	assert_false(post_ok(&p, 0));
	p.n_addrs = POST_ADDRS + 1;
	assert_false(post_ok(&p, 300));
	assert_false(box_ok(&b)); /* who reads? */
	memcpy(b.reader, "niger", 6);
	assert_true(box_ok(&b));
	b.use = BOX_WRITE;
	assert_false(box_ok(&b));
	b.use = 0;
	assert_false(box_ok(&b));
	assert_true(serve_ok(&s));
	s.kind = SERVE_READER;
	assert_false(serve_ok(&s));
	s.kind = SERVE_JOINER + 1;
	assert_false(serve_ok(&s));
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
    cmocka_unit_test(party_names_are_plain),
    cmocka_unit_test(posts_and_boxes_are_checked),
    cmocka_unit_test(nets_are_canonical))
