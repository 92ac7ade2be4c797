#include "charter/testing_parties.h"

static void the_text_reads_as_written(void **state)
{
	struct made m = founded(3);
	struct charter *c = NULL;
	struct text_fault f;
	char *wrong;

	assert_true(charter_parse(m.text, &c, &f));
	assert_int_equal(c->n, 3);
	assert_memory_equal(c->parties[2].id, party[2].id, 32);
	assert_int_equal(c->terms.slots, 256);
	charter_free(&c);
	/* each line cut off or doubled is a fault that names a line */
	wrong = mem_new(2 * m.text.n + 1, 1);
	for (size_t i = 0, from = 0; i < m.text.n; i++) {
		if (m.text.p[i] != '\n')
			continue;
		memcpy(wrong, m.text.p, i + 1);
		memcpy(wrong + i + 1, m.text.p + from, m.text.n - from);
		/* prose may say a thing twice */
		if (m.text.p[from] == ' ' || m.text.p[from] == '#') {
			assert_false(
			    charter_parse((struct str){ wrong,
					      m.text.n + i + 1 - from },
				&c, &f));
			assert_true(*f.say);
		}
		from = i + 1;
	}
	free(wrong);
	drop(&m);
}

struct fault_case {
	const char *find, *put;
	unsigned line;
	const char *say;
};

static char *replaced(struct str text, const char *find, const char *with)
{
	size_t at = str_find(text, str_of(find));
	struct text_out o = { 0 };

	assert_true(at != SIZE_MAX);
	text_put_str(&o, str_head(text, at));
	text_put_str(&o, str_of(with));
	text_put_str(&o, str_from(text, at + strlen(find)));
	return o.p;
}

static void faults_have_line_and_cure(void **state)
{
	static const struct fault_case cases[] = {
		{ "slots: 256", "slots: 0256", 0, "slots: 256" },
		{ "slots: 256", "slots: 99999", 0, "between 1 and 4096" },
		{ "    slots: 256\n", "", 0, "slots" },
		{ "    slots: 256", "     slots: 256", 0, "slots" },
		{ "term-one: 1h", "term-one: 60m", 0, "term-one: 1h" },
		{ "party: p1", "party: P1", 0, "is no party" },
		{ "192.0.3.0/24", "192.0.3.1/24", 0, "territory" },
		{ "192.0.3.0/24", "192.0.2.0/23", 0, "clause 6" },
		{ "sahel\n", "sahel \n", 1, "blank at the end" },
		{ "sahel\n", "sahel\r\n", 1, "LF" },
		{ "An attack",
		    "An \xe2\x80\xae"
		    "attack",
		    3, "U+202E" },
		{ "An attack",
		    "An e\xcc\x81"
		    "attack",
		    3, "U+0301" },
		{ "An attack", "An \xff", 3, "UTF-8" },
		{ "ssh-ed25519 A", "ssh-rsa A", 0, "is no seal" },
	};
	struct made m = founded(2);

	for (size_t i = 0; i < countof(cases); i++) {
		char *text = replaced(m.text, cases[i].find, cases[i].put);
		struct charter *c = NULL;
		struct text_fault f;

		assert_false(charter_parse(str_of(text), &c, &f));
		if (str_find(str_of(f.say), str_of(cases[i].say)) == SIZE_MAX)
			fail_msg("case %zu: line %u: %s", i, f.line, f.say);
		if (cases[i].line)
			assert_int_equal(f.line, cases[i].line);
		free(text);
	}
	drop(&m);
}

static void thresholds(void **state)
{
	static const size_t want[] = { 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7 };

	for (size_t n = 1; n < countof(want); n++)
		assert_int_equal(charter_threshold(n), want[n]);
	assert_int_equal(charter_majority(4), 3);
	assert_int_equal(charter_majority(5), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_reads_as_written),
		cmocka_unit_test(faults_have_line_and_cure),
		cmocka_unit_test(thresholds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
