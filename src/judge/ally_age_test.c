#include "act/keep.h"
#include "judge/ally_world.h"
#include "judge/control_priv.h"

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

static unsigned purges(struct node *d, int seconds)
{
	unsigned before = d->sent[MSG_PURGE];

	while (seconds-- > 0)
		world_pass(&w, 1);
	return d->sent[MSG_PURGE] - before;
}

static void purged(struct node *d)
{
	struct wire_purge done;

	memcpy(done.alliance, w.id, sizeof(done.alliance));
	assert_true(
	    judge_hear(&d->j, ENVOY, 0, MSG_PURGED, &done, sizeof(done)));
}

/* Its author's and its ally's, until the post says so, whatever happens. */
static void outboxes_are_emptied_of_what_is_forgotten(void **state)
{
	struct node *a = &w.node[0], *b = &w.node[1];
	struct net n = unit(7), other = unit(8);

	world_up(&w, 2);
	sees(a, 7, EVIL);
	sees(a, 8, EVIL);
	world_talk(&w);
	assert_int_equal(purges(a, 10) + purges(b, 10), 0);
	assert_int_equal(ally_forget(&a->j, &n, true), 1);
	assert_int_equal(a->sent[MSG_PURGE], 0); /* what was said must leave */
	assert_int_equal(purges(a, 5), 1);
	assert_int_equal(b->sent[MSG_PURGE], 1);
	purged(b);
	node_crash(a);
	node_start(a);
	assert_int_equal(purges(a, 5), 1);
	purged(a);
	node_crash(a);
	node_start(a);
	assert_int_equal(purges(a, 100), 0);
	/* an ally's word does so not too often */
	assert_int_equal(ally_forget(&a->j, &other, true), 1);
	assert_int_equal(purges(b, 60), 0);
	assert_in_range(purges(b, 600), 1, 5); /* nobody answers */
	world_down(&w);
}

/* What is told of it at that second: days left, -1 if it is over, -2 if
 * nothing is told. */
static int told(struct judge *j, const char *what, uint64_t at)
{
	json_t *all, *e;
	size_t i;
	int days = -2;

	j->now = (uint32_t)at;
	all = json_charters(j);
	json_array_foreach(json_object_get(json_array_get(all, 0), "endings"),
	    i,
	    e) if (!strcmp(json_string_value(json_object_get(e, "what")), what))
	    days = json_is_true(json_object_get(e, "over"))
		       ? -1
		       : (int)json_integer_value(json_object_get(e, "days"));
	json_decref(all);
	return days;
}

static void what_ends_within_30_days_is_told(void **state)
{
	struct judge *j = &w.node[MALI].j;
	const struct alliance *a;
	uint64_t charter, envoy;

	world_up(&w, 2);
	a = j->charters.v[0];
	charter = alliance_expires(a) / 1000;
	envoy = alliance_party(a, MALI)->roll->envoys[0].not_after / 1000;
	assert_int_equal(told(j, "charter", charter - 31 * 86400), -2);
	assert_int_equal(told(j, "charter", charter - 10 * 86400), 10);
	assert_int_equal(told(j, "charter", charter - 1), 0);
	assert_int_equal(told(j, "charter", charter), -1);
	assert_int_equal(told(j, "envoy", envoy - 31 * 86400), -2);
	assert_int_equal(told(j, "envoy", envoy - 29 * 86400), 29);
	assert_int_equal(told(j, "envoy", envoy + 86400), -1);
	world_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_go_after_30_days_and_headers_stay),
		cmocka_unit_test(what_is_old_does_not_come_back),
		cmocka_unit_test(outboxes_are_emptied_of_what_is_forgotten),
		cmocka_unit_test(what_ends_within_30_days_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, world_quiet, NULL);
}
