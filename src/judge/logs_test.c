#include "judge/logs.h"

#include "base/tests.h"

static struct wire_sighting at(uint64_t ino, uint64_t offset)
{
	return (struct wire_sighting){ .ino = ino, .offset = offset };
}

static void a_line_counts_once_for_each_of_its_hits(void **state)
{
	/* offsets as they come over one link, and what must count */
	static const struct {
		uint64_t offset;
		bool counts;
	} t[] = { { 0, true }, { 100, true }, { 100, true }, { 50, false },
		{ 200, true } };
	struct log l = { .key = 1 };
	struct heard h = { 0 };
	uint64_t gone;

	for (size_t i = 0; i < countof(t); i++) {
		struct wire_sighting s = at(5, t[i].offset);

		assert_int_equal(log_take(&l, &h, &s, 1, &gone), t[i].counts);
	}
	assert_int_equal(l.at[0].offset, 200);
	assert_int_equal(l.at[0].n_at, 1);
	assert_int_equal(l.duplicates, 1);
}

static void after_a_crash_between_two_hits_only_the_second_counts(void **state)
{
	struct log l = { .key = 1,
		.n = 1,
		.at = { { .ino = 5, .offset = 100, .n_at = 1 } } };
	struct heard h = { 0 };
	struct wire_sighting s = at(5, 100);
	uint64_t gone;

	assert_false(log_take(&l, &h, &s, 1, &gone));
	assert_true(log_take(&l, &h, &s, 1, &gone));
	assert_int_equal(l.at[0].n_at, 2);
}

static void two_readers_of_one_log_count_it_once(void **state)
{
	struct log l = { .key = 1 };
	struct heard old = { 0 }, new = { 0 };
	uint64_t gone;
	unsigned counted = 0;

	for (uint64_t i = 1; i <= 20; i++) {
		struct wire_sighting a = at(5, i * 10), b = at(5, i * 10 - 50);

		counted += log_take(&l, &old, &a, 1, &gone);
		if (i > 5)
			counted += log_take(&l, &new, &b, 1, &gone);
	}
	assert_int_equal(counted, 20);
}

static void an_empty_log_is_remembered(void **state)
{
	struct log l = { .key = 1 };
	struct wire_progress p = { .ino = 5, .offset = 0 };
	uint64_t gone;

	log_progress(&l, &p, (struct str){ 0 }, 1, &gone);
	assert_int_equal(l.n, 1);
	assert_true(l.at[0].dirty);
}

static void progress_moves_on_and_never_back(void **state)
{
	struct log l = { .key = 1 };
	struct heard h = { 0 };
	struct wire_progress p = { .ino = 5, .offset = 500 };
	struct wire_sighting s = at(5, 400), beyond = at(5, 500);
	uint64_t gone;

	log_progress(&l, &p, (struct str){ 0 }, 1, &gone);
	assert_false(log_take(&l, &h, &s, 1, &gone));
	assert_true(log_take(&l, &h, &beyond, 1, &gone));
	p.offset = 300;
	log_progress(&l, &p, (struct str){ 0 }, 1, &gone);
	assert_int_equal(l.at[0].offset, 500);
}

static void where_a_reader_goes_on(void **state)
{
	static const struct {
		const char *what;
		struct wire_opened o;
		uint8_t known, rotated;
		uint64_t offset;
	} t[] = {
		{ "the same inode", { .ino = 5, .size = 900 }, 1, 0, 700 },
		{ "another inode", { .ino = 6, .size = 900 }, 0, 1, 0 },
		{ "it shrank while nobody looked", { .ino = 5, .size = 600 }, 0,
		    1, 0 },
		{ "truncated while we looked",
		    { .ino = 5, .size = 900, .again = 1 }, 0, 1, 0 },
		{ "a stream begins anew", { .ino = 5, .kind = SOURCE_STREAM },
		    0, 1, 0 },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct log l = { .key = 1,
			.n = 1,
			.at = { { .ino = 5, .offset = 700 } } };
		struct wire_resume r = log_resume(&l, &t[i].o);

		assert_int_equal(r.known, t[i].known);
		assert_int_equal(r.rotated, t[i].rotated);
		assert_int_equal(r.offset, t[i].offset);
		assert_int_equal(l.n, 1);
	}
}

static void a_log_nobody_knows_is_not_rotated(void **state)
{
	struct log l = { .key = 1 };
	struct wire_opened o = { .ino = 5, .size = 10 };
	struct wire_resume r = log_resume(&l, &o);

	assert_int_equal(r.known, 0);
	assert_int_equal(r.rotated, 0);
}

/* Truncated: what is told of it from its start counts, also below the offset
 * that it had. */
static void a_log_that_began_anew_counts_from_its_start(void **state)
{
	struct log l = { .key = 1 };
	struct heard h = { 0 };
	struct wire_progress p = { .ino = 5, .offset = 870 };
	struct wire_opened o = { .ino = 5, .size = 900, .again = 1 };
	struct wire_sighting s = { .ino = 5, .offset = 100 };
	struct wire_resume r;
	uint64_t gone;

	log_progress(&l, &p, STR(""), 1, &gone);
	assert_false(log_take(&l, &h, &s, 1, &gone));
	r = log_resume(&l, &o);
	assert_int_equal(r.known, 0);
	assert_int_equal(r.rotated, 1);
	/* a reader that dies before its first line leaves it known */
	o.again = 0;
	r = log_resume(&l, &o);
	assert_int_equal(r.known, 1);
	assert_int_equal(r.offset, 0);
	h = (struct heard){ 0 };
	assert_true(log_take(&l, &h, &s, 1, &gone));
}

static void the_oldest_generation_gives_way(void **state)
{
	struct log l = { .key = 1 };
	uint64_t gone = 0;

	for (uint64_t i = 1; i <= POSITIONS; i++)
		log_position(&l, i, (uint32_t)(i == 3 ? 1 : 10 + i), &gone);
	assert_int_equal(gone, 0);
	log_position(&l, 99, 100, &gone);
	assert_int_equal(gone, 3);
	assert_int_equal(l.n, POSITIONS);
}

static void a_journal_resumes_by_its_cursor(void **state)
{
	struct log l = { .key = 1 };
	struct wire_progress p = { .ino = 77, .offset = 12 };
	struct wire_opened o = { .kind = SOURCE_JOURNAL };
	struct wire_resume r;
	uint64_t gone;

	log_progress(&l, &p, STR("s=abc;i=c"), 1, &gone);
	r = log_resume(&l, &o);
	assert_int_equal(r.known, 1);
	assert_int_equal(r.n_cursor, 9);
	assert_string_equal(l.cursor, "s=abc;i=c");
}

static struct wire_source source(uint32_t id, uint64_t key)
{
	return (struct wire_source){ .id = id, .key = key };
}

static void as_many_logs_as_will_come_and_go(void **state)
{
	struct wire_source journal = source(0, 1), s;
	struct logs l = { 0 };
	struct log *g = logs_name(&l, &journal, STR("journal"));

	memcpy(g->cursor, "s=1", 4);
	for (uint32_t i = 1; i <= 3 * LOGS_MAX; i++) {
		s = source(i, 1000 + i);
		assert_non_null(logs_name(&l, &s, STR("/log")));
		g = logs_opened(&l, i, s.key, 7);
		assert_ptr_equal(g, logs_by_id(&l, i));
		g->looked = i;
		logs_over(&l, i);
		assert_false(g->live);
		/* what the reader had not read yet still counts */
		assert_ptr_equal(g, logs_by_id(&l, i));
		logs_closed(&l, i);
		assert_null(logs_by_id(&l, i));
	}
	assert_int_equal(l.n, LOGS_MAX);
	assert_int_equal(l.n_ids, 1);
	assert_non_null(logs_by_id(&l, 0));
	/* the last ones are known still */
	g = logs_by_key(&l, 1000 + 3 * LOGS_MAX);
	assert_int_equal(g->looked, 3 * LOGS_MAX);
	logs_free(&l);
}

static void a_log_that_is_read_gives_no_way(void **state)
{
	struct logs l = { 0 };
	struct wire_source s;

	for (uint32_t i = 0; i < LOGS_MAX; i++) {
		s = source(i, 1000 + i);
		assert_non_null(logs_name(&l, &s, STR("/log")));
	}
	s = source(LOGS_MAX, 1);
	assert_null(logs_name(&l, &s, STR("/one/too/many")));
	logs_over(&l, 5);
	assert_non_null(logs_name(&l, &s, STR("/in/its/place")));
	assert_null(logs_by_id(&l, 5));
	assert_non_null(logs_by_id(&l, 6));
	logs_free(&l);
}

static void forgot(void *arg, const struct log *l)
{
	*(uint64_t *)arg = l->key;
}

static void who_was_not_read_for_longest_gives_way(void **state)
{
	uint64_t gone = 0;
	struct logs l = { .forgot = forgot, .arg = &gone };

	for (uint64_t i = 0; i < LOGS_MAX; i++)
		logs_by_key(&l, i)->looked = i == 9 ? 10 : 100;
	memcpy(logs_by_key(&l, 3)->cursor, "s=1", 4);
	logs_by_key(&l, 3)->looked = 1;
	assert_non_null(logs_by_key(&l, LOGS_MAX));
	assert_int_equal(gone, 9);
	assert_int_equal(l.n, LOGS_MAX);
	logs_free(&l);
}

static void a_log_that_came_back_has_its_new_number(void **state)
{
	struct logs l = { 0 };
	struct wire_source was = source(1, 1000), is = source(2, 1000),
			   other = source(2, 2000);
	struct log *g = logs_name(&l, &was, STR("/log"));

	logs_opened(&l, 1, 1000, 7);
	logs_over(&l, 1);
	assert_ptr_equal(logs_name(&l, &is, STR("/log")), g);
	assert_null(logs_name(&l, &other, STR("/other")));
	/* the reader ends what was there, and says so late */
	logs_closed(&l, 1);
	assert_true(g->live);
	assert_int_equal(g->id, 2);
	assert_ptr_equal(logs_by_id(&l, 2), g);
	logs_free(&l);
}

static void what_a_dead_reader_had_is_not_waited_for(void **state)
{
	struct logs l = { 0 };
	struct wire_source stays = source(2, 2000);

	logs_opened(&l, 1, 1000, 7);
	logs_name(&l, &stays, STR("/stays"));
	logs_opened(&l, 2, 2000, 7);
	logs_opened(&l, 3, 3000, 8);
	logs_reader_gone(&l, 7);
	assert_null(logs_by_id(&l, 1));
	assert_non_null(logs_by_id(&l, 2));
	assert_non_null(logs_by_id(&l, 3));
	logs_over(&l, 2);
	assert_null(logs_by_id(&l, 2));
	logs_free(&l);
}

static void what_links_said_is_found_by_number(void **state)
{
	static const uint32_t ids[] = { 5, 1, 900000, 7 };
	struct heard *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < countof(ids); i++)
		heard_of(&v, &n, ids[i])->offset = ids[i];
	assert_int_equal(n, countof(ids));
	for (size_t i = 0; i < countof(ids); i++)
		assert_int_equal(heard_of(&v, &n, ids[i])->offset, ids[i]);
	heard_forget(v, &n, 7);
	heard_forget(v, &n, 8);
	assert_int_equal(n, 3);
	assert_int_equal(heard_of(&v, &n, 900000)->offset, 900000);
	assert_int_equal(heard_of(&v, &n, 7)->offset, 0);
	free(v);
}

TESTS(cmocka_unit_test(a_line_counts_once_for_each_of_its_hits),
    cmocka_unit_test(after_a_crash_between_two_hits_only_the_second_counts),
    cmocka_unit_test(two_readers_of_one_log_count_it_once),
    cmocka_unit_test(an_empty_log_is_remembered),
    cmocka_unit_test(progress_moves_on_and_never_back),
    cmocka_unit_test(where_a_reader_goes_on),
    cmocka_unit_test(a_log_nobody_knows_is_not_rotated),
    cmocka_unit_test(a_log_that_began_anew_counts_from_its_start),
    cmocka_unit_test(the_oldest_generation_gives_way),
    cmocka_unit_test(a_journal_resumes_by_its_cursor),
    cmocka_unit_test(as_many_logs_as_will_come_and_go),
    cmocka_unit_test(a_log_that_is_read_gives_no_way),
    cmocka_unit_test(who_was_not_read_for_longest_gives_way),
    cmocka_unit_test(a_log_that_came_back_has_its_new_number),
    cmocka_unit_test(what_a_dead_reader_had_is_not_waited_for),
    cmocka_unit_test(what_links_said_is_found_by_number))
