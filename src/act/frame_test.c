#include "act/act_test.h"
#include "act/keep.h"
#include "act/parts.h"

#include "base/tests.h"

static uint8_t bytes[FRAME_MOST], other[FRAME_MOST];
static struct frame f, g;
static struct said acts[FRAME_ACTS];

static size_t some(struct speaker *s, size_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		union act_body b = notice_of(i);

		speak(s, ACT_NOTICE, &b, &acts[i]);
	}
	return batch(s, acts, n, bytes);
}

static void a_header_is_204_bytes_and_reads_back(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	struct envelope e;
	uint8_t again[ENVELOPE_SIZE];

	some(&s, 1);
	assert_int_equal(envelope_read(acts[0].header, &e), ACT_OK);
	assert_memory_equal(&e, &acts[0].e, sizeof(e));
	envelope_write(&e, again);
	assert_memory_equal(again, acts[0].header, sizeof(again));
	assert_memory_equal(again, "LPTA\1\1\1\1", 8);
}

/* Each field of the header that is checked, and under which name. */
static void a_bad_header_has_a_reason(void **state)
{
	static const struct {
		size_t at, n;
		uint8_t with;
		enum act_fault fault;
	} bad[] = {
		{ 0, 1, 'X', ACT_E_MAGIC },
		{ 4, 1, 2, ACT_E_VERSION },
		{ 5, 1, 0, ACT_E_ALG },
		{ 7, 1, LABELS, ACT_E_LABEL },
		{ 108, 8, 0, ACT_E_NUMBER },
		{ 108, 1, 0x80, ACT_E_NUMBER },
		{ 116, 8, 0, ACT_E_NUMBER },
		{ 116, 1, 0x80, ACT_E_NUMBER },
		{ 156, 1, 0x80, ACT_E_NUMBER },
		{ 164, 1, 0x80, ACT_E_NUMBER },
		{ 156, 2, 0x7f, ACT_E_TIMES },
	};
	struct speaker s = speaker_new(1, 1000);
	struct envelope e;

	for (size_t i = 0; i < countof(bad); i++) {
		some(&s, 1);
		memset(acts[0].header + bad[i].at, bad[i].with, bad[i].n);
		assert_int_equal(envelope_read(acts[0].header, &e),
		    bad[i].fault);
	}
}

static void a_batch_of_any_size_verifies(void **state)
{
	struct speaker s = speaker_new(1, 1000);

	for (size_t n = 1; n <= FRAME_ACTS; n++) {
		size_t size = some(&s, n);

		assert_int_equal(frame_parse(&f, bytes, size), ACT_OK);
		assert_int_equal(f.n, n);
		assert_int_equal(frame_verify(&f), ACT_OK);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(frame_body_ok(&f.acts[i]), ACT_OK);
			assert_memory_equal(&f.acts[i].hash, &acts[i].hash,
			    ACT_HASH);
		}
	}
}

/* Out of batches of every size, each act alone, and what it was batched with
 * is not needed. */
static void a_forwarded_act_verifies_by_its_path(void **state)
{
	struct speaker s = speaker_new(1, 1000);

	for (size_t n = 1; n <= FRAME_ACTS; n++) {
		size_t size = some(&s, n);

		assert_int_equal(frame_parse(&f, bytes, size), ACT_OK);
		for (size_t i = 0; i < n; i++) {
			struct frame_item item = item_of(&acts[i]);
			struct act_proof p, q;

			frame_proof(&f, i, &p);
			size = frame_forward(&p, &item, other, sizeof(other));
			assert_true(size > 0);
			assert_int_equal(frame_parse(&g, other, size), ACT_OK);
			assert_int_equal(frame_verify(&g), ACT_OK);
			frame_proof(&g, 0, &q);
			assert_memory_equal(&p, &q, sizeof(p));
		}
	}
}

static void a_path_is_at_most_192_bytes(void **state)
{
	size_t most = 0;

	for (size_t n = 1; n <= MERKLE_LEAVES; n++)
		for (size_t i = 0; i < n; i++)
			most = MAX(most, merkle_steps(n, i));
	assert_int_equal(most * ACT_HASH, 192);
}

/* A tree whose leaves and nodes look alike would take a node for an act. */
static void an_inner_node_is_no_act(void **state)
{
	struct act_hash two[2] = { { { 1 } }, { { 2 } } }, root, path[6];

	root = merkle_root(two, 2);
	assert_memory_not_equal(merkle_root(&root, 1).b, root.b, ACT_HASH);
	assert_int_equal(merkle_path(two, 2, 0, path), 1);
	assert_memory_equal(merkle_climb(&two[0], 2, 0, path).b, root.b,
	    ACT_HASH);
	assert_memory_not_equal(merkle_climb(&two[0], 2, 1, path).b, root.b,
	    ACT_HASH);
}

static void an_erased_body_leaves_a_header_that_verifies(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	struct frame_item bare = { 0 };
	struct act_proof p;
	size_t n = some(&s, 5);

	assert_int_equal(frame_parse(&f, bytes, n), ACT_OK);
	frame_proof(&f, 3, &p);
	bare.header = acts[3].header;
	n = frame_forward(&p, &bare, other, sizeof(other));
	assert_true(n > 0 && n < 512);
	assert_int_equal(frame_parse(&g, other, n), ACT_OK);
	assert_int_equal(frame_verify(&g), ACT_OK);
	assert_int_equal(frame_body_ok(&g.acts[0]), ACT_E_ERASED);
}

static bool is_third(void *arg, const struct frame_act *a)
{
	return a->e.seq == 3;
}

/* What was told to be forgotten, and what is old: the rest of the frame stays
 * what was signed. */
static void bodies_go_and_the_frame_stays(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	size_t n = some(&s, 5), m;

	assert_int_equal(frame_parse(&f, bytes, n), ACT_OK);
	m = keep_strip_if(&f, is_third, NULL, other, sizeof(other));
	assert_int_equal(m, n - acts[2].n - ACT_SALT);
	assert_int_equal(frame_parse(&g, other, m), ACT_OK);
	assert_int_equal(frame_verify(&g), ACT_OK);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(frame_body_ok(&g.acts[i]),
		    i == 2 ? ACT_E_ERASED : ACT_OK);
	/* a second time there is nothing to do */
	assert_int_equal(keep_strip_if(&g, is_third, NULL, bytes,
			     sizeof(bytes)),
	    0);
	assert_int_equal(keep_strip(&g, KEEP_BODY - 1, bytes, sizeof(bytes)),
	    0);
	n = keep_strip(&g, KEEP_BODY, bytes, sizeof(bytes));
	assert_int_equal(n, 67 + 5 * (ENVELOPE_SIZE + 2));
	assert_int_equal(frame_parse(&f, bytes, n), ACT_OK);
	assert_int_equal(frame_verify(&f), ACT_OK);
}

static void each_type_has_its_time(void **state)
{
	assert_int_equal(keep_body(ACT_MURMUR), 172800);
	assert_int_equal(keep_body(ACT_NOTICE), 2592000);
	assert_int_equal(keep_body(ACT_RECEIPT), 2592000);
	assert_int_equal(keep_body(30), 2592000); /* of a later version */
	assert_int_equal(keep_body(ACT_RUN), KEEP_HEADER);
}

static void another_body_or_salt_is_found(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	size_t n = some(&s, 1);

	bytes[n - 1] ^= 1;
	assert_int_equal(frame_parse(&f, bytes, n), ACT_OK);
	assert_int_equal(frame_verify(&f), ACT_OK);
	assert_int_equal(frame_body_ok(&f.acts[0]), ACT_E_COMMIT);
	bytes[n - 1] ^= 1;
	bytes[n - acts[0].n - 1] ^= 1;
	assert_int_equal(frame_body_ok(&f.acts[0]), ACT_E_COMMIT);
}

static void what_one_signed_alone_is_no_batch(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	struct frame_item item;
	struct act_proof p;
	size_t n = some(&s, 1);

	assert_int_equal(frame_parse(&f, bytes, n), ACT_OK);
	frame_proof(&f, 0, &p);
	item = item_of(&acts[0]);
	p.leaves = 2; /* with any neighbour */
	n = frame_forward(&p, &item, other, sizeof(other));
	assert_int_equal(frame_parse(&g, other, n), ACT_OK);
	assert_int_equal(frame_verify(&g), ACT_E_SIGNATURE);
}

static void acts_of_two_envoys_are_no_frame(void **state)
{
	struct speaker s = speaker_new(1, 1000), t = speaker_new(2, 1000);
	union act_body b = notice_of(1);
	size_t n;

	some(&s, 2);
	speak(&t, ACT_NOTICE, &b, &acts[1]);
	n = batch(&s, acts, 2, bytes);
	assert_int_equal(frame_parse(&f, bytes, n), ACT_E_MIXED);
}

static void a_bad_frame_has_a_reason(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	size_t n = some(&s, 2);

	assert_int_equal(frame_parse(&f, bytes, 0), ACT_E_SHORT);
	for (size_t k = 1; k < n; k++)
		assert_int_not_equal(frame_parse(&f, bytes, k), ACT_OK);
	bytes[n] = 0;
	assert_int_equal(frame_parse(&f, bytes, n + 1), ACT_E_REST);
	assert_int_equal(frame_parse(&f, bytes, FRAME_MOST + 1), ACT_E_LONG);
	bytes[2] = 0;
	assert_int_equal(frame_parse(&f, bytes, n), ACT_E_COUNT);
	bytes[2] = FRAME_ACTS + 1;
	assert_int_equal(frame_parse(&f, bytes, n), ACT_E_COUNT);
	bytes[1] = 3;
	assert_int_equal(frame_parse(&f, bytes, n), ACT_E_FORM);
	bytes[0] = 2;
	assert_int_equal(frame_parse(&f, bytes, n), ACT_E_VERSION);
}

static size_t seal(struct str whole, uint16_t part)
{
	size_t n = frame_seal(whole, part, bytes, sizeof(bytes));

	return frame_parse(&f, bytes, n) == ACT_OK ? n : 0;
}

static void a_sealed_act_travels_in_parts(void **state)
{
	static char text[FRAME_PART * 5 + 7];
	struct str whole = { text, sizeof(text) }, got;
	struct parts p = { 0 };

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	for (uint16_t i = 0; i < 6; i++) {
		assert_true(seal(whole, i) > 0);
		assert_int_equal(parts_take(&p, &f.part, &got), i == 5);
	}
	assert_true(str_eq(got, whole));
	/* one is missing, so the rest is nothing */
	for (uint16_t i = 0; i < 6; i++) {
		assert_true(seal(whole, i) > 0);
		if (i != 2)
			assert_false(parts_take(&p, &f.part, &got));
	}
	/* and a part that another act slipped in */
	for (uint16_t i = 0; i < 6; i++) {
		assert_true(seal(whole, i) > 0);
		if (i == 3)
			bytes[40] ^= 1;
		assert_false(parts_take(&p, &f.part, &got));
	}
	parts_drop(&p);
	assert_int_equal(frame_seal((struct str){ text,
					(size_t)FRAME_PART * 16 + 1 },
			     0, bytes, sizeof(bytes)),
	    0);
}

/* Whatever is changed on the way, it is refused for a reason; all but a few
 * of the changes are found before a signature is checked or by it. */
static void a_hundred_thousand_mutations_are_refused(void **state)
{
	struct speaker s = speaker_new(1, 1000);
	size_t n = some(&s, 3), counted[ACT_FAULT_N] = { 0 }, refused = 0;
	uint64_t x = 88172645463325252ULL;

	for (int i = 0; i < 100000; i++) {
		size_t at, size = n;
		enum act_fault e;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(other, bytes, n);
		at = x % n;
		/* three in four fall on what is parsed; signatures are dear */
		if (x >> 32 & 3)
			at = (size_t[]){ 0, 1, 2, 67, 71, 72, 74, 175, 183,
				231 }[x >> 40 & 7];
		if ((x >> 48 & 7) == 0)
			size = at;
		other[at] ^= (uint8_t)(1 + (x >> 56) % 255);
		e = frame_parse(&g, other, size);
		if (e == ACT_OK)
			e = frame_verify(&g);
		for (size_t k = 0; e == ACT_OK && k < g.n; k++)
			e = frame_body_ok(&g.acts[k]);
		counted[e]++;
		refused += e != ACT_OK;
	}
	assert_int_equal(refused, 100000);
	assert_int_equal(counted[ACT_OK], 0);
	assert_true(counted[ACT_E_SIGNATURE] > 1000);
	assert_true(counted[ACT_E_COMMIT] > 1000);
	for (size_t i = 1; i < ACT_FAULT_N; i++)
		if (counted[i])
			print_message("# %s: %zu\n",
			    act_fault_name((enum act_fault)i), counted[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_204_bytes_and_reads_back),
		cmocka_unit_test(a_bad_header_has_a_reason),
		cmocka_unit_test(a_batch_of_any_size_verifies),
		cmocka_unit_test(a_forwarded_act_verifies_by_its_path),
		cmocka_unit_test(a_path_is_at_most_192_bytes),
		cmocka_unit_test(an_inner_node_is_no_act),
		cmocka_unit_test(an_erased_body_leaves_a_header_that_verifies),
		cmocka_unit_test(bodies_go_and_the_frame_stays),
		cmocka_unit_test(each_type_has_its_time),
		cmocka_unit_test(another_body_or_salt_is_found),
		cmocka_unit_test(what_one_signed_alone_is_no_batch),
		cmocka_unit_test(acts_of_two_envoys_are_no_frame),
		cmocka_unit_test(a_bad_frame_has_a_reason),
		cmocka_unit_test(a_sealed_act_travels_in_parts),
		cmocka_unit_test(a_hundred_thousand_mutations_are_refused),
	};

	act_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
