/*
 * The CLI's small parts: forms, times, nearest rules, JSON, timelines, whom a
 * replay names.
 */
#include "base/tests.h"
#include "cli/form.h"
#include "cli/json.h"
#include "cli/near.h"
#include "cli/tally.h"
#include "cli/timeline.h"
#include "rule/rule.h"

static void times_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		uint32_t at; /* 0: refused */
	} t[] = { { "1970-01-02", 86400 },
		{ "2026-11-22T00:27:10Z", 1795307230 },
		{ "2026-11-22T00:27:10", 1795307230 },
		{ "2026-11-22 00:27", 1795307220 }, { "2026-13-01", 0 },
		{ "yesterday", 0 }, { "", 0 }, { "2026-11-22x", 0 } };

	for (size_t i = 0; i < countof(t); i++) {
		uint32_t at = 0;

		assert_int_equal(form_time(t[i].text, &at), t[i].at != 0);
		assert_int_equal(at, t[i].at);
	}
}

static void names_of_formats(void **state)
{
	struct service services[] = { { .name = (char[]){ "gitea" } } };
	struct rules rules = { .n_services = 1, .services = services };
	struct rulebook b = { .rules = &rules };
	static const struct {
		const char *name;
		enum line_form form;
		int service;
	} t[] = { { NULL, LINE_AUTO, -1 }, { "syslog", LINE_SYSLOG, -1 },
		{ "json", LINE_JSON, -1 }, { "nginx-error", LINE_ERROR, -1 },
		{ "Apache2", LINE_AUTO, -1 }, { "Git_Ea", LINE_AUTO, 0 },
		{ "git", LINE_AUTO, -1 } };

	for (size_t i = 0; i < countof(t); i++) {
		enum line_form form;
		int service;

		form_find(t[i].name, &b, &form, &service);
		assert_int_equal(form, t[i].form);
		assert_int_equal(service, t[i].service);
	}
}

static void any_bytes_are_json(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	json_str((struct str){ "a\"\\\n\x01\xff\0z", 8 }, f);
	fclose(f);
	assert_string_equal(text, "\"a\\\"\\\\\\u000a\\u0001\\u00ff\\u0000z\"");
	free(text);
}

static void the_nearest_rule(void **state)
{
	char one[] = "Failed (?:password|key) for <user> from <ip> port <port>";
	char two[] = "Bad protocol version identification <_:text>";
	char *v1[] = { one }, *v2[] = { two };
	struct rule list[] = { { .match = { 1, v1, NULL } },
		{ .match = { 1, v2, NULL } } };
	struct rules rules = { .n = 2, .rules = list };
	struct record rec = { .msg = STR("Failed password for x from 1.2.3.4 "
					 "prt 22") };
	struct near near;

	assert_true(near_find(&rules, &rec, -1, &near));
	assert_int_equal(near.rule, 0);
	assert_string_equal(near.missing, " port ");
	rec.msg = STR("Bad protocol version");
	assert_false(near_find(&rules, &rec, -1, &near));
	rec.msg = STR("");
	assert_false(near_find(&rules, &rec, -1, &near));
}

static uint32_t sum(const struct timeline *t, unsigned kind)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < TIMELINE_BINS; i++)
		n += t->bins[kind][i];
	return n;
}

static void timelines_hold_any_span(void **state)
{
	static const uint32_t at[] = { 1795307230, 1795307231, 1795307000,
		1795393630, 1600000000, 5, UINT32_MAX, 0 };
	struct timeline t = { 0 };

	for (size_t i = 0; i < countof(at); i++) {
		timeline_add(&t, 0, at[i]);
		timeline_add(&t, 1, at[i]);
		assert_int_equal(sum(&t, 0), i + 1);
		assert_int_equal(sum(&t, 1), i + 1);
	}
}

static struct law_event event(uint8_t last, uint16_t rule, uint32_t at)
{
	return (struct law_event){ { 4, { 192, 0, 2, last } }, rule, at, 0 };
}

static void a_tally_names_once(void **state)
{
	const struct hash_key key = { { 1, 2 } };
	const struct ruling none = { .verdict = VERDICT_NONE };
	struct ruling deny = { .verdict = VERDICT_DENY,
		.rung = RUNG_OWN,
		.at = 500,
		.until = 900,
		.count = 5,
		.first = 100 };
	struct law_event e = event(1, 7, 500);
	struct tally *t = NULL;
	struct named v;

	tally_new(&t, &key);
	tally_event(t, &e, false, &none);
	assert_int_equal(tally_named(t), 0);
	tally_event(t, &e, false, &deny);
	e.at = 600;
	tally_event(t, &e, false, &none);
	deny.at = e.at = 950;
	deny.until = 2000;
	tally_event(t, &e, false, &deny);
	e = event(1, 9, 700);
	tally_event(t, &e, true, &none);
	assert_int_equal(tally_named(t), 1);
	v = tally_at(t, 0);
	assert_int_equal(v.count, 7);
	assert_int_equal(v.first, 100);
	assert_int_equal(v.last, 950);
	assert_int_equal(v.until, 2000);
	assert_int_equal(v.rulings, 2);
	assert_int_equal(v.logins, 1);

	/* the same address by another rule is another entry, not another
	 * subject */
	e = event(1, 8, 500);
	tally_event(t, &e, false, &deny);
	assert_int_equal(tally_named(t), 2);
	assert_int_equal(tally_subjects(t), 1);
	for (unsigned i = 0; i < 5000; i++) {
		e = event((uint8_t)i, (uint16_t)(i / 256), 500);
		e.who.b[2] = (uint8_t)(i >> 8);
		tally_event(t, &e, false, &deny);
	}
	assert_int_equal(tally_named(t), 5002);
	assert_int_equal(tally_subjects(t), 5000);
	tally_free(&t);
}

TESTS(cmocka_unit_test(times_as_people_write_them),
    cmocka_unit_test(names_of_formats), cmocka_unit_test(any_bytes_are_json),
    cmocka_unit_test(the_nearest_rule),
    cmocka_unit_test(timelines_hold_any_span),
    cmocka_unit_test(a_tally_names_once))
