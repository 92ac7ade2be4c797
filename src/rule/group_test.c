#include "rule/group.h"

#include <stdio.h>

#include "base/tests.h"
#include "rule/literals.h"
#include "rule/memo.h"

static const char *const patterns[] = { ".* bad <user> from <ip>.*",
	".*user<user> gone <ip>", ".* fail .*ip=<ip>", "note <ip> .*",
	".*[Ee]rror of <ip>.*" };

static struct engine *engines[countof(patterns)];
static struct reader readers[countof(patterns)];

static void make_engines(void)
{
	char why[WHY_MAX];

	for (size_t i = 0; i < countof(patterns); i++) {
		assert_int_equal(engine_new(&engines[i], str_of(patterns[i]),
				     why),
		    0);
		readers[i].engine = engines[i];
	}
}

static struct group *group_of_all(void)
{
	struct group *g;

	group_new(&g);
	for (size_t i = 0; i < countof(patterns); i++) {
		struct candidate c = { .reader = &readers[i] };

		group_add(g, &c);
	}
	group_ready(g);
	return g;
}

/* A few words at random, so that most messages come again. */
static size_t message(char *to, size_t size)
{
	static const char *const words[] = { " bad ", "user", " gone ",
		" fail ", "ip=", "note ", "Error of ", "192.0.2.1", " from ",
		"x", "session opened" };
	size_t n = 0;

	to[0] = '\0';
	for (unsigned i = (unsigned)random() % 4; i > 0; i--)
		n += (size_t)snprintf(to + n, size - n, "%s",
		    words[(size_t)random() % countof(words)]);
	return n;
}

static void what_is_remembered_changes_nothing(void **state)
{
	struct group *one, *other;
	unsigned some = 0;
	char text[200];

	make_engines();
	one = group_of_all();
	other = group_of_all();
	assert_non_null(one->bare); /* some of them are short */
	memo_free(&other->bare);
	srandom(3);
	for (unsigned i = 0; i < 200000; i++) {
		struct str s = { text, message(text, sizeof(text)) };
		size_t n, want_n;
		const uint16_t *want = group_find(other, s, &want_n),
			       *got = group_find(one, s, &n);

		assert_int_equal(n, want_n);
		if (n)
			assert_memory_equal(got, want, n * sizeof(*got));
		some += n > 0;
	}
	assert_in_range(some, 20000, 180000);
	group_free(&one);
	group_free(&other);
	for (size_t i = 0; i < countof(engines); i++)
		engine_free(&engines[i]);
}

TESTS(cmocka_unit_test(what_is_remembered_changes_nothing))
