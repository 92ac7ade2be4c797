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
	allied_pardon(a, 1, &n, T + 60, T + 120, &v);
	assert_int_equal(v.until, T + HOUR); /* what the first one earns */
	allied_pardon(a, 0, &n, T + 180, T + 180, &v);
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

static struct allied_verdict again(struct allied *a, uint8_t last, uint32_t now)
{
	struct allied_notice n = { .net = net(last),
		.issued = T,
		.expires = T + DAY,
		.deferred = T };
	struct allied_verdict v;

	allied_hear(a, &n, 0, now, &v);
	return v;
}

static void what_was_put_off_is_judged_again_and_lasts_no_longer(void **state)
{
	struct allied *a = make();
	struct allied_verdict v;
	struct net n = net(71);

	for (uint8_t i = 10; i < 70; i++)
		assert_int_equal(hear(a, 0, i, T).rung, ALLIED_DENIED);
	assert_int_equal(hear(a, 0, 70, T).rung, ALLIED_BUDGET);
	assert_int_equal(hear(a, 0, 71, T).rung, ALLIED_BUDGET);
	assert_int_equal(again(a, 70, T).rung, ALLIED_BUDGET);
	v = again(a, 70, T + 5);
	assert_int_equal(v.rung, ALLIED_DENIED);
	assert_int_equal(v.until, T + HOUR); /* from when it came */
	allied_pardon(a, 0, &n, T + 6, T + 6, &v);
	assert_int_equal(again(a, 71, T + 7).rung, ALLIED_AGE);
	assert_int_equal(again(a, 70, T + 2 * HOUR).rung, ALLIED_SPENT);
	allied_free(&a);
}

static void witnesses_count_within_one_charter(void **state)
{
	static const uint32_t longer[] = { 2 * HOUR, 3 * HOUR, 5 * HOUR };
	struct allied *a = make();
	struct allied_notice n = { .net = net(1),
		.party = 1,
		.charter = 3,
		.issued = T + 60,
		.expires = T + DAY };
	struct allied_verdict v;

	allied_charter(a, 3, longer, 32, 64);
	hear(a, 0, 1, T);
	allied_hear(a, &n, 0, T + 60, &v);
	assert_int_equal(v.witnesses, 1);
	assert_int_equal(v.until, T + HOUR); /* an hour a day all the same */
	n.party = 0; /* the first one says it in that charter too */
	allied_hear(a, &n, 0, T + 60, &v);
	assert_int_equal(v.witnesses, 2);
	assert_int_equal(v.until, T + 60 + 3 * HOUR);
	allied_hear(a, &n, 0, T + 60, &v);
	assert_int_equal(v.rung, ALLIED_AGE); /* but not twice */
	allied_free(&a);
}

static void a_safe_conduct_lifts_one_word_and_costs_when_two_speak(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	uint16_t whose = 9;

	assert_int_equal(allied_conduct(a, 2, &n, T + DAY, T),
	    CONDUCT_NO_NOTICE);
	hear(a, 0, 1, T);
	assert_int_equal(allied_conduct(a, 0, &n, T + DAY, T),
	    CONDUCT_NO_NOTICE); /* its own notice is no other's */
	assert_int_equal(allied_conduct(a, 2, &n, T + 2 * DAY, T),
	    CONDUCT_GIVEN);
	assert_int_equal(allied_conduct_of(a, &n, T, &whose), T + DAY);
	assert_int_equal(whose, 2);
	assert_int_equal(hear(a, 0, 1, T + 60).rung, ALLIED_CONDUCT);
	assert_int_equal(hear(a, 1, 1, T + 120).rung, ALLIED_DENIED);
	assert_int_equal(allied_conduct_of(a, &n, T + 120, &whose), 0);
	assert_int_equal(allied_credit(a, 2, T + 120), 30);
	hear(a, 0, 1, T + 2 * DAY);
	assert_int_equal(allied_conduct(a, 2, &n, T + 3 * DAY, T + 2 * DAY),
	    CONDUCT_AGAIN);
	allied_free(&a);
}

static void an_annulled_word_costs_its_author(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	enum verdict v;

	hear(a, 0, 1, T);
	allied_annul(a, &n, T + 60);
	assert_int_equal(allied_in_force(a, &n, T + 60, &v), 0);
	assert_int_equal(allied_credit(a, 0, T + 60), 30);
	assert_int_equal(allied_slots_used(a, 0, T + 60), 1);
	allied_free(&a);
}

/* A party that held up what another had closed pays for it when that one
 * takes its word back. */
static void what_stays_after_a_pardon_is_paid_for(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	struct allied_verdict v;

	hear(a, 0, 1, T);
	assert_int_equal(hear(a, 1, 1, T).rung, ALLIED_DENIED);
	assert_int_equal(hear(a, 1, 1, T + 1).rung, ALLIED_DENIED);
	assert_int_equal(hear(a, 2, 1, T + 1).rung, ALLIED_DENIED);
	assert_int_equal(hear(a, 0, 1, T + 1).rung, ALLIED_HELD);
	allied_pardon(a, 1, &n, T, T + 60, &v);
	assert_int_equal(v.verdict, VERDICT_DENY); /* not what was said since */
	allied_pardon(a, 1, &n, T + 1, T + 60, &v);
	allied_pardon(a, 2, &n, T + 1, T + 60, &v);
	assert_int_equal(v.until, T + 1 + HOUR);
	assert_int_equal(allied_slots_used(a, 0, v.until - 1), 1);
	allied_free(&a);
}

static struct ledger {
	char subject[ALLIED_PACKED], party[2][ALLIED_PARTY_PACKED];
	size_t n, n_party[2];
	uint32_t place;
} ledger;

static void keep_subject(void *arg, uint32_t place, const struct net *net,
    struct str bytes)
{
	ledger.place = place;
	ledger.n = bytes.n;
	memcpy(ledger.subject, bytes.p, bytes.n);
}

static void keep_party(void *arg, uint16_t party, struct str bytes)
{
	ledger.n_party[party] = bytes.n;
	memcpy(ledger.party[party], bytes.p, bytes.n);
}

static struct allied *back(uint32_t last, uint32_t now)
{
	struct allied *a = make();

	assert_true(allied_restore(a, ledger.place,
	    (struct str){ ledger.subject, ledger.n }));
	assert_false(allied_restore(a, ledger.place + 1,
	    (struct str){ ledger.subject, ledger.n - 1 }));
	for (uint16_t i = 0; i < 2; i++)
		if (ledger.n_party[i])
			assert_true(allied_restore_party(a, i,
			    (struct str){ ledger.party[i],
				ledger.n_party[i] }));
	allied_resume(a, last, now);
	return a;
}

static struct allied *copied;

static void copy_subject(void *arg, uint32_t place, const struct net *n,
    struct str bytes)
{
	assert_true(allied_restore(copied, place, bytes));
}

static void copy_party(void *arg, uint16_t party, struct str bytes)
{
	assert_true(allied_restore_party(copied, party, bytes));
}

static void a_restart_extends_nothing_and_forgets_no_charge(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	enum verdict v;

	hear(a, 0, 1, T);
	allied_fault(a, 0, 5, T);
	allied_changed(a, keep_subject, keep_party, NULL);
	allied_kept(a);
	allied_free(&a);

	a = back(T, T + 60);
	assert_int_equal(allied_in_force(a, &n, T + 60, &v), T + HOUR);
	assert_int_equal(allied_slots_used(a, 0, T + 60), 1);
	assert_int_equal(allied_credit(a, 0, T + 60), 45);
	assert_int_equal(hear(a, 0, 1, T + 2 * HOUR).rung, ALLIED_SPENT);
	allied_free(&a);

	a = back(T, T - DAY); /* the clock is wrong: nothing stands */
	assert_int_equal(allied_in_force(a, &n, T, &v), 0);
	assert_int_equal(allied_slots_used(a, 0, T), 1);
	allied_free(&a);
}

static void a_forgotten_address_still_has_its_history(void **state)
{
	struct allied *a = make();
	struct net n = net(77);
	enum verdict v;

	memset(&ledger, 0, sizeof(ledger));
	hear(a, 0, 77, T);
	allied_forget(a, &n, T + 60);
	assert_int_equal(allied_in_force(a, &n, T + 60, &v), 0);
	allied_changed(a, keep_subject, keep_party, NULL);
	assert_null(memmem(ledger.subject, ledger.n, n.addr.b, 4));
	assert_null(memmem(ledger.party[0], ledger.n_party[0], n.addr.b, 4));
	allied_free(&a);

	a = back(T + 60, T + 120);
	assert_int_equal(allied_slots_used(a, 0, T + 120), 1);
	assert_int_equal(hear(a, 0, 77, T + 120).until, T + 2 * 60 + 59 * 60);
	assert_int_equal(allied_slots_used(a, 0, T + 120), 1);
	allied_free(&a);
}

/* More subjects than places that are looked at for a free one. */
static void a_restart_finds_room_for_the_next_one(void **state)
{
	struct allied *a = make(), *b = make();

	for (uint8_t i = 1; i <= 40; i++)
		hear(a, 0, i + 10, T);
	copied = b;
	allied_changed(a, copy_subject, copy_party, NULL);
	allied_resume(b, T, T + 60);
	assert_int_equal(hear(b, 0, 90, T + 60).rung, ALLIED_DENIED);
	allied_free(&a);
	allied_free(&b);
}

static void a_clock_set_back_keeps_lengths(void **state)
{
	struct allied *a = make();
	struct net n = net(1);
	enum verdict v;

	hear(a, 0, 1, T);
	allied_set_back(a, T - DAY);
	assert_int_equal(allied_in_force(a, &n, T - DAY, &v), T - DAY + HOUR);
	allied_free(&a);
}

TESTS(cmocka_unit_test(more_witnesses_close_for_longer),
    cmocka_unit_test(one_word_is_spent_after_its_hour),
    cmocka_unit_test(own_evidence_is_a_witness),
    cmocka_unit_test(a_shared_address_is_only_limited),
    cmocka_unit_test(the_last_pardon_opens),
    cmocka_unit_test(credit_only_lowers),
    cmocka_unit_test(a_newcomer_has_an_eighth),
    cmocka_unit_test(what_was_put_off_is_judged_again_and_lasts_no_longer),
    cmocka_unit_test(witnesses_count_within_one_charter),
    cmocka_unit_test(a_safe_conduct_lifts_one_word_and_costs_when_two_speak),
    cmocka_unit_test(an_annulled_word_costs_its_author),
    cmocka_unit_test(what_stays_after_a_pardon_is_paid_for),
    cmocka_unit_test(a_restart_extends_nothing_and_forgets_no_charge),
    cmocka_unit_test(a_forgotten_address_still_has_its_history),
    cmocka_unit_test(a_restart_finds_room_for_the_next_one),
    cmocka_unit_test(a_clock_set_back_keeps_lengths))
