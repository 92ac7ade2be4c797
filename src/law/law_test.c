#include "law/law.h"

#include <stdio.h>

#include "base/tests.h"
#include "rule/rule.h"

static const struct hash_key key = { { 1, 2 } };

enum {
	R_AUTH,
	R_ONCE,
	R_LIMIT,
	R_ALARM,
	R_PACKET,
	R_FORGED,
	R_HOST,
	R_WEB,
	R_JAIL,
	R_LONG,
	R_22,
	R_80,
	R_80_SOFT,
};

static const struct law_rule rules[] = {
	[R_AUTH] = { 5, 600, 10, 86400, false, KIND_BRUTEFORCE, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
	[R_ONCE] = { 1, 1, 0, 0, false, KIND_EXPLOIT, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
	[R_LIMIT] = { 1, 1, 0, 0, false, KIND_DOS, EV_INDUCIBLE,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_LIMIT },
	[R_ALARM] = { 1, 1, 0, 0, false, KIND_ABUSE, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_ALARM },
	[R_PACKET] = { 1, 1, 0, 0, false, KIND_SCANNING, EV_PACKET,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
	[R_FORGED] = { 1, 1, 0, 0, false, KIND_PRIVILEGE, EV_FORGEABLE,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY },
	[R_HOST] = { 1, 1, 0, 0, false, KIND_LOGIN, EV_OWN_ACT, OUTCOME_SUCCESS,
	    LOGIN_HOST, MEASURE_ALARM },
	[R_WEB] = { 1, 1, 0, 0, false, KIND_LOGIN, EV_OWN_ACT, OUTCOME_SUCCESS,
	    LOGIN_WEB, MEASURE_ALARM },
	[R_JAIL] = { 1, 1, 0, 0, false, KIND_BRUTEFORCE, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY, 600, 0 },
	[R_LONG] = { 1, 1, 0, 0, false, KIND_BRUTEFORCE, EV_OWN_ACT,
	    OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY, 86400, 4 * 86400 },
	[R_22] = { .count = 1,
	    .span = 1,
	    .measure = MEASURE_DENY,
	    .term = 600,
	    .ports = 1 },
	[R_80] = { .count = 1,
	    .span = 1,
	    .measure = MEASURE_DENY,
	    .term = 600,
	    .ports = 2 },
	[R_80_SOFT] = { .count = 1,
	    .span = 1,
	    .measure = MEASURE_LIMIT,
	    .term = 600,
	    .ports = 2 },
};

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(str_of(text), &a));
	return a;
}

static struct ruling see(struct law *l, const char *who, uint16_t rule,
    uint32_t at)
{
	struct law_event e = { .who = addr_of(who), .rule = rule, .at = at };
	struct ruling r;

	law_see(l, &e, &r);
	return r;
}

static enum shield by_last_octet(void *arg, const struct addr *who)
{
	return (enum shield)(
	    who->family == 4 && who->b[3] <= SHIELD_ALLOWED ? who->b[3] : 0);
}

static struct law *new_law(bool immunity)
{
	struct law_conf c = law_defaults;
	struct law *l;

	c.slots = 1000;
	c.immunity = immunity;
	law_new(&l, &c, rules, countof(rules), &key, by_last_octet, NULL);
	return l;
}

static void one_event_of_each_rule(void **state)
{
	static const struct {
		const char *sentence;
		const char *who;
		uint16_t rule;
		enum verdict verdict;
		enum rung rung;
		bool share;
	} t[] = {
		{ "a signature denies at once", "198.51.100.9", R_ONCE,
		    VERDICT_DENY, RUNG_OWN, true },
		{ "one wrong password is nothing", "198.51.100.9", R_AUTH,
		    VERDICT_NONE, RUNG_NOTHING, false },
		{ "a limit stays a limit", "198.51.100.9", R_LIMIT,
		    VERDICT_LIMIT, RUNG_OWN, true },
		{ "packets never earn more than a limit, and stay here",
		    "198.51.100.9", R_PACKET, VERDICT_LIMIT, RUNG_OWN, false },
		{ "what may be forged is never shared", "198.51.100.9",
		    R_FORGED, VERDICT_DENY, RUNG_OWN, false },
		{ "an alarm is only a word", "198.51.100.9", R_ALARM,
		    VERDICT_ALARM, RUNG_ALARM, true },
		{ "never means never", "198.51.100.1", R_ONCE, VERDICT_ALARM,
		    RUNG_NEVER, true },
		{ "a proxy is not closed", "198.51.100.2", R_ONCE,
		    VERDICT_ALARM, RUNG_PROXY, true },
		{ "the operator's word spares", "198.51.100.3", R_ONCE,
		    VERDICT_NONE, RUNG_ALLOWED, true },
	};

	for (size_t i = 0; i < countof(t); i++) {
		struct law *l = new_law(true);
		struct ruling r = see(l, t[i].who, t[i].rule, 1000000);

		print_message("# %s\n", t[i].sentence);
		assert_int_equal(r.verdict, t[i].verdict);
		assert_int_equal(r.rung, t[i].rung);
		assert_int_equal(r.share, t[i].share);
		assert_true((r.verdict > VERDICT_ALARM) == (r.until > r.at));
		law_free(&l);
	}
}

static void without_immunity_nobody_is_asked(void **state)
{
	struct law *l = new_law(false);
	struct ruling r = see(l, "198.51.100.1", R_ONCE, 1000000);

	assert_int_equal(r.verdict, VERDICT_DENY);
	law_free(&l);
}

static void the_fifth_within_ten_minutes(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = { 0 };

	for (uint32_t i = 0; i < 4; i++) {
		r = see(l, "198.51.100.9", R_AUTH, 1000000 + i * 150);
		assert_int_equal(r.rung, RUNG_NOTHING);
	}
	r = see(l, "198.51.100.9", R_AUTH, 1000600);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_false(r.by_slow);
	assert_int_equal(r.count, 5);
	assert_int_equal(r.need, 5);
	assert_int_equal(r.first, 1000000);
	assert_int_equal(r.last, 1000600);
	assert_int_equal(r.until, 1000600 + 4 * 3600);
	assert_int_equal(r.net.bits, 32);
	law_free(&l);
}

static void the_slow_companion(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = { 0 };

	for (uint32_t i = 0; i < 10; i++)
		r = see(l, "198.51.100.9", R_AUTH, 1000000 + i * 9000);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_true(r.by_slow);
	assert_int_equal(r.count, 10);
	assert_int_equal(r.span, 86400);
	law_free(&l);
}

static void a_64_is_one_subject_and_aliases_are_ipv4(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = { 0 };
	char who[64], net[NET_MAX];

	for (unsigned i = 1; i <= 5; i++) {
		snprintf(who, sizeof(who), "2a00:1:2:3::%x", i);
		r = see(l, who, R_AUTH, 1000000);
	}
	assert_int_equal(r.verdict, VERDICT_DENY);
	net_print(&r.net, net);
	assert_string_equal(net, "2a00:1:2:3::/64");

	for (unsigned i = 0; i < 2; i++) {
		see(l, "198.51.100.9", R_AUTH, 1000000);
		r = see(l, "::ffff:198.51.100.9", R_AUTH, 1000000);
	}
	r = see(l, "64:ff9b::198.51.100.9", R_AUTH, 1000000);
	assert_int_equal(r.verdict, VERDICT_DENY);
	net_print(&r.net, net);
	assert_string_equal(net, "198.51.100.9");
	law_free(&l);
}

static void event_times_at_the_edges(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = { 0 };

	for (unsigned i = 0; i < 5; i++)
		r = see(l, "198.51.100.9", R_AUTH, UINT32_MAX);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_int_equal(r.until, UINT32_MAX);
	for (unsigned i = 0; i < 5; i++)
		r = see(l, "198.51.100.10", R_AUTH, 0);
	assert_int_equal(r.verdict, VERDICT_DENY);
	law_free(&l);
}

static void reasons_read_well(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = { 0 };
	char why[256];

	for (uint32_t i = 0; i < 5; i++)
		r = see(l, "198.51.100.9", R_AUTH, 1000000);
	law_reason(&r, "openssh/auth-failure", why, sizeof(why));
	assert_string_equal(why,
	    "openssh/auth-failure 5 times within 10 min (it takes 5): shut "
	    "out for 4 h.");
	r = see(l, "198.51.100.9", R_ONCE, 1020000);
	law_reason(&r, "web/log4shell", why, sizeof(why));
	assert_string_equal(why,
	    "web/log4shell: shut out for 8 h, doubled 1 time for repeats.");
	r = see(l, "198.51.100.1", R_ONCE, 1020000);
	law_reason(&r, "web/log4shell", why, sizeof(why));
	assert_string_equal(why,
	    "web/log4shell, but this address is never shut out: alarm only.");
	law_free(&l);
}

static void window_seen(void *arg, const struct law_window *w)
{
	struct law_window *to = arg;

	to[w->slow] = *w;
}

static void why_not(void **state)
{
	struct law *l = new_law(true);
	struct addr a = addr_of("198.51.100.9");
	struct law_window w[2] = { 0 };

	see(l, "198.51.100.9", R_AUTH, 1000000);
	see(l, "198.51.100.9", R_AUTH, 1001000);
	see(l, "198.51.100.9", R_AUTH, 1001100);
	law_windows(l, &a, 1001200, window_seen, w);
	assert_int_equal(w[0].have, 2);
	assert_int_equal(w[0].need, 5);
	assert_int_equal(w[0].first, 1001000);
	assert_int_equal(w[1].have, 3);
	assert_int_equal(w[1].need, 10);
	law_free(&l);
}

static void memory_copied(void *arg, const struct law_memory *m)
{
	law_import(arg, m);
}

static void repeats_outlive_a_restart(void **state)
{
	struct law *l = new_law(true), *after = new_law(true);
	struct law_memory m;
	struct addr a = addr_of("198.51.100.9");
	struct ruling r;

	see(l, "198.51.100.9", R_ONCE, 1000000);
	r = see(l, "198.51.100.9", R_ONCE, 1020000);
	assert_int_equal(r.repeats, 1);
	law_export(l, memory_copied, after);
	assert_true(law_memory_of(after, &a, &m));
	assert_int_equal(m.repeats, 2);
	assert_int_equal(m.until, 1020000 + 8 * 3600);
	/* still in force after the restart */
	r = see(after, "198.51.100.9", R_ONCE, 1020010);
	assert_int_equal(r.rung, RUNG_HELD);
	r = see(after, "198.51.100.9", R_ONCE, 1050000);
	assert_int_equal(r.repeats, 2);
	assert_int_equal(r.until - r.at, 16 * 3600);
	law_free(&l);
	law_free(&after);
}

static void a_pardon_starts_from_nothing(void **state)
{
	struct law *l = new_law(true);
	struct net n = { addr_of("198.51.100.9"), 32 };
	struct law_memory m;
	struct ruling r;

	for (unsigned i = 0; i < 9; i++)
		see(l, "198.51.100.9", R_AUTH, 1000000);
	see(l, "198.51.100.10", R_ONCE, 1000000);
	law_pardon(l, &n);
	assert_false(law_memory_of(l, &n.addr, &m));
	r = see(l, "198.51.100.9", R_AUTH, 1000001);
	assert_int_equal(r.rung, RUNG_NOTHING);
	n.addr = addr_of("198.51.100.10");
	assert_true(law_memory_of(l, &n.addr, &m));
	law_free(&l);
}

static void a_rule_with_its_own_term(void **state)
{
	struct law *l = new_law(true);
	struct ruling r = see(l, "198.51.100.9", R_JAIL, 1000000);

	assert_int_equal(r.until, 1000600);
	/* it does not double */
	r = see(l, "198.51.100.9", R_JAIL, 1000700);
	assert_int_equal(r.until, 1001300);
	/* one that wants longer gets it, one that wants less cuts nothing */
	r = see(l, "198.51.100.9", R_ONCE, 1000800);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_true(r.until >= 1000800 + law_defaults.term);
	r = see(l, "198.51.100.9", R_JAIL, 1000900);
	assert_int_equal(r.rung, RUNG_HELD);
	/* and this one doubles to its own cap */
	r = see(l, "198.51.100.8", R_LONG, 1000000);
	assert_int_equal(r.until, 1000000 + 86400);
	r = see(l, "198.51.100.8", R_LONG, 1100000);
	assert_int_equal(r.until, 1100000 + 2 * 86400);
	r = see(l, "198.51.100.8", R_LONG, 1300000);
	assert_int_equal(r.until, 1300000 + 4 * 86400);
	r = see(l, "198.51.100.8", R_ONCE, 1300000 + 3 * 86400);
	assert_int_equal(r.rung, RUNG_HELD);
	law_free(&l);
}

/* As if the numbers were bits. */
static uint8_t bits_join(void *arg, uint8_t a, uint8_t b)
{
	return a && b ? a | b : 0;
}

static void ports_of_two_rules_are_joined(void **state)
{
	struct law *l = new_law(true);
	struct law_memory m;
	struct addr who = addr_of("198.51.100.7");
	struct ruling r;

	law_ports(l, bits_join, NULL);
	r = see(l, "198.51.100.7", R_22, 1000000);
	assert_int_equal(r.ports, 1);
	assert_int_equal(see(l, "198.51.100.7", R_22, 1000010).rung, RUNG_HELD);
	/* the same strength on another port: both, to the later end */
	r = see(l, "198.51.100.7", R_80, 1000020);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_int_equal(r.ports, 3);
	assert_int_equal(r.until, 1000620);
	assert_int_equal(r.repeats, 0);
	assert_int_equal(see(l, "198.51.100.7", R_22, 1000030).rung, RUNG_HELD);
	/* a softer one changes nothing */
	assert_int_equal(see(l, "198.51.100.7", R_80_SOFT, 1000030).rung,
	    RUNG_HELD);
	/* every port covers all of them */
	r = see(l, "198.51.100.7", R_ONCE, 1000040);
	assert_int_equal(r.ports, 0);
	assert_int_equal(see(l, "198.51.100.7", R_80, 1000050).rung, RUNG_HELD);
	assert_true(law_memory_of(l, &who, &m));
	assert_int_equal(m.ports, 0);
	law_free(&l);
}

static void ports_of_what_is_over_are_forgotten(void **state)
{
	struct law *l = new_law(true), *next = new_law(true);
	struct law_memory m;
	struct addr who = addr_of("198.51.100.7");
	struct ruling r;

	law_ports(l, bits_join, NULL);
	see(l, "198.51.100.7", R_22, 1000000);
	/* the next one after its end is a repeat, and on its own ports */
	r = see(l, "198.51.100.7", R_80, 1000700);
	assert_int_equal(r.ports, 2);
	assert_int_equal(r.repeats, 1);
	/* a longer one is not cut short by a shorter */
	assert_true(law_memory_of(l, &who, &m));
	m.until += 5000;
	law_import(next, &m);
	law_ports(next, bits_join, NULL);
	r = see(next, "198.51.100.7", R_22, 1000710);
	assert_int_equal(r.ports, 3);
	assert_int_equal(r.until, m.until);
	/* what is harder takes the place of a limit */
	r = see(l, "198.51.100.9", R_80_SOFT, 1000000);
	assert_int_equal(r.ports, 2);
	r = see(l, "198.51.100.9", R_22, 1000010);
	assert_int_equal(r.verdict, VERDICT_DENY);
	assert_int_equal(r.ports, 1);
	law_free(&l);
	law_free(&next);
}

/* The claim: a million pairs of up to four events, all there, in 64 MB. */
static void a_million_pairs_fit_in_64_mb(void **state)
{
	struct law_conf c = law_defaults;
	struct law_stats st;
	struct law_event e = { .rule = R_AUTH, .who.family = 4 };
	struct ruling r;
	struct law *l;

	c.slots = 1000000;
	law_new(&l, &c, rules, countof(rules), &key, NULL, NULL);
	for (uint32_t round = 0; round < 4; round++) {
		for (uint32_t i = 0; i < 1000000; i++) {
			uint32_t v = i * 2654435761u;

			memcpy(e.who.b, &v, 4);
			e.at = 1000000 + round * 100;
			law_see(l, &e, &r);
			assert_int_equal(r.rung, RUNG_NOTHING);
		}
	}
	law_stats(l, &st);
	print_message("# %llu bytes, %llu pairs, %llu pushed out\n",
	    (unsigned long long)st.bytes, (unsigned long long)st.pairs,
	    (unsigned long long)st.pushed_out);
	assert_true(st.bytes <= 64000000);
	assert_int_equal(st.pushed_out, 0);
	assert_int_equal(st.pairs, 1000000);
	/* and every one of them still knows its four */
	for (uint32_t i = 0; i < 1000000; i++) {
		uint32_t v = i * 2654435761u;

		memcpy(e.who.b, &v, 4);
		e.at = 1000400;
		law_see(l, &e, &r);
		assert_int_equal(r.verdict, VERDICT_DENY);
	}
	law_free(&l);
}

TESTS(cmocka_unit_test(one_event_of_each_rule),
    cmocka_unit_test(without_immunity_nobody_is_asked),
    cmocka_unit_test(the_fifth_within_ten_minutes),
    cmocka_unit_test(the_slow_companion),
    cmocka_unit_test(a_64_is_one_subject_and_aliases_are_ipv4),
    cmocka_unit_test(event_times_at_the_edges),
    cmocka_unit_test(reasons_read_well), cmocka_unit_test(why_not),
    cmocka_unit_test(repeats_outlive_a_restart),
    cmocka_unit_test(a_pardon_starts_from_nothing),
    cmocka_unit_test(a_rule_with_its_own_term),
    cmocka_unit_test(ports_of_two_rules_are_joined),
    cmocka_unit_test(ports_of_what_is_over_are_forgotten),
    cmocka_unit_test(a_million_pairs_fit_in_64_mb))
