#include "judge/test_bench.h"

static void the_fifth_failure_closes_before_the_disk_is_touched(void **state)
{
	struct bench b;
	struct net net = addr_unit(host(1));

	up(&b, NOW);
	for (uint32_t i = 1; i <= 4; i++)
		see(&b, 1, FAIL, i * 100, NOW + i);
	assert_int_equal(b.closed, 0);
	b.j.now = NOW + 5;
	see(&b, 1, FAIL, 500, NOW + 5);
	assert_int_equal(b.closed, 1);
	assert_true(b.before_disk);
	assert_memory_equal(&b.order.net, &net, sizeof(net));
	assert_int_equal(b.order.ttl, b.j.law_conf.term);
	assert_int_equal(b.sent[MSG_ACK], 0);
	judge_commit(&b.j);
	assert_int_equal(b.sent[MSG_ACK], 1);
	assert_int_equal(b.ack.offset, 500);
	crash(&b);
}

static void who_is_protected_gets_an_alarm(void **state)
{
	struct bench b;

	up(&b, NOW);
	protect(&b, 1, NEVER_GATEWAY);
	see(&b, 1, SIGNATURE, 100, NOW);
	assert_int_equal(b.closed, 0);
	assert_int_equal(b.j.stats.alarms_today, 1);
	see(&b, 1, SIGNATURE, 200, NOW); /* the same is not said twice */
	assert_int_equal(b.j.stats.alarms_today, 1);
	crash(&b);
}

static void an_order_the_enforcer_refuses_does_not_stand(void **state)
{
	struct wire_done d = { .status = DONE_E_PROTECTED };
	struct bench b;

	up(&b, NOW);
	see(&b, 1, SIGNATURE, 100, NOW);
	assert_true(stands(&b, 1));
	d.id = b.order.id;
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_DONE, &d, sizeof(d)));
	assert_false(stands(&b, 1));
	crash(&b);
}

static void the_operators_words_hold_over_a_crash(void **state)
{
	struct net one = addr_unit(host(1)), two = addr_unit(host(2));
	struct bench b;

	up(&b, NOW);
	assert_int_not_equal(judge_deny(&b.j, &one, &one.addr, 0, 0, "a test"),
	    0);
	assert_int_not_equal(judge_allow(&b.j, &two, NOW + 3600, 0, NULL), 0);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 60);
	assert_true(stands(&b, 1));
	assert_int_equal(b.sent[MSG_ORDER], 1); /* the allow */
	assert_int_equal(b.sent[MSG_STANDING], 1);
	see(&b, 2, SIGNATURE, 100, NOW + 60);
	assert_false(stands(&b, 2));
	assert_true(judge_disallow(&b.j, &two));
	see(&b, 2, SIGNATURE, 200, NOW + 60);
	assert_true(stands(&b, 2));
	crash(&b);
	up(&b, NOW + 4000); /* not committed: the allow is back, and over */
	see(&b, 2, SIGNATURE, 100, NOW + 4000);
	assert_true(stands(&b, 2));
	crash(&b);
}

static void a_pardon_forgets_what_was_counted(void **state)
{
	struct net net = addr_unit(host(1));
	struct bench b;

	up(&b, NOW);
	for (uint32_t i = 1; i <= 9; i++)
		see(&b, 1, FAIL, i * 100, NOW);
	assert_true(stands(&b, 1));
	assert_int_equal(judge_pardon(&b.j, &net, 0, NULL), 1);
	assert_false(stands(&b, 1));
	assert_int_equal(b.opened, 1);
	for (uint32_t i = 10; i <= 13; i++)
		see(&b, 1, FAIL, i * 100, NOW);
	assert_false(stands(&b, 1));
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW);
	see(&b, 1, FAIL, 1300, NOW); /* told again, counted before */
	assert_false(stands(&b, 1));
	see(&b, 1, FAIL, 1400, NOW);
	assert_true(stands(&b, 1));
	crash(&b);
}

static void through_a_proxy_the_kernel_is_not_asked(void **state)
{
	struct wire_sighting s = { .generation = 1,
		.source = SOURCE,
		.ino = INO,
		.offset = 500,
		.at = NOW,
		.who = host(1),
		.rule = SIGNATURE,
		.flags = SIGHT_PROXIED };
	struct wire_proxy p = { SOURCE, 400, 1000, host(7) };
	struct bench b;

	up(&b, NOW);
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_true(stands(&b, 1));
	assert_int_equal(b.sent[MSG_ORDER], 0);
	assert_int_equal(b.sent[MSG_HAPPENED], 1);
	see(&b, 1, SIGNATURE, 550, NOW); /* then he knocks himself */
	assert_int_equal(b.closed, 1);
	assert_true(judge_hear(&b.j, READER, 1, MSG_PROXIED, &p, sizeof(p)));
	see(&b, 7, SIGNATURE, 600, NOW);
	assert_false(stands(&b, 7));
	crash(&b);
}

static void who_breaks_the_rules_is_cut_off(void **state)
{
	struct wire_sighting s = { .source = SOURCE };
	struct wire_order o = { 0 };
	struct wire_never never = { .cause = 200 };
	struct bench b;

	up(&b, NOW);
	assert_false(judge_hear(&b.j, READER, 1, MSG_ORDER, &o, sizeof(o)));
	assert_false(
	    judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s) - 1));
	assert_false(judge_hear(&b.j, READER, 2, MSG_SIGHTING, &s, sizeof(s)));
	assert_false(judge_hear(&b.j, ENFORCER, 0, MSG_PROTECTED, &never,
	    sizeof(never)));
	/* nonsense within the form is counted and forgotten */
	s.who.family = 9;
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	s.who = host(1);
	s.rule = 60000;
	s.generation = 1;
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_int_equal(b.j.stats.dropped, 2);
	crash(&b);
}

TESTS(TEST(the_fifth_failure_closes_before_the_disk_is_touched),
    TEST(who_is_protected_gets_an_alarm),
    TEST(an_order_the_enforcer_refuses_does_not_stand),
    TEST(the_operators_words_hold_over_a_crash),
    TEST(a_pardon_forgets_what_was_counted),
    TEST(through_a_proxy_the_kernel_is_not_asked),
    TEST(who_breaks_the_rules_is_cut_off))
