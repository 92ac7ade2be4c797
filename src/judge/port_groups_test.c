/* Measures that close some ports alone, from the rule to the order. */
#include "judge/test_bench.h"

static const char *ordered(const struct bench *b)
{
	static char text[PORTS_MAX];

	(void)ports_print(&b->ports[b->order.ports], text);
	return text;
}

static const char *standing(const struct bench *b, uint32_t who)
{
	static char text[PORTS_MAX];
	struct net n = addr_unit(host(who));
	const struct ledger_measure *m = measures_get(&b->j.measures, &n);

	if (!m)
		return "open";
	judge_ports_text(&b->j, m->ports, text);
	return text;
}

static void a_rule_closes_its_ports_alone(void **state)
{
	struct bench b;

	up(&b, NOW);
	see(&b, 1, ON_22, 100, NOW);
	assert_string_equal(ordered(&b), "22/tcp");
	assert_string_equal(standing(&b, 1), "22/tcp");
	see(&b, 2, ON_80, 200, NOW);
	assert_string_equal(ordered(&b), "80/tcp,443/tcp");
	see(&b, 3, SIGNATURE, 300, NOW);
	assert_int_equal(b.order.ports, 0);
	judge_free(&b.j);
}

static void two_rules_close_what_both_close(void **state)
{
	struct net n = addr_unit(host(1));
	struct bench b;

	up(&b, NOW);
	see(&b, 1, ON_22, 100, NOW);
	see(&b, 1, ON_80, 200, NOW);
	assert_string_equal(ordered(&b), "22/tcp,80/tcp,443/tcp");
	assert_string_equal(standing(&b, 1), "22/tcp,80/tcp,443/tcp");
	assert_int_equal(b.j.measures.n, 1);
	see(&b, 1, ON_22, 300, NOW); /* held */
	assert_int_equal(b.closed, 2);
	see(&b, 1, SIGNATURE, 400, NOW);
	assert_int_equal(b.order.ports, 0);
	assert_string_equal(standing(&b, 1), "");
	see(&b, 1, ON_80, 500, NOW); /* covered */
	assert_int_equal(b.closed, 3);
	assert_int_equal(judge_pardon(&b.j, &n, 0, NULL), 1);
	assert_int_equal(b.order.act, ACT_OPEN);
	assert_int_equal(b.order.ports, 0);
	assert_string_equal(standing(&b, 1), "open");
	/* a pardon starts from nothing */
	see(&b, 1, ON_80, 600, NOW);
	assert_string_equal(ordered(&b), "80/tcp,443/tcp");
	judge_free(&b.j);
}

static void an_operators_word_closes_all(void **state)
{
	struct net n = addr_unit(host(1));
	struct bench b;

	up(&b, NOW);
	see(&b, 1, ON_22, 100, NOW);
	(void)judge_deny(&b.j, &n, &n.addr, NOW + 60, 0, NULL);
	assert_int_equal(b.order.ports, 0);
	assert_string_equal(standing(&b, 1), "");
	judge_free(&b.j);
}

static void a_crash_keeps_ports(void **state)
{
	struct bench b;

	up(&b, NOW);
	see(&b, 1, ON_22, 100, NOW);
	see(&b, 1, ON_80, 200, NOW);
	see(&b, 2, ON_80, 300, NOW);
	judge_commit(&b.j);
	crash(&b);
	up(&b, NOW + 10);
	assert_string_equal(standing(&b, 1), "22/tcp,80/tcp,443/tcp");
	assert_string_equal(standing(&b, 2), "80/tcp,443/tcp");
	assert_int_equal(b.closed, 2); /* told again at once, with ports */
	see(&b, 1, ON_22, 400, NOW + 10);
	assert_int_equal(b.closed, 2); /* the law remembers what is covered */
	see(&b, 2, ON_22, 500, NOW + 10);
	assert_string_equal(ordered(&b), "22/tcp,80/tcp,443/tcp");
	judge_free(&b.j);
}

static void a_lost_ledger_adopts_ports(void **state)
{
	struct wire_element x = { .net = addr_unit(host(9)),
		.act = ACT_DENY,
		.left = 60 };
	struct wire_ready ready = { .rebuilds = 1 };
	struct wire_ports w = { 0 };
	struct bench b;

	up(&b, NOW);
	b.j.adopts = true;
	assert_int_equal(ports_parse_all(STR("25/tcp"), &w.ports), PORTS_OK);
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_GROUP, &w, sizeof(w)));
	assert_true(
	    judge_hear(&b.j, ENFORCER, 0, MSG_READY, &ready, sizeof(ready)));
	while (x.ports <= WIRE_PORTS && !ports_eq(&b.ports[x.ports], &w.ports))
		x.ports++;
	assert_in_range(x.ports, 1, WIRE_PORTS);
	x.id = b.j.adopt_id;
	assert_true(judge_hear(&b.j, ENFORCER, 0, MSG_ELEMENT, &x, sizeof(x)));
	assert_string_equal(standing(&b, 9), "25/tcp");
	w.ports.n = PORTS_RANGES + 1;
	assert_false(judge_hear(&b.j, ENFORCER, 0, MSG_GROUP, &w, sizeof(w)));
	judge_free(&b.j);
}

static void without_a_number_all_is_closed(void **state)
{
	struct ports p = { 0 };
	struct bench b;
	uint8_t last = 0;

	up(&b, NOW);
	for (uint16_t i = 1; i <= WIRE_PORTS; i++) {
		struct ledger_measure m = { .net = addr_unit(host(i)),
			.act = ACT_DENY,
			.rung = RUNG_OWN,
			.rule = UINT16_MAX,
			.until = NOW + 60 };

		p = (struct ports){ 0 };
		assert_int_equal(ports_add(&p, i, i, 17), PORTS_OK);
		m.ports = last = judge_ports(&b.j, &p);
		judge_close(&b.j, &m, false);
	}
	/* three are the rules', so the last three found no number */
	assert_int_equal(last, 0);
	assert_string_equal(standing(&b, WIRE_PORTS - 3), "29/udp");
	assert_string_equal(standing(&b, WIRE_PORTS), "");
	/* when the measures are over their numbers are free */
	b.j.now = NOW + 61;
	judge_tick(&b.j);
	assert_int_equal(b.j.measures.n, 0);
	assert_int_not_equal(judge_ports(&b.j, &p), 0);
	judge_free(&b.j);
}

/* fail2ban's blocktype: one jail refuses, another says nothing. */
static void a_rule_says_what_packets_get(void **state)
{
	struct bench b;

	up(&b, NOW);
	see(&b, 1, REFUSED_25, 100, NOW);
	assert_int_equal(b.order.act, ACT_REJECT);
	assert_string_equal(ordered(&b), "25/tcp");
	assert_int_equal(b.order.ttl, 36000);
	/* the harder for both, and no shorter */
	see(&b, 1, ON_22, 200, NOW);
	assert_int_equal(b.order.act, ACT_DENY);
	assert_string_equal(standing(&b, 1), "22/tcp,25/tcp");
	assert_int_equal(b.order.ttl, 36000);
	see(&b, 1, REFUSED_25, 300, NOW); /* held */
	assert_int_equal(b.order.id, 2);
	see(&b, 2, ON_80, 400, NOW);
	see(&b, 2, REFUSED_25, 500, NOW);
	assert_int_equal(b.order.act, ACT_DENY);
	assert_string_equal(standing(&b, 2), "25/tcp,80/tcp,443/tcp");
	judge_free(&b.j);
}

TESTS(TEST(a_rule_closes_its_ports_alone), TEST(a_rule_says_what_packets_get),
    TEST(two_rules_close_what_both_close), TEST(an_operators_word_closes_all),
    TEST(a_crash_keeps_ports), TEST(a_lost_ledger_adopts_ports),
    TEST(without_a_number_all_is_closed))
