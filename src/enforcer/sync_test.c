/* What stands: told many at once, kept over runs, made again, told back. */
#include "enforcer/wood.h"

/* In the kernel from a run before, and not in memory. */
static void left_over(const char *text, uint8_t act, uint32_t ttl)
{
	struct net n = net(text);
	struct net_set s = net_set_of(&n, act, 0, 0);

	*plank_of(&s, &n.addr) = (struct plank){ s, n.addr, ttl, true };
}

static void sync_says(uint8_t end)
{
	struct wire_sync s = { .end = end };

	assert_true(hear(JUDGE, MSG_SYNC, &s, sizeof(s)));
}

static void after_a_sync_only_what_was_told_is_shut(void **state)
{
	left_over("203.0.113.3", ACT_LIMIT, 60);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	sync_says(SYNC_BEGIN);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	sync_says(SYNC_END);
	while (enforcer_work(&e))
		;
	assert_false(is_shut("192.0.2.1", ACT_DENY));
	assert_true(is_shut("192.0.2.2", ACT_DENY));
	assert_false(is_shut("203.0.113.3", ACT_LIMIT));
}

/* Looked for where it should be, and elsewhere only if it is not there. */
static void what_the_last_run_left_is_found_and_kept(void **state)
{
	size_t before;

	left_over("192.0.2.1", ACT_DENY, 60);
	left_over("192.0.2.2", ACT_LIMIT, 60);
	left_over("192.0.2.3", ACT_DENY, 60);
	sync_says(SYNC_BEGIN);
	before = n_applied;
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 61), DONE_OK);
	assert_int_equal(n_applied, before); /* it stands as it should */
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	assert_true(is_shut("192.0.2.2", ACT_DENY));
	assert_false(is_shut("192.0.2.2", ACT_LIMIT));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.3", 900), DONE_OK);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.4", 60), DONE_OK);
	sync_says(SYNC_END);
	while (enforcer_work(&e))
		;
	for (int i = 1; i <= 4; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", i);
		assert_true(is_shut(text, ACT_DENY));
	}
}

/* The judge lost its ledger while it told it: nothing is opened. */
static void a_sync_in_part_opens_nothing(void **state)
{
	left_over("192.0.2.9", ACT_DENY, 60);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	sync_says(SYNC_BEGIN);
	assert_int_equal(ordered(ACT_DENY, "192.0.2.2", 60), DONE_OK);
	sync_says(SYNC_PART);
	while (enforcer_work(&e))
		;
	assert_true(is_shut("192.0.2.9", ACT_DENY));
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_true(is_shut("192.0.2.2", ACT_DENY));
	assert_false(hear(JUDGE, MSG_SYNC, &(struct wire_sync){ .end = 3 },
	    sizeof(struct wire_sync)));
}

/* Many at once: the last is answered, and what was refused; a message that
 * says another number than it holds is refused whole. */
static void what_stands_comes_many_at_once(void **state)
{
	struct {
		struct wire_standing head;
		struct wire_stand v[3];
	} m = { .head = { .first = 100, .n = 3 },
		.v = { { net("192.0.2.1"), ACT_DENY, 0, 0, 60 },
		    { net("198.51.100.7"), ACT_DENY, 0, 0, 60 },
		    { net("192.0.2.3"), ACT_LIMIT, 0, 0, 60 } } };
	size_t before, size = sizeof(m.head) + sizeof(m.v);

	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	before = dones;
	assert_true(hear(JUDGE, MSG_STANDING, &m, size));
	enforcer_flush(&e);
	assert_int_equal(dones - before, 2);
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_false(is_shut("198.51.100.7", ACT_DENY));
	assert_true(is_shut("192.0.2.3", ACT_LIMIT));
	m.head.n = 2;
	assert_false(hear(JUDGE, MSG_STANDING, &m, size));
	m.head.n = 0;
	assert_false(hear(JUDGE, MSG_STANDING, &m, sizeof(m.head)));
	assert_false(hear(WHO, MSG_STANDING, &m, size));
}

static void what_was_torn_is_made_again(void **state)
{
	assert_true(never("198.51.100.7", NEVER_OWN, 0));
	assert_int_equal(ordered(ACT_DENY, "192.0.2.1", 60), DONE_OK);
	memset(planks, 0, sizeof(planks));
	torn = FENCE_E_TORN;
	enforcer_torn(&e);
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_true(is_shut("198.51.100.7", ACT_NEVER));
	/* the frame stands, one element is gone */
	torn = FENCE_OK;
	memset(planks, 0, sizeof(planks));
	enforcer_torn(&e);
	while (enforcer_work(&e))
		;
	assert_true(is_shut("192.0.2.1", ACT_DENY));
}

static void answers_are_what_the_kernel_holds(void **state)
{
	struct wire_ask a = { .id = 9, .what = ASK_ALL };
	struct net gone = net("192.0.2.1");
	struct net_set s = net_set_of(&gone, ACT_DENY, 0, 0);

	ordered(ACT_DENY, "192.0.2.1", 60);
	ordered(ACT_DENY, "192.0.2.2", 60);
	ordered(ACT_DENY, "192.0.3.0/24", 60);
	plank_of(&s, &gone.addr)->there = false;
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(elements, 2);
	elements = 0;
	a.what = ASK_ONE;
	a.net = net("192.0.3.77");
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(elements, 1);
}

/* Our own one by one; of a list a few, from which the others are known. */
static void lists_are_counted_by_a_sample(void **state)
{
	struct {
		struct wire_standing head;
		struct wire_stand v[60];
	} m = { .head = { .n = countof(m.v) } };
	struct wire_ask a = { .id = 9, .what = ASK_SUMS };

	for (uint32_t i = 0; i < 10; i++) {
		m.head.first = 100 + i * m.head.n;
		for (uint8_t k = 0; k < countof(m.v); k++)
			m.v[k] = (struct wire_stand){
				{ { 4, { 45, 0, (uint8_t)i, k } }, 32 },
				ACT_DENY, 1, 0, 600
			};
		assert_true(hear(JUDGE, MSG_STANDING, &m, sizeof(m)));
		enforcer_flush(&e);
	}
	ordered(ACT_DENY, "192.0.2.1", 60);
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(elements + summed, 601);
	assert_in_range(elements, 2, 100);
	a.what = ASK_SUMS + 1;
	assert_false(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
}

TESTS(T(after_a_sync_only_what_was_told_is_shut),
    T(what_the_last_run_left_is_found_and_kept),
    T(a_sync_in_part_opens_nothing), T(what_stands_comes_many_at_once),
    T(what_was_torn_is_made_again), T(answers_are_what_the_kernel_holds),
    T(lists_are_counted_by_a_sample))
