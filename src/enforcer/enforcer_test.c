/* What the enforcer believes, and of whom. */
#include "enforcer/wood.h"

static void it_believes_no_one(void **state)
{
	static const struct {
		const char *net;
		uint32_t ttl;
		enum done want;
	} t[] = {
		{ "192.0.2.1", 600, DONE_OK },
		{ "192.0.2.0/24", 600, DONE_OK },
		{ "2001:db8::/48", 600, DONE_OK },
		{ "10.0.0.0/8", 600, DONE_E_TOO_WIDE },
		{ "192.0.2.0/23", 600, DONE_E_TOO_WIDE },
		{ "2001:db8::/47", 600, DONE_E_TOO_WIDE },
		{ "192.0.2.2", 0, DONE_E_TOO_LONG },
		{ "192.0.2.2", 365 * 86400, DONE_E_TOO_LONG },
	};

	for (size_t i = 0; i < countof(t); i++) {
		assert_int_equal(ordered(ACT_DENY, t[i].net, t[i].ttl),
		    t[i].want);
		assert_int_equal(is_shut(t[i].net, ACT_DENY),
		    t[i].want == DONE_OK);
	}
	assert_int_equal(ordered(77, "192.0.2.1", 600), DONE_E_SHAPE);
}

static void what_is_protected_stays_open(void **state)
{
	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	assert_int_equal(ordered(ACT_DENY, "198.51.100.7", 60),
	    DONE_E_PROTECTED);
	/* and so does all that would shut it in */
	assert_int_equal(ordered(ACT_REJECT, "198.51.100.0/24", 60),
	    DONE_E_PROTECTED);
	assert_int_equal(ordered(ACT_DENY, "198.51.100.8", 60), DONE_OK);
	assert_true(never("203.0.113.0/24", NEVER_ALLOW, 0));
	assert_int_equal(ordered(ACT_LIMIT, "203.0.113.9", 60),
	    DONE_E_PROTECTED);
	assert_true(never("203.0.113.0/24", NEVER_ALLOW, 1));
	assert_int_equal(ordered(ACT_LIMIT, "203.0.113.9", 60), DONE_OK);
}

static void who_becomes_protected_is_opened_at_once(void **state)
{
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_REJECT, "192.0.2.0/24", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.3.1", 60), DONE_OK);
	assert_true(never("192.0.2.1", NEVER_SESSION, 0));
	assert_false(is_shut("192.0.2.1", ACT_DENY));
	assert_false(is_shut("192.0.2.0/24", ACT_REJECT));
	assert_true(is_shut("192.0.3.1", ACT_DENY));
	assert_true(is_shut("192.0.2.1", ACT_NEVER)); /* the never-element */
}

static void judge_takes_back_only_its_own_word(void **state)
{
	assert_true(never("192.0.2.1", NEVER_ALLOW, 0));
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(ordered(ACT_UNSPARE, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_E_PROTECTED);
	assert_true(is_shut("192.0.2.1", ACT_NEVER));
	assert_true(never("192.0.2.1", NEVER_ALLOW, 1));
	assert_false(is_shut("192.0.2.1", ACT_NEVER));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
}

static void a_broken_judge_cannot_spare_the_world(void **state)
{
	size_t spared = 0;

	for (uint32_t i = 0; i < 2000; i++) {
		struct wire_order o = { .id = i,
			.act = ACT_SPARE,
			.net = { { 4,
				     { 10, 1, (uint8_t)(i >> 8), (uint8_t)i } },
			    32 },
			.cause = NEVER_SESSION };

		assert_true(hear(JUDGE, MSG_ORDER, &o, sizeof(o)));
		spared += last.status == DONE_OK;
	}
	assert_int_equal(spared, SHIELD_JUDGE);
	assert_int_equal(last.status, DONE_E_FULL);
	/* the operator's words have room of their own */
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.9", 0), DONE_OK);
	assert_int_equal(ordered(ACT_SPARE, "0.0.0.0/8", 0), DONE_E_TOO_WIDE);
}

static void a_word_ends_with_its_term(void **state)
{
	assert_int_equal(ordered(ACT_SPARE, "192.0.2.9", 100), DONE_OK);
	e.now += 99;
	enforcer_tick(&e);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.9", 60), DONE_E_PROTECTED);
	e.now += 1;
	enforcer_tick(&e);
	assert_false(is_shut("192.0.2.9", ACT_NEVER));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.9", 60), DONE_OK);
}

static void many_orders_are_one_transaction_in_order(void **state)
{
	size_t before = n_applied;

	for (int i = 1; i < 60; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		order(ACT_DENY, text, 60);
	}
	enforcer_flush(&e);
	assert_int_equal(dones, 59);
	assert_int_equal(n_applied, before + 1);
	/* the same net twice: the last word counts */
	order(ACT_DENY, "203.0.113.1", 60);
	order(ACT_OPEN, "203.0.113.1", 0);
	order(ACT_REJECT, "203.0.113.1", 60);
	enforcer_flush(&e);
	assert_false(is_shut("203.0.113.1", ACT_DENY));
	assert_true(is_shut("203.0.113.1", ACT_REJECT));
	assert_int_equal(last.packets, 0); /* it was opened in between */
}

static void one_that_the_kernel_refuses_does_not_stop_the_others(void **state)
{
	size_t refused = 0;

	for (int i = 60; i < 70; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		order(ACT_DENY, text, 60);
	}
	enforcer_flush(&e);
	assert_int_equal(dones, 10);
	for (int i = 60; i < 70; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		refused += !is_shut(text, ACT_DENY);
	}
	assert_int_equal(refused, 1);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.66", 60), DONE_E_KERNEL);
	assert_int_equal(last.value, ENOSPC);
}

static void a_refresh_tells_the_old_count(void **state)
{
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(last.packets, 0);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 120), DONE_OK);
	assert_int_equal(last.packets, 7);
	assert_int_equal(ordered(ACT_OPEN, "192.0.2.1", 0), DONE_OK);
	assert_int_equal(last.packets, 7);
	assert_false(is_shut("192.0.2.1", ACT_DENY));
}

static void sessions_end_when_the_next_list_lacks_them(void **state)
{
	struct wire_live one = { .who = net("192.0.2.1").addr,
		.cause = NEVER_SESSION };
	struct wire_live two = { .who = net("192.0.2.2").addr,
		.cause = NEVER_INSTALLER };
	struct wire_live end = { .last = 1 };

	assert_true(hear(WHO, MSG_LIVE, &one, sizeof(one)));
	assert_true(hear(WHO, MSG_LIVE, &two, sizeof(two)));
	assert_true(hear(WHO, MSG_LIVE, &end, sizeof(end)));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_E_PROTECTED);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_E_PROTECTED);
	assert_true(hear(WHO, MSG_LIVE, &two, sizeof(two)));
	assert_true(hear(WHO, MSG_LIVE, &end, sizeof(end)));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_E_PROTECTED);
	one.cause = NEVER_ALLOW;
	assert_false(hear(WHO, MSG_LIVE, &one, sizeof(one)));
}

static void nobody_says_what_is_not_his_to_say(void **state)
{
	struct wire_order o = { .net = net("192.0.2.1"),
		.act = ACT_DENY,
		.ttl = 60 };
	struct wire_never n = { .net = net("192.0.2.0/24"),
		.cause = NEVER_NAME };

	assert_false(hear(WHO, MSG_ORDER, &o, sizeof(o)));
	assert_false(hear(JUDGE, MSG_ORDER, &o, sizeof(o) - 1));
	assert_false(hear(JUDGE, MSG_NEVER, &n, sizeof(n)));
	assert_false(hear(NAMER, MSG_NAMED, &n, sizeof(n))); /* too wide */
	n.net = net("192.0.2.1");
	assert_true(hear(NAMER, MSG_NAMED, &n, sizeof(n)));
	n.gone = 1;
	assert_false(hear(NAMER, MSG_NAMED, &n, sizeof(n)));
	assert_false(hear(JUDGE, MSG_N, &o, sizeof(o)));
}

TESTS(T(it_believes_no_one), T(what_is_protected_stays_open),
    T(who_becomes_protected_is_opened_at_once),
    T(judge_takes_back_only_its_own_word),
    T(a_broken_judge_cannot_spare_the_world), T(a_word_ends_with_its_term),
    T(many_orders_are_one_transaction_in_order),
    T(one_that_the_kernel_refuses_does_not_stop_the_others),
    T(a_refresh_tells_the_old_count),
    T(sessions_end_when_the_next_list_lacks_them),
    T(nobody_says_what_is_not_his_to_say))
