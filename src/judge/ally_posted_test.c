/*
 * What of ours is in an outbox: counted by chained acts alone, in their order,
 * and offered out of the ledger again when some was lost on its way.
 */
#include "judge/ally_world.h"

static struct world w;

static struct ally_charter *charter(struct node *d)
{
	return d->j.ally->charters[0];
}

static const struct ally_box *outbox(struct node *d)
{
	for (size_t i = 0; i < d->j.ally->n_boxes; i++)
		if (d->j.ally->boxes[i].write)
			return &d->j.ally->boxes[i];
	fail_msg("no outbox");
	return NULL;
}

static void posted(struct node *d, struct wire_span acts, enum posted how)
{
	struct wire_posted p = { .box = outbox(d)->box,
		.status = (uint8_t)how,
		.acts = acts };

	assert_true(judge_hear(&d->j, ENVOY, 0, MSG_POSTED, &p, sizeof(p)));
}

/* The frames that were offered since, each confirmed. */
static size_t offered(struct node *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_waiting; i++) {
		const struct sent_msg *m = &d->waiting[i];
		struct wire_offer o;

		if (m->type != MSG_OFFER)
			continue;
		memcpy(&o, m->bytes, sizeof(o));
		n += o.acts.run != 0;
		if (o.acts.run)
			posted(d, o.acts, POSTED_OK);
	}
	return n;
}

static struct node *up(void)
{
	struct node *a = &w.node[0];

	world_up(&w, 2);
	world_pass(&w, 30);
	w.unconfirmed = true;
	assert_int_equal(ally_behind(charter(a)), 0);
	return a;
}

static void say(struct node *a, uint32_t who)
{
	sees(a, who, EVIL);
	world_talk(&w);
	world_commit(&w);
}

/* Heartbeats have numbers of their own, and many more of them. */
static void heartbeats_are_not_counted(void **state)
{
	struct node *a = up();
	struct wire_span none = { 0 };

	for (int i = 0; i < 20; i++) {
		world_pass(&w, 31);
		posted(a, none, POSTED_OK);
	}
	assert_true(charter(a)->beats > charter(a)->author.seq);
	assert_int_equal(ally_behind(charter(a)), 0);
	say(a, 1);
	assert_int_equal(ally_behind(charter(a)), 1);
}

static void what_is_lost_on_the_way_is_offered_again(void **state)
{
	struct node *a = up();
	uint64_t run = charter(a)->author.run;

	say(a, 1);
	say(a, 2);
	say(a, 3);
	assert_int_equal(charter(a)->author.seq, 4);
	/* the first two never reached the envoy */
	posted(a, (struct wire_span){ run, 4, 4 }, POSTED_OK);
	assert_int_equal(ally_behind(charter(a)), 3);
	a->j.now = w.now += 11;
	judge_tick(&a->j);
	assert_int_equal(offered(a), 3);
	assert_int_equal(ally_behind(charter(a)), 0);
}

static void silence_is_asked_again(void **state)
{
	struct node *a = up();

	say(a, 1);
	for (int i = 0; i < 12; i++) {
		a->j.now = ++w.now;
		judge_tick(&a->j);
	}
	assert_int_equal(offered(a), 1);
	assert_int_equal(ally_behind(charter(a)), 0);
}

static void a_new_run_forgets_nothing_of_the_last(void **state)
{
	struct node *a = up();
	uint64_t run = charter(a)->author.run;

	say(a, 1);
	node_crash(a);
	node_start(a);
	world_pass(&w, 1);
	assert_true(charter(a)->author.run > run);
	posted(a, (struct wire_span){ charter(a)->author.run, 1, 1 },
	    POSTED_OK);
	assert_int_equal(charter(a)->posted_run, run);
	a->j.now = w.now += 11;
	judge_tick(&a->j);
	assert_int_equal(offered(a), 2); /* the notice, and the new run */
	assert_int_equal(charter(a)->posted_run, charter(a)->author.run);
	assert_int_equal(ally_behind(charter(a)), 0);
}

static void what_is_ruled_before_the_notary_speaks_is_told(void **state)
{
	struct node *a = up(), *b = &w.node[1];

	node_crash(a);
	node_begin(a);
	sees(a, 5, EVIL);
	world_talk(&w);
	assert_true(is_shut(a, 5));
	assert_false(is_shut(b, 5));
	node_key(a);
	world_talk(&w);
	assert_true(is_shut(b, 5));
}

/* Killed after it wrote down what it told, and before that was signed. */
static void what_was_never_signed_is_told_again(void **state)
{
	struct node *a = up(), *b = &w.node[1];
	uint64_t heard;

	a->mute = true;
	sees(a, 6, EVIL);
	world_commit(&w);
	node_crash(a);
	a->mute = false;
	node_start(a);
	world_talk(&w);
	world_commit(&w);
	assert_true(is_shut(b, 6));
	heard = b->j.ally->counts[COUNT_NOTICES];
	node_crash(a);
	node_start(a);
	world_talk(&w);
	assert_int_equal(b->j.ally->counts[COUNT_NOTICES], heard); /* once */
}

/* Allies would not hear us at all: what does not fit waits and is counted. */
static void notices_over_the_quota_wait(void **state)
{
	enum {
		ATTACKS = 2100,
		FIT = 2000 - 250 /* of the burst, what is kept */
	};
	struct node *a = &w.node[0];
	uint64_t told;

	world_up(&w, 2);
	for (uint32_t i = 1; i <= ATTACKS; i++) {
		sees(a, i, EVIL);
		if (i % 100 == 0)
			world_talk(&w);
	}
	told = a->j.ally->counts[COUNT_TOLD];
	assert_true(told <= FIT);
	assert_true(told > FIT - 10);
	assert_int_equal(ally_held_back(a->j.ally, charter(a)), ATTACKS - told);
	assert_int_equal(a->j.ally->counts[COUNT_LOST], 0);
	world_commit(&w);
	assert_int_equal(w.node[1].j.ally->counts[COUNT_NOTICES], told);
	world_pass(&w, 3600); /* 20,000 a day: 833 more */
	world_pass(&w, 1);
	assert_int_equal(a->j.ally->counts[COUNT_TOLD], ATTACKS);
	assert_int_equal(ally_held_back(a->j.ally, charter(a)), 0);
	assert_int_equal(w.node[1].j.ally->counts[COUNT_NOTICES], ATTACKS);
}

static uint64_t said_as(struct node *d, uint32_t who)
{
	struct net n = unit(who);

	return ally_told_of(d->j.ally, &n, 0)->t.seq;
}

/* What nobody can make another do, and of that what was seen most. */
static void of_those_that_wait_the_best_goes_first(void **state)
{
	enum {
		LAST = 1770
	};
	struct node *a = &w.node[0];

	world_up(&w, 2);
	for (uint32_t i = 1; i <= LAST; i++) {
		sees(a, i, EVIL);
		if (i % 100 == 0)
			world_talk(&w);
	}
	assert_true(ally_held_back(a->j.ally, charter(a)) > 10);
	sees(a, 3000, WEB);
	for (int i = 0; i < 5; i++)
		sees(a, 3001, FAIL);
	sees(a, 3002, EVIL);
	for (int i = 0; i < 300 && ally_held_back(a->j.ally, charter(a)); i++)
		world_pass(&w, 1);
	assert_true(said_as(a, 3001) < said_as(a, LAST));
	assert_true(said_as(a, LAST) < said_as(a, 3002));
	assert_true(said_as(a, 3002) < said_as(a, 3000));
}

static int down(void **state)
{
	world_down(&w);
	return 0;
}

#define POSTED_TEST(f) cmocka_unit_test_setup_teardown(f, world_quiet, down)

TESTS(POSTED_TEST(heartbeats_are_not_counted),
    POSTED_TEST(what_is_lost_on_the_way_is_offered_again),
    POSTED_TEST(silence_is_asked_again),
    POSTED_TEST(a_new_run_forgets_nothing_of_the_last),
    POSTED_TEST(what_is_ruled_before_the_notary_speaks_is_told),
    POSTED_TEST(what_was_never_signed_is_told_again),
    POSTED_TEST(notices_over_the_quota_wait),
    POSTED_TEST(of_those_that_wait_the_best_goes_first))
