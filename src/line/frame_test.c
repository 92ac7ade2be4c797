#include "line/frame.h"

#include <stdio.h>

#include "base/tests.h"

static char buf[FRAME_MIN + 100];

/* What came out: each line as <line>, a dot for NUL. */
struct out {
	char text[256];
	size_t n;
	uint64_t next;
};

static void note(struct out *o, const struct frame_line *l)
{
	assert_int_equal(l->at, o->next);
	o->next = l->next;
	assert_true(o->n + l->text.n + 2 < sizeof(o->text));
	o->text[o->n++] = '<';
	for (size_t i = 0; i < l->text.n; i++)
		o->text[o->n++] = l->text.p[i] ? l->text.p[i] : '.';
	o->text[o->n++] = '>';
	o->text[o->n] = '\0';
}

static void feed(struct frame *f, struct str text, size_t step, struct out *o)
{
	struct frame_line l;

	while (text.n) {
		size_t room;
		char *at = frame_room(f, &room);
		size_t n = MIN(MIN(step, text.n), room);

		memcpy(at, text.p, n);
		frame_add(f, n);
		text = str_from(text, n);
		while (frame_next(f, &l))
			note(o, &l);
	}
}

static const struct {
	const char *what;
	struct str stream;
	const char *followed, *last; /* lines with ends; what is left */
} streams[] = {
	{ "lines end with LF", { "a\nbc\n", 5 }, "<a><bc>", "" },
	{ "or with CR LF", { "a\r\nbc\r\n", 7 }, "<a><bc>", "" },
	{ "a CR elsewhere is a byte", { "a\rb\n\r\n", 6 }, "<a\rb><>", "" },
	{ "NUL is a byte", { "a\0b\n\0\n", 6 }, "<a.b><.>", "" },
	{ "empty lines are lines", { "\n\na\n", 4 }, "<><><a>", "" },
	{ "a line without end waits", { "a\nbc", 4 }, "<a>", "<bc>" },
	{ "its CR may belong to the end", { "a\r", 2 }, "", "<a\r>" },
	{ "nothing is no line", { "", 0 }, "", "" },
};

static void streams_become_lines(void **state)
{
	for (size_t i = 0; i < countof(streams); i++) {
		for (size_t step = 1; step < 8; step++) {
			struct out o = { .next = 7 }, last = { 0 };
			struct frame_line l;
			struct frame f;

			frame_init(&f, buf, sizeof(buf), 7);
			feed(&f, streams[i].stream, step, &o);
			assert_string_equal(o.text, streams[i].followed);
			last.next = o.next;
			if (frame_last(&f, &l))
				note(&last, &l);
			assert_string_equal(last.text, streams[i].last);
			assert_false(frame_last(&f, &l));
		}
	}
}

static void cutting_agrees_with_following(void **state)
{
	for (size_t i = 0; i < countof(streams); i++) {
		struct str rest = streams[i].stream, line;
		char want[256];
		struct out o = { 0 };

		while (frame_cut(&rest, &line)) {
			note(&o, &(struct frame_line){ .text = line,
				     .at = o.next,
				     .next = o.next });
		}
		snprintf(want, sizeof(want), "%s%s", streams[i].followed,
		    streams[i].last);
		assert_string_equal(o.text, want);
	}
}

/* n bytes of x, then the end, then "next". */
static struct str long_line(size_t n, const char *end)
{
	size_t len = n + strlen(end) + 5;
	char *p = mem_new(1, len);

	memset(p, 'x', n);
	memcpy(p + n, end, strlen(end));
	memcpy(p + n + strlen(end), "next\n", 5);
	return (struct str){ p, len };
}

static void long_lines_are_cut_and_counted(void **state)
{
	static const struct {
		size_t n;
		const char *end;
		bool cut;
	} t[] = { { FRAME_LINE - 1, "\n", false }, { FRAME_LINE, "\n", false },
		{ FRAME_LINE, "\r\n", false }, { FRAME_LINE + 1, "\n", true },
		{ FRAME_LINE + 1, "\r\n", true },
		{ FRAME_LINE + 5000, "\n", true }, { 1 << 20, "\r\n", true } };

	for (size_t i = 0; i < countof(t); i++) {
		for (size_t step = 1000; step < 100000; step *= 9) {
			struct str s = long_line(t[i].n, t[i].end), rest = s;
			struct frame_line got[2] = { 0 };
			struct frame f;
			size_t n = 0;

			frame_init(&f, buf, sizeof(buf), 0);
			while (rest.n) {
				size_t room;
				char *at = frame_room(&f, &room);
				size_t m = MIN(MIN(step, rest.n), room);

				memcpy(at, rest.p, m);
				frame_add(&f, m);
				rest = str_from(rest, m);
				while (n < 2 && frame_next(&f, &got[n]))
					n++;
			}
			assert_int_equal(n, 2);
			assert_int_equal(got[0].text.n,
			    MIN(t[i].n, (size_t)FRAME_LINE));
			assert_int_equal(got[0].cut, t[i].cut);
			assert_int_equal(f.cut, t[i].cut);
			assert_int_equal(got[0].next, s.n - 5);
			assert_int_equal(got[1].at, s.n - 5);
			assert_true(str_eq(got[1].text, STR("next")));
			free((void *)(uintptr_t)s.p);
		}
	}
}

static void endless_line_takes_no_more_memory(void **state)
{
	struct frame f;
	struct frame_line l;

	frame_init(&f, buf, sizeof(buf), 0);
	for (size_t fed = 0; fed < 10 * sizeof(buf);) {
		size_t room;
		char *at = frame_room(&f, &room);

		memset(at, 'x', room);
		frame_add(&f, room);
		fed += room;
		assert_false(frame_next(&f, &l));
	}
	assert_true(frame_last(&f, &l));
	assert_true(l.cut);
	assert_int_equal(l.text.n, FRAME_LINE);
	assert_true(l.next >= 10 * sizeof(buf));
}

/* A byte at a time with the C library's own random numbers, which are the
 * same each time. */
static void blocks_are_seen_alike_by_both_ways(void **state)
{
	char block[ENDS_BLOCK];

	srandom(1);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned one_of = 1 + round % 70;
		uint64_t want = 0;

		for (unsigned i = 0; i < ENDS_BLOCK; i++) {
			block[i] = (char)random();
			if (random() % one_of == 0)
				block[i] = random() % 2 ? '\n' : '\n' + 1;
			want |= (uint64_t)(block[i] == '\n') << i;
		}
		assert_true(ends_of_block(block) == want);
		assert_true(ends_by_words(block) == want);
	}
}

static size_t random_line(char *to, size_t most)
{
	size_t n = (size_t)random() % most;

	for (size_t i = 0; i < n; i++)
		to[i] = (char)('a' + random() % 4);
	to[n++] = '\n';
	return n;
}

/* Read in pieces of any size, taken at any time, they are the lines that
 * frame_cut finds in all of it. */
static void any_pieces_give_the_same_lines(void **state)
{
	static char text[400000];

	srandom(2);
	for (unsigned round = 0; round < 30; round++) {
		size_t n = 0, fed = 0, most = (size_t)2 << round % 12;
		struct str rest, want;
		struct frame_line l;
		struct frame f;

		while (n < sizeof(text) - most)
			n += random_line(text + n, most);
		rest = (struct str){ text, n };
		frame_init(&f, buf, sizeof(buf), 0);
		while (fed < n) {
			size_t room, take = 1 + (size_t)random() % 9000;
			char *at = frame_room(&f, &room);

			take = MIN(MIN(take, room), n - fed);
			memcpy(at, text + fed, take);
			frame_add(&f, take);
			fed += take;
			while (
			    f.to - f.from > sizeof(buf) / 4 || random() % 8) {
				if (!frame_next(&f, &l))
					break;
				assert_true(frame_cut(&rest, &want));
				assert_true(str_eq(l.text, want));
			}
		}
		while (frame_next(&f, &l)) {
			assert_true(frame_cut(&rest, &want));
			assert_true(str_eq(l.text, want));
		}
		assert_int_equal(rest.n, 0);
	}
}

TESTS(cmocka_unit_test(streams_become_lines),
    cmocka_unit_test(blocks_are_seen_alike_by_both_ways),
    cmocka_unit_test(any_pieces_give_the_same_lines),
    cmocka_unit_test(cutting_agrees_with_following),
    cmocka_unit_test(long_lines_are_cut_and_counted),
    cmocka_unit_test(endless_line_takes_no_more_memory))
