#include "judge/test_bench.h"

static uint64_t last_check, checks;
static struct wire_lookup last_lookup;
static unsigned lookups;
static void (*to_bench)(void *, enum role, uint32_t, uint32_t, const void *,
    size_t, struct str) = hear;

static void hear_asked(void *arg, enum role to, uint32_t instance,
    uint32_t type, const void *body, size_t n, struct str tail)
{
	if (type == MSG_CHECK) {
		assert_true(check_ok(body, tail));
		last_check = ((const struct wire_check *)body)->id;
		checks++;
	}
	if (type == MSG_LOOKUP) {
		memcpy(&last_lookup, body, sizeof(last_lookup));
		lookups++;
	}
	to_bench(arg, to, instance, type, body, n, tail);
}

static void asked_up(struct bench *b)
{
	up(b, NOW);
	b->j.ops.send = hear_asked;
	checks = lookups = 0;
	judge_linked(&b->j, HERALD, 0);
	judge_linked(&b->j, NAMER, 0);
}

/* SIGNATURE closes at once; name NULL: host `who` is in the line. */
static void aside(struct bench *b, uint32_t who, const char *name, uint8_t asks,
    uint64_t offset)
{
	_Alignas(8) uint8_t all[sizeof(struct wire_aside) + WIRE_ASIDE];
	struct wire_aside a = { .sight = { .generation = 1,
				    .source = SOURCE,
				    .ino = INO,
				    .offset = offset,
				    .length = 80,
				    .at = NOW,
				    .rule = SIGNATURE },
		.asks = asks };
	size_t n = sizeof(a);

	if (name) {
		a.n_name = (uint16_t)strlen(name);
		memcpy(all + n, name, a.n_name);
		n += a.n_name;
	} else {
		a.sight.who = host(who);
	}
	memcpy(all, &a, sizeof(a));
	assert_true(judge_hear(&b->j, READER, 1, MSG_ASIDE, all, n));
}

static void checked(struct bench *b, uint64_t id, enum checked how)
{
	struct wire_checked w = { .id = id, .how = (uint8_t)how };

	assert_true(judge_hear(&b->j, HERALD, 0, MSG_CHECKED, &w, sizeof(w)));
}

static void progress(struct bench *b, uint64_t offset)
{
	struct wire_progress p = { .source = SOURCE,
		.ino = INO,
		.offset = offset,
		.lines = 1 };

	assert_true(judge_hear(&b->j, READER, 1, MSG_PROGRESS, &p, sizeof(p)));
}

static uint64_t committed(struct bench *b)
{
	uint64_t gone;

	judge_commit(&b->j);
	return log_position(logs_by_key(&b->j.logs, KEY), INO, NOW, &gone)
	    ->offset;
}

static void it_counts_unless_it_is_ignored(void **state)
{
	static const struct {
		enum checked how;
		bool counts;
	} t[] = { { CHECKED_COUNTS, true }, { CHECKED_IGNORED, false },
		{ CHECKED_E_FAILED, true }, { CHECKED_E_LATE, true },
		{ CHECKED_E_BUDGET, true } };
	struct bench b;

	asked_up(&b);
	for (uint32_t i = 0; i < countof(t); i++) {
		aside(&b, i + 1, NULL, ASIDE_COMMAND, 1000 + i * 100);
		assert_int_equal(checks, i + 1);
		assert_false(stands(&b, i + 1));
		checked(&b, last_check, t[i].how);
		assert_int_equal(stands(&b, i + 1), t[i].counts);
		assert_int_equal(b.j.book->rules[SIGNATURE].checked[t[i].how],
		    1);
	}
	assert_int_equal(b.j.asides.n, 0);
	judge_free(&b.j);
}

static void its_log_waits_behind_it(void **state)
{
	struct bench b;
	uint64_t first;

	asked_up(&b);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	first = last_check;
	see(&b, 2, SIGNATURE, 1100, NOW);
	aside(&b, 3, NULL, ASIDE_COMMAND, 1200);
	progress(&b, 1300);
	progress(&b, 1400);
	assert_int_equal(b.j.asides.n, 4); /* the later progress alone */
	assert_int_equal(committed(&b), 0);
	checked(&b, last_check, CHECKED_COUNTS);
	assert_false(stands(&b, 2));
	assert_false(stands(&b, 3));
	checked(&b, first, CHECKED_IGNORED);
	assert_false(stands(&b, 1));
	assert_true(stands(&b, 2));
	assert_true(stands(&b, 3));
	assert_int_equal(b.j.asides.n, 0);
	assert_int_equal(committed(&b), 1400);
	assert_int_equal(b.j.stats.lines, 2);
	judge_free(&b.j);
}

static void other_logs_go_on(void **state)
{
	const struct wire_opened o = { .source = SOURCE + 1,
		.key = KEY + 1,
		.ino = INO,
		.size = 1 << 30 };
	struct wire_sighting s = { .generation = 1,
		.source = SOURCE + 1,
		.ino = INO,
		.offset = 50,
		.length = 80,
		.at = NOW,
		.who = host(2),
		.rule = SIGNATURE };
	struct bench b;

	asked_up(&b);
	assert_true(judge_hear(&b.j, READER, 1, MSG_OPENED, &o, sizeof(o)));
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	assert_true(judge_hear(&b.j, READER, 1, MSG_SIGHTING, &s, sizeof(s)));
	assert_true(stands(&b, 2));
	assert_false(stands(&b, 1));
	judge_free(&b.j);
}

static void nobody_waits_for_ever(void **state)
{
	struct bench b;

	asked_up(&b);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	aside(&b, 0, "no.example", ASIDE_NAME, 1100);
	see(&b, 2, SIGNATURE, 1200, NOW);
	b.j.now += ASIDES_PATIENCE;
	judge_tick(&b.j);
	assert_false(stands(&b, 1));
	b.j.now++;
	judge_tick(&b.j);
	assert_true(stands(&b, 1)); /* no answer ignores nobody */
	assert_true(stands(&b, 2));
	assert_int_equal(b.j.measures.n, 2); /* and blames nobody for a name */
	assert_int_equal(b.j.book->rules[SIGNATURE].checked[CHECKED_E_LATE], 1);
	assert_int_equal(b.j.book->rules[SIGNATURE].found[FOUND_E_LATE], 1);
	checked(&b, last_check, CHECKED_IGNORED); /* too late */
	assert_true(stands(&b, 1));
	judge_free(&b.j);
}

static void who_comes_later_is_asked_again(void **state)
{
	struct bench b;
	uint64_t first;

	asked_up(&b);
	judge_unlinked(&b.j, HERALD, 0);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	assert_int_equal(checks, 0);
	judge_linked(&b.j, HERALD, 0);
	assert_int_equal(checks, 1);
	first = last_check;
	judge_unlinked(&b.j, HERALD, 0);
	judge_linked(&b.j, HERALD, 0);
	assert_int_equal(checks, 2);
	assert_int_equal(last_check, first);
	checked(&b, first, CHECKED_COUNTS);
	assert_true(stands(&b, 1));
	judge_free(&b.j);
}

static void a_reader_that_goes_says_it_again(void **state)
{
	struct bench b;

	asked_up(&b);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	progress(&b, 1300);
	judge_unlinked(&b.j, READER, 1);
	assert_int_equal(b.j.asides.n, 0);
	assert_int_equal(committed(&b), 0);
	judge_linked(&b.j, READER, 1);
	open_log(&b);
	assert_int_equal(b.resume.offset, 0);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	checked(&b, last_check, CHECKED_COUNTS);
	assert_true(stands(&b, 1));
	assert_int_equal(b.j.stats.sightings, 1);
	judge_free(&b.j);
}

static void found(struct bench *b, uint32_t from, uint32_t n)
{
	struct wire_found w = { .id = last_lookup.id,
		.n = n,
		.how = n ? FOUND_SOME : FOUND_NONE };

	for (uint32_t i = 0; i < n; i++)
		w.addr[i] = host(from + i);
	assert_true(judge_hear(&b->j, NAMER, 0, MSG_FOUND, &w, sizeof(w)));
}

static void a_name_stands_for_all_its_addresses(void **state)
{
	struct bench b;

	asked_up(&b);
	aside(&b, 0, "two.example", ASIDE_NAME | ASIDE_WARN, 1000);
	assert_string_equal(last_lookup.name, "two.example");
	found(&b, 5, 2);
	assert_true(stands(&b, 5));
	assert_true(stands(&b, 6));
	assert_int_equal(b.j.measures.n, 2);
	assert_true(
	    hearsay_has(&b.j.hearsay, &(struct net){ host(5), 32 }, b.j.now));
	assert_false(
	    hearsay_has(&b.j.hearsay, &(struct net){ host(9), 32 }, b.j.now));
	aside(&b, 0, "none.example", ASIDE_NAME, 1100);
	found(&b, 0, 0);
	assert_int_equal(b.j.measures.n, 2);
	aside(&b, 0, "asked.example", ASIDE_NAME | ASIDE_COMMAND, 1200);
	assert_int_equal(checks, 0);
	found(&b, 7, 2);
	assert_int_equal(checks, 2);
	checked(&b, last_check, CHECKED_IGNORED);
	assert_false(stands(&b, 7));
	checked(&b, last_check - 1, CHECKED_COUNTS);
	assert_true(stands(&b, 7));
	assert_false(stands(&b, 8));
	judge_free(&b.j);
}

static void no_more_wait_than_there_is_room(void **state)
{
	struct bench b;

	asked_up(&b);
	for (uint32_t i = 0; i < ASIDES_MOST + 10; i++)
		aside(&b, i % 200, NULL, ASIDE_COMMAND, 1000 + i);
	assert_int_equal(b.j.asides.n, ASIDES_MOST);
	assert_true(stands(&b, 0)); /* the first could wait no longer */
	judge_free(&b.j);
}

/* Progress that joins an earlier one, when there is no room for one more. */
static void all_are_released_when_none_fits(void **state)
{
	struct bench b;

	asked_up(&b);
	aside(&b, 1, NULL, ASIDE_COMMAND, 1000);
	for (uint32_t i = 0; i < ASIDES_MOST - 2; i++)
		see(&b, 2, SIGNATURE, 1100 + i, NOW);
	progress(&b, 5000);
	assert_int_equal(b.j.asides.n, ASIDES_MOST);
	progress(&b, 5100);
	see(&b, 3, SIGNATURE, 5200, NOW);
	assert_true(stands(&b, 1)); /* it could wait no longer */
	assert_true(stands(&b, 2));
	checked(&b, last_check, CHECKED_IGNORED);
	progress(&b, 5300);
	judge_tick(&b.j);
	assert_int_equal(b.j.asides.n, 0);
	assert_int_equal(b.j.stats.lines, 3);
	assert_int_equal(committed(&b), 5300);
	judge_free(&b.j);
}

static void what_cannot_be_is_refused(void **state)
{
	struct wire_aside a = { .sight = { .generation = 1,
				    .source = SOURCE,
				    .ino = INO,
				    .length = 80,
				    .who = host(1) },
		.asks = ASIDE_COMMAND };
	struct wire_checked w = { .how = CHECKED_KINDS };
	struct wire_found f = { .n = LOOKUP_MOST + 1 };
	struct bench b;

	asked_up(&b);
	assert_true(aside_ok(&a, STR("")));
	a.n_name = 1;
	assert_false(judge_hear(&b.j, READER, 1, MSG_ASIDE, &a, sizeof(a)));
	a.n_name = 0;
	a.asks = 0;
	assert_false(judge_hear(&b.j, READER, 1, MSG_ASIDE, &a, sizeof(a)));
	a.asks = ASIDE_NAME;
	assert_false(judge_hear(&b.j, READER, 1, MSG_ASIDE, &a, sizeof(a)));
	assert_false(judge_hear(&b.j, HERALD, 0, MSG_CHECKED, &w, sizeof(w)));
	assert_false(judge_hear(&b.j, NAMER, 0, MSG_FOUND, &f, sizeof(f)));
	judge_free(&b.j);
}

TESTS(TEST(it_counts_unless_it_is_ignored), TEST(its_log_waits_behind_it),
    TEST(other_logs_go_on), TEST(nobody_waits_for_ever),
    TEST(who_comes_later_is_asked_again),
    TEST(a_reader_that_goes_says_it_again),
    TEST(a_name_stands_for_all_its_addresses),
    TEST(no_more_wait_than_there_is_room),
    TEST(all_are_released_when_none_fits), TEST(what_cannot_be_is_refused))
