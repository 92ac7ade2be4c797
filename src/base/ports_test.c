#include "base/ports.h"

#include "base/tests.h"

static const char *said(const char *text)
{
	static char to[PORTS_MAX];
	struct ports p;

	if (ports_parse_all(str_of(text), &p) != PORTS_OK)
		return "?";
	assert_true(ports_ok(&p));
	(void)ports_print(&p, to);
	return to;
}

static void ports_are_what_people_write(void **state)
{
	assert_string_equal(said("22/tcp"), "22/tcp");
	assert_string_equal(said("6000-6010/udp"), "6000-6010/udp");
	assert_string_equal(said(""), "");
	assert_string_equal(said("1-65535/tcp"), "1-65535/tcp");
}

static void equal_ports_are_equal_bytes(void **state)
{
	assert_string_equal(said("443/tcp,53/udp,80/tcp"),
	    "80/tcp,443/tcp,53/udp");
	assert_string_equal(said("80/tcp,81/tcp,82-90/tcp"), "80-90/tcp");
	assert_string_equal(said("10-20/tcp,1-65535/tcp,5/tcp"), "1-65535/tcp");
	assert_string_equal(said("80/tcp,80/udp"), "80/tcp,80/udp");
	assert_string_equal(said("80/tcp,82/tcp,81/tcp"), "80-82/tcp");
}

static void what_is_no_port_is_refused(void **state)
{
	static const char *const bad[] = { "22", "ssh/tcp", "0/tcp", "/tcp",
		"22/icmp", "65536/tcp", "9-8/tcp", "1-2-3/tcp", "22/tcp,",
		",22/tcp", "22 /tcp", "-5/tcp" };

	for (size_t i = 0; i < countof(bad); i++)
		assert_string_equal(said(bad[i]), "?");
}

static void there_is_room_for_fifteen_ranges(void **state)
{
	struct ports p = { 0 }, before, two = { 0 };
	char to[PORTS_MAX];

	for (uint16_t i = 0; i < PORTS_RANGES; i++)
		assert_int_equal(ports_add(&p, (uint16_t)(40000 + 10 * i),
				     (uint16_t)(40005 + 10 * i), 6),
		    PORTS_OK);
	(void)ports_print(&p, to);
	assert_true(strlen(to) < PORTS_MAX);
	before = p;
	assert_int_equal(ports_add(&p, 1, 1, 6), PORTS_E_MANY);
	assert_true(ports_eq(&p, &before));
	assert_int_equal(ports_add(&two, 1, 1, 17), PORTS_OK);
	assert_int_equal(ports_join(&p, &two, &two), PORTS_E_MANY);
	/* what closes a gap needs no room */
	assert_int_equal(ports_add(&p, 40006, 40009, 6), PORTS_OK);
	assert_int_equal(p.n, PORTS_RANGES - 1);
}

static void a_join_is_what_either_closes(void **state)
{
	struct ports a, b, all = { 0 }, to;
	char text[PORTS_MAX];

	assert_int_equal(ports_parse_all(STR("22/tcp"), &a), PORTS_OK);
	assert_int_equal(ports_parse_all(STR("53/udp,80/tcp"), &b), PORTS_OK);
	assert_int_equal(ports_join(&a, &b, &to), PORTS_OK);
	(void)ports_print(&to, text);
	assert_string_equal(text, "22/tcp,80/tcp,53/udp");
	assert_int_equal(ports_join(&a, &to, &a), PORTS_OK);
	assert_true(ports_eq(&a, &to));
	assert_int_equal(ports_join(&a, &all, &to), PORTS_OK);
	assert_int_equal(to.n, 0);
}

static void what_is_out_of_order_is_not_believed(void **state)
{
	struct ports p = { .n = 2,
		.v = { { 80, 80, 6, 0 }, { 22, 22, 6, 0 } } };

	assert_false(ports_ok(&p));
	p = (struct ports){ .n = 2,
		.v = { { 22, 30, 6, 0 }, { 25, 40, 6, 0 } } };
	assert_false(ports_ok(&p));
	p = (struct ports){ .n = PORTS_RANGES + 1 };
	assert_false(ports_ok(&p));
	p = (struct ports){ .n = 1, .v = { { 22, 22, 1, 0 } } };
	assert_false(ports_ok(&p));
	p = (struct ports){ .n = 1, .v = { { 22, 22, 6, 0 }, { 9, 9, 6, 0 } } };
	assert_false(ports_ok(&p));
}

TESTS(cmocka_unit_test(ports_are_what_people_write),
    cmocka_unit_test(equal_ports_are_equal_bytes),
    cmocka_unit_test(what_is_no_port_is_refused),
    cmocka_unit_test(there_is_room_for_fifteen_ranges),
    cmocka_unit_test(a_join_is_what_either_closes),
    cmocka_unit_test(what_is_out_of_order_is_not_believed))
