#include "act/keep.h"
#include "judge/ally_world.h"

static struct world w;

struct seen {
	unsigned frames, bodies, notices, right;
};

static void look(void *arg, const struct ledger_frame *row)
{
	static struct frame f;
	struct seen *s = arg;

	assert_int_equal(frame_parse(&f, row->bytes.p, row->bytes.n), ACT_OK);
	s->frames++;
	s->right += frame_verify(&f) == ACT_OK;
	for (size_t i = 0; i < f.n; i++) {
		s->bodies += f.acts[i].salt != NULL;
		s->notices += f.acts[i].salt && f.acts[i].e.type == ACT_NOTICE;
	}
}

static struct seen looked(struct node *d)
{
	struct seen s = { 0 };

	judge_commit(&d->j);
	assert_int_equal(ledger_frames_after(d->j.ledger, 0, 100000, look, &s),
	    LEDGER_OK);
	return s;
}

static void pass_days(uint32_t days)
{
	w.unheard = true; /* only time */
	for (uint32_t i = 0; i < days; i++)
		world_pass(&w, 86400);
	for (int i = 0; i < 20; i++)
		world_pass(&w, 6);
	w.unheard = false;
}

static void bodies_go_after_30_days_and_headers_stay(void **state)
{
	struct node *b = &w.node[1];
	struct seen before, after;

	world_up(&w, 2);
	for (uint32_t i = 0; i < 150; i++) {
		sees(&w.node[0], i, EVIL);
		world_talk(&w);
	}
	before = looked(b);
	assert_int_equal(before.notices, 150);
	pass_days(29);
	assert_int_equal(looked(b).notices, 150);
	pass_days(2);
	after = looked(b);
	assert_int_equal(after.notices, 0);
	assert_true(after.frames >= before.frames);
	assert_int_equal(after.right, after.frames);
	assert_true(after.bodies > 0); /* runs name no address */
	world_down(&w);
}

/* What was erased is not taken again, whoever brings it. */
static void what_is_old_does_not_come_back(void **state)
{
	struct node *b = &w.node[1];

	world_up(&w, 2);
	sees(&w.node[0], 7, EVIL);
	world_talk(&w);
	pass_days(31);
	assert_int_equal(looked(b).notices, 0);
	for (size_t k = 0; k < w.node[0].n_box; k++)
		node_hear(b, 0, 1, w.node[0].box[k].p, w.node[0].box[k].n);
	assert_int_equal(looked(b).notices, 0);
	/* nor after a start */
	node_crash(b);
	node_start(b);
	for (size_t k = 0; k < w.node[0].n_box; k++)
		node_hear(b, 0, 1, w.node[0].box[k].p, w.node[0].box[k].n);
	assert_int_equal(looked(b).notices, 0);
	assert_true(b->j.ally->aged > 0);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_go_after_30_days_and_headers_stay),
		cmocka_unit_test(what_is_old_does_not_come_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, world_quiet, NULL);
}
