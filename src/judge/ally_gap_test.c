/*
 * What a post lost is asked of whoever has it: of any ally, of its author if
 * it lies nowhere else, and across the end of a run; and what a party forgot
 * that comes back from a backup is named to it soon.
 */
#include "judge/ally_refer.h"
#include "judge/ally_world.h"
#include "signing/desk.h"

static struct world w;

/* Nobody was handed what lies in its outbox by now. */
static void post_loses_it(struct node *from)
{
	for (size_t i = 0; i < w.n; i++) {
		struct node *d = &w.node[i];

		if (d != from)
			d->cursor[from->no] = d->acked[from->no] = from->n_box;
		d->cut[from->no] = false;
	}
}

static void says_unheard(struct node *from, uint32_t who)
{
	for (size_t i = 0; i < w.n; i++)
		w.node[i].cut[from->no] = true;
	sees(from, who, EVIL);
	world_talk(&w);
	world_commit(&w);
	post_loses_it(from);
}

static void seconds(int n)
{
	for (int i = 0; i < n; i++)
		world_pass(&w, 1);
}

static void what_no_other_ally_has_is_asked_of_its_author(void **state)
{
	struct node *a = &w.node[MALI];

	world_up(&w, 3);
	seconds(32); /* all have heard of all */
	says_unheard(a, 1);
	sees(a, 2, EVIL);
	world_talk(&w);
	assert_true(is_shut(&w.node[BURKINA], 2));
	assert_false(is_shut(&w.node[BURKINA], 1));
	seconds(20);
	assert_true(is_shut(&w.node[BURKINA], 1));
	assert_true(is_shut(&w.node[NIGER], 1));
}

/* Nor the first act and the heartbeat of the next. */
static void a_run_that_nobody_heard_of_is_found_from_the_next(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	b->cut[MALI] = true;
	node_crash(a);
	node_start(a);
	seconds(1);
	sees(a, 1, EVIL);
	seconds(1);
	node_crash(a);
	node_start(a);
	seconds(1);
	post_loses_it(a);
	sees(a, 2, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 2));
	assert_false(is_shut(b, 1));
	seconds(20);
	assert_true(is_shut(b, 1));
}

/* And so was the answer. */
static void what_was_named_is_asked_for_again(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	seconds(32);
	says_unheard(a, 1);
	b->j.ally->charters[0]->want_at = w.now;
	ally_chain_find(b->j.ally, w.id, a->desk->key,
	    a->j.ally->charters[0]->author.run)
	    ->named = a->j.ally->charters[0]->author.seq;
	seconds(16);
	assert_true(is_shut(b, 1));
}

/* The last that it said, and it says nothing more. */
static void the_last_word_is_named_in_each_heartbeat(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	seconds(32);
	b->cut[MALI] = true;
	sees(a, 1, EVIL);
	seconds(32); /* the heartbeat that named it first was lost, too */
	post_loses_it(a);
	assert_false(is_shut(b, 1));
	seconds(32);
	assert_true(is_shut(b, 1));
}

static size_t referrals_at(const struct node *d)
{
	return d->j.ally->n_referrals;
}

/* Its notary never heard of it. */
static void a_referral_lost_in_a_crash_is_told_late_and_once(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct addr rebel = { 4, { 92, 0, 2, 9 } };

	world_up(&w, 2);
	a->mute = true;
	sees_addr(a, rebel, EVIL, 0);
	world_commit(&w);
	node_crash(a);
	a->mute = false;
	node_start(a);
	seconds(1);
	assert_int_equal(referrals_at(b), 1);
	assert_int_equal(referrals_at(a), 1);
	/* a restart says it no second time, nor once it is settled */
	node_crash(a);
	node_start(a);
	seconds(1);
	assert_int_equal(referrals_at(b), 1);
	assert_int_equal(ally_settle(&b->j, &b->j.ally->referrals[0].net,
			     SETTLED_SETTLED),
	    1);
	seconds(2);
	node_crash(a);
	node_start(a);
	seconds(1);
	assert_int_equal(referrals_at(b), 1);
}

static int down(void **state)
{
	world_down(&w);
	return 0;
}

#define GAP_TEST(f) cmocka_unit_test_setup_teardown(f, world_quiet, down)

TESTS(GAP_TEST(what_no_other_ally_has_is_asked_of_its_author),
    GAP_TEST(a_run_that_nobody_heard_of_is_found_from_the_next),
    GAP_TEST(what_was_named_is_asked_for_again),
    GAP_TEST(a_referral_lost_in_a_crash_is_told_late_and_once),
    GAP_TEST(the_last_word_is_named_in_each_heartbeat))
