#include "base/addr.h"

#include <arpa/inet.h>

#include "base/quad.h"
#include "base/tests.h"

static void parsing(void **state)
{
	static const struct {
		const char *text, *printed; /* NULL: refused */
	} t[] = { { "192.0.2.1", "192.0.2.1" }, { "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" }, { "256.0.0.1", NULL },
		{ "1.2.3", NULL }, { "1.2.3.4.", NULL }, { "01.2.3.4", NULL },
		{ "1.2.3.4 ", NULL }, { "", NULL }, { ".", NULL },
		{ "1..2.3", NULL }, { "2001:DB8::1", "2001:db8::1" },
		{ "::", "::" }, { "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "fe80::1%eth0", "fe80::1" }, { "2001:db8::1%eth0", NULL },
		{ "fe80::1%", NULL }, { "1:2", NULL }, { ":::", NULL },
		{ "12345::", NULL }, { "1:2:3:4:5:6:7:8:9", NULL } };

	for (size_t i = 0; i < countof(t); i++) {
		struct addr a = { 0 };
		char shown[ADDR_MAX];
		bool ok = addr_parse(str_of(t[i].text), &a);

		assert_int_equal(ok, t[i].printed != NULL);
		if (!ok)
			continue;
		addr_print(&a, shown);
		assert_string_equal(shown, t[i].printed);
	}
}

/* Digits, dots and others at random: we read what inet_pton(3) reads. */
static void quads_as_others_read_them(void **state)
{
	static const char bytes[] = "0123456789012....//:a";
	uint32_t x = 1;
	unsigned good = 0;

	for (int i = 0; i < 2000000; i++) {
		char z[20];
		size_t n = 0, len;
		uint8_t want[4];
		struct addr a;
		bool ok;

		x = x * 1664525 + 1013904223;
		len = 5 + (x >> 28) % 13;
		for (; n < len; n++) {
			x = x * 1664525 + 1013904223;
			z[n] = bytes[(x >> 24) % (sizeof(bytes) - 1)];
			if (n > 2 && (x >> 16) % 3 == 0)
				z[n] = '.';
		}
		z[n] = '\0';
		ok = addr_parse((struct str){ z, n }, &a) && a.family == 4;
		assert_int_equal(ok, inet_pton(AF_INET, z, want) == 1);
		if (ok)
			assert_memory_equal(a.b, want, 4);
		good += ok;
	}
	assert_in_range(good, 1000, 2000000);
}

/* Where there are vectors, both ways read the same, whatever follows. */
static void quads_are_read_alike_by_both_ways(void **state)
{
	static const char bytes[] = "0123456789012....//:a";
	unsigned good = 0;

	srandom(1);
	for (int i = 0; i < 300000; i++) {
		struct quad a, b;
		char z[20];

		for (size_t n = 0; n < sizeof(z); n++) {
			z[n] = bytes[(size_t)random() % (sizeof(bytes) - 1)];
			if (n > 0 && random() % 4 == 0)
				z[n] = '.';
		}
		a = quad_at(z, 16 + (size_t)i % 5);
		b = quad_by_words(z, sizeof(z));
		assert_int_equal(a.n, b.n);
		assert_int_equal(a.b, b.b);
		assert_int_equal(a.valid, b.valid);
		good += a.n && a.valid;
	}
	assert_in_range(good, 100, 200000);
}

static void aliases_fold(void **state)
{
	static const struct {
		const char *from, *to;
	} t[] = { { "::ffff:192.0.2.7", "192.0.2.7" },
		{ "64:ff9b::c000:207", "192.0.2.7" },
		{ "2002:c000:207::1", "192.0.2.7" },
		{ "2001:db8::7", "2001:db8::7" },
		{ "192.0.2.7", "192.0.2.7" } };

	for (size_t i = 0; i < countof(t); i++) {
		struct addr a, want;

		assert_true(addr_parse(str_of(t[i].from), &a));
		assert_true(addr_parse(str_of(t[i].to), &want));
		a = addr_fold(a);
		assert_true(addr_eq(&a, &want));
	}
}

static void prefixes(void **state)
{
	struct net n;
	struct addr in, out;
	char shown[NET_MAX];

	assert_true(net_parse(STR("10.1.0.0/17"), false, &n));
	assert_true(addr_parse(STR("10.1.127.255"), &in));
	assert_true(addr_parse(STR("10.1.128.0"), &out));
	assert_true(net_has(&n, &in));
	assert_false(net_has(&n, &out));
	assert_false(net_parse(STR("10.1.0.1/17"), false, &n));
	assert_true(net_parse(STR("10.1.0.1/17"), true, &n));
	assert_false(net_parse(STR("10.1.0.0/33"), true, &n));
	net_print(&n, shown);
	assert_string_equal(shown, "10.1.0.0/17");

	assert_true(addr_parse(STR("2001:db8:1:2:3:4:5:6"), &in));
	n = addr_unit(in);
	net_print(&n, shown);
	assert_string_equal(shown, "2001:db8:1:2::/64");
	assert_true(net_parse(STR("::/0"), false, &n));
	assert_true(net_has(&n, &in));
	assert_true(net_parse(STR("2001:db8::1"), false, &n));
	assert_int_equal(n.bits, 128);
}

static void special_purpose(void **state)
{
	static const char *const yes[] = { "127.0.0.1", "10.2.3.4", "::1",
		"fe80::1", "2001:db8::1", "224.0.0.1", "fd00::1" };
	static const char *const no[] = { "8.8.8.8", "2a00:1450::1",
		"172.32.0.1" };
	struct addr a;

	for (size_t i = 0; i < countof(yes); i++) {
		assert_true(addr_parse(str_of(yes[i]), &a));
		assert_true(addr_is_special(&a));
	}
	for (size_t i = 0; i < countof(no); i++) {
		assert_true(addr_parse(str_of(no[i]), &a));
		assert_false(addr_is_special(&a));
	}
}

TESTS(cmocka_unit_test(parsing), cmocka_unit_test(quads_as_others_read_them),
    cmocka_unit_test(quads_are_read_alike_by_both_ways),
    cmocka_unit_test(aliases_fold), cmocka_unit_test(prefixes),
    cmocka_unit_test(special_purpose))
