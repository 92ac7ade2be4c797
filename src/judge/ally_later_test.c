/*
 * What an ally says beyond its budget is put off, not lost: it is judged again
 * as room comes back, also after a restart, unless somebody took it back; and
 * nobody ever holds more than his budget by it.
 */
#include "judge/ally_refer.h"
#include "judge/ally_world.h"

static struct world w;

static void says_many(struct node *d, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++) {
		sees(d, i, EVIL);
		if (i % 50 == 0)
			world_talk(&w);
	}
	world_talk(&w);
}

static uint32_t shut(struct node *d, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i <= to; i++)
		n += is_shut(d, i);
	return n;
}

static void seconds(int n)
{
	for (int i = 0; i < n; i++)
		world_pass(&w, 1);
}

static const struct ally_party *mali_at(struct node *d)
{
	return &d->j.ally
		    ->parties[ally_party_no(d->j.ally, w.party[MALI].id, NULL)];
}

static void what_does_not_fit_into_a_minute_follows(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	says_many(a, 1, 100);
	assert_int_equal(shut(b, 1, 100), 60);
	seconds(20);
	assert_int_equal(shut(b, 1, 100), 80);
	seconds(21);
	assert_int_equal(shut(b, 1, 100), 100);
	/* its term runs from when it was heard */
	assert_int_equal(measure(b, 61)->until, WORLD_NOW + 2 + 3600);
	/* and its author hears of it in the end */
	seconds(2);
	assert_int_equal(
	    a->j.ally
		->parties[ally_party_no(a->j.ally, w.party[BURKINA].id, NULL)]
		.got_back[ANSWER_ASSISTING],
	    100);
}

static void a_restart_forgets_none_of_it(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	says_many(a, 1, 100);
	world_commit(&w);
	node_crash(b);
	node_begin(b);
	world_pass(&w, 1); /* its notary takes a while */
	node_key(b);
	world_talk(&w);
	assert_in_range(shut(b, 1, 100), 60, 61);
	seconds(41);
	assert_int_equal(shut(b, 1, 100), 100);
}

/* Its author was killed before it knew that it had said it. */
static void said_again_within_the_second_it_is_no_repetition(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	says_many(a, 1, 60);
	world_commit(&w);
	sees(a, 61, EVIL);
	world_talk(&w);
	judge_commit(&b->j);
	node_crash(a);
	node_start(a);
	sees(a, 61, EVIL);
	world_talk(&w);
	judge_commit(&b->j);
	node_crash(b);
	node_start(b);
	seconds(3);
	assert_true(is_shut(b, 61));
}

static void what_was_taken_back_is_not_closed_later(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct net by_author = unit(99), by_us = unit(100);

	world_up(&w, 2);
	says_many(a, 1, 100);
	world_commit(&w);
	assert_int_equal(judge_pardon(&a->j, &by_author, 0, NULL), 1);
	ally_pardoned(&b->j, &by_us);
	world_talk(&w);
	seconds(60);
	assert_int_equal(shut(b, 1, 98), 98);
	assert_false(is_shut(b, 99));
	assert_false(is_shut(b, 100));
}

static void nobody_holds_more_than_his_budget_by_it(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	uint32_t most = 0;

	world_up(&w, 2);
	says_many(a, 1, 700);
	for (int i = 0; i < 600; i++) {
		world_pass(&w, 1);
		most = MAX(most, shut(b, 1, 700));
		assert_true(
		    b->j.ally->later[mali_at(b) - b->j.ally->parties].n <=
		    ALLY_LATER);
	}
	assert_int_equal(most, 256);
	/* an hour later none of it is worth anything any more */
	for (int i = 0; i < 100; i++)
		world_pass(&w, 60);
	assert_int_equal(shut(b, 1, 700), 0);
	assert_int_equal(b->j.ally->later[mali_at(b) - b->j.ally->parties].n,
	    0);
}

static void what_nobody_can_make_another_do_goes_first(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	says_many(a, 1, 60);
	sees(a, 101, WEB);
	world_talk(&w);
	sees(a, 102, EVIL);
	sees(a, 103, EVIL);
	sees(a, 104, WEB);
	world_talk(&w);
	assert_int_equal(b->closed, 60);
	seconds(1);
	assert_true(is_shut(b, 103)); /* and the newest of them */
	assert_false(is_shut(b, 102));
	seconds(1);
	assert_true(is_shut(b, 102));
	assert_null(measure(b, 104));
	seconds(1);
	assert_non_null(measure(b, 104));
	assert_null(measure(b, 101));
	seconds(1);
	assert_non_null(measure(b, 101));
}

/* Unless its owner settled it meanwhile. */
static void a_referral_waits_for_room_as_a_notice_does(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA],
		    *c = &w.node[NIGER];
	struct addr rebels[] = { { 4, { 92, 0, 2, 66 } },
		{ 4, { 92, 0, 2, 67 } } };
	struct net n[] = { addr_unit(rebels[0]), addr_unit(rebels[1]) };

	world_up(&w, 3);
	says_many(a, 1, 60);
	sees_addr(a, rebels[0], EVIL, 0);
	sees_addr(a, rebels[1], EVIL, 0);
	world_talk(&w);
	world_commit(&w);
	assert_null(measures_get(&c->j.measures, &n[0]));
	node_crash(c);
	node_start(c); /* it is remembered */
	assert_int_equal(ally_settle(&b->j, &n[1], SETTLED_SETTLED), 1);
	seconds(3);
	assert_non_null(measures_get(&c->j.measures, &n[0]));
	assert_int_equal(measures_get(&c->j.measures, &n[0])->act, ACT_LIMIT);
	assert_null(measures_get(&c->j.measures, &n[1]));
}

static int down(void **state)
{
	world_down(&w);
	return 0;
}

#define LATER_TEST(f) cmocka_unit_test_setup_teardown(f, world_quiet, down)

TESTS(LATER_TEST(what_does_not_fit_into_a_minute_follows),
    LATER_TEST(a_restart_forgets_none_of_it),
    LATER_TEST(said_again_within_the_second_it_is_no_repetition),
    LATER_TEST(what_was_taken_back_is_not_closed_later),
    LATER_TEST(nobody_holds_more_than_his_budget_by_it),
    LATER_TEST(what_nobody_can_make_another_do_goes_first),
    LATER_TEST(a_referral_waits_for_room_as_a_notice_does))
