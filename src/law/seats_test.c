#include "law/seats.h"

#include "base/tests.h"

static const struct hash_key key = { { 11, 22 } };

static struct seat_key key_of(uint64_t i)
{
	return (struct seat_key){ i * UINT64_C(0x9e3779b97f4a7c15), 3, 4 };
}

static void a_full_house_loses_nobody(void **state)
{
	enum {
		N = 100000
	};
	struct seats s = { 0 };

	seats_init(&s, N, &key);
	for (uint64_t i = 0; i < N; i++) {
		struct seat_key k = key_of(i);
		struct seat *seat = seats_take(&s, &k, 0);

		seat->heat = 1;
		seat->w[0] = (uint32_t)i;
	}
	assert_int_equal(s.pushed_out, 0);
	assert_int_equal(s.used, N);
	for (uint64_t i = 0; i < N; i++) {
		struct seat_key k = key_of(i);
		struct seat *seat = seats_find(&s, &k);

		assert_non_null(seat);
		assert_int_equal(seat->w[0], i);
	}
	seats_fini(&s);
}

/* The table is small until it is needed. */
static void it_grows_with_its_guests(void **state)
{
	struct seats s = { 0 };

	seats_init(&s, 1000000, &key);
	for (uint64_t i = 0; i < 1000; i++) {
		struct seat_key k = key_of(i);

		seats_take(&s, &k, 0)->heat = 1;
	}
	assert_true(s.groups * SEATS_WAYS < 8000);
	assert_true(s.groups_max * SEATS_WAYS >= 1000000);
	seats_fini(&s);
}

static struct seat gone_seat;
static unsigned n_gone;

static void note_gone(void *arg, struct seat *s)
{
	assert_ptr_equal(arg, &n_gone);
	gone_seat = *s;
	n_gone++;
}

/* With seats for few, the first that must go is the coldest of its group. */
static void the_coldest_gives_way(void **state)
{
	struct seats s = { 0 };
	uint64_t i;

	seats_init(&s, 4, &key);
	s.gone = note_gone;
	s.arg = &n_gone;
	n_gone = 0;
	for (i = 0; n_gone == 0 && i < 100; i++) {
		struct seat_key k = key_of(i);

		seats_take(&s, &k, 0)->heat = 1000 - (uint32_t)i;
	}
	/* Heats fall: the coldest is the one that came just before. */
	assert_int_equal(n_gone, 1);
	assert_int_equal(gone_seat.heat, 1000 - (i - 2));
	assert_int_equal(s.pushed_out, 1);
	seats_fini(&s);
}

static void one_gone_cold_is_no_loss(void **state)
{
	struct seats s = { 0 };

	seats_init(&s, 4, &key);
	for (uint64_t i = 0; i < 100; i++) {
		struct seat_key k = key_of(i);

		seats_take(&s, &k, 500)->heat = 499;
	}
	assert_int_equal(s.pushed_out, 0);
	seats_fini(&s);
}

static void keys_differ_in_all_their_parts(void **state)
{
	struct seat_key k[] = { { 7, 1, 4 }, { 7, 2, 4 }, { 7, 1, 6 },
		{ 8, 1, 4 } };
	struct seats s = { 0 };

	seats_init(&s, 100, &key);
	for (size_t i = 0; i < countof(k); i++)
		seats_take(&s, &k[i], 0)->w[0] = (uint32_t)i + 1;
	for (size_t i = 0; i < countof(k); i++)
		assert_int_equal(seats_find(&s, &k[i])->w[0], i + 1);
	seats_fini(&s);
}

static void dropping_while_walking(void **state)
{
	struct seats s = { 0 };
	struct seat *seat = NULL;
	unsigned n = 0;

	seats_init(&s, 5000, &key);
	for (uint64_t i = 0; i < 5000; i++) {
		struct seat_key k = key_of(i);

		seats_take(&s, &k, 0)->w[0] = (uint32_t)i;
	}
	while ((seat = seats_next(&s, seat))) {
		n++;
		if (seat->w[0] % 2)
			seats_drop(&s, seat);
	}
	assert_int_equal(n, 5000);
	assert_int_equal(s.used, 2500);
	for (uint64_t i = 0; i < 5000; i++) {
		struct seat_key k = key_of(i);

		assert_true((seats_find(&s, &k) != NULL) == (i % 2 == 0));
	}
	seats_fini(&s);
}

TESTS(cmocka_unit_test(a_full_house_loses_nobody),
    cmocka_unit_test(it_grows_with_its_guests),
    cmocka_unit_test(the_coldest_gives_way),
    cmocka_unit_test(one_gone_cold_is_no_loss),
    cmocka_unit_test(keys_differ_in_all_their_parts),
    cmocka_unit_test(dropping_while_walking))
