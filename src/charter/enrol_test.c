#include "base/tests.h"
#include "charter/enrol.h"
#include "charter/page.h"

static struct token token_of(uint8_t secret)
{
	struct token t = { .port = 4222, .expires = 2000000000000 };

	assert_true(addr_parse(STR("192.0.2.1"), &t.addr));
	memset(t.alliance, 7, sizeof(t.alliance));
	memset(t.secret, secret, sizeof(t.secret));
	return t;
}

static struct enrolment asked(const struct token *t)
{
	struct enrolment e = { .host = "web2" };

	memcpy(e.alliance, t->alliance, 32);
	memset(e.envoy, 1, 32);
	memset(e.login, 2, 32);
	enrol_prove(t, &e);
	return e;
}

static void reads_as_written(void **state)
{
	struct token t = token_of(9);
	struct enrolment e = asked(&t), again;
	struct text_out o = { 0 };
	struct text_fault f;

	enrol_print(&e, &o);
	assert_true(enrol_is(text_of(&o)));
	assert_true(enrol_parse(text_of(&o), &again, &f));
	assert_memory_equal(&e, &again, sizeof(e));
	text_put(&o, "\n");
	assert_false(enrol_parse(text_of(&o), &again, &f));
	text_free(&o);
}

/* Whoever carries it cannot put another key in, nor another name. */
static void the_token_proves_who_asks(void **state)
{
	struct token t = token_of(9), other = token_of(8), door;
	struct enrolment e = asked(&t), f = e;
	char was[CODE_MAX], is[CODE_MAX];

	assert_true(enrol_proven(&t, &e));
	assert_false(enrol_proven(&other, &e));
	enrol_door(&t, &door);
	assert_false(enrol_proven(&door, &e));
	f.envoy[0] ^= 1;
	assert_false(enrol_proven(&t, &f));
	enrol_code(&e, was);
	enrol_code(&f, is);
	assert_string_not_equal(was, is);
	f = e;
	f.host[0] = 'x';
	assert_false(enrol_proven(&t, &f));
}

static void tokens_of_two_kinds_are_told_apart(void **state)
{
	struct token t = token_of(9), again;
	char text[TOKEN_TEXT_MAX], usual[TOKEN_TEXT_MAX];

	(void)enrol_token_print(&t, text);
	(void)token_print(&t, usual);
	assert_true(enrol_token_is(str_of(text)));
	assert_false(enrol_token_is(str_of(usual)));
	assert_int_equal(enrol_token_parse(str_of(text), &again), TOKEN_OK);
	assert_memory_equal(again.secret, t.secret, sizeof(t.secret));
	assert_int_equal(enrol_token_parse(str_of(usual), &again),
	    TOKEN_E_SHAPE);
	assert_int_equal(token_parse(str_of(text), &again), TOKEN_E_SHAPE);
	text[strlen(text) - 1] ^= 1;
	assert_int_not_equal(enrol_token_parse(str_of(text), &again), TOKEN_OK);
}

enum {
	WHOLE = 3 * PAGE_MOST + 1000
};

/* Signs of two bytes, so that a piece would end amid one. */
static struct str whole_of(char first)
{
	char *p = mem_new(1, WHOLE + 1);

	p[0] = first;
	for (size_t i = 1; i + 1 < WHOLE; i += 2)
		memcpy(p + i, "\xc3\xa9", 2);
	p[WHOLE - 1] = '.';
	return (struct str){ p, WHOLE };
}

static bool next(struct pages *p, struct str whole)
{
	struct text_out o = { 0 };
	char ask[PAGE_ASK];
	size_t from = 1;
	bool taken;

	page_ask(p->n, ask);
	assert_true(page_asked(str_of(ask), &from));
	page_cut(whole, from, &o);
	assert_true(o.n < 57000);
	taken = pages_take(p, text_of(&o));
	text_free(&o);
	return taken;
}

static void a_whole_comes_in_pieces(void **state)
{
	struct str whole = whole_of('a');
	struct pages p = { 0 };
	unsigned n = 0;

	while (!pages_done(&p)) {
		assert_true(next(&p, whole));
		assert_true(++n <= 4);
	}
	assert_int_equal(n, 4);
	assert_int_equal(p.n, WHOLE);
	assert_memory_equal(p.p, whole.p, WHOLE);
	pages_free(&p);
	free((char *)(uintptr_t)whole.p);
}

static void what_changes_meanwhile_is_read_anew(void **state)
{
	struct str was = whole_of('a'), is = whole_of('b');
	struct pages p = { 0 };

	assert_true(next(&p, was));
	assert_true(next(&p, was));
	assert_true(next(&p, is));
	assert_int_equal(p.n, 0); /* that piece was amid it */
	for (int i = 0; i < 4; i++)
		assert_true(next(&p, is));
	assert_true(pages_done(&p));
	assert_memory_equal(p.p, is.p, WHOLE);
	/* and whoever changes it for ever is not followed for ever */
	for (int i = 0; i < PAGE_AGAIN; i++)
		(void)next(&p, i % 2 ? is : was);
	assert_false(next(&p, was) && next(&p, is) && next(&p, was));
	pages_free(&p);
	free((char *)(uintptr_t)was.p);
	free((char *)(uintptr_t)is.p);
}

static void a_piece_heard_twice_changes_nothing(void **state)
{
	struct str whole = whole_of('a');
	struct text_out first = { 0 };
	struct pages p = { 0 };

	page_cut(whole, 0, &first);
	while (!pages_done(&p)) {
		size_t was;

		assert_true(next(&p, whole));
		was = p.n;
		assert_true(pages_take(&p, text_of(&first)));
		assert_int_equal(p.n, was);
	}
	assert_memory_equal(p.p, whole.p, WHOLE);
	pages_free(&p);
	text_free(&first);
	free((char *)(uintptr_t)whole.p);
}

static void what_is_no_piece_is_refused(void **state)
{
	static const char *const wrong[] = { "", "liptako-page v1 \n",
		"liptako-page v1 5 4 0123456789abcdef\nabcde",
		"liptako-page v1 3 9 0123456789abcdef\nabcde",
		"liptako-page v1 0 9 0123456789abcdef\n",
		"liptako-page v1 5 9 0123456789abcde\nabcde",
		"liptako-page v1 5 99999999999 0123456789abcdef\nabcde",
		"liptako-refused v1 no\n" };
	struct pages p = { 0 };
	size_t from;

	for (size_t i = 0; i < countof(wrong); i++) {
		assert_false(pages_take(&p, str_of(wrong[i])));
		assert_int_equal(p.n, 0);
	}
	assert_false(page_asked(STR("liptako-look v1 x\n"), &from));
	assert_false(page_asked(STR("liptako-look v1 1"), &from));
	pages_free(&p);
}

TESTS(cmocka_unit_test(reads_as_written),
    cmocka_unit_test(the_token_proves_who_asks),
    cmocka_unit_test(tokens_of_two_kinds_are_told_apart),
    cmocka_unit_test(a_whole_comes_in_pieces),
    cmocka_unit_test(what_changes_meanwhile_is_read_anew),
    cmocka_unit_test(a_piece_heard_twice_changes_nothing),
    cmocka_unit_test(what_is_no_piece_is_refused))
