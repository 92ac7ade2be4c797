#include "act/quota.h"

#include "base/tests.h"

static struct quota q;

/* Offers an act of this size a second's thousandth apart; how many pass. */
static uint32_t offer(uint32_t from, uint32_t seconds, uint32_t per_second,
    size_t bytes)
{
	uint32_t passed = 0;

	for (uint32_t t = from; t < from + seconds; t++)
		for (uint32_t i = 0; i < per_second; i++)
			if (quota_has(&q, &quota_defaults, 1, bytes, t)) {
				quota_take(&q, 1, bytes);
				passed++;
			}
	return passed;
}

static void a_burst_passes_and_then_the_days_share(void **state)
{
	q = (struct quota){ 0 };
	assert_int_equal(offer(1000, 1, 5000, 200), 2000);
	assert_int_equal(offer(1001, 1, 5000, 200), 0);
	/* 20,000 a day are 50 in 216 s */
	assert_int_equal(offer(1001, 216, 10, 200), 50);
	q = (struct quota){ 0 };
	assert_in_range(offer(1000, 86400, 2, 200), 21999, 22000);
}

static void a_quiet_party_saves_no_more_than_a_burst(void **state)
{
	q = (struct quota){ 0 };
	assert_int_equal(offer(1000, 1, 5000, 200), 2000);
	assert_int_equal(offer(1000 + 30 * 86400, 1, 5000, 200), 2000);
}

static void bytes_have_a_budget_too(void **state)
{
	q = (struct quota){ 0 };
	assert_int_equal(offer(1000, 1, 1000, 60000), 559); /* 32 MiB */
	assert_int_equal(offer(1000, 10, 1, 60000), 0);
}

static void what_waits_is_told_for_how_long(void **state)
{
	uint32_t wait;

	q = (struct quota){ 0 };
	offer(1000, 1, 5000, 200);
	assert_false(quota_has(&q, &quota_defaults, 64, 20000, 1000));
	wait = quota_wait(&q, &quota_defaults, 64, 20000);
	assert_in_range(wait, 270, 280); /* 64 of 20,000 a day */
	assert_false(
	    quota_has(&q, &quota_defaults, 64, 20000, 1000 + wait - 1));
	assert_true(quota_has(&q, &quota_defaults, 64, 20000, 1000 + wait));
	assert_int_equal(quota_wait(&q, &quota_defaults, 64, 20000), 0);
}

static void a_clock_that_goes_back_fills_nothing(void **state)
{
	q = (struct quota){ 0 };
	offer(100000, 1, 5000, 200);
	assert_int_equal(offer(5, 1, 10, 200), 0);
	assert_int_equal(offer(99999, 1, 10, 200), 0);
	assert_int_equal(offer(100005, 1, 10, 200), 1);
}

/* Else a small charter's quota would stop a frame for ever. */
static void what_is_larger_than_a_burst_passes_when_it_is_full(void **state)
{
	const struct quota_conf small = { 100, 10, 16 };

	q = (struct quota){ 0 };
	assert_true(quota_has(&q, &small, 64, 60000, 1000));
	quota_take(&q, 64, 60000);
	assert_false(quota_has(&q, &small, 1, 1, 1000));
	assert_false(quota_has(&q, &small, 64, 60000, 1000 + 8000));
	assert_true(quota_has(&q, &small, 64, 60000, 1000 + 86400));
}

TESTS(cmocka_unit_test(a_burst_passes_and_then_the_days_share),
    cmocka_unit_test(a_quiet_party_saves_no_more_than_a_burst),
    cmocka_unit_test(bytes_have_a_budget_too),
    cmocka_unit_test(what_waits_is_told_for_how_long),
    cmocka_unit_test(a_clock_that_goes_back_fills_nothing),
    cmocka_unit_test(what_is_larger_than_a_burst_passes_when_it_is_full))
