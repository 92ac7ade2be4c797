#include "signing/desk.h"

#include "signing/draft_test.h"

#include "base/tests.h"

static struct desk desk;
static struct drafter author;
static struct frame f;
static uint8_t frame[FRAME_MOST], body[ACT_BODY_MOST];
static struct wire_signed s;
static struct wire_out out;

static int open_desk(void **state)
{
	struct act_run run;

	desk_open(&desk, (uint8_t[32]){ 1, 2, 3 });
	author = (struct drafter){ .alliance = 9 };
	memcpy(author.key, desk.key, ACT_KEY);
	chain_begin(&author.author, 1000, RUN_START, &run);
	return 0;
}

static enum act_fault add(const struct wire_draft *m, size_t n)
{
	if (!desk_fits(&desk, m, n))
		die("it does not fit");
	return desk_add(&desk, m, (struct str){ (char *)body, n });
}

static enum act_fault add_notice(uint32_t i)
{
	union act_body b = draft_notice(i);
	size_t n;
	struct wire_draft m = draft_next(&author, ACT_NOTICE, &b, body, &n);

	return add(&m, n);
}

static void what_is_signed_verifies(void **state)
{
	for (size_t n = 1; n <= FRAME_ACTS; n++) {
		size_t size;

		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(add_notice(i), ACT_OK);
		size = desk_sign(&desk, frame, &s, &out);
		assert_int_equal(s.n, n);
		assert_int_equal(s.ids[n - 1], author.next_id);
		assert_int_equal(out.acts.run, author.author.run);
		assert_int_equal(out.acts.last, author.author.seq);
		assert_int_equal(out.acts.first, author.author.seq + 1 - n);
		assert_int_equal(frame_parse(&f, frame, size), ACT_OK);
		assert_int_equal(frame_verify(&f), ACT_OK);
		assert_int_equal(f.n, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(frame_body_ok(&f.acts[i]), ACT_OK);
		/* judge knew what it would be */
		assert_true(
		    act_hash_eq(&f.acts[n - 1].hash, &author.author.head));
	}
}

static void an_ill_typed_draft_is_never_signed(void **state)
{
	union act_body b = draft_notice(1);
	size_t n;
	struct wire_draft m = draft_next(&author, ACT_NOTICE, &b, body, &n);
	struct wire_draft bad = m;
	struct chain_author was = author.author;

	/* a login's nonce, a NATS message, an ssh signature: no act at all */
	assert_int_equal(desk_add(&desk, &m, STR("nonce-to-be-signed")),
	    ACT_E_KIND);
	assert_int_equal(desk_add(&desk, &m, STR("")), ACT_E_SHORT);
	/* a notice that says it is something else */
	for (int type = 0; type < 256; type++) {
		bad.type = (uint8_t)type;
		if (type != ACT_NOTICE)
			assert_int_not_equal(add(&bad, n), ACT_OK);
	}
	bad = m;
	bad.label = LABELS;
	assert_int_equal(add(&bad, n), ACT_E_LABEL);
	bad = m;
	bad.expires = bad.issued - 1;
	assert_int_equal(add(&bad, n), ACT_E_TIMES);
	bad = m;
	bad.seq = 0;
	assert_int_equal(add(&bad, n), ACT_E_NUMBER);
	bad = m;
	bad.run = UINT64_MAX;
	assert_int_equal(add(&bad, n), ACT_E_NUMBER);
	/* bytes that a decoder would pass over */
	body[0]++;
	body[n] = 0x18;
	body[n + 1] = 99;
	body[n + 2] = 0x01;
	assert_int_equal(add(&m, n + 3), ACT_E_EXTRA);
	assert_int_equal(desk.n, 0);
	/* and the honest one is not hurt by all that */
	author.author = was;
	body[0]--;
	assert_int_equal(add(&m, n), ACT_OK);
}

static void a_number_is_signed_once(void **state)
{
	union act_body b = draft_notice(1), c = draft_notice(2);
	struct chain_author was;
	struct wire_draft m;
	size_t n;

	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(add_notice(i), ACT_OK);
	was = author.author;
	m = draft_next(&author, ACT_NOTICE, &b, body, &n);
	assert_int_equal(add(&m, n), ACT_OK);
	assert_int_equal(add(&m, n), ACT_E_SPOKEN);
	desk_sign(&desk, frame, &s, &out);
	author.author = was; /* another act with the same number */
	m = draft_next(&author, ACT_NOTICE, &c, body, &n);
	assert_int_equal(add(&m, n), ACT_E_SPOKEN);
	/* nor in a run of the past */
	m.run--;
	m.seq = 1000;
	assert_int_equal(add(&m, n), ACT_E_SPOKEN);
	/* but in another alliance */
	author.alliance = 10;
	author.author = was;
	m = draft_next(&author, ACT_NOTICE, &c, body, &n);
	assert_int_equal(add(&m, n), ACT_OK);
}

static void who_does_not_name_the_act_before_is_refused(void **state)
{
	union act_body b = draft_notice(1);
	struct wire_draft m;
	size_t n;

	assert_int_equal(add_notice(0), ACT_OK);
	m = draft_next(&author, ACT_NOTICE, &b, body, &n);
	m.prev[0] ^= 1;
	assert_int_equal(add(&m, n), ACT_E_FOLLOWS);
	m.prev[0] ^= 1;
	assert_int_equal(add(&m, n), ACT_OK);
}

static void heartbeats_have_their_own_numbers(void **state)
{
	union act_body b = { .heartbeat = { .clock = 1, .of = 1 } };
	struct wire_draft m;
	size_t n;

	assert_int_equal(add_notice(0), ACT_OK);
	m = draft_next(&author, ACT_HEARTBEAT, &b, body, &n);
	assert_int_equal(add(&m, n), ACT_OK);
	assert_int_equal(add(&m, n), ACT_OK);
}

static void a_frame_has_one_alliance_and_a_size(void **state)
{
	union act_body b = draft_notice(1);
	struct wire_draft m;
	uint32_t i;
	size_t n;

	assert_int_equal(add_notice(0), ACT_OK);
	author.alliance = 10;
	m = draft_next(&author, ACT_NOTICE, &b, body, &n);
	assert_false(desk_fits(&desk, &m, n));
	desk_sign(&desk, frame, &s, &out);
	assert_true(desk_fits(&desk, &m, n));
	/* the largest bodies: fewer than 64, and never over the limit */
	memset(&b, 0, sizeof(b));
	b.carry.n = b.carry.n_lacked = BODY_RANGES;
	for (i = 0; i < BODY_RANGES; i++)
		b.carry.ranges[i] = b.carry.lacked[i] =
		    (struct act_range){ { 1 }, ACT_NUMBER_MOST, 1,
			    ACT_NUMBER_MOST };
	for (i = 0;; i++) {
		m = draft_next(&author, ACT_CARRY, &b, body, &n);
		if (!desk_fits(&desk, &m, n))
			break;
		assert_int_equal(add(&m, n), ACT_OK);
	}
	assert_true(i > 5 && i < FRAME_ACTS);
	assert_true(desk_sign(&desk, frame, &s, &out) > FRAME_MOST - n - 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_signed_verifies, open_desk),
		cmocka_unit_test_setup(an_ill_typed_draft_is_never_signed,
		    open_desk),
		cmocka_unit_test_setup(a_number_is_signed_once, open_desk),
		cmocka_unit_test_setup(
		    who_does_not_name_the_act_before_is_refused, open_desk),
		cmocka_unit_test_setup(heartbeats_have_their_own_numbers,
		    open_desk),
		cmocka_unit_test_setup(a_frame_has_one_alliance_and_a_size,
		    open_desk),
	};

	act_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
