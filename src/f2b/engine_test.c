#include "base/tests.h"
#include "f2b/count.h"
#include "f2b/filter.h"
#include "f2b/marks.h"

#include <stdio.h>

/* Python's expressions: source, subject, what is found (NULL: nothing). */
static void expressions(void **state)
{
	static const struct {
		const char *source, *subject, *found;
	} rows[] = {
		{ "^a{,2}b", "aab\n", "aab" },
		{ "^a{,2}b", "aaab\n", NULL },
		{ "a{x}", "a{x}\n", "a{x}" },
		{ "end\\Z", "the end", "end" },
		{ "end$", "the end\n", "end" },
		{ "[[:a]+", "xx[:a]\n", "[:a" },
		{ "[]x]+", "a]x]\n", "]x]" },
		{ "\\101\\x42\\u0043", "ABC\n", "ABC" },
		{ "(?P<q>['\"])x(?P=q)", "'x\" \"x\"\n", "\"x\"" },
		{ "(a)(?(1)b|c)", "ab\n", "ab" },
		{ "(?P<y>a)?(?(y)b|c)", "c\n", "c" },
		{ "((?i)ab)c", "ABc\n", "ABc" },
		{ "((?i)ab)c", "ABC\n", NULL },
		{ "b(?i)a", "BA\n", "BA" },
		{ "(?x) a b # c\n c", "abc\n", "abc" },
		{ "al(?#c)?k", "ak\n", "ak" },
		{ "(?<=x)y", "xy\n", "y" },
		{ "\\w+", "\xc3\xa9t\xc3\xa9 \n", "\xc3\xa9t\xc3\xa9" },
		{ "caf\xc3\xa9?$", "un caf\n", "caf" },
		{ "^(?:foo|bar) baz", "bar baz\n", "bar baz" },
		{ "(?:ab){2}c", "ababc\n", "ababc" },
	};
	struct expr_room *room;

	expr_room_new(&room);
	for (size_t i = 0; i < countof(rows); i++) {
		struct str s = str_of(rows[i].subject), got;
		char why[PYTHON_WHY] = "";
		struct expr *e = NULL;
		bool ascii = true;

		for (size_t k = 0; k < s.n; k++)
			ascii &= s.p[k] >= 0;
		if (expr_new(&e, str_of(rows[i].source), false, why) < 0)
			fail_msg("%s: %s", rows[i].source, why);
		if (expr_run(e, room, s, ascii) != EXPR_HIT) {
			if (rows[i].found)
				fail_msg("%s: no match", rows[i].source);
		} else {
			got = expr_found(room, 0);
			if (!rows[i].found ||
			    !str_eq(got, str_of(rows[i].found)))
				fail_msg("%s: " STR_F, rows[i].source,
				    STR_A(got));
		}
		expr_free(&e);
	}
	expr_room_free(&room);
}

static void wrong_expressions(void **state)
{
	static const char *const rows[] = { "(a", "a)", "[a", "*a", "a**",
		"\\y", "(?P<1>a)", "(?P<a", "(?<n>a)", "a{3,2}", "\\x4",
		"(?z)a", "a\\", "(?P=no)", "a(?i)?", "a(?#" };

	for (size_t i = 0; i < countof(rows); i++) {
		char why[PYTHON_WHY] = "";
		struct expr *e = NULL;

		if (expr_new(&e, str_of(rows[i]), false, why) == 0)
			fail_msg("%s was taken", rows[i]);
		assert_string_not_equal(why, "");
	}
}

/* What every match holds must really be in every match. */
static void literals_of_expressions(void **state)
{
	static const struct {
		const char *source, *longest;
	} rows[] = {
		{ "^Failed (?:x|y) for", "Failed " },
		{ "ab(?:cd)?ef", "ab" },
		{ "ab(?:cd)ef", "abcdef" },
		{ "abc?d", "ab" },
		{ "abc+d", "abc" },
		{ "a|bcd", "" },
		{ "(?i)abc12", "12" },
		{ "x(?=abcdef)y", "xy" },
		{ "(?:abc|abd)xy", "xy" },
		{ "(?:hello|world)?xy", "xy" },
		{ "r\\(s\\)", "r(s)" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		char why[PYTHON_WHY] = "";
		struct python p;
		struct str got = { "", 0 };

		assert_true(python_read(str_of(rows[i].source), &p, why));
		if (p.holds.n)
			got = (struct str){ p.holds.literal[0].p,
				p.holds.literal[0].n };
		if (!str_eq(got, str_of(rows[i].longest)))
			fail_msg("%s: \"" STR_F "\"", rows[i].source,
			    STR_A(got));
		python_drop(&p);
	}
}

/* Of many words one is in every match, the long ones by a part of them. */
static void words_of_expressions(void **state)
{
	static const char source[] =
	    "x.*(?:a word that is longer than the forty-eight bytes we keep"
	    "|bcd[0-9]efgh|(?:ij )?klmno|p1|p2|p3|p4|p5|p6|p7|p8|p9)$";
	char why[PYTHON_WHY];
	struct python_literal *any;
	struct python p;

	assert_true(python_read(STR(source), &p, why));
	any = python_any(&p);
	assert_int_equal(p.holds.n_any, 12);
	assert_int_equal(any[0].n, PYTHON_LITERAL_MAX);
	assert_memory_equal(any[0].p, "a word that", 11);
	assert_memory_equal(any[1].p, "efgh", any[1].n);
	assert_memory_equal(any[2].p, "klmno", any[2].n);
	assert_memory_equal(any[11].p, "p9", any[11].n);
	free(any);
	python_drop(&p);
}

static void marks(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "<F-USER>x</F-USER>", "(?P<user>x)" },
		{ "<F-ID>x</F-ID>", "(?P<fid>x)" },
		{ "<F-FOO/></F-NO><b>", "<F-FOO/></F-NO><b>" },
		{ "a<CIDR>", "a(?P<cidr>\\d+)" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		auto_text struct text t = TEXT(4096);

		marks_expand(str_of(rows[i].from), true, &t);
		assert_string_equal(t.p, rows[i].to);
	}
}

/* Lines, what is cut out of them, and when it was, at 2005-08-14 10:00 UTC
 * in a zone one hour east, two in summer. */
static void dates(void **state)
{
	static const struct {
		const char *pattern, *line, *cut, *when;
	} rows[] = {
		{ NULL, "Jun 21 16:47:48 x", "Jun 21 16:47:48",
		    "2005-06-21T16:47:48" },
		{ NULL, "Nov 30 16:47:48 x", "Nov 30 16:47:48",
		    "2004-11-30T16:47:48" },
		{ NULL, "[2005-01-23T21:59:59Z] x", "2005-01-23T21:59:59Z",
		    "2005-01-23T22:59:59" },
		{ NULL, "x 23/Jan/2005:21:59:59 +0100 y",
		    "23/Jan/2005:21:59:59 +0100", "2005-01-23T21:59:59" },
		{ NULL, "1124013600.123 x", "1124013600.123",
		    "2005-08-14T12:00:00" },
		{ NULL, "audit(1124013600.123:45) x", "1124013600.123",
		    "2005-08-14T12:00:00" },
		{ NULL, "@400000004a32392b2aa21dac x",
		    "@400000004a32392b2aa21dac", "2009-06-12T13:16:59" },
		{ NULL, "[PDT Apr 16 21:05:29] x", "PDT Apr 16 21:05:29",
		    "2005-04-17T06:05:29" },
		{ NULL, "12:30:00 x", "12:30:00", "2005-08-13T12:30:00" },
		{ NULL, "050614 9:05:00 x", "050614 9:05:00",
		    "2005-06-14T09:05:00" },
		{ NULL, "20050614 090500 x", "20050614 090500",
		    "2005-06-14T09:05:00" },
		{ NULL, "Apr 15, 2005 8:34:08 PM x", "Apr 15, 2005 8:34:08 PM",
		    "2005-04-15T20:34:08" },
		{ NULL, "year 2005 month 1", NULL, NULL },
		{ "^%Y:%j", "2005:032 x", "2005:032", "2005-02-01T00:00:00" },
		{ "LEPOCH", "1124013600123 x", "1124013600123",
		    "2005-08-14T12:00:00" },
		{ "^[^\\[]*\\[({DATE})", "a b [2005-02-03 04:05:06] x",
		    "2005-02-03 04:05:06", "2005-02-03T04:05:06" },
		{ "^%Y", "x 2005", NULL, NULL },
		{ "%Y-%m-%d %H:%M", "x2005-02-03 04:05 ", NULL, NULL },
		{ "{UNB}%Y-%m-%d %H:%M", "x2005-02-03 04:05y",
		    "2005-02-03 04:05", "2005-02-03T04:05:00" },
	};
	struct dates_clock clock = { .now = 1124013600 };
	struct expr_room *room;

	assert_int_equal(zone_new(&clock.zone, "CET-01CEST-02,M3.5.0,M10.5.0"),
	    0);
	expr_room_new(&room);
	for (size_t i = 0; i < countof(rows); i++) {
		struct str line = str_of(rows[i].line);
		struct date_found found;
		char why[PYTHON_WHY], at[DATES_SHOW];
		struct dates *d = NULL;
		bool any;

		assert_int_equal(dates_new(&d, rows[i].pattern, 2029, why), 0);
		any = dates_find(d, room, line, true, &clock, &found);
		if (any != (rows[i].cut != NULL))
			fail_msg("%s: %s", rows[i].line, any ? "yes" : "no");
		if (any) {
			struct str cut = { line.p + found.at, found.n };

			if (!str_eq(cut, str_of(rows[i].cut)))
				fail_msg("%s: cut " STR_F, rows[i].line,
				    STR_A(cut));
			assert_true(found.dated);
			dates_show(&clock, found.utc, at);
			assert_string_equal(at, rows[i].when);
		}
		dates_free(&d);
	}
	expr_room_free(&room);
	zone_free(&clock.zone);
}

static char told[2048];

static void tell(void *arg, const struct f2b_fault *f)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%s:%u: %s\n",
	    f->file ? f->file : "-", f->line, f->what);
}

static struct f2b_filter *filter_of(const struct f2b_plan *plan)
{
	static struct zone *utc;
	struct f2b_options options = { .clock.now = 1124013600 };
	struct f2b_filter *f = NULL;

	told[0] = '\0';
	if (!utc)
		assert_int_equal(zone_new(&utc, "UTC"), 0);
	options.clock.zone = utc;
	f2b_filter_new(&f, plan, &options, tell, NULL);
	return f;
}

static const struct f2b_failure *feed(struct f2b_filter *f, const char *line)
{
	return f2b_filter_feed(f, &(struct f2b_line){ str_of(line) });
}

static void broken_ones_are_left_out(void **state)
{
	struct f2b_text all[] = { { "^a <HOST", "f.conf", 3 },
		{ "^b (<HOST>", "f.conf", 3 }, { "^ c <HOST>$", "f.conf", 3 },
		{ "^d$", "f.conf", 4 } };
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = 1,
		.failregex = all,
		.n_fail = countof(all) };
	struct f2b_filter *f = filter_of(&plan);
	const struct f2b_failure *x;

	assert_non_null(strstr(told, "f.conf:3: failregex: a ( is not closed"));
	assert_non_null(strstr(told, "f.conf:4: failregex: it names nobody"));
	x = feed(f, "Jun 21 16:47:48 c [::ffff:192.0.2.1]");
	assert_non_null(x);
	assert_int_equal(x->addr.family, 4);
	assert_true(str_eq(x->id, STR("192.0.2.1")));
	x = feed(f, "Jun 21 16:47:48 c mail.example.com");
	assert_true(x->named);
	assert_null(feed(f, "Jun 21 16:47:48 d"));
	f2b_filter_free(&f);
}

static void a_trap_ends_by_its_limit(void **state)
{
	struct f2b_text all[] = { { "^ (?:a+)+(?:b+)+(?:a+)+c <HOST>$",
				      "f.conf", 7 },
		{ "^ a+! <HOST>$" } };
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = 1,
		.failregex = all,
		.n_fail = countof(all) };
	struct f2b_filter *f = filter_of(&plan);
	char line[200] = "Jun 21 16:47:48 ";

	memset(line + 16, 'a', 60);
	memcpy(line + 76, "! 192.0.2.1", 12);
	told[0] = '\0';
	/* the next expression still has its chance */
	assert_non_null(feed(f, line));
	memcpy(line + 46, "bbbbbbbbbb", 10);
	memcpy(line + 76, "c 192.0.2.1 ", 13);
	assert_null(feed(f, line));
	assert_true(f2b_filter_limits(f) > 0);
	assert_non_null(strstr(told, "f.conf:7: an expression ran for too"));
	assert_non_null(feed(f, "Jun 21 16:47:49 aa! 192.0.2.1"));
	f2b_filter_free(&f);
}

static void sessions_join_lines(void **state)
{
	struct f2b_text pre = {
		"^<F-MLFID> s\\[\\d+\\]: </F-MLFID><F-CONTENT>.+</F-CONTENT>$"
	};
	struct f2b_text all[] = {
		{ "^bad <F-USER>\\S+</F-USER>(?: from <HOST>)?$" },
		{ "^<F-NOFAIL>try</F-NOFAIL> <F-USER>\\S+</F-USER>$" },
		{ "^<F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL> "
		  "<HOST>$" },
		{ "^<F-MLFGAINED>good</F-MLFGAINED> <F-USER>\\S+</F-USER> "
		  "<HOST>$" }
	};
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = 1,
		.prefregex = pre,
		.failregex = all,
		.n_fail = countof(all) };
	struct f2b_filter *f = filter_of(&plan);
	const struct f2b_failure *x;

	/* the address comes with the last line */
	assert_null(feed(f, "Jun 21 16:47:48 s[1]: try root"));
	assert_null(feed(f, "Jun 21 16:47:48 s[1]: bad root"));
	assert_int_equal(f2b_filter_why(f), F2B_PENDING);
	assert_null(feed(f, "Jun 21 16:47:48 s[2]: bye 192.0.2.9"));
	x = feed(f, "Jun 21 16:47:49 s[1]: bye 192.0.2.1");
	assert_non_null(x);
	assert_true(str_eq(x->id, STR("192.0.2.1")));
	assert_int_equal(x->attempts, 3);
	/* a success clears what waits, unless another name was tried */
	assert_null(feed(f, "Jun 21 16:47:50 s[3]: bad root"));
	assert_null(feed(f, "Jun 21 16:47:50 s[3]: good root 192.0.2.2"));
	assert_null(feed(f, "Jun 21 16:47:50 s[4]: try root"));
	x = feed(f, "Jun 21 16:47:50 s[4]: good bob 192.0.2.2");
	assert_non_null(x);
	assert_int_equal(x->n_users, 2);
	f2b_filter_free(&f);
}

static void sessions_have_a_budget(void **state)
{
	struct f2b_text all[] = { { "^ s<F-MLFID>\\d+</F-MLFID> bad$" },
		{ "^ s<F-MLFID>\\d+</F-MLFID> of <HOST>$" } };
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = 1,
		.failregex = all,
		.n_fail = countof(all) };
	struct f2b_filter *f = filter_of(&plan);
	char line[80];

	for (int i = 0; i < SESSIONS * 3; i++) {
		snprintf(line, sizeof(line), "Jun 21 16:47:48 s%d bad", i);
		assert_null(feed(f, line));
	}
	snprintf(line, sizeof(line), "Jun 21 16:47:48 s%d of 192.0.2.1",
	    SESSIONS * 3 - 1);
	assert_int_equal(feed(f, line)->attempts, 2);
	assert_int_equal(feed(f, "Jun 21 16:47:48 s0 of 192.0.2.1")->attempts,
	    1);
	f2b_filter_free(&f);
}

static void several_lines_at_once(void **state)
{
	struct f2b_text all[] = { { "^ (?P<id>\\d+) bad$<SKIPLINES>"
				    "^ (?P=id) end <HOST>$" } };
	struct f2b_plan plan = { .jail = "j",
		.names = true,
		.maxlines = 4,
		.failregex = all,
		.n_fail = countof(all) };
	struct f2b_filter *f = filter_of(&plan);
	const struct f2b_failure *x;

	assert_null(feed(f, "Jun 21 16:47:48 1 bad"));
	assert_null(feed(f, "Jun 21 16:47:48 2 bad"));
	x = feed(f, "Jun 21 16:47:48 1 end 192.0.2.1");
	assert_non_null(x);
	assert_int_equal(x->attempts, 2);
	/* the skipped line is still there */
	x = feed(f, "Jun 21 16:47:48 2 end 192.0.2.2");
	assert_non_null(x);
	assert_true(str_eq(x->id, STR("192.0.2.2")));
	assert_null(feed(f, "Jun 21 16:47:48 1 end 192.0.2.1"));
	f2b_filter_free(&f);
}

/* Failures at these seconds, findtime 600, maxretry 5: which of them bans. */
static void counting(void **state)
{
	static const struct {
		enum f2b_counting how;
		int step, n, bans; /* bans: the index, -1: none does */
	} rows[] = {
		{ F2B_LIKE_FAIL2BAN, 150, 50, 4 },
		{ F2B_LIKE_FAIL2BAN, 160, 50, 4 },
		{ F2B_LIKE_FAIL2BAN, 200, 50, -1 },
		{ F2B_WINDOW, 149, 50, 4 },
		{ F2B_WINDOW, 150, 50, -1 },
		{ F2B_WINDOW, 0, 50, 4 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct f2b_count *c;
		int banned = -1;

		f2b_count_new(&c, rows[i].how, 5, 600);
		for (int k = 0; k < rows[i].n && banned < 0; k++) {
			int64_t at = 1000000 + (int64_t)rows[i].step * k;

			if (f2b_count_add(c, STR("192.0.2.1"), at, at))
				banned = k;
		}
		if (banned != rows[i].bans)
			fail_msg("row %zu: %d", i, banned);
		f2b_count_free(&c);
	}
}

static void counting_begins_anew(void **state)
{
	struct f2b_count *c;
	struct str who = STR("x");

	f2b_count_new(&c, F2B_LIKE_FAIL2BAN, 5, 600);
	for (int i = 0; i < 4; i++)
		assert_false(f2b_count_add(c, who, 1000, 1000));
	assert_true(f2b_count_add(c, who, 1599, 1599));
	for (int i = 0; i < 4; i++)
		assert_false(f2b_count_add(c, who, 5000, 5000));
	assert_false(f2b_count_add(c, who, 5602, 5602));
	f2b_count_free(&c);
}

/* A group that goes on to the line's end has it, whichever way it is read. */
static void tails(void **state)
{
	static const struct {
		const char *source, *subject, *found; /* NULL: no match */
	} rows[] = {
		{ "^x\\s*(?P<c>.+)$", "x  a b\n", "a b" },
		{ "^x\\s*(?P<c>.+)$", "x  \n", " " },
		{ "^x (?P<c>.+)$", "x \n", NULL },
		{ "^x (?P<c>.*)$", "x \n", "" },
		{ "^x (?P<c>.*)$", "x y", "y" },
		{ "^(?P<c>a+).*$", "aab\n", "aa" },
		{ "^(?P<c>a+).+$", "aa\n", "a" },
		{ "^(?P<c>a+)\\.*$", "aa..\n", "aa" },
		{ "^(?P<c>a+)\\.*$", "aa..b\n", NULL },
		{ "^(?:b(?P<d>c)|a)(?P<c>.+)$", "axy\n", "xy" },
		{ "(?s)^x (?P<c>.+)$", "x y\n", "y\n" },
	};
	struct expr_room *room;

	expr_room_new(&room);
	for (size_t i = 0; i < countof(rows) * 2; i++) {
		const char *want = rows[i / 2].found;
		struct str s = str_of(rows[i / 2].subject), got = { 0 };
		char why[PYTHON_WHY];
		struct expr *e = NULL;

		if (expr_new(&e, str_of(rows[i / 2].source), false, why) < 0)
			fail_msg("%s: %s", rows[i / 2].source, why);
		if (expr_run(e, room, s, i % 2) == EXPR_HIT)
			got = expr_found(room, expr_group(e, "c"));
		if (!got.p != !want || (want && !str_eq(got, str_of(want))))
			fail_msg("%s: " STR_F, rows[i / 2].source, STR_A(got));
		expr_free(&e);
	}
	expr_room_free(&room);
}

TESTS(cmocka_unit_test(counting), cmocka_unit_test(counting_begins_anew),
    cmocka_unit_test(expressions), cmocka_unit_test(tails),
    cmocka_unit_test(wrong_expressions),
    cmocka_unit_test(literals_of_expressions),
    cmocka_unit_test(words_of_expressions), cmocka_unit_test(marks),
    cmocka_unit_test(dates), cmocka_unit_test(broken_ones_are_left_out),
    cmocka_unit_test(a_trap_ends_by_its_limit),
    cmocka_unit_test(sessions_join_lines),
    cmocka_unit_test(sessions_have_a_budget),
    cmocka_unit_test(several_lines_at_once))
