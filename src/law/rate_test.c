/*
 * Counting as fail2ban does, against what its own server was seen to do with
 * maxretry 5 and findtime 600; and terms that are said one by one.
 */
#include "law/law.h"

#include "base/tests.h"
#include "rule/rule.h"

static const struct hash_key key = { { 1, 2 } };

enum {
	R_RATE,
	R_WINDOW,
	R_GROWS,
	R_SPREAD,
	START = 1700000000
};

static const struct law_rule rules[] = {
	[R_RATE] = { .count = 5,
	    .span = 600,
	    .measure = MEASURE_DENY,
	    .term = 3600,
	    .by_rate = true },
	[R_WINDOW] = { .count = 5,
	    .span = 600,
	    .measure = MEASURE_DENY,
	    .term = 3600 },
	[R_GROWS] = { .count = 5,
	    .span = 600,
	    .measure = MEASURE_DENY,
	    .term = 60,
	    .by_rate = true,
	    .n_terms = 4,
	    .terms = { 60, 300, 1800, 3600 } },
	[R_SPREAD] = { .count = 1,
	    .span = 1,
	    .measure = MEASURE_DENY,
	    .term = 60,
	    .spread = 30,
	    .n_terms = 2,
	    .terms = { 60, 300 } },
};

static struct law *law_here(void)
{
	struct law *l;

	law_new(&l, &law_defaults, rules, countof(rules), &key, NULL, NULL);
	return l;
}

static struct ruling fails(struct law *l, uint16_t rule, uint32_t at)
{
	struct law_event e = { .rule = rule, .at = START + at };
	struct ruling r;

	assert_true(addr_parse(STR("203.0.113.1"), &e.who));
	law_see(l, &e, &r);
	return r;
}

/* Which of these failures bans, from 1; 0: none. */
static size_t banned_by(uint16_t rule, const uint32_t *at, size_t n)
{
	struct law *l = law_here();
	size_t i = 0;

	while (i < n && fails(l, rule, at[i]).verdict != VERDICT_DENY)
		i++;
	law_free(&l);
	return i < n ? i + 1 : 0;
}

static size_t banned_every(uint32_t seconds)
{
	uint32_t at[100];

	for (uint32_t i = 0; i < countof(at); i++)
		at[i] = i * seconds;
	return banned_by(R_RATE, at, countof(at));
}

static void as_its_server_was_seen_to_count(void **state)
{
	static const uint32_t in_time[] = { 0, 0, 0, 0, 599 };
	static const uint32_t too_late[] = { 0, 0, 0, 0, 602, 602, 602 };
	static const uint32_t out_of_order[] = { 900, 0, 1, 2, 3 };

	assert_int_equal(banned_every(150), 5);
	assert_int_equal(banned_every(160), 5); /* 640 s after the first */
	assert_int_equal(banned_every(200), 0); /* sticks at four for ever */
	assert_int_equal(banned_by(R_RATE, in_time, 5), 5);
	assert_int_equal(banned_by(R_RATE, too_late, 7), 0);
	assert_int_equal(banned_by(R_RATE, out_of_order, 5), 5);
	assert_int_equal(banned_by(R_WINDOW, out_of_order, 5), 0);
}

static void what_it_has_can_be_told(void **state)
{
	struct law *l = law_here();
	uint32_t failing[countof(rules)];

	(void)fails(l, R_RATE, 0);
	(void)fails(l, R_RATE, 1);
	law_failing(l, START + 2, failing);
	assert_int_equal(failing[R_RATE], 1);
	assert_int_equal(failing[R_WINDOW], 0);
	law_set_back(l, START - 10);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(fails(l, R_RATE, 2).verdict, VERDICT_NONE);
	assert_int_equal(fails(l, R_RATE, 2).verdict, VERDICT_DENY);
	law_free(&l);
}

/* Fails once a second from then on; how often until he is banned. */
static uint32_t needs(struct law *l, uint32_t from, uint32_t *term)
{
	for (uint32_t n = 1; n < 10; n++) {
		struct ruling r = fails(l, R_GROWS, from + n);

		if (r.verdict != VERDICT_DENY)
			continue;
		*term = r.until - r.at;
		return n;
	}
	return 0;
}

static void who_was_banned_needs_fewer_and_is_banned_longer(void **state)
{
	static const uint32_t want[][2] = { { 5, 60 }, { 3, 300 }, { 2, 1800 },
		{ 1, 3600 }, { 1, 3600 } };
	struct law *l = law_here();
	uint32_t term = 0;

	for (uint32_t i = 0; i < countof(want); i++) {
		assert_int_equal(needs(l, i * 10000, &term), want[i][0]);
		assert_int_equal(term, want[i][1]);
	}
	law_free(&l);
}

static void all_but_the_first_are_spread(void **state)
{
	struct law *l = law_here();
	struct ruling r = fails(l, R_SPREAD, 0);
	bool differ = false;
	uint32_t first = 0;

	assert_int_equal(r.until - r.at, 60);
	for (uint32_t i = 1; i < 20; i++) {
		r = fails(l, R_SPREAD, i * 1000);
		assert_in_range(r.until - r.at, 300, 330);
		first = first ? first : r.until - r.at;
		differ |= r.until - r.at != first;
	}
	assert_true(differ);
	law_free(&l);
}

TESTS(cmocka_unit_test(as_its_server_was_seen_to_count),
    cmocka_unit_test(what_it_has_can_be_told),
    cmocka_unit_test(who_was_banned_needs_fewer_and_is_banned_longer),
    cmocka_unit_test(all_but_the_first_are_spread))
