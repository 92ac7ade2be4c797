#include "judge/ally_refer.h"
#include "judge/ally_world.h"

static struct world w;

static void an_attack_on_one_is_shut_out_by_all(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 3);
	sees(a, 1, EVIL);
	assert_true(is_shut(a, 1));
	world_talk(&w);
	for (size_t i = BURKINA; i <= NIGER; i++) {
		const struct ledger_measure *m = measure(&w.node[i], 1);

		assert_true(is_shut(&w.node[i], 1));
		assert_int_equal(m->rung, RUNG_ALLIED);
		assert_int_equal(m->until, w.now + 3600);
		assert_int_equal(w.node[i].order.ttl, 3600);
	}
	/* a receipt within the second, and the author knows */
	world_pass(&w, 1);
	assert_int_equal(
	    a->j.ally
		->parties[ally_party_no(a->j.ally, w.party[BURKINA].id, NULL)]
		.got_back[ANSWER_ASSISTING],
	    1);
	/* a second witness */
	sees(b, 1, EVIL);
	world_talk(&w);
	assert_int_equal(measure(&w.node[NIGER], 1)->until, w.now + 4 * 3600);
	assert_int_equal(measure(b, 1)->rung, RUNG_OWN);
}

static void a_pardon_opens_at_all_of_them(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct net n = unit(1);

	world_up(&w, 3);
	sees(a, 1, EVIL);
	world_talk(&w);
	world_commit(&w);
	assert_int_equal(judge_pardon(&a->j, &n, 0, NULL), 1);
	world_talk(&w);
	assert_false(is_shut(b, 1));
	assert_false(is_shut(&w.node[NIGER], 1));
	assert_int_equal(b->opened, 1);
}

static void who_annuls_an_allied_measure_lowers_its_authors_credit(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct net n = unit(1);
	uint16_t no;

	world_up(&w, 2);
	sees(a, 1, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 1));
	assert_int_equal(judge_pardon(&b->j, &n, 0, NULL), 1);
	assert_false(is_shut(b, 1));
	assert_int_equal(b->opened, 1);
	no = ally_party_no(b->j.ally, w.party[MALI].id, NULL);
	assert_int_equal(allied_credit(b->j.ally->law, no, w.now), 30);
}

static void own_measures_and_allied_ones_stand_side_by_side(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	uint32_t term;

	world_up(&w, 2);
	term = b->j.law_conf.term;
	/* its own is longer: the ally's word changes nothing */
	sees(b, 1, EVIL);
	world_talk(&w);
	assert_int_equal(measure(b, 1)->until, w.now + term);
	assert_int_equal(measure(b, 1)->rung, RUNG_OWN);
	/* an allied one is replaced by the first own one */
	sees(a, 2, EVIL);
	world_talk(&w);
	assert_int_equal(measure(b, 2)->rung, RUNG_ALLIED);
	sees(b, 2, EVIL);
	assert_int_equal(measure(b, 2)->rung, RUNG_OWN);
	assert_int_equal(measure(b, 2)->until, w.now + term);
	assert_int_equal(b->order.ttl, term);
}

/* Own: one hour from now; allied: begins half an hour later, with two
 * witnesses 4 h. */
static void what_allies_say_stays_when_an_own_measure_ends(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct net n = unit(1);
	unsigned opened;

	world_up(&w, 3);
	b->j.law_conf.term = 3600;
	assert_int_not_equal(judge_deny(&b->j, &n, &n.addr, w.now + 3600, 0,
				 "x"),
	    0);
	world_pass(&w, 1800);
	sees(a, 1, EVIL);
	sees(&w.node[NIGER], 1, EVIL);
	world_talk(&w);
	assert_int_equal(measure(b, 1)->rung, RUNG_DENIED);
	opened = b->opened;
	world_pass(&w, 1801);
	assert_true(is_shut(b, 1));
	assert_int_equal(measure(b, 1)->rung, RUNG_ALLIED);
	assert_int_equal(b->opened, opened);
	world_pass(&w, 4 * 3600);
	assert_null(measure(b, 1));
}

static void a_web_page_makes_no_more_than_a_limit(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 3);
	sees(a, 1, WEB);
	sees(&w.node[NIGER], 1, WEB);
	world_talk(&w);
	assert_int_equal(measure(b, 1)->act, ACT_LIMIT);
	assert_int_equal(measure(b, 1)->until, w.now + 3600);
}

static struct addr at_home(unsigned party, uint8_t last)
{
	return (struct addr){ 4, { 92, 0, (uint8_t)(party + 1), last } };
}

static void who_is_immune_stays_open(void **state)
{
	struct wire_never never = { .net = unit(7), .cause = NEVER_GATEWAY };
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct addr post = { 4, { 91, 0, 0, 3 } }, dns = { 4, { 9, 9, 9, 9 } };
	struct net n;

	world_up(&w, 3);
	assert_true(judge_hear(&b->j, ENFORCER, 0, MSG_PROTECTED, &never,
	    sizeof(never)));
	sees(a, 7, EVIL);
	sees_addr(a, post, EVIL, 0);
	sees_addr(a, dns, EVIL, 0);
	/* a good client: logins on two days */
	sees_addr(b, host(8), LOGIN, 1);
	world_pass(&w, 86400);
	sees_addr(b, host(8), LOGIN, 1);
	sees(a, 8, EVIL);
	world_talk(&w);
	assert_null(measure(b, 7));
	assert_null(measure(b, 8));
	n = addr_unit(post);
	assert_null(measures_get(&b->j.measures, &n));
	n = addr_unit(dns);
	assert_null(measures_get(&b->j.measures, &n));
	assert_true(is_shut(a, 8)); /* our own policy is our own */
}

static void five_accounts_behind_an_address_make_it_shared(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	for (uint64_t user = 1; user <= 5; user++)
		sees_addr(b, host(1), LOGIN, user * 0x12345);
	world_commit(&w);
	node_crash(b);
	node_start(b); /* it is remembered */
	sees(a, 1, EVIL);
	world_talk(&w);
	assert_int_equal(measure(b, 1)->act, ACT_LIMIT);
}

static void an_allys_own_address_is_referred_and_settled(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA],
		    *c = &w.node[NIGER];
	struct addr rebel = at_home(BURKINA, 66);
	struct net n = addr_unit(rebel);

	world_up(&w, 3);
	sees_addr(a, rebel, EVIL, 0);
	world_talk(&w);
	world_commit(&w);
	assert_non_null(measures_get(&a->j.measures, &n)); /* our own policy */
	assert_null(measures_get(&b->j.measures, &n));
	assert_int_equal(measures_get(&c->j.measures, &n)->act, ACT_LIMIT);
	assert_int_equal(ally_refer_of(&c->j, &n), REFER_OPEN);
	assert_int_equal(c->j.ally->referrals[0].state, SETTLED_ACKNOWLEDGED);
	assert_int_equal(ally_settle(&b->j, &n, SETTLED_SETTLED), 1);
	world_talk(&w);
	assert_null(measures_get(&c->j.measures, &n));
	assert_int_equal(ally_refer_of(&c->j, &n), REFER_NONE);
	/* again within the week: no immunity at once */
	world_pass(&w, 2 * 86400);
	sees_addr(a, rebel, EVIL, 0);
	world_talk(&w);
	assert_int_equal(ally_refer_of(&c->j, &n), REFER_LAPSED);
	world_pass(&w, 1);
	assert_int_equal(measures_get(&c->j.measures, &n)->act, ACT_DENY);
}

static void what_nobody_settles_loses_its_immunity(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA],
		    *c = &w.node[NIGER];
	struct addr rebel = at_home(BURKINA, 66);
	struct net n = addr_unit(rebel);

	world_up(&w, 3);
	node_crash(b); /* nobody there */
	sees_addr(a, rebel, EVIL, 0);
	world_talk(&w);
	assert_int_equal(measures_get(&c->j.measures, &n)->act, ACT_LIMIT);
	world_pass(&w, 15 * 60 + 1);
	world_pass(&w, 1);
	assert_int_equal(measures_get(&c->j.measures, &n)->act, ACT_DENY);
}

static void a_safe_conduct_is_heard_in_any_order(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA],
		    *c = &w.node[NIGER];
	const struct ally_told *t;
	union act_body s = { .conduct = { .subject = unit(1),
				 .basis = BASIS_HUMAN,
				 .term = 86400 } };
	struct net n = unit(1);

	world_up(&w, 3);
	c->cut[MALI] = true; /* the notice comes late */
	sees(a, 1, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 1));
	t = ally_told_of(a->j.ally, &n, 0);
	memcpy(s.conduct.notice.envoy, a->j.ally->envoy, 32);
	s.conduct.notice.run = t->t.run;
	s.conduct.notice.seq = t->t.seq;
	assert_non_null(
	    ally_say(&b->j, b->j.ally->charters[0], ACT_CONDUCT, &s, 86400));
	ally_send_drafts(&b->j);
	world_talk(&w);
	assert_null(measure(c, 1));
	assert_int_equal(c->j.ally->n_early, 1);
	world_commit(&w);
	node_crash(c);
	node_start(c);
	assert_int_equal(c->j.ally->n_early, 1); /* kept */
	c->cut[MALI] = false;
	world_talk(&w);
	assert_null(measure(c, 1));
	assert_int_equal(c->j.ally->n_early, 0);
}

static void a_suspended_ally_is_recorded_and_not_obeyed(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct alliance *of;

	world_up(&w, 2);
	of = b->j.charters.v[0];
	sealed_suspend(&b->j, of, alliance_party_of_id(of, w.party[MALI].id),
	    true);
	sees(a, 1, EVIL);
	world_talk(&w);
	world_pass(&w, 1);
	assert_null(measure(b, 1));
	assert_int_equal(b->acked[MALI], a->n_box); /* all of it was taken */
	assert_int_equal(
	    a->j.ally
		->parties[ally_party_no(a->j.ally, w.party[BURKINA].id, NULL)]
		.got_back[ANSWER_SUSPENDED],
	    1);
}

static void a_gap_heals_through_another_ally(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA],
		    *c = &w.node[NIGER];

	world_up(&w, 3);
	c->cut[MALI] = true;
	for (uint32_t i = 1; i <= 20; i++)
		sees(a, i, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 20));
	assert_false(is_shut(c, 20));
	/* burkina's heartbeat names what niger lacks */
	for (int i = 0; i < 70; i++)
		world_pass(&w, 1);
	for (uint32_t i = 1; i <= 20; i++)
		assert_true(is_shut(c, i));
}

/* The roll gave it 170 days. */
static void whose_time_on_the_roll_is_over_defends_itself_alone(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	world_pass(&w, 160 * 86400);
	sees(a, 1, EVIL);
	world_talk(&w);
	assert_true(is_shut(b, 1));
	world_pass(&w, 10 * 86400);
	sees(a, 2, EVIL);
	world_talk(&w);
	assert_true(is_shut(a, 2));
	assert_false(is_shut(b, 2));
}

static int64_t offset_of(struct node *at, unsigned party)
{
	struct ally *y = at->j.ally;

	return y->parties[ally_party_no(y, w.party[party].id, NULL)].offset;
}

static void a_wrong_clock_is_seen_from_both_sides(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	b->ahead = 3600;
	for (int i = 0; i < 70; i++)
		world_pass(&w, 1);
	assert_in_range(offset_of(a, BURKINA), 3590000, 3600000);
	assert_in_range(-offset_of(b, MALI), 3600000, 3610000);
}

static int down(void **state)
{
	world_down(&w);
	return 0;
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_quiet, down)

TESTS(WORLD_TEST(an_attack_on_one_is_shut_out_by_all),
    WORLD_TEST(a_pardon_opens_at_all_of_them),
    WORLD_TEST(who_annuls_an_allied_measure_lowers_its_authors_credit),
    WORLD_TEST(own_measures_and_allied_ones_stand_side_by_side),
    WORLD_TEST(what_allies_say_stays_when_an_own_measure_ends),
    WORLD_TEST(a_web_page_makes_no_more_than_a_limit),
    WORLD_TEST(who_is_immune_stays_open),
    WORLD_TEST(five_accounts_behind_an_address_make_it_shared),
    WORLD_TEST(an_allys_own_address_is_referred_and_settled),
    WORLD_TEST(what_nobody_settles_loses_its_immunity),
    WORLD_TEST(a_safe_conduct_is_heard_in_any_order),
    WORLD_TEST(a_suspended_ally_is_recorded_and_not_obeyed),
    WORLD_TEST(a_gap_heals_through_another_ally),
    WORLD_TEST(whose_time_on_the_roll_is_over_defends_itself_alone),
    WORLD_TEST(a_wrong_clock_is_seen_from_both_sides))
