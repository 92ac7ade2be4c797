#include "act/act_test.h"

#include "base/tests.h"

enum {
	MANY = 3000
};

static struct said acts[MANY + 1];
static uint64_t asked; /* how often the ledger was looked into */

/* The ledger, as far as a chain asks it. */
struct book {
	bool has[MANY + 2];
	struct chain_link link[MANY + 2];
};

static bool known(void *arg, const struct chain *c, uint64_t seq,
    struct chain_link *ret)
{
	const struct book *b = arg;

	asked++;
	if (seq > MANY + 1 || !b->has[seq])
		return false;
	*ret = b->link[seq];
	return true;
}

static enum chain_heard hear(struct chain *c, struct book *b,
    const struct said *a)
{
	enum chain_heard h = chain_hear(c, &a->e, &a->hash, known, b);

	if (h == CHAIN_NEW && a->e.seq <= MANY + 1) {
		b->has[a->e.seq] = true;
		b->link[a->e.seq] = (struct chain_link){ a->hash, a->e.prev };
	}
	assert_true(chain_ok(c));
	return h;
}

static struct speaker author;

static void say(uint32_t n)
{
	author = speaker_new(1, 1000);
	for (uint32_t i = 1; i <= n; i++) {
		union act_body b = notice_of(i);

		speak(&author, ACT_NOTICE, &b, &acts[i]);
	}
}

static void in_order_all_is_new_once(void **state)
{
	struct book b = { 0 };
	struct chain c;

	say(MANY);
	chain_new(&c, &acts[1].e);
	asked = 0;
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(hear(&c, &b, &acts[i]), CHAIN_NEW);
	assert_int_equal(asked, 0); /* the hot way looks nothing up */
	assert_int_equal(c.head, MANY);
	assert_int_equal(chain_missing(&c, (struct chain_gap[4]){ 0 }, 4), 0);
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(hear(&c, &b, &acts[i]), CHAIN_KNOWN);
}

static uint64_t x = 88172645463325252ULL;

static uint32_t any(uint32_t below)
{
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)((x >> 20) % below);
}

/* The same acts in any order, with any repeats: each is new exactly once and
 * the chain ends in the same state. */
static void any_order_gives_the_same_chain(void **state)
{
	struct chain sorted, c;

	say(MANY);
	for (int round = 0; round < 40; round++) {
		uint32_t order[MANY], n = round < 35 ? 200 : MANY, new = 0;
		struct book b = { 0 };

		chain_new(&sorted, &acts[1].e);
		chain_new(&c, &acts[1].e);
		for (uint32_t i = 0; i < n; i++)
			order[i] = i + 1;
		for (uint32_t i = n - 1; i > 0; i--) {
			uint32_t k = any(i + 1), was = order[i];

			order[i] = order[k];
			order[k] = was;
		}
		for (uint32_t i = 0; i < n; i++) {
			new += hear(&c, &b, &acts[order[i]]) == CHAIN_NEW;
			if (any(3) == 0)
				assert_int_equal(hear(&c, &b,
						     &acts[order[any(i + 1)]]),
				    CHAIN_KNOWN);
		}
		assert_int_equal(new, n);
		b = (struct book){ 0 };
		for (uint32_t i = 1; i <= n; i++)
			hear(&sorted, &b, &acts[i]);
		assert_int_equal(c.head, sorted.head);
		assert_true(act_hash_eq(&c.hash, &sorted.hash));
		if (n <= CHAIN_WIDTH) /* nothing was joined */
			assert_memory_equal(&c, &sorted, sizeof(c));
	}
}

/* Loss, then healing by what is asked for: nothing stays missing. */
static void gaps_heal_by_asking(void **state)
{
	for (int round = 0; round < 20; round++) {
		struct book b = { 0 };
		struct chain c;
		struct chain_gap gaps[8];
		uint32_t got = 0, turns = 0;
		size_t n;

		say(MANY);
		chain_new(&c, &acts[1].e);
		for (uint32_t i = 1; i <= MANY; i++)
			if (any(10) < (round % 2 ? 3 : 9) || i == MANY)
				got += hear(&c, &b, &acts[i]) == CHAIN_NEW;
		while ((n = chain_missing(&c, gaps, countof(gaps))) > 0) {
			assert_true(++turns < MANY);
			for (size_t k = 0; k < n; k++) {
				assert_true(
				    gaps[k].to - gaps[k].from < CHAIN_WIDTH);
				for (uint64_t q = gaps[k].from; q <= gaps[k].to;
				     q++)
					got +=
					    hear(&c, &b, &acts[q]) == CHAIN_NEW;
			}
		}
		assert_int_equal(got, MANY);
	}
}

static void a_gap_that_nobody_has_is_given_up(void **state)
{
	struct book b = { 0 };
	struct chain c;
	struct chain_gap gaps[4];

	say(2500);
	chain_new(&c, &acts[1].e);
	for (uint32_t i = 1; i <= 2500; i++)
		if ((i < 100 || i > 199) && i != 2000)
			hear(&c, &b, &acts[i]);
	assert_int_equal(chain_missing(&c, gaps, 4), 2);
	assert_int_equal(gaps[0].from, 100);
	assert_int_equal(gaps[0].to, 199);
	assert_int_equal(gaps[1].from, 2000);
	chain_gave_up(&c, &(struct chain_gap){ 120, 150 });
	assert_true(chain_ok(&c));
	assert_int_equal(chain_missing(&c, gaps, 4), 3);
	assert_int_equal(gaps[0].to, 119);
	assert_int_equal(gaps[1].from, 151);
	chain_gave_up(&c, &(struct chain_gap){ 1, 5000 });
	assert_true(chain_ok(&c));
	assert_int_equal(chain_missing(&c, gaps, 4), 0);
	assert_int_equal(hear(&c, &b, &acts[150]), CHAIN_NEW);
	assert_int_equal(hear(&c, &b, &acts[150]), CHAIN_KNOWN);
	assert_int_equal(hear(&c, &b, &acts[2000]), CHAIN_NEW);
}

static void another_act_with_a_number_is_perjury(void **state)
{
	struct book b = { 0 };
	struct chain c;
	struct speaker twin;
	struct said lie;
	union act_body other = notice_of(999);
	uint8_t bytes[PERJURY_MOST];
	struct envelope who;
	size_t n;

	say(50);
	chain_new(&c, &acts[1].e);
	for (uint32_t i = 1; i <= 50; i++)
		hear(&c, &b, &acts[i]);
	/* the same key, at number 50 again */
	twin = author;
	twin.author.seq = 49;
	twin.author.head = acts[49].hash;
	speak(&twin, ACT_NOTICE, &other, &lie);
	assert_int_equal(hear(&c, &b, &lie), CHAIN_PERJURY);
	assert_int_equal(hear(&c, &b, &acts[50]), CHAIN_KNOWN);
	/* and anyone can check it */
	n = perjury_write(&acts[50].proof, acts[50].header, &lie.proof,
	    lie.header, bytes, sizeof(bytes));
	assert_true(n > 0 && n < 1000);
	assert_int_equal(perjury_check(bytes, n, &who), ACT_OK);
	assert_memory_equal(who.envoy, author.e.envoy, ACT_KEY);
	assert_int_equal(who.seq, 50);
	for (size_t i = 0; i < n; i++) {
		bytes[i] ^= 4;
		assert_int_not_equal(perjury_check(bytes, n, &who), ACT_OK);
		bytes[i] ^= 4;
	}
	/* an act is no proof against itself, nor against its neighbour */
	n = perjury_write(&acts[50].proof, acts[50].header, &acts[50].proof,
	    acts[50].header, bytes, sizeof(bytes));
	assert_int_equal(perjury_check(bytes, n, &who), ACT_E_NUMBER);
	n = perjury_write(&acts[50].proof, acts[50].header, &acts[49].proof,
	    acts[49].header, bytes, sizeof(bytes));
	assert_int_equal(perjury_check(bytes, n, &who), ACT_E_NUMBER);
}

static void a_proof_out_of_full_batches_is_under_1000_bytes(void **state)
{
	static uint8_t bytes[2][FRAME_MOST];
	static struct frame f[2];
	uint8_t to[PERJURY_MOST];
	struct envelope who;
	struct act_proof p[2];

	for (size_t k = 0; k < 2; k++) {
		struct speaker s = speaker_new(1, 1000);

		for (uint32_t i = 1; i <= FRAME_ACTS; i++) {
			union act_body b = notice_of(i + 7 * (uint32_t)k);

			speak(&s, ACT_NOTICE, &b, &acts[i]);
		}
		assert_int_equal(frame_parse(&f[k], bytes[k],
				     batch(&s, acts + 1, FRAME_ACTS, bytes[k])),
		    ACT_OK);
		frame_proof(&f[k], 33, &p[k]);
	}
	size_t n = perjury_write(&p[0], f[0].acts[33].header, &p[1],
	    f[1].acts[33].header, to, sizeof(to));

	assert_true(n > 0 && n < 1000);
	print_message("# a proof of perjury has %zu bytes\n", n);
	assert_int_equal(perjury_check(to, n, &who), ACT_OK);
	assert_int_equal(who.seq, 34);
}

/* A machine whose state folder came back from a backup speaks on: in a new
 * run, so that nothing it says has the number of something said before. */
static void who_was_restored_is_no_perjurer(void **state)
{
	static struct book b, b2;
	struct chain c, c2;
	struct chain_author old;
	struct act_run run;
	union act_body body = { 0 };
	struct said first;
	uint64_t was;

	b = b2 = (struct book){ 0 };
	say(100);
	chain_new(&c, &acts[1].e);
	old = author.author;
	old.seq = 40;
	old.head = acts[40].hash;
	was = old.run;
	for (uint32_t i = 1; i <= 100; i++)
		assert_int_equal(hear(&c, &b, &acts[i]), CHAIN_NEW);
	/* restored at number 40, and with a clock far behind */
	author.author = old;
	chain_begin(&author.author, 5, RUN_START, &run);
	assert_true(author.author.run > was);
	assert_int_equal(run.run, was);
	assert_int_equal(run.seq, 40);
	assert_memory_equal(run.head, &acts[40].hash, ACT_HASH);
	body.run = run;
	speak(&author, ACT_RUN, &body, &first);
	assert_int_equal(first.e.seq, 1);
	assert_true(act_hash_eq(&first.e.prev, &acts[40].hash));
	assert_int_equal(hear(&c, &b, &first), CHAIN_FOREIGN);
	chain_new(&c2, &first.e);
	assert_int_equal(hear(&c2, &b2, &first), CHAIN_NEW);
	for (uint32_t i = 1; i <= 50; i++) {
		union act_body n = notice_of(i + 500);

		speak(&author, ACT_NOTICE, &n, &acts[i]);
		assert_int_equal(hear(&c2, &b2, &acts[i]), CHAIN_NEW);
	}
}

static void runs_never_repeat(void **state)
{
	struct chain_author a = { 0 };
	struct act_run run;
	uint64_t last = 0;

	for (uint64_t now = 100; now > 0; now--) {
		chain_begin(&a, now, RUN_LAPSE, &run);
		assert_true(a.run > last);
		last = a.run;
		chain_said(&a, &(struct act_hash){ { 1 } });
	}
}

/* An author that shows one story here and another there. */
static void a_neighbour_that_does_not_fit_breaks_the_chain(void **state)
{
	struct book b = { 0 };
	struct chain c;
	struct speaker twin;
	struct said lie;
	union act_body other = notice_of(999);

	say(10);
	twin = author;
	twin.author.seq = 4;
	twin.author.head = acts[4].hash;
	speak(&twin, ACT_NOTICE, &other, &lie); /* another number 5 */
	chain_new(&c, &acts[1].e);
	for (uint32_t i = 1; i <= 4; i++)
		hear(&c, &b, &acts[i]);
	assert_int_equal(hear(&c, &b, &lie), CHAIN_NEW);
	assert_int_equal(hear(&c, &b, &acts[6]), CHAIN_BROKEN);
	assert_int_equal(hear(&c, &b, &acts[5]), CHAIN_PERJURY);
	/* the other way round: the later one was there first */
	b = (struct book){ 0 };
	chain_new(&c, &acts[1].e);
	assert_int_equal(hear(&c, &b, &acts[6]), CHAIN_NEW);
	assert_int_equal(hear(&c, &b, &lie), CHAIN_BROKEN);
	assert_int_equal(hear(&c, &b, &acts[5]), CHAIN_NEW);
}

static void a_heartbeat_tells_what_to_ask_for(void **state)
{
	struct book b = { 0 };
	struct chain c;
	struct chain_gap ask;
	struct act_hash wrong = { { 1 } };

	say(20);
	chain_new(&c, &acts[1].e);
	for (uint32_t i = 1; i <= 15; i++)
		if (i != 7)
			hear(&c, &b, &acts[i]);
	assert_int_equal(chain_compare(&c, 15, &acts[15].hash, known, &b, &ask),
	    VIEW_SAME);
	assert_int_equal(chain_compare(&c, 10, &acts[10].hash, known, &b, &ask),
	    VIEW_SAME);
	assert_int_equal(chain_compare(&c, 10, &wrong, known, &b, &ask),
	    VIEW_SPLIT);
	assert_int_equal(ask.from, 10);
	assert_int_equal(ask.to, 10);
	assert_int_equal(chain_compare(&c, 7, &acts[7].hash, known, &b, &ask),
	    VIEW_BEHIND);
	assert_int_equal(ask.from, 7);
	assert_int_equal(chain_compare(&c, 20, &acts[20].hash, known, &b, &ask),
	    VIEW_BEHIND);
	assert_int_equal(ask.from, 15);
	assert_int_equal(ask.to, 20);
	chain_compare(&c, ACT_NUMBER_MOST, &wrong, known, &b, &ask);
	assert_int_equal(ask.to - ask.from, CHAIN_WIDTH - 1);
	assert_int_equal(c.head, 15);
}

/* Numbers as far apart as they can be: no time, no loop without an end. */
/* A post shows one ally another story than the rest: the first heartbeat
 * between two honest ones leads to the proof, wherever the chain stands. */
static void two_stories_are_found_by_the_first_heartbeat(void **state)
{
	for (uint32_t at = 1; at <= 9; at++) {
		struct book b = { 0 };
		struct chain c;
		struct chain_gap ask;
		struct speaker twin;
		struct said lie;
		union act_body other = notice_of(999);
		bool found = false;

		say(10);
		twin = author;
		twin.author.seq = at - 1;
		twin.author.head =
		    at > 1 ? acts[at - 1].hash : (struct act_hash){ 0 };
		speak(&twin, ACT_NOTICE, &other, &lie);
		chain_new(&c, &acts[1].e);
		for (uint32_t i = 1; i < at; i++)
			hear(&c, &b, &acts[i]);
		assert_int_equal(hear(&c, &b, &lie), CHAIN_NEW);
		/* the honest ally has heard all ten */
		assert_int_not_equal(chain_compare(&c, 10, &acts[10].hash,
					 known, &b, &ask),
		    VIEW_SAME);
		for (uint64_t q = ask.from; q <= ask.to; q++)
			found |= hear(&c, &b, &acts[q]) == CHAIN_PERJURY;
		assert_true(found);
	}
}

static void an_author_may_jump_as_it_likes(void **state)
{
	struct book b = { 0 };
	struct chain c;
	struct said far;
	union act_body body = notice_of(1);
	uint64_t seqs[] = { ACT_NUMBER_MOST - 1, 5, 70000, 1, 69999,
		UINT64_C(1) << 40, 2, ACT_NUMBER_MOST };

	author = speaker_new(1, 1000);
	speak(&author, ACT_NOTICE, &body, &far);
	chain_new(&c, &far.e);
	for (size_t i = 0; i < countof(seqs); i++) {
		far.e.seq = seqs[i];
		far.hash.b[0] = (uint8_t)i;
		far.e.prev.b[0] = (uint8_t)(7 * i); /* neighbours of nobody */
		assert_int_not_equal(hear(&c, &b, &far), CHAIN_PERJURY);
		assert_true(chain_ok(&c));
	}
	assert_true(c.n_gaps <= CHAIN_GAPS);
}

static void a_chain_out_of_the_ledger_is_checked(void **state)
{
	struct book b = { 0 };
	struct chain c, bad;

	say(2000);
	chain_new(&c, &acts[1].e);
	for (uint32_t i = 1; i <= 2000; i++)
		if (i % 100)
			hear(&c, &b, &acts[i]);
	assert_true(chain_ok(&c));
	assert_true(c.n_gaps > 2);
	bad = c;
	bad.n_gaps = CHAIN_GAPS + 1;
	assert_false(chain_ok(&bad));
	bad = c;
	bad.gaps[1].from = bad.gaps[0].to;
	assert_false(chain_ok(&bad));
	bad = c;
	bad.gaps[bad.n_gaps - 1].to = bad.head;
	assert_false(chain_ok(&bad));
	bad = c;
	bad.run = 0;
	assert_false(chain_ok(&bad));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order_all_is_new_once),
		cmocka_unit_test(any_order_gives_the_same_chain),
		cmocka_unit_test(gaps_heal_by_asking),
		cmocka_unit_test(a_gap_that_nobody_has_is_given_up),
		cmocka_unit_test(another_act_with_a_number_is_perjury),
		cmocka_unit_test(
		    a_proof_out_of_full_batches_is_under_1000_bytes),
		cmocka_unit_test(who_was_restored_is_no_perjurer),
		cmocka_unit_test(runs_never_repeat),
		cmocka_unit_test(
		    a_neighbour_that_does_not_fit_breaks_the_chain),
		cmocka_unit_test(a_heartbeat_tells_what_to_ask_for),
		cmocka_unit_test(two_stories_are_found_by_the_first_heartbeat),
		cmocka_unit_test(an_author_may_jump_as_it_likes),
		cmocka_unit_test(a_chain_out_of_the_ledger_is_checked),
	};

	act_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
