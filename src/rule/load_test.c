#include "rule/rule.h"

#include <stdio.h>

#include "base/tests.h"

#define HEAD "service: demo\nprograms: [demod]\nrules:\n"
#define RULE \
	"- name: one\n  about: it fails\n  kind: bruteforce\n" \
	"  evidence: own-act\n"
#define REST "  match: ['a <ip>']\n  when: 5 in 10m\n"

struct heard {
	unsigned n, line;
	char what[300];
};

static void hear(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct heard *h = arg;

	if (h->n++ == 0) {
		h->line = line;
		snprintf(h->what, sizeof(h->what), "%s", what);
	}
	assert_string_equal(file, "demo.yaml");
	assert_true(column > 0);
}

static int load(struct rules *r, const char *yaml, struct heard *h)
{
	*h = (struct heard){ 0 };
	return rules_load(r, "demo.yaml", str_of(yaml), hear, h);
}

static void a_rule_as_it_says(void **state)
{
	struct rules *r = NULL;
	struct heard h;

	rules_new(&r);
	assert_int_equal(
	    load(r,
		HEAD RULE
		"  attack: T1110.001\n  match:\n  - 'x <ip>'\n  - 'y <ip>'\n"
		"  not: ['z']\n  when: 5 in 10m\n  slow: 10 in 24h\n"
		"  distinct: user\n  measure: limit\n  where: [syslog, plain]\n"
		"  examples:\n  - line: 'x'\n    none: no address\n",
		&h),
	    RULES_OK);
	assert_int_equal(r->n, 1);
	assert_string_equal(r->rules[0].name, "demo/one");
	assert_string_equal(r->rules[0].attack, "T1110.001");
	assert_int_equal(r->rules[0].match.n, 2);
	assert_int_equal(r->rules[0].match.at[1], 11);
	assert_int_equal(r->rules[0].count, 5);
	assert_int_equal(r->rules[0].span, 600);
	assert_int_equal(r->rules[0].slow_span, 86400);
	assert_int_equal(r->rules[0].measure, MEASURE_LIMIT);
	assert_int_equal(r->rules[0].where, WHERE_SYSLOG | WHERE_PLAIN);
	assert_int_equal(r->rules[0].n_examples, 1);
	assert_int_equal(r->rules[0].request.malformed, -1);
	assert_int_equal(r->rules[0].request.named, -1);
	rules_free(&r);
}

/* What is unsaid. */
static void defaults(void **state)
{
	struct rules *r = NULL;
	struct heard h;

	rules_new(&r);
	assert_int_equal(load(r, HEAD RULE REST, &h), RULES_OK);
	assert_int_equal(r->rules[0].where, WHERE_SYSLOG);
	assert_int_equal(r->rules[0].measure, MEASURE_DENY);
	assert_int_equal(r->rules[0].outcome, OUTCOME_FAILURE);
	rules_free(&r);
	rules_new(&r);
	assert_int_equal(load(r,
			     "service: demo\nrules:\n- name: one\n"
			     "  about: x\n  kind: dos\n  evidence: packet\n"
			     "  match: ['a <ip>']\n  when: once\n",
			     &h),
	    RULES_OK);
	assert_int_equal(r->rules[0].where, WHERE_PLAIN);
	assert_int_equal(r->rules[0].measure, MEASURE_LIMIT);
	assert_int_equal(r->rules[0].count, 1);
	rules_free(&r);
}

static void faults_are_told_with_place_and_cure(void **state)
{
	static const struct {
		const char *yaml, *part;
		unsigned line;
		size_t rules; /* that are kept */
	} t[] = {
		{ "servis: demo\nrules: []\n", "did you mean service", 1, 0 },
		{ "service: Demo\nrules: []\n", "is no name", 1, 0 },
		{ "service: demo\n", "rules: is missing", 1, 0 },
		{ "[]", "begins with service", 1, 0 },
		{ "", "begins with service", 1, 0 },
		{ HEAD RULE "  macth: ['a']\n" REST, "did you mean match", 8,
		    0 },
		{ HEAD RULE REST "  kind2: x\n", "unknown key", 10, 0 },
		{ HEAD RULE "  when: 5 in 10y\n  match: ['a <ip>']\n",
		    "5 in 10m", 8, 0 },
		{ HEAD RULE "  match: ['a <ip>']\n", "when: is missing", 4, 0 },
		{ HEAD RULE "  when: once\n", "needs match:", 4, 0 },
		{ HEAD RULE REST "  fields: { a: b }\n", "exclude each other",
		    4, 0 },
		{ HEAD RULE REST "  measure: kill\n", "none of: alarm", 10, 0 },
		{ HEAD RULE REST "  attack: 1110\n", "T1110", 10, 0 },
		{ HEAD RULE REST "  login: host\n", "outcome: success only", 4,
		    0 },
		{ HEAD RULE REST "  examples:\n  - ip: 1.2.3.4\n",
		    "without line", 11, 0 },
		{ HEAD RULE REST RULE REST, "already in line 4", 10, 1 },
		{ HEAD RULE REST "- name: two\n  about: x\n  kind: dos\n"
				 "  evidence: packet\n  measure: deny\n"
				 "  match: ['a <ip>']\n  when: once\n",
		    "never earns more", 10, 1 },
		{ HEAD RULE "  request: { status: [44] }\n  when: once\n",
		    "404 or 4xx", 8, 0 },
		{ HEAD RULE "  request: { paht: ['/x'] }\n  when: once\n",
		    "did you mean path", 8, 0 },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct rules *r = NULL;
		struct heard h;

		rules_new(&r);
		assert_int_equal(load(r, t[i].yaml, &h), RULES_E_FAULTS);
		if (!strstr(h.what, t[i].part) || h.line != t[i].line)
			fail_msg("%zu: %u: %s", i, h.line, h.what);
		assert_int_equal(r->n, t[i].rules);
		rules_free(&r);
	}
}

static void one_service_once(void **state)
{
	struct rules *r = NULL;
	struct heard h;

	rules_new(&r);
	assert_int_equal(load(r, HEAD RULE REST, &h), RULES_OK);
	assert_int_equal(load(r, HEAD RULE REST, &h), RULES_E_FAULTS);
	assert_non_null(strstr(h.what, "already loaded"));
	assert_int_equal(r->n, 1);
	rules_free(&r);
}

#define JAIL \
	"service: f2b-demo\nfiles: [/var/log/demo.log]\njail:\n" \
	"  name: Demo_1\n  failregex: ['^a <HOST>$', '^b <HOST>$']\n" \
	"  maxlines: 3\n  ban: ['echo <ip>']\nrules:\n" \
	"- name: failure\n  about: it fails\n  kind: bruteforce\n" \
	"  evidence: inducible\n  when: 3 in 10m\n"

static void a_jail_counts_by_its_own_filter(void **state)
{
	struct rules *r = NULL;
	const struct jailed *j;
	struct heard h;

	rules_new(&r);
	assert_int_equal(load(r, JAIL "  term: 10m\n  term-max: 1w\n", &h),
	    RULES_OK);
	j = r->services[0].jail;
	assert_non_null(j);
	assert_string_equal(j->name, "Demo_1");
	assert_int_equal(j->failregex.n, 2);
	assert_string_equal(j->failregex.v[1], "^b <HOST>$");
	assert_int_equal(j->maxlines, 3);
	assert_int_equal(j->ban.n, 1);
	assert_true(r->rules[0].is_jails);
	assert_int_equal(r->rules[0].term, 600);
	assert_int_equal(r->rules[0].term_max, 604800);
	rules_slim(r, NULL);
	assert_int_equal(j->failregex.n, 0);
	assert_string_equal(j->name, "Demo_1");
	rules_free(&r);
}

static void a_rule_closes_the_ports_it_says(void **state)
{
	static const struct {
		const char *ports, *want;
	} t[] = {
		{ "22/tcp", "22/tcp" },
		{ "[443/tcp, 53/udp, 80/tcp]", "80/tcp,443/tcp,53/udp" },
		{ "['6000-6010/udp', 6011/udp]", "6000-6011/udp" },
		{ "ssh", NULL },
		{ "22", NULL },
		{ "[22/tcp, [80/tcp]]", NULL },
		{ "{ a: 22/tcp }", NULL },
		{ "[1/tcp,3/tcp,5/tcp,7/tcp,9/tcp,11/tcp,13/tcp,15/tcp,17/tcp,"
		  "19/tcp,21/tcp,23/tcp,25/tcp,27/tcp,29/tcp,31/tcp]",
		    NULL },
	};
	struct heard h;

	for (size_t i = 0; i < countof(t); i++) {
		struct rules *r = NULL;
		char yaml[2048], text[PORTS_MAX];

		snprintf(yaml, sizeof(yaml), "%s  ports: %s\n", JAIL,
		    t[i].ports);
		rules_new(&r);
		assert_int_equal(load(r, yaml, &h),
		    t[i].want ? RULES_OK : RULES_E_FAULTS);
		if (t[i].want) {
			(void)ports_print(&r->rules[0].ports, text);
			assert_string_equal(text, t[i].want);
		} else {
			assert_int_equal(r->n, 0);
			assert_non_null(strstr(h.what, "ports"));
		}
		rules_free(&r);
	}
}

static void what_a_jail_cannot_be(void **state)
{
	static const struct {
		const char *yaml, *part;
	} t[] = {
		{ JAIL "  match: ['a <ip>']\n", "the jail alone" },
		{ JAIL "  term: 1h\n  term-max: 10m\n", "at least term" },
		{ JAIL "  term: 4000d\n", "10 years" },
		{ JAIL "- name: two\n  about: a\n  kind: abuse\n"
		       "  evidence: own-act\n  when: once\n",
		    "one rule" },
		{ "service: x\njail: {name: x}\nrules: []\n", "failregex" },
	};
	struct heard h;

	for (size_t i = 0; i < countof(t); i++) {
		struct rules *r = NULL;

		rules_new(&r);
		assert_int_equal(load(r, t[i].yaml, &h), RULES_E_FAULTS);
		if (!strstr(h.what, t[i].part))
			fail_msg("%zu: %u: %s", i, h.line, h.what);
		rules_free(&r);
	}
}

TESTS(cmocka_unit_test(a_rule_as_it_says), cmocka_unit_test(defaults),
    cmocka_unit_test(a_jail_counts_by_its_own_filter),
    cmocka_unit_test(a_rule_closes_the_ports_it_says),
    cmocka_unit_test(what_a_jail_cannot_be),
    cmocka_unit_test(faults_are_told_with_place_and_cure),
    cmocka_unit_test(one_service_once))
