/*
 * Scenarios on a virtual clock: each is a story told event by event.
 */
#include "law/law.h"

#include "base/tests.h"
#include "rule/rule.h"

static const struct hash_key key = { { 1, 2 } };

enum {
	R_AUTH,
	R_HOST,
	R_WEB,
	R_FORGED
};
enum {
	H = 3600,
	D = 86400,
	DAY0 = 20000 * D
};

static const struct law_rule rules[] = {
	[R_AUTH] = { 5, 600, 0, 0, false, KIND_BRUTEFORCE, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
	[R_HOST] = { 1, 1, 0, 0, false, KIND_LOGIN, EV_OWN_ACT, OUTCOME_SUCCESS,
	    LOGIN_HOST, MEASURE_ALARM },
	[R_WEB] = { 1, 1, 0, 0, false, KIND_LOGIN, EV_OWN_ACT, OUTCOME_SUCCESS,
	    LOGIN_WEB, MEASURE_ALARM },
	[R_FORGED] = { 5, 600, 0, 0, false, KIND_BRUTEFORCE, EV_FORGEABLE,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
};

static struct law *new_law(struct law_conf c)
{
	struct law *l;

	c.slots = 1000;
	law_new(&l, &c, rules, countof(rules), &key, NULL, NULL);
	return l;
}

static struct ruling see_n(struct law *l, const char *who, uint16_t rule,
    uint32_t at, unsigned n)
{
	struct law_event e = { .rule = rule, .at = at };
	struct ruling r = { 0 };

	assert_true(addr_parse(str_of(who), &e.who));
	for (unsigned i = 0; i < n; i++)
		law_see(l, &e, &r);
	return r;
}

static bool is_good(struct law *l, const char *who, uint32_t at)
{
	struct addr a;

	assert_true(addr_parse(str_of(who), &a));
	return law_is_good(l, &a, at);
}

#define ME  "203.0.113.7"
#define HIM "203.0.113.66"

static void a_repeater_is_shut_out_twice_as_long(void **state)
{
	struct law *l = new_law(law_defaults);
	uint32_t at = DAY0, want = 4 * H;

	for (unsigned i = 0; i < 9; i++) {
		struct ruling r = see_n(l, HIM, R_AUTH, at, 5);

		assert_int_equal(r.verdict, VERDICT_DENY);
		assert_int_equal(r.until - r.at, want);
		at = r.until + 60;
		want = MIN(want * 2, 7 * D);
	}
	law_free(&l);
}

static void quiet_forgets_one_doubling_a_week(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;
	uint32_t at = DAY0;

	for (unsigned i = 0; i < 4; i++) {
		r = see_n(l, HIM, R_AUTH, at, 5);
		at = r.until + 60;
	}
	assert_int_equal(r.repeats, 3);
	/* of four measures two are forgotten */
	r = see_n(l, HIM, R_AUTH, r.until + 15 * D, 5);
	assert_int_equal(r.repeats, 2);
	r = see_n(l, HIM, R_AUTH, r.until + 90 * D, 5);
	assert_int_equal(r.repeats, 0);
	law_free(&l);
}

/* Lines go on while the kernel closes, in dry run, or behind a proxy. */
static void no_ruling_per_line_while_a_measure_holds(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r = see_n(l, HIM, R_AUTH, DAY0, 5);
	unsigned rulings = 0;
	uint32_t until = r.until;

	for (uint32_t at = DAY0; at < DAY0 + D; at += 2) {
		r = see_n(l, HIM, R_AUTH, at, 1);
		if (r.verdict == VERDICT_NONE)
			continue;
		rulings++;
		assert_true(r.renewed);
		assert_int_equal(r.until - r.at, 4 * H);
		assert_true(r.at < until); /* no gap */
		until = r.until;
	}
	assert_in_range(rulings, 6, 12);
	law_free(&l);
}

static void logins_on_two_days_make_a_good_client(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;

	see_n(l, ME, R_HOST, DAY0 + H, 50);
	assert_false(is_good(l, ME, DAY0 + 2 * H));
	see_n(l, ME, R_HOST, DAY0 + D + H, 1);
	assert_true(is_good(l, ME, DAY0 + D + H));

	r = see_n(l, ME, R_AUTH, DAY0 + 2 * D, 4);
	assert_int_equal(r.verdict, VERDICT_NONE);
	r = see_n(l, ME, R_AUTH, DAY0 + 2 * D, 1);
	assert_int_equal(r.verdict, VERDICT_LIMIT);
	assert_int_equal(r.rung, RUNG_GOOD);
	assert_true(r.alarm);
	r = see_n(l, ME, R_AUTH, DAY0 + 2 * D + 60, 4);
	assert_int_equal(r.verdict, VERDICT_NONE);
	r = see_n(l, ME, R_AUTH, DAY0 + 2 * D + 60, 1);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_int_equal(r.rung, RUNG_GOOD);
	assert_true(r.alarm);
	law_free(&l);
}

static void web_logins_never_shield(void **state)
{
	struct law *l = new_law(law_defaults);

	for (uint32_t day = 0; day < 5; day++)
		see_n(l, HIM, R_WEB, DAY0 + day * D, 3);
	assert_false(is_good(l, HIM, DAY0 + 5 * D));
	assert_int_equal(see_n(l, HIM, R_AUTH, DAY0 + 5 * D, 5).verdict,
	    VERDICT_DENY);
	law_free(&l);
}

static void two_hundred_failures_then_a_success(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;

	see_n(l, HIM, R_AUTH, DAY0, 200);
	r = see_n(l, HIM, R_HOST, DAY0 + 10, 1);
	assert_int_equal(r.verdict, VERDICT_ALARM);
	assert_true(r.alarm);
	assert_int_equal(r.count, 200);
	assert_false(r.revoked);
	/* said once */
	r = see_n(l, HIM, R_HOST, DAY0 + 11, 1);
	assert_int_equal(r.verdict, VERDICT_NONE);
	/* and no number of later logins buys a shield this month */
	for (uint32_t day = 1; day < 29; day++)
		see_n(l, HIM, R_HOST, DAY0 + day * D, 1);
	assert_false(is_good(l, HIM, DAY0 + 29 * D));
	law_free(&l);
}

static void success_after_failures_revokes(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;

	see_n(l, ME, R_HOST, DAY0, 1);
	see_n(l, ME, R_HOST, DAY0 + D, 1);
	assert_true(is_good(l, ME, DAY0 + D));
	see_n(l, ME, R_AUTH, DAY0 + 2 * D, 10);
	r = see_n(l, ME, R_HOST, DAY0 + 2 * D + 60, 1);
	assert_int_equal(r.verdict, VERDICT_ALARM);
	assert_true(r.revoked);
	assert_false(is_good(l, ME, DAY0 + 2 * D + 60));
	law_free(&l);
}

/* Somebody mistypes: no alarm, and the day counts. */
static void two_failures_then_a_success_is_a_person(void **state)
{
	struct law *l = new_law(law_defaults);

	for (uint32_t day = 0; day < 2; day++) {
		see_n(l, ME, R_AUTH, DAY0 + day * D, 2);
		assert_int_equal(
		    see_n(l, ME, R_HOST, DAY0 + day * D + 9, 1).verdict,
		    VERDICT_NONE);
	}
	assert_true(is_good(l, ME, DAY0 + 2 * D));
	law_free(&l);
}

/* Lines that a local user can write in anybody's name must not take away
 * the shield, nor lengthen what they earn. */
static void forged_lines_reach_less_far(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;

	see_n(l, ME, R_HOST, DAY0, 1);
	see_n(l, ME, R_HOST, DAY0 + D, 1);
	see_n(l, ME, R_FORGED, DAY0 + 2 * D, 200);
	r = see_n(l, ME, R_HOST, DAY0 + 2 * D + 60, 1);
	assert_int_equal(r.verdict, VERDICT_NONE);
	assert_true(is_good(l, ME, DAY0 + 2 * D + 60));

	for (uint32_t i = 0; i < 3; i++) {
		r = see_n(l, HIM, R_FORGED, DAY0 + i * D, 5);
		assert_int_equal(r.verdict, VERDICT_DENY);
		assert_int_equal(r.until - r.at, 4 * H);
		assert_false(r.share);
	}
	law_free(&l);
}

static void at_most_1024_good_clients(void **state)
{
	struct law *l = new_law(law_defaults);
	struct law_event e = { .rule = R_HOST, .who = { 4, { 9 } } };
	struct law_stats st;
	struct ruling r;

	for (uint32_t day = 0; day < 3; day++) {
		for (uint32_t i = 0; i < 2000; i++) {
			e.who.b[2] = (uint8_t)(i >> 8);
			e.who.b[3] = (uint8_t)i;
			e.at = DAY0 + day * D;
			law_see(l, &e, &r);
		}
	}
	law_stats(l, &st);
	assert_int_equal(st.good, LAW_GOOD_MAX);
	law_free(&l);
}

static void widening_takes_several_addresses(void **state)
{
	static const char *const crowd[] = { "203.0.113.66", "203.0.113.67",
		"203.0.113.68", "203.0.113.69" };
	struct law_conf c = law_defaults;
	struct law *l;
	struct ruling r = { 0 };
	char net[NET_MAX];

	c.widen_v4 = 24;
	l = new_law(c);
	/* one address alone, however often, never closes its neighbours */
	for (uint32_t i = 0; i < 20; i++) {
		r = see_n(l, HIM, R_AUTH, DAY0 + i * D, 5);
		assert_int_equal(r.net.bits, 32);
	}
	for (size_t i = 0; i < countof(crowd); i++)
		r = see_n(l, crowd[i], R_AUTH, DAY0 + 40 * D, 5);
	assert_int_equal(r.rung, RUNG_WIDE);
	assert_int_equal(r.count, 4);
	net_print(&r.net, net);
	assert_string_equal(net, "203.0.113.0/24");
	law_free(&l);
}

static void widening_spares_a_good_client(void **state)
{
	struct law_conf c = law_defaults;
	struct law *l;
	struct ruling r = { 0 };

	c.widen_v4 = 24;
	c.widen_witnesses = 2;
	l = new_law(c);
	see_n(l, ME, R_HOST, DAY0, 1);
	see_n(l, ME, R_HOST, DAY0 + D, 1);
	see_n(l, HIM, R_AUTH, DAY0 + D, 5);
	r = see_n(l, "203.0.113.67", R_AUTH, DAY0 + D, 5);
	assert_int_equal(r.rung, RUNG_OWN);
	assert_int_equal(r.net.bits, 32);
	law_free(&l);
}

static void by_default_nothing_is_widened(void **state)
{
	struct law *l = new_law(law_defaults);
	struct law_event e = { .rule = R_AUTH,
		.at = DAY0,
		.who = { 4, { 203, 0, 113 } } };
	struct ruling r;

	for (unsigned i = 0; i < 256 * 5; i++) {
		e.who.b[3] = (uint8_t)(i / 5);
		law_see(l, &e, &r);
		assert_true(r.verdict == VERDICT_NONE || r.net.bits == 32);
	}
	law_free(&l);
}

static void the_clock_is_set_back_a_day(void **state)
{
	struct law *l = new_law(law_defaults);
	struct ruling r;

	see_n(l, HIM, R_AUTH, DAY0 + D, 3);
	see_n(l, ME, R_AUTH, DAY0 + D, 5);
	law_set_back(l, DAY0);
	/* what was counted in the future is forgotten, not added */
	r = see_n(l, HIM, R_AUTH, DAY0 + 1, 4);
	assert_int_equal(r.verdict, VERDICT_NONE);
	r = see_n(l, HIM, R_AUTH, DAY0 + 1, 1);
	assert_int_equal(r.verdict, VERDICT_DENY);
	/* and a measure does not last a day longer for it */
	r = see_n(l, ME, R_AUTH, DAY0 + 5 * H, 5);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_int_equal(r.repeats, 1);
	law_free(&l);
}

TESTS(cmocka_unit_test(a_repeater_is_shut_out_twice_as_long),
    cmocka_unit_test(quiet_forgets_one_doubling_a_week),
    cmocka_unit_test(no_ruling_per_line_while_a_measure_holds),
    cmocka_unit_test(logins_on_two_days_make_a_good_client),
    cmocka_unit_test(web_logins_never_shield),
    cmocka_unit_test(two_hundred_failures_then_a_success),
    cmocka_unit_test(success_after_failures_revokes),
    cmocka_unit_test(two_failures_then_a_success_is_a_person),
    cmocka_unit_test(forged_lines_reach_less_far),
    cmocka_unit_test(at_most_1024_good_clients),
    cmocka_unit_test(widening_takes_several_addresses),
    cmocka_unit_test(widening_spares_a_good_client),
    cmocka_unit_test(by_default_nothing_is_widened),
    cmocka_unit_test(the_clock_is_set_back_a_day))
