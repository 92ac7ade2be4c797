#include "enforcer/standing.h"

#include "base/tests.h"

static struct net v4(uint32_t i, uint8_t bits)
{
	struct addr a = { .family = 4,
		.b = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
		    (uint8_t)i } };

	return net_of(a, bits);
}

static void what_was_put_is_there_and_nothing_else(void **state)
{
	enum {
		N = 5000
	};
	static bool in[N];
	struct standing s;
	size_t n = 0;
	uint32_t seed = 1;

	standing_new(&s);
	for (int turn = 0; turn < 60000; turn++) {
		uint32_t i = (seed = seed * 1103515245 + 12345) >> 8 & 0xfff;
		struct net net = v4(i, 32);

		if (in[i]) {
			standing_drop(&s, &net);
			n--;
		} else {
			standing_put(&s, &net)->until = i;
			n++;
		}
		in[i] = !in[i];
		assert_int_equal(s.n, n);
	}
	for (uint32_t i = 0; i < N; i++) {
		struct net net = v4(i, 32);
		const struct stand *e = standing_get(&s, &net);

		assert_int_equal(e != NULL, in[i]);
		assert_true(!e || e->until == i);
	}
	standing_free(&s);
}

static void count_overlaps(const struct stand *e, void *arg)
{
	*(int *)arg += 1;
}

static void overlaps_are_found_both_ways(void **state)
{
	struct net nets[] = { v4(0x0101, 32), v4(0x0100, 24), v4(0x0201, 32),
		v4(0x0100, 25) };
	struct net alone = v4(0x0101, 32), wide = v4(0, 16), other = v4(9, 32);
	struct standing s;
	int n = 0;

	standing_new(&s);
	for (size_t i = 0; i < countof(nets); i++)
		standing_put(&s, &nets[i]);
	standing_overlaps(&s, &alone, count_overlaps, &n);
	assert_int_equal(n, 3);
	n = 0;
	standing_overlaps(&s, &wide, count_overlaps, &n);
	assert_int_equal(n, 4);
	n = 0;
	standing_overlaps(&s, &other, count_overlaps, &n);
	assert_int_equal(n, 0);
	standing_free(&s);
}

static void what_is_over_is_forgotten(void **state)
{
	struct standing s;
	size_t at = 0;

	standing_new(&s);
	for (uint32_t i = 0; i < 3000; i++) {
		struct net n = v4(i, 32);

		standing_put(&s, &n)->until = i % 2 ? 10 : 100;
	}
	standing_sweep(&s, 50, &at, 3 * (s.mask + 1));
	assert_int_equal(s.n, 1500);
	for (uint32_t i = 0; i < 3000; i++) {
		struct net n = v4(i, 32);

		assert_int_equal(standing_get(&s, &n) != NULL, i % 2 == 0);
	}
	standing_free(&s);
}

TESTS(cmocka_unit_test(what_was_put_is_there_and_nothing_else),
    cmocka_unit_test(overlaps_are_found_both_ways),
    cmocka_unit_test(what_is_over_is_forgotten))
