#include "rule/prefix.h"

#include "base/tests.h"

static const char *const leads[] = { "Failed ", "Failed password for ",
	"Failed password for invalid user ", "Failed none", "Invalid user ",
	"F", "error: ", "error: PAM: ", "Failed ", "\xff\xfe" };

static size_t expected(struct str s, uint16_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < countof(leads); i++) {
		if (str_starts(s, str_of(leads[i])))
			to[n++] = (uint16_t)i;
	}
	return n;
}

static void finds_all_in_order(void **state)
{
	static const char *const lines[] = { "Failed password for x",
		"Failed password for invalid user x", "Failed none for x",
		"Failed", "F", "", "G", "error: PAM: x", "error: x",
		"error:", "Invalid user ", "\xff\xfe!", "\xff" };
	struct prefixes *p = NULL;

	prefixes_new(&p);
	for (size_t i = 0; i < countof(leads); i++)
		prefixes_add(p, str_of(leads[i]), (uint16_t)i);
	prefixes_ready(p);
	for (size_t i = 0; i < countof(lines); i++) {
		uint16_t want[countof(leads)];
		size_t n, n_want = expected(str_of(lines[i]), want);
		const uint16_t *got = prefixes_find(p, str_of(lines[i]), &n);

		assert_int_equal(n, n_want);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(got[k], want[k]);
	}
	prefixes_free(&p);
}

static void an_id_with_many_leads_comes_once(void **state)
{
	struct prefixes *p = NULL;
	const uint16_t *got;
	size_t n;

	prefixes_new(&p);
	prefixes_add(p, STR("a"), 7);
	prefixes_add(p, STR("ab"), 7);
	prefixes_add(p, STR("abc"), 3);
	prefixes_ready(p);
	got = prefixes_find(p, STR("abcd"), &n);
	assert_int_equal(n, 2);
	assert_int_equal(got[0], 3);
	assert_int_equal(got[1], 7);
	prefixes_free(&p);
}

TESTS(cmocka_unit_test(finds_all_in_order),
    cmocka_unit_test(an_id_with_many_leads_comes_once))
