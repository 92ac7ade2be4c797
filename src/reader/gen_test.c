#include "reader/gen.h"

#include "base/tests.h"

#include <stdio.h>

static char buf[GEN_BUFFER];

struct seen {
	unsigned n, refuse_from;
	size_t longest;
	bool cut;
	uint64_t next;
	char all[400];
};

static bool note(void *arg, const struct gen_line *l)
{
	struct seen *s = arg;
	size_t at = strlen(s->all);

	if (s->refuse_from && s->n + 1 >= s->refuse_from)
		return false;
	s->n++;
	s->longest = MAX(s->longest, l->text.n);
	s->cut |= l->cut;
	s->next = l->next;
	snprintf(s->all + at, sizeof(s->all) - at, "%llu:" STR_F ";",
	    (unsigned long long)l->at, (int)MIN(l->text.n, 8), l->text.p);
	return true;
}

static struct gen fresh(FILE **f)
{
	struct gen g = { 0 };

	*f = tmpfile();
	assert_non_null(*f);
	g.fd = fileno(*f);
	return g;
}

static void put(FILE *f, const char *text)
{
	fputs(text, f);
	fflush(f);
}

static void only_whole_lines_are_handed_over(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);

	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	put(f, "one\r\ntwo\n\nthr");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_string_equal(s.all, "0:one;5:two;9:;");
	assert_int_equal(g.offset, 10);
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	put(f, "ee\n");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_string_equal(s.all, "0:one;5:two;9:;10:three;");
	assert_int_equal(g.offset, 16);
	fclose(f);
}

static void a_line_that_is_not_taken_comes_again(void **state)
{
	struct seen s = { .refuse_from = 2 };
	FILE *f;
	struct gen g = fresh(&f);

	put(f, "a\nb\nc\n");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_STUCK);
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_STUCK);
	assert_int_equal(g.offset, 2);
	s.refuse_from = 0;
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_string_equal(s.all, "0:a;2:b;4:c;");
	fclose(f);
}

static void a_truncated_file_is_read_from_its_start(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);

	put(f, "a long line\nand a part");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_int_equal(ftruncate(g.fd, 0), 0);
	rewind(f);
	put(f, "new\n");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_AGAIN);
	assert_int_equal(g.offset, 0);
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_string_equal(s.all, "0:a long l;0:new;");
	fclose(f);
}

/* 600,000 bytes: more than two buffers; what follows is a line of its own. */
static void a_giant_line_gives_its_head_once(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);
	int e, turns = 0;

	for (int i = 0; i < 600000; i++)
		fputc('x', f);
	fflush(f);
	do {
		e = gen_turn(&g, buf, note, &s);
	} while (e == GEN_MORE && ++turns < 10);
	assert_int_equal(e, GEN_IDLE);
	assert_int_equal(s.n, 0);
	put(f, "x\nnext\n");
	do {
		e = gen_turn(&g, buf, note, &s);
	} while (e == GEN_MORE && ++turns < 10);
	assert_int_equal(s.n, 2);
	assert_true(s.cut);
	assert_int_equal(s.longest, GEN_LINE);
	assert_string_equal(s.all, "0:xxxxxxxx;600002:next;");
	assert_int_equal(g.offset, 600007);
	fclose(f);
}

static void a_long_line_within_a_buffer_is_cut_too(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);

	for (int i = 0; i < GEN_LINE + 10; i++)
		fputc('y', f);
	put(f, "\nz\n");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_int_equal(s.n, 2);
	assert_true(s.cut);
	assert_int_equal(s.longest, GEN_LINE);
	fclose(f);
}

static void many_lines_take_several_turns_and_none_is_lost(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);
	int turns = 0, e;

	for (int i = 0; i < 100000; i++)
		fprintf(f, "line %d\n", i);
	fflush(f);
	do {
		e = gen_turn(&g, buf, note, &s);
	} while (e == GEN_MORE && ++turns < 100);
	assert_int_equal(e, GEN_IDLE);
	assert_int_equal(s.n, 100000);
	assert_true(turns > 3);
	fclose(f);
}

static void a_last_line_without_end_is_given_at_the_end(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f);

	put(f, "a\nlast");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_true(gen_last(&g, buf, note, &s));
	assert_true(gen_last(&g, buf, note, &s));
	assert_string_equal(s.all, "0:a;2:last;");
	assert_int_equal(g.offset, 6);
	fclose(f);
}

static void over(FILE *f, const char *text)
{
	assert_int_equal(ftruncate(fileno(f), 0), 0);
	rewind(f);
	put(f, text);
}

/* Truncated and grown beyond the old offset between two looks. */
static void another_text_before_the_offset_is_another_log(void **state)
{
	struct seen s = { 0 };
	FILE *f;
	struct gen g = fresh(&f), again;
	struct hash_key key = { { 1, 2 } };
	uint64_t before;

	put(f, "10:00 one\n10:01 two\n");
	assert_int_equal(gen_before(&g, &key), 0);
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	before = gen_before(&g, &key);
	assert_true(before != 0);
	again = g;
	gen_seek(&again, g.offset); /* as after a restart */
	assert_true(gen_before(&again, &key) == before);
	over(f, "10:02 alpha\n10:03 beta\n10:04 c\n");
	gen_seek(&again, g.offset);
	assert_true(gen_before(&again, &key) != before);
	s.all[0] = '\0';
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_AGAIN);
	assert_int_equal(g.offset, 0);
	assert_string_equal(s.all, "");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_IDLE);
	assert_string_equal(s.all, "0:10:02 al;12:10:03 be;23:10:04 c;");
	/* to the very same length */
	over(f, "20:02 alpha\n20:03 beta\n20:04 c\n");
	assert_int_equal(gen_turn(&g, buf, note, &s), GEN_AGAIN);
	fclose(f);
}

TESTS(cmocka_unit_test(only_whole_lines_are_handed_over),
    cmocka_unit_test(another_text_before_the_offset_is_another_log),
    cmocka_unit_test(a_line_that_is_not_taken_comes_again),
    cmocka_unit_test(a_truncated_file_is_read_from_its_start),
    cmocka_unit_test(a_giant_line_gives_its_head_once),
    cmocka_unit_test(a_long_line_within_a_buffer_is_cut_too),
    cmocka_unit_test(many_lines_take_several_turns_and_none_is_lost),
    cmocka_unit_test(a_last_line_without_end_is_given_at_the_end))
