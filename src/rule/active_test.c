/*
 * Which of its rules a matcher has, and when it makes them.
 */
#include "rule/match.h"

#include "base/tests.h"

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fail_msg("%s:%u: %s", file, line, what);
}

static void counting(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	assert_non_null(strstr(what, "the rule is off"));
	assert_int_equal(line, 8);
	++*(int *)arg;
}

static const char one_is_bad[] =
    "service: bad\nprograms: [badd]\nrules:\n- name: a\n  about: x\n"
    "  kind: dos\n  evidence: own-act\n  match: ['a( <ip>']\n"
    "  when: once\n- name: b\n  about: x\n  kind: dos\n"
    "  evidence: own-act\n  match: ['b <ip>']\n  when: once\n";

/* Made when the first line comes, and so are its faults told. */
static void late_patterns(void **state)
{
	struct record b = { .kind = RECORD_SYSLOG,
		.program = STR("badd"),
		.msg = STR("b 192.0.2.1") };
	struct hit hits[MATCH_HITS];
	struct rules *r = NULL;
	struct matcher *m = NULL;
	int faults = 0;

	rules_new(&r);
	rules_load(r, "bad.yaml", STR(one_is_bad), no_fault, NULL);
	matcher_new_slow(&m, r, true, counting, &faults);
	assert_int_equal(faults, 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(match_record(m, &b, -1, hits), 1);
		assert_int_equal(hits[0].rule, 1);
		assert_int_equal(faults, 1);
		assert_true(matcher_is_off(m, 0));
		matcher_quicken(m, NULL);
	}
	matcher_free(&m);
	rules_free(&r);
}

static void a_bad_pattern_disables_its_rule(void **state)
{
	struct rules *r = NULL;
	struct matcher *m = NULL;
	int faults = 0;

	rules_new(&r);
	assert_int_equal(rules_load(r, "bad.yaml", STR(one_is_bad), no_fault,
			     NULL),
	    RULES_OK);
	assert_int_equal(matcher_new(&m, r, counting, &faults), 0);
	assert_int_equal(faults, 1);
	assert_true(matcher_is_off(m, 0));
	assert_false(matcher_is_off(m, 1));
	matcher_free(&m);
	rules_free(&r);
}

/* Two services; only the second is active: numbers stay, its rules hit, and
 * lines of the first are said to lack theirs. */
static void some_services(void **state)
{
	static const char one[] =
	    "service: one\nprograms: [oned]\nrules:\n- name: a\n  about: x\n"
	    "  kind: dos\n  evidence: own-act\n  match: ['a <ip>']\n"
	    "  when: once\n";
	static const char two[] =
	    "service: two\nprograms: [twod]\nrules:\n- name: b\n  about: x\n"
	    "  kind: dos\n  evidence: own-act\n  match: ['b <ip>']\n"
	    "  when: once\n";
	static const char behind[] =
	    "service: behind\nrules:\n- name: c\n  about: x\n"
	    "  kind: probing\n  evidence: own-act\n"
	    "  request:\n    path: ['/evil']\n  when: once\n";
	static const bool active[] = { false, true, false };
	struct record b = { .kind = RECORD_SYSLOG,
		.program = STR("twod"),
		.msg = STR("b 192.0.2.1") };
	struct record access = { .kind = RECORD_ACCESS, .is_request = true };
	struct hit hits[MATCH_HITS];
	struct rules *r = NULL;
	struct matcher *m = NULL;

	rules_new(&r);
	rules_load(r, "one", STR(one), no_fault, NULL);
	rules_load(r, "two", STR(two), no_fault, NULL);
	rules_load(r, "behind", STR(behind), no_fault, NULL);
	assert_int_equal(r->n, 3);
	matcher_new_of(&m, r, active, no_fault, NULL);
	rules_slim(r, active);
	assert_string_equal(r->rules[0].name, "one/a");
	assert_int_equal(r->rules[0].match.n, 0);
	assert_true(matcher_is_off(m, 0));
	assert_int_equal(matcher_lacks(m, &b, 1), -1);
	assert_int_equal(matcher_lacks(m, &b, 0), 0);
	assert_int_equal(matcher_lacks(m, &b, -1), 0);
	assert_int_equal(matcher_lacks(m, &access, 1), 2);
	assert_int_equal(match_record(m, &b, 1, hits), 1);
	assert_int_equal(hits[0].rule, 1);
	matcher_free(&m);
	matcher_new(&m, r, no_fault, NULL);
	assert_int_equal(matcher_lacks(m, &access, -1), -1);
	matcher_free(&m);
	rules_free(&r);
}

TESTS(cmocka_unit_test(a_bad_pattern_disables_its_rule),
    cmocka_unit_test(late_patterns), cmocka_unit_test(some_services))
