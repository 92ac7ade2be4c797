/* Measures on some ports alone, by judge's numbers for them. */
#include "enforcer/wood.h"

static bool says(uint8_t no, const char *text)
{
	struct wire_ports w = { .no = no };

	assert_int_equal(ports_parse_all(str_of(text), &w.ports), PORTS_OK);
	return hear(JUDGE, MSG_PORTS, &w, sizeof(w));
}

static enum done closes(const char *text, uint8_t act, uint8_t no)
{
	struct wire_order o = { .id = 7,
		.net = net(text),
		.act = act,
		.ttl = 60,
		.ports = no };

	assert_true(hear(JUDGE, MSG_ORDER, &o, sizeof(o)));
	enforcer_flush(&e);
	return last.status;
}

/* In which group of the fence these ports are; NFT_GROUPS: in none. */
static uint8_t group_of(const char *text)
{
	struct ports p;
	uint8_t i = 1;

	assert_int_equal(ports_parse_all(str_of(text), &p), PORTS_OK);
	while (i < NFT_GROUPS && !ports_eq(&wood_groups[i], &p))
		i++;
	return i;
}

static bool is_shut_in(const char *text, uint8_t act, uint8_t group)
{
	struct net n = net(text);
	struct net_set s = net_set_of(&n, act, 0, group);

	return plank_of(&s, &n.addr)->there;
}

static void a_number_must_be_said_first(void **state)
{
	struct wire_ports none = { .no = 1 };

	assert_int_equal(closes("192.0.2.1", ACT_DENY, 1), DONE_E_SHAPE);
	assert_int_equal(closes("192.0.2.1", ACT_DENY, WIRE_PORTS + 1),
	    DONE_E_SHAPE);
	assert_false(hear(JUDGE, MSG_PORTS, &none, sizeof(none)));
	assert_false(says(0, "22/tcp"));
	assert_false(says(WIRE_PORTS + 1, "22/tcp"));
	assert_true(says(1, "22/tcp"));
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 1), DONE_OK);
	assert_int_equal(closes("192.0.2.1", ACT_OPEN, 1), DONE_E_SHAPE);
	assert_true(is_shut_in("192.0.2.1", ACT_DENY, group_of("22/tcp")));
	assert_false(is_shut("192.0.2.1", ACT_DENY));
	/* a judge that comes anew has said nothing yet */
	enforcer_greet(&e);
	assert_int_equal(groups_told, 1);
	assert_int_equal(closes("192.0.2.2", ACT_DENY, 1), DONE_E_SHAPE);
}

static void one_net_has_one_measure(void **state)
{
	assert_true(says(1, "22/tcp") && says(2, "22/tcp,80/tcp"));
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 1), DONE_OK);
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 2), DONE_OK);
	assert_int_equal(last.packets, 7); /* what the former had dropped */
	assert_false(is_shut_in("192.0.2.1", ACT_DENY, group_of("22/tcp")));
	assert_true(
	    is_shut_in("192.0.2.1", ACT_DENY, group_of("22/tcp,80/tcp")));
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 0), DONE_OK);
	assert_true(is_shut("192.0.2.1", ACT_DENY));
	assert_false(
	    is_shut_in("192.0.2.1", ACT_DENY, group_of("22/tcp,80/tcp")));
	assert_int_equal(ordered(ACT_OPEN, "192.0.2.1", 0), DONE_OK);
	assert_false(is_shut("192.0.2.1", ACT_DENY));
}

static void what_is_opened_is_open_on_every_port(void **state)
{
	struct net n = net("192.0.2.9");
	struct net_set s = net_set_of(&n, ACT_REJECT, 0, 1);

	assert_true(says(1, "22/tcp"));
	assert_int_equal(closes("192.0.2.1", ACT_LIMIT, 1), DONE_OK);
	assert_int_equal(ordered(ACT_OPEN, "192.0.2.1", 0), DONE_OK);
	assert_false(is_shut_in("192.0.2.1", ACT_LIMIT, group_of("22/tcp")));
	/* also what memory does not know of */
	*plank_of(&s, &n.addr) = (struct plank){ s, n.addr, 60, true };
	assert_int_equal(ordered(ACT_OPEN, "192.0.2.9", 0), DONE_OK);
	assert_false(plank_of(&s, &n.addr)->there);
}

/* Of a run before, found where it stands and moved to where it should. */
static void what_was_left_is_found_whatever_its_ports(void **state)
{
	struct net n = net("192.0.2.9");
	struct net_set s = net_set_of(&n, ACT_DENY, 0, 1);

	assert_true(says(5, "80/tcp") && says(6, "22/tcp"));
	assert_int_equal(group_of("80/tcp"), 1);
	*plank_of(&s, &n.addr) = (struct plank){ s, n.addr, 60, true };
	assert_int_equal(closes("192.0.2.9", ACT_DENY, 6), DONE_OK);
	assert_false(plank_of(&s, &n.addr)->there);
	assert_true(is_shut_in("192.0.2.9", ACT_DENY, group_of("22/tcp")));
}

static void answers_have_the_judges_number(void **state)
{
	struct wire_ask a = { .id = 9, .what = ASK_ALL };

	assert_true(says(9, "22/tcp") && says(3, "80/tcp"));
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 3), DONE_OK);
	assert_true(hear(JUDGE, MSG_ASK, &a, sizeof(a)));
	while (enforcer_work(&e))
		;
	assert_int_equal(last_element.ports, 3);
	assert_int_equal(elements, 1);
}

static void a_kernels_groups_are_taken_over(void **state)
{
	assert_int_equal(ports_parse_all(STR("22/tcp"), &wood_groups[5]),
	    PORTS_OK);
	assert_int_equal(enforcer_claim(&e), 0);
	enforcer_greet(&e);
	assert_int_equal(groups_told, 1);
	assert_true(says(1, "80/tcp") && says(2, "22/tcp"));
	assert_int_equal(closes("192.0.2.1", ACT_DENY, 2), DONE_OK);
	assert_true(is_shut_in("192.0.2.1", ACT_DENY, 5));
}

/* A judge says others all the time: those in use stay, the rest make room. */
static void there_is_always_room_for_what_is_in_use(void **state)
{
	char text[32];

	e.synced = true;
	for (uint32_t i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "%u/udp", 1000 + i);
		assert_true(says((uint8_t)(1 + i % WIRE_PORTS), text));
		if (i == 0)
			assert_int_equal(closes("192.0.2.1", ACT_DENY, 1),
			    DONE_OK);
		assert_int_not_equal(group_of(text), NFT_GROUPS);
	}
	assert_true(is_shut_in("192.0.2.1", ACT_DENY, group_of("1000/udp")));
	assert_true(e.rebuilds > 0);
}

/* Each group in use: the next one's orders close every port. */
static void without_room_every_port_is_closed(void **state)
{
	char text[32];

	for (uint32_t i = 1; i < NFT_GROUPS; i++) {
		snprintf(text, sizeof(text), "%u/tcp", i);
		assert_true(says(1, text));
		snprintf(text, sizeof(text), "192.0.2.%u", i);
		assert_int_equal(closes(text, ACT_DENY, 1), DONE_OK);
		assert_false(is_shut(text, ACT_DENY));
	}
	e.synced = true;
	assert_true(says(1, "7000/tcp"));
	assert_int_equal(closes("203.0.113.1", ACT_DENY, 1), DONE_OK);
	assert_true(is_shut("203.0.113.1", ACT_DENY));
}

TESTS(T(a_number_must_be_said_first), T(one_net_has_one_measure),
    T(what_is_opened_is_open_on_every_port),
    T(what_was_left_is_found_whatever_its_ports),
    T(answers_have_the_judges_number), T(a_kernels_groups_are_taken_over),
    T(there_is_always_room_for_what_is_in_use),
    T(without_room_every_port_is_closed))
