#include "base/draw.h"
#include "judge/ally_refer.h"
#include "judge/ally_world.h"

/*
 * The same acts in another order, or cut by crashes, give the same standing:
 * who says what of whom and has not taken it back, and which safe-conducts
 * are in force.
 */

static struct world w;

enum {
	SUBJECTS = 12,
	ORDERS_TRIED = 6,
	CRASHES = 8, /* about, in each */
};

struct standing {
	struct {
		uint16_t party, charters;
		bool pardoned, own_act;
		uint32_t issued, expires;
	} word[SUBJECTS][NODES];
	uint32_t conduct[SUBJECTS];
};

/* By the charter's number of each party, so that judges can be compared. */
static void look(struct node *d, struct standing *s)
{
	struct ally *y = d->j.ally;

	memset(s, 0, sizeof(*s));
	for (uint32_t i = 0; i < SUBJECTS; i++) {
		struct net n = unit(i);
		struct allied_word v;
		uint16_t whose;

		for (size_t k = 0; allied_word(y->law, &n, k, &v); k++) {
			uint16_t no = alliance_party_of_id(y->charters[0]->a,
			    y->parties[v.party].id);

			s->word[i][no].party = (uint16_t)(no + 1);
			s->word[i][no].charters = v.charters;
			s->word[i][no].pardoned = v.pardoned;
			s->word[i][no].own_act = v.own_act;
			s->word[i][no].issued = v.issued;
			s->word[i][no].expires = v.expires;
		}
		s->conduct[i] = allied_conduct_of(y->law, &n, d->j.now, &whose);
	}
}

static uint64_t state;

static void vouch(struct node *d, uint32_t who)
{
	struct net n = unit(who);

	(void)ally_vouch(&d->j, &n, 0);
}

/* What mali and burkina say of a dozen addresses, niger is not told. */
static void story(void)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	for (uint32_t i = 0; i < SUBJECTS; i++) {
		struct net n = unit(i);

		sees(a, i, i % 4 == 3 ? WEB : EVIL);
		if (i % 3 == 1)
			sees(b, i, EVIL);
		world_pass(&w, 2);
		if (i % 5 == 2)
			(void)judge_pardon(&a->j, &n, 0, NULL);
		if (i % 6 == 0)
			vouch(b, i);
		world_pass(&w, 2);
	}
}

static void hear_all(struct node *d, bool crash)
{
	struct stored *all[STORED];
	size_t n = 0;

	for (size_t i = MALI; i <= BURKINA; i++)
		for (size_t k = 0; k < w.node[i].n_box; k++)
			all[n++] = &w.node[i].box[k];
	for (size_t i = n; i > 1; i--) {
		size_t k = draw_below(&state, (uint32_t)i);
		struct stored *t = all[i - 1];

		all[i - 1] = all[k];
		all[k] = t;
	}
	for (size_t i = 0; i < n; i++) {
		node_hear(d, 0, 1, all[i]->p, all[i]->n);
		if (crash && draw_below(&state, 8) == 0)
			judge_commit(&d->j);
		if (!crash || draw_below(&state, 10) != 0)
			continue;
		/* what was not committed is lost, and handed out again */
		node_crash(d);
		node_start(d);
		i = SIZE_MAX;
		crash = draw_below(&state, CRASHES) != 0;
	}
}

static void tell(bool crash)
{
	struct node *c = &w.node[NIGER];
	const char *is_long = getenv("LIPTAKO_LONG");
	int more = is_long && *is_long ? 10 : 1;
	struct standing first, other;

	world_up(&w, 3);
	c->cut[MALI] = c->cut[BURKINA] = true;
	story();
	for (int turn = 0; turn < ORDERS_TRIED * more; turn++) {
		node_forget(c);
		node_start(c);
		hear_all(c, crash && turn > 0);
		judge_commit(&c->j);
		look(c, turn == 0 ? &first : &other);
		if (turn > 0)
			assert_memory_equal(&first, &other, sizeof(first));
		/* no act twice: each is in its chain once */
		assert_int_equal(c->j.ally->n_early, 0);
	}
	/* the story was one */
	assert_true(first.word[0][0].party && first.word[1][1].party);
	assert_true(first.word[2][0].pardoned);
	assert_true(first.conduct[0] != 0);
}

static void any_order_gives_the_same_standing(void **s)
{
	tell(false);
}

static void killed_anywhere_nothing_is_lost_and_nothing_counts_twice(void **s)
{
	tell(true);
}

static int down(void **s)
{
	world_down(&w);
	return 0;
}

int main(void)
{
	const char *seed = getenv("LIPTAKO_SEED");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(any_order_gives_the_same_standing,
		    down),
		cmocka_unit_test_teardown(
		    killed_anywhere_nothing_is_lost_and_nothing_counts_twice,
		    down),
	};

	if (!seed || !str_u64(str_of(seed), UINT64_MAX, &state))
		state = hash_key_new().k[0] >> 24;
	printf("# LIPTAKO_SEED=%llu\n", (unsigned long long)state);
	if (world_quiet(NULL) < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
