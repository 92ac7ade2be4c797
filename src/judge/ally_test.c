#include "judge/ally_world.h"

static struct world w;

enum {
	MALI,
	BURKINA,
	NIGER
};

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
	assert_int_not_equal(judge_deny(&b->j, &n, w.now + 3600, 0, "x"), 0);
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
	memcpy(s.conduct.notice.envoy, a->desk.key, 32);
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

static void replays_and_late_acts_extend_nothing(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	uint32_t until;
	size_t n;

	world_up(&w, 2);
	sees(a, 1, EVIL);
	world_talk(&w);
	world_commit(&w);
	until = measure(b, 1)->until;
	n = a->n_box;
	world_pass(&w, 600);
	for (size_t i = 0; i < n; i++)
		node_hear(b, 0, 1, a->box[i].p, a->box[i].n);
	assert_int_equal(measure(b, 1)->until, until);
	world_pass(&w, 3600);
	assert_null(measure(b, 1));
	/* over a restart */
	node_crash(b);
	node_start(b);
	for (size_t i = 0; i < n; i++)
		node_hear(b, 0, 1, a->box[i].p, a->box[i].n);
	assert_null(measure(b, 1));
	/* to one that never heard of it: too old */
	world_pass(&w, 86400);
	node_crash(b);
	(void)nftw(b->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	(void)mkdir(b->dir, 0700);
	node_start(b);
	for (size_t i = 0; i < n; i++)
		node_hear(b, 0, 1, a->box[i].p, a->box[i].n);
	assert_null(measure(b, 1));
}

static void a_restart_with_a_wrong_clock_extends_nothing(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	uint32_t now;

	world_up(&w, 2);
	sees(a, 1, EVIL);
	world_talk(&w);
	world_commit(&w);
	assert_true(is_shut(b, 1));
	node_crash(b);
	now = w.now;
	w.now = 1000000; /* no battery */
	node_start(b);
	assert_null(measure(b, 1));
	w.now = now;
	sees(a, 2, EVIL);
	b->j.now = 1000100;
	(void)node_answer(a);
	(void)node_reads(b);
	judge_commit(&b->j);
	assert_null(measure(b, 2)); /* nobody is heard, */
	assert_true(b->acked[MALI] < a->n_box);
	b->j.now = w.now + 30; /* until the clock is right */
	b->cursor[MALI] = b->acked[MALI];
	world_talk(&w);
	judge_commit(&b->j);
	assert_true(is_shut(b, 2));
	assert_null(measure(b, 1)); /* it was heard before */
	assert_int_equal(b->acked[MALI], a->n_box);
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

static void two_acts_with_one_number_are_perjury(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct desk thief;
	uint8_t seed[32] = { 40 };
	struct chain_author was;
	static uint8_t frame[FRAME_MOST];
	struct ally_charter *c;
	struct wire_signed s;
	struct wire_out out;
	struct sent_msg m;
	size_t n;

	world_up(&w, 2);
	c = a->j.ally->charters[0];
	was = c->author;
	sees(a, 1, EVIL);
	m = a->waiting[a->n_waiting - 1];
	world_talk(&w);
	assert_true(is_shut(b, 1));
	assert_int_equal(c->author.seq, was.seq + 1);
	/* the same number, said otherwise, by who has the key too */
	desk_open(&thief, seed);
	((struct wire_draft *)m.bytes)->issued++;
	assert_int_equal(desk_add(&thief, (const struct wire_draft *)m.bytes,
			     (struct str){ (const char *)m.bytes + m.n,
				 m.tail }),
	    ACT_OK);
	n = desk_sign(&thief, frame, &s, &out);
	node_hear(b, 0, 999, frame, n);
	assert_int_equal(b->j.ally->counts[COUNT_PERJURY], 1);
	world_commit(&w);
	node_crash(b);
	node_start(b);
	sees(a, 2, EVIL); /* the key counts no more */
	world_talk(&w);
	assert_null(measure(b, 2));
}

static void what_is_forgotten_is_in_no_file(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct net n = unit(0x4242);
	uint64_t acts;

	world_up(&w, 2);
	sees(a, 0x4242, EVIL);
	sees(a, 1, EVIL);
	world_talk(&w);
	world_commit(&w);
	world_pass(&w, 1);
	acts = b->j.ally->counts[COUNT_KNOWN];
	assert_int_equal(ally_forget(&a->j, &n, true), 1);
	world_talk(&w);
	world_pass(&w, 1);
	assert_null(measure(b, 0x4242));
	assert_true(is_shut(b, 1));
	for (size_t i = 0; i < 2; i++) {
		static const char *const files[] = { "ledger.db",
			"ledger.db-wal" };

		for (size_t k = 0; k < countof(files); k++) {
			char path[80];
			static char bytes[4 << 20];
			int fd;
			ssize_t got;

			snprintf(path, sizeof(path), "%s/%s", w.node[i].dir,
			    files[k]);
			fd = open(path, O_RDONLY);
			if (fd < 0)
				continue;
			got = read(fd, bytes, sizeof(bytes));
			close(fd);
			if (got > 0)
				if (memmem(bytes, (size_t)got, n.addr.b, 4))
					fail_msg("%s of %zu", files[k], i);
		}
	}
	/* its number is known: the body is refused for ever */
	for (size_t i = 0; i < a->n_box; i++)
		node_hear(b, 0, 1, a->box[i].p, a->box[i].n);
	assert_null(measure(b, 0x4242));
	assert_true(b->j.ally->counts[COUNT_KNOWN] > acts);
}

static void a_forged_frame_does_nothing(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	static uint8_t frame[FRAME_MOST];
	struct stored *s;

	world_up(&w, 2);
	w.unheard = true;
	sees(a, 1, EVIL);
	world_talk(&w);
	s = &a->box[a->n_box - 1];
	for (size_t i = 0; i < s->n; i++) {
		memcpy(frame, s->p, s->n);
		frame[i] ^= 0x20;
		node_hear(b, 0, 1, frame, s->n);
		assert_null(measure(b, 1));
	}
	w.unheard = false;
	world_talk(&w);
	assert_true(is_shut(b, 1));
}

static void a_traitor_closes_no_more_than_its_budget(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];

	world_up(&w, 2);
	for (uint32_t i = 1; i <= 1500; i++) {
		sees(a, i, EVIL);
		if (i % 100 == 0)
			world_pass(&w, 1);
	}
	world_pass(&w, 1);
	assert_true(b->j.measures.n <= 256);
	assert_true(b->j.measures.n >= 60);
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
    WORLD_TEST(replays_and_late_acts_extend_nothing),
    WORLD_TEST(a_restart_with_a_wrong_clock_extends_nothing),
    WORLD_TEST(a_gap_heals_through_another_ally),
    WORLD_TEST(two_acts_with_one_number_are_perjury),
    WORLD_TEST(what_is_forgotten_is_in_no_file),
    WORLD_TEST(a_forged_frame_does_nothing),
    WORLD_TEST(a_traitor_closes_no_more_than_its_budget))
