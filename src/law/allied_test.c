#include "law/allied.h"

#include "base/tests.h"

enum {
	T = 1700000000,
	HOUR = 3600,
	DAY = 24 * HOUR
};

static enum allied_immunity shared(void *arg, const struct net *net)
{
	return net->addr.b[3] == 9 ? IMMUNE_SHARED : IMMUNE_NOT;
}

static struct allied *make(void)
{
	const struct hash_key key = { { 1, 2 } };
	struct allied *a;

	allied_new(&a, &allied_defaults, &key, shared, NULL);
	return a;
}

static struct net net(uint8_t last)
{
	return (struct net){ { 4, { 11, 0, 0, last } }, 32 };
}

static struct allied_verdict hear(struct allied *a, uint16_t party,
    uint8_t last, uint32_t now)
{
	struct allied_notice n = { .net = net(last),
		.party = party,
		.issued = now,
		.expires = now + DAY };
	struct allied_verdict v;

	allied_hear(a, &n, 0, now, &v);
	return v;
}

static void more_witnesses_close_for_longer(void **state)
{
	struct allied *a = make();
	struct allied_verdict v = hear(a, 0, 1, T);
	char why[160];

	assert_int_equal(v.verdict, VERDICT_DENY);
	assert_int_equal(v.until, T + HOUR);
	v = hear(a, 1, 1, T + 60);
	assert_int_equal(v.until, T + 60 + 4 * HOUR);
	v = hear(a, 2, 1, T + 120);
	assert_int_equal(v.until, T + 120 + DAY);
	allied_reason(&v, "mali", T + 120, why, sizeof(why));
	assert_string_equal(why,
	    "The notice of mali, with 3 witnesses in 7 days: shut out for "
	    "1 d.");
	allied_free(&a);
}

static void one_word_is_spent_after_its_hour(void **state)
{
	struct allied *a = make();
	struct allied_verdict v;

	hear(a, 0, 1, T);
	v = hear(a, 0, 1, T + 2 * HOUR);
	assert_int_equal(v.rung, ALLIED_SPENT);
	v = hear(a, 0, 1, T + DAY + 60);
	assert_int_equal(v.until, T + DAY + 60 + HOUR);
	allied_free(&a);
}

static void own_evidence_is_a_witness(void **state)
{
	struct allied *a = make();
	struct allied_notice n = { .net = net(1),
		.issued = T,
		.expires = T + DAY };
	struct allied_verdict v;

	allied_hear(a, &n, T - HOUR, T, &v);
	assert_int_equal(v.until, T + 4 * HOUR);
	allied_free(&a);
}

static void a_shared_address_is_only_limited(void **state)
{
	struct allied *a = make();

	assert_int_equal(hear(a, 0, 9, T).verdict, VERDICT_LIMIT);
	allied_free(&a);
}

static void the_last_pardon_opens(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	struct allied_verdict v;

	hear(a, 0, 1, T);
	hear(a, 1, 1, T + 60);
	allied_pardon(a, 1, &n, T + 120, &v);
	assert_int_equal(v.until, T + HOUR); /* what the first one earns */
	allied_pardon(a, 0, &n, T + 180, &v);
	assert_int_equal(v.until, 0);
	assert_int_equal(allied_slots_used(a, 0, T + 180), 1);
	allied_free(&a);
}

static void credit_only_lowers(void **state)
{
	struct allied *a = make();
	struct net n = net(1);

	hear(a, 0, 1, T);
	allied_confirm(a, &n, T);
	assert_int_equal(allied_credit(a, 0, T), 51);
	allied_fault(a, 0, 5, T);
	allied_fault(a, 0, 20, T); /* at most 20 a day */
	assert_int_equal(allied_credit(a, 0, T), 31);
	assert_int_equal(hear(a, 0, 2, T).verdict, VERDICT_LIMIT);
	assert_int_equal(allied_credit(a, 0, T + 30 * DAY), 41);
	allied_free(&a);
}

static void a_newcomer_has_an_eighth(void **state)
{
	struct allied *a = make();
	int n = 0;

	allied_probation(a, 0, true);
	for (int i = 0; i < 100; i++)
		n += hear(a, 0, (uint8_t)(i + 10), T + i * 30).verdict ==
		     VERDICT_DENY;
	assert_int_equal(n, 32);
	allied_free(&a);
}

TESTS(cmocka_unit_test(more_witnesses_close_for_longer),
    cmocka_unit_test(one_word_is_spent_after_its_hour),
    cmocka_unit_test(own_evidence_is_a_witness),
    cmocka_unit_test(a_shared_address_is_only_limited),
    cmocka_unit_test(the_last_pardon_opens),
    cmocka_unit_test(credit_only_lowers),
    cmocka_unit_test(a_newcomer_has_an_eighth))
