#include "conf/conf.h"

#include "base/tests.h"

struct seen {
	unsigned n, line, column;
	char what[400];
};

static void note(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct seen *s = arg;

	assert_string_equal(file, "l.yaml");
	s->n++;
	s->line = line;
	s->column = column;
	snprintf(s->what, sizeof(s->what), "%s", what);
}

static struct conf *load(const char *yaml, struct seen *s)
{
	struct conf *c = NULL;

	int e;

	*s = (struct seen){ 0 };
	e = conf_load(&c, "l.yaml", str_of(yaml), note, s);
	assert_int_equal(e, s->n ? CONF_E_FAULTS : CONF_OK);
	assert_non_null(c);
	return c;
}

static void no_file_means_the_defaults(void **state)
{
	struct seen s;
	struct conf *c = load("", &s);

	assert_int_equal(s.n, 0);
	assert_int_equal(c->mode, CONF_MODE_DEFEND);
	assert_int_equal(c->term, 4 * 3600);
	assert_int_equal(c->term_max, 7 * 86400);
	assert_string_equal(c->table, "liptako");
	assert_string_equal(c->state, "/var/lib/liptako");
	assert_int_equal(c->widen_v4, 0);
	assert_true(c->find && c->immunity);
	conf_free(&c);
	assert_null(c);
}

static const char *const full =
    "mode: watch\nmeasure: limit\nterm: 2h\nterm-max: 3d\n"
    "allow:\n- 192.0.2.1\n- addr: 198.51.100.0/24\n"
    "  until: 2026-12-01 18:30\n  note: 'the office''s net'\n"
    "- host.example.org\n"
    "trusted-proxies: [10.0.0.0/8, '2001:db8::1']\n"
    "good-client: {days: 3}\nwiden: {v4: 24, witnesses: 5}\n"
    "sources:\n- file: /var/log/x/*.log\n  service: nginx\n"
    "  format: access\n  zone: Europe/Berlin\n  client: forwarded\n"
    "- journal: yes\n- syslog: 127.0.0.1:5514\n- syslog: '[::1]:5514'\n"
    "- stdin: yes\n- containers: /var/lib/docker/containers\n"
    "rules:\n- rule: openssh/auth-failure\n  when: 3 in 10m\n"
    "  measure: alarm\n- rule: web/*\n  off: yes\n"
    "services: {openssh: on, vsftpd: off}\n"
    "hooks:\n- on: [deny, open]\n  run: [/usr/bin/logger, it's, '']\n";

static void check_full(const struct conf *c)
{
	assert_int_equal(c->mode, CONF_MODE_WATCH);
	assert_int_equal(c->measure, CONF_MEASURE_LIMIT);
	assert_int_equal(c->n_allow, 3);
	assert_int_equal(c->allow[0].net.bits, 32);
	assert_int_equal(c->allow[1].until, 1796149800);
	assert_string_equal(c->allow[1].note, "the office's net");
	assert_string_equal(c->allow[2].name, "host.example.org");
	assert_int_equal(c->n_trusted, 2);
	assert_int_equal(c->trusted[1].net.addr.family, 6);
	assert_int_equal(c->good_days, 3);
	assert_int_equal(c->widen_v4, 24);
	assert_int_equal(c->widen_witnesses, 5);
	assert_int_equal(c->n_sources, 6);
	assert_string_equal(c->sources[0].file, "/var/log/x/*.log");
	assert_int_equal(c->sources[0].format, LINE_ACCESS);
	assert_int_equal(c->sources[0].client, 1);
	assert_true(c->sources[1].journal);
	assert_string_equal(c->sources[3].syslog, "[::1]:5514");
	assert_true(c->sources[4].stdin_);
	assert_int_equal(c->n_rules, 2);
	assert_int_equal(c->rules[0].count, 3);
	assert_int_equal(c->rules[0].span, 600);
	assert_int_equal(c->rules[0].measure, MEASURE_ALARM + 1);
	assert_int_equal(c->rules[1].measure, 0);
	assert_true(c->rules[1].off);
	assert_int_equal(c->n_services, 2);
	assert_false(c->services[1].on);
	assert_int_equal(c->hooks[0].on, CONF_ON_DENY | CONF_ON_OPEN);
	assert_int_equal(c->hooks[0].run.n, 3);
	assert_string_equal(c->hooks[0].run.v[1], "it's");
}

static void everything_can_be_said(void **state)
{
	struct seen s;
	struct conf *c = load(full, &s);

	assert_string_equal(s.what, "");
	check_full(c);
	conf_free(&c);
}

static void what_is_printed_reads_back_the_same(void **state)
{
	struct seen s;
	struct conf *c = load(full, &s), *again;
	char *text = NULL;

	conf_print(c, true, &text);
	for (struct str left = str_of(text), l; str_cut(&left, '\n', &l);)
		assert_true(l.n <= 80);
	again = load(text, &s);
	assert_string_equal(s.what, "");
	check_full(again);
	free(text);
	conf_free(&c);
	conf_free(&again);
}

static void a_fault_names_its_place_and_cure(void **state)
{
	static const struct {
		const char *yaml;
		unsigned line, column;
		const char *has;
	} t[] = {
		{ "term: soon\n", 1, 7, "1 s to 30 d" },
		{ "mode: watch\nmoed: x\n", 2, 1,
		    "unknown key \"moed\"; did you mean \"mode\"?" },
		{ "mode: watch\nxyzzy: x\n", 2, 1,
		    "the keys here are mode measure" },
		{ "alow:\n- 192.0.2.1\n", 1, 1, "did you mean \"allow\"?" },
		{ "desk:\n  no: yes\n", 2, 3, "did you mean \"on\"?" },
		{ "ignoreip: 192.0.2.1\n", 1, 1, "here it is allow" },
		{ "term: 8d\nterm-max: 1d\n", 2, 11, "shorter than term" },
		{ "allow: 1.2.3.4\n", 1, 8, "list" },
		{ "allow:\n- 10.0.0.1/8\n", 2, 3, "did you mean 10.0.0.0/8" },
		{ "allow:\n- 0.0.0.0/0\n", 2, 3, "wider than /8" },
		{ "allow:\n- addr: 1.2.3.4\n  until: x\n", 3, 10,
		    "2026-12-31" },
		{ "sources:\n- service: x\n", 2, 3, "exactly one" },
		{ "sources:\n- file: x.log\n", 2, 9, "absolute" },
		{ "sources:\n- syslog: 5514\n", 2, 11, "ADDRESS:PORT" },
		{ "rules:\n- rule: a/b\n  when: 5\n", 3, 9, "5 in 10m" },
		{ "hooks:\n- on: [deny]\n  run: [x]\n", 3, 8, "absolute" },
		{ "hooks:\n- on: [bang]\n  run: [/x]\n", 2, 8, "deny|limit" },
		{ "services: {a: maybe}\n", 1, 15, "on or off" },
		{ "- a\n", 1, 1, "map" },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct seen s;
		struct conf *c = load(t[i].yaml, &s);

		assert_int_equal(s.n, 1);
		assert_int_equal(s.line, t[i].line);
		if (s.column != t[i].column || !strstr(s.what, t[i].has))
			fail_msg("%s: column %u: %s", t[i].yaml, s.column,
			    s.what);
		conf_free(&c);
	}
}

static void a_bad_item_disables_only_itself(void **state)
{
	struct seen s;
	struct conf *c = load("term: 1h\nmode: what\nallow:\n- bogus!\n"
			      "- 192.0.2.9\nsources:\n- file: /a\n"
			      "- {file: /b, zone: ''}\n- file: /c\n",
	    &s);

	assert_int_equal(s.n, 3);
	assert_int_equal(c->term, 3600);
	assert_int_equal(c->mode, CONF_MODE_DEFEND);
	assert_int_equal(c->n_allow, 1);
	assert_int_equal(c->n_sources, 2);
	assert_string_equal(c->sources[1].file, "/c");
	conf_free(&c);
}

static void rules_are_changed_in_place(void **state)
{
	static char ssh[] = "openssh", web[] = "web", a[] = "openssh/a",
		    b[] = "openssh/b", w[] = "web/w";
	struct service services[] = { { .name = ssh }, { .name = web } };
	struct rule rules[] = { { .name = a, .count = 5, .span = 600 },
		{ .name = b, .count = 5, .span = 600 },
		{ .name = w, .service = 1, .measure = MEASURE_DENY } };
	struct rules r = { 2, 3, services, rules };
	struct seen s;
	struct conf *c = load("rules:\n- {rule: openssh/a, when: once}\n"
			      "- {rule: 'openssh/*', slow: 9 in 1d}\n"
			      "- {rule: nobody/x, off: yes}\n"
			      "services: {web: off}\n",
	    &s);

	assert_int_equal(conf_apply(c, "l.yaml", &r, note, &s), CONF_E_FAULTS);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.line, 4);
	assert_int_equal(rules[0].count, 1);
	assert_int_equal(rules[1].count, 5);
	assert_int_equal(rules[1].slow_count, 9);
	assert_int_equal(rules[1].slow_span, 86400);
	assert_false(rules[0].off);
	assert_true(rules[2].off);
	conf_free(&c);
}

static void an_empty_entry_is_a_fault_and_no_more(void **state)
{
	struct seen s;
	struct conf *c = load("hooks:\n-\n- x\nterm: 2h\n", &s);

	assert_int_equal(s.n, 2);
	assert_int_equal(c->n_hooks, 0);
	assert_int_equal(c->term, 7200);
	conf_free(&c);
}

TESTS(cmocka_unit_test(no_file_means_the_defaults),
    cmocka_unit_test(an_empty_entry_is_a_fault_and_no_more),
    cmocka_unit_test(everything_can_be_said),
    cmocka_unit_test(what_is_printed_reads_back_the_same),
    cmocka_unit_test(a_fault_names_its_place_and_cure),
    cmocka_unit_test(a_bad_item_disables_only_itself),
    cmocka_unit_test(rules_are_changed_in_place))
