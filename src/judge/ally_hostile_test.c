#include <fcntl.h>

#include "judge/ally_world.h"

static struct world w;

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
	node_forget(b);
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

static void two_acts_with_one_number_are_perjury(void **state)
{
	struct node *a = &w.node[MALI], *b = &w.node[BURKINA];
	struct chain_author was;
	static uint8_t frame[FRAME_MOST];
	struct ally_charter *c;
	struct sent_msg m;

	world_up(&w, 2);
	c = a->j.ally->charters[0];
	was = c->author;
	sees(a, 1, EVIL);
	m = a->waiting[a->n_waiting - 1];
	world_talk(&w);
	assert_true(is_shut(b, 1));
	assert_int_equal(c->author.seq, was.seq + 1);
	/* the same number, said otherwise, by who has the key too */
	((struct wire_draft *)m.bytes)->issued++;
	node_hear(b, 0, 999, frame, node_thief(a, &m, frame));
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

TESTS(WORLD_TEST(replays_and_late_acts_extend_nothing),
    WORLD_TEST(a_restart_with_a_wrong_clock_extends_nothing),
    WORLD_TEST(two_acts_with_one_number_are_perjury),
    WORLD_TEST(what_is_forgotten_is_in_no_file),
    WORLD_TEST(a_forged_frame_does_nothing),
    WORLD_TEST(a_traitor_closes_no_more_than_its_budget))
