/*
 * Catching up is prompt and bounded: a long gap closes through an ally in
 * seconds, however many chains it is spread over; an ally that is silent or
 * lies costs a wait, and neither makes us ask in a storm nor keeps from us
 * what somebody else has.
 */
#include "judge/ally_world.h"
#include "signing/desk.h"

enum {
	MANY = 2000
};

static struct world w;

static void seconds(int n)
{
	for (int i = 0; i < n; i++)
		world_pass(&w, 1);
}

static const struct chain *chain_at(struct node *at, struct node *of)
{
	const struct ally_chain *h = ally_chain_find(at->j.ally, w.id,
	    of->desk->key, of->j.ally->charters[0]->author.run);

	return h ? &h->c : NULL;
}

/* Nobody was handed what lies in its outbox by now. */
static void its_post_loses_all(struct node *of, struct node *to)
{
	to->cursor[of->no] = to->acked[of->no] = of->n_box;
	to->cut[of->no] = false;
}

/* It says so much, a frame each, that b hears only the last of it. */
static void says(struct node *a, struct node *b, uint32_t n)
{
	b->cut[a->no] = true;
	for (uint32_t i = 1; i <= n; i++) {
		sees(a, i, EVIL);
		world_talk(&w);
		if (i % 100 == 0)
			world_commit(&w);
	}
	world_commit(&w);
	its_post_loses_all(a, b);
	sees(a, n + 1, EVIL);
	world_talk(&w);
	assert_true(chain_lacking(chain_at(b, a)) >= n);
}

static size_t said(const struct node *d, uint8_t type, size_t from)
{
	static struct frame f;
	size_t n = 0;

	for (size_t i = from; i < d->n_box; i++) {
		if (frame_parse(&f, d->box[i].p, d->box[i].n) != ACT_OK ||
		    f.form == FRAME_SEALED)
			continue;
		for (size_t k = 0; k < f.n; k++)
			n += f.acts[k].e.type == type;
	}
	return n;
}

static void a_long_gap_closes_in_seconds(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	size_t asked;

	world_up_with(&w, 3, "1000000");
	says(a, b, MANY);
	asked = b->n_box;
	a->up = false; /* nobody but niger can help */
	seconds(5);
	assert_int_equal(chain_lacking(chain_at(b, a)), 0);
	assert_in_range(said(b, ACT_WANT, asked), 1, 30);
	a->up = true;
}

static uint32_t shut_of(struct node *d, uint32_t most)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i <= most; i++)
		n += is_shut(d, i);
	return n;
}

/* A list names more runs than one question may ask for. */
static void many_short_runs_are_no_slower(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up_with(&w, 3, "1000000");
	b->cut[MALI] = b->cut[NIGER] = true;
	for (uint32_t i = 1; i <= 100; i++) {
		sees(a, i, EVIL);
		world_pass(&w, 1);
		node_crash(a);
		node_start(a);
		world_talk(&w);
	}
	its_post_loses_all(a, b);
	its_post_loses_all(&w.node[NIGER], b);
	/* niger hears that b knows none of them, and names them */
	node_crash(b);
	node_start(b);
	seconds(15);
	assert_in_range(shut_of(b, 100), 60, 100); /* in the first minute */
	seconds(45);
	assert_int_equal(shut_of(b, 100), 100);
}

/* It has it all, and hears our questions. */
static void carries_nothing(struct node *d)
{
	struct ally_charter *c = d->j.ally->charters[0];

	c->carry_at = w.now + 1;
	c->carried = c->carried_any = 1 << 20;
}

static void a_silent_ally_costs_a_wait(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	size_t asked;

	world_up(&w, 4);
	seconds(32);
	says(a, b, 10);
	asked = b->n_box;
	for (int i = 0; i < 4; i++) {
		carries_nothing(&w.node[NIGER]);
		seconds(1);
	}
	assert_int_not_equal(chain_lacking(chain_at(b, a)), 0);
	for (int i = 0; i < 26; i++) {
		carries_nothing(&w.node[NIGER]);
		seconds(1);
	}
	assert_int_equal(chain_lacking(chain_at(b, a)), 0);
	assert_in_range(said(b, ACT_WANT, asked), 1, 4);
}

/* Each second it says that it handed on what we lack, and that there is more
 * and more of it. */
static void lies(struct node *liar, struct node *b, struct node *a, uint64_t i)
{
	const struct ally_charter *of = a->j.ally->charters[0];
	struct ally_charter *c = liar->j.ally->charters[0];
	static union act_body x;

	memset(&x, 0, sizeof(x));
	memcpy(x.carry.to, w.party[b->no].id, ACT_KEY);
	x.carry.n = 1;
	memcpy(x.carry.ranges[0].envoy, a->desk->key, ACT_KEY);
	x.carry.ranges[0].run = of->author.run;
	x.carry.ranges[0].from = 1;
	x.carry.ranges[0].to = 1000;
	(void)ally_say(&liar->j, c, ACT_CARRY, &x, 60);
	memset(&x, 0, sizeof(x));
	x.heartbeat.clock = ally_ms(&liar->j);
	x.heartbeat.of = 1;
	x.heartbeat.n = 50;
	for (uint16_t k = 0; k < x.heartbeat.n; k++) {
		struct act_head *h = &x.heartbeat.heads[k];

		memcpy(h->envoy, a->desk->key, ACT_KEY);
		h->run = k ? i * 50 + k : of->author.run;
		h->seq = k ? 7 : 100000 + i;
	}
	(void)ally_say(&liar->j, c, ACT_HEARTBEAT, &x, 60);
	ally_send_drafts(&liar->j);
	carries_nothing(liar);
}

static void a_liar_gets_no_storm_and_hides_nothing(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct node *liar = &w.node[NIGER];
	uint32_t chains;
	size_t asked;

	world_up_with(&w, 4, "1000000");
	seconds(32);
	says(a, b, 10);
	asked = b->n_box;
	for (uint64_t i = 1; i <= 300; i++) {
		lies(liar, b, a, i);
		seconds(1);
		if (i == 60)
			assert_int_equal(chain_lacking(chain_at(b, a)), 0);
	}
	/* what it invents has a few places, and few questions */
	chains = b->j.ally->n_chains;
	assert_in_range(chains, 4, 40 + ALLY_UNHEARD);
	printf("# %zu questions\n", said(b, ACT_WANT, asked));
	assert_in_range(said(b, ACT_WANT, asked), 1, 900);
	sees(a, 500, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 500));
}

static void asks(struct node *d, struct node *of, uint64_t to, int times)
{
	struct ally_charter *c = d->j.ally->charters[0];
	static union act_body x;

	while (times-- > 0) {
		memset(&x, 0, sizeof(x));
		memcpy(x.want.to, w.party[MALI].id, ACT_KEY);
		x.want.n = 1;
		memcpy(x.want.ranges[0].envoy, of->desk->key, ACT_KEY);
		x.want.ranges[0].run = of->j.ally->charters[0]->author.run;
		x.want.ranges[0].from = 1;
		x.want.ranges[0].to = to;
		assert_non_null(ally_say(&d->j, c, ACT_WANT, &x, 60));
		ally_send_drafts(&d->j);
		world_talk(&w);
	}
}

/* Asking us without end is answered as long as a minute's questions go. */
static void who_asks_in_a_storm_is_not_answered(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	size_t before;

	world_up_with(&w, 2, "1000000");
	sees(a, 1, EVIL);
	world_talk(&w);
	before = a->n_box;
	asks(b, a, 1, 1000);
	assert_in_range(said(a, ACT_CARRY, before), 100, 240);
}

static void who_asks_for_everything_leaves_others_their_share(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct node *greedy = &w.node[NIGER];

	world_up_with(&w, 3, "1000000");
	for (uint32_t i = 1; i <= 400; i++) {
		sees(a, i, EVIL);
		world_talk(&w);
	}
	asks(b, a, 1, 1); /* so it is known as one that asks */
	b->cut[MALI] = true;
	for (uint32_t i = 401; i <= 410; i++) {
		sees(a, i, EVIL);
		world_talk(&w);
	}
	asks(greedy, a, 390, 50); /* as much as it gets */
	its_post_loses_all(a, b);
	sees(a, 411, EVIL);
	world_talk(&w);
	assert_int_equal(chain_lacking(chain_at(b, a)), 10);
	for (int i = 0; i < 20; i++) {
		seconds(1);
		carries_nothing(greedy);
		asks(greedy, a, 390, 2);
	}
	assert_int_equal(chain_lacking(chain_at(b, a)), 0);
	assert_in_range(a->j.ally->charters[0]->carried, 3 << 18, 1 << 20);
}

static int down(void **state)
{
	world_down(&w);
	return 0;
}

#define CATCH_TEST(f) cmocka_unit_test_setup_teardown(f, world_quiet, down)

TESTS(CATCH_TEST(a_long_gap_closes_in_seconds),
    CATCH_TEST(many_short_runs_are_no_slower),
    CATCH_TEST(a_silent_ally_costs_a_wait),
    CATCH_TEST(a_liar_gets_no_storm_and_hides_nothing),
    CATCH_TEST(who_asks_in_a_storm_is_not_answered),
    CATCH_TEST(who_asks_for_everything_leaves_others_their_share))
