#include "charter/testing_parties.h"

static void rolls_only_grow(void **state)
{
	struct made m;
	struct alliance *a = alliance_of(&m, 2);
	struct text_out one = roll_text(0, 1, 11, T0 + 180 * DAY_MS),
			two = roll_text(0, 2, 12, T0 + 180 * DAY_MS),
			his = roll_text(1, 1, 12, T0 + 90 * DAY_MS);

	assert_int_equal(put(a, SEALED_ROLL, text_of(&one), &keys[1], 1).fault,
	    ALLIANCE_E_FEW);
	assert_int_equal(put(a, SEALED_ROLL, text_of(&one), &keys[0], 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_OK);
	assert_int_equal(standing(a, 0, 11, T0 + 181 * DAY_MS), ENVOY_EXPIRED);
	assert_int_equal(standing(a, 0, 11, T0 + 500 * DAY_MS), ENVOY_LAPSED);
	assert_int_equal(standing(a, 1, 11, T0), ENVOY_UNKNOWN);
	assert_int_equal(put(a, SEALED_ROLL, text_of(&two), &keys[0], 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_UNKNOWN);
	assert_int_equal(put(a, SEALED_ROLL, text_of(&one), &keys[0], 1).answer,
	    ALLIANCE_KNOWN);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_UNKNOWN);
	/* who lists another's key does not silence him */
	assert_int_equal(put(a, SEALED_ROLL, text_of(&his), &keys[1], 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(standing(a, 0, 12, T0), ENVOY_OK);
	assert_int_equal(standing(a, 1, 12, T0), ENVOY_OK);
	text_free(&one);
	text_free(&two);
	text_free(&his);
	drop(&m);
	alliance_free(&a);
}

static void a_revoked_envoy_stays_so(void **state)
{
	struct made m;
	struct alliance *a = alliance_of(&m, 2);
	struct text_out roll = roll_text(0, 1, 11, T0 + 180 * DAY_MS),
			again = roll_text(0, 9, 11, T0 + 180 * DAY_MS),
			o = { 0 };
	struct revocation v = { .issued = T0 };

	memcpy(v.name, party[0].name, sizeof(v.name));
	memcpy(v.party, party[0].id, 32);
	memset(v.envoy, 11, 32);
	revocation_print(&v, &o);
	put(a, SEALED_ROLL, text_of(&roll), &keys[0], 1);
	assert_int_equal(put(a, SEALED_REVOKE, text_of(&o), &keys[1], 1).answer,
	    ALLIANCE_REFUSED);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_OK);
	assert_int_equal(put(a, SEALED_REVOKE, text_of(&o), &keys[0], 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_REVOKED);
	put(a, SEALED_ROLL, text_of(&again), &keys[0], 1);
	assert_int_equal(standing(a, 0, 11, T0), ENVOY_REVOKED);
	text_free(&roll);
	text_free(&again);
	text_free(&o);
	drop(&m);
	alliance_free(&a);
}

static void who_withdraws_frees_the_others(void **state)
{
	struct made m, n;
	struct alliance *a = alliance_of(&m, 2);
	struct text_out roll = roll_text(1, 1, 11, T0 + 180 * DAY_MS),
			o = { 0 };
	struct withdrawal w = { .issued = T0 + 10 };
	struct charter *c = after(&m, T0 + 1000);
	struct net in = net_at("192.0.3.9/32");

	(void)charter_drop(c, STR("p1"));
	n = print_it(c);
	memcpy(w.name, party[1].name, sizeof(w.name));
	memcpy(w.party, party[1].id, 32);
	memcpy(w.alliance, m.hash, 32);
	w.issued = T0 + 1000;
	withdrawal_print(&w, &o);
	put(a, SEALED_ROLL, text_of(&roll), &keys[1], 1);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, keys, 1).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(alliance_territory(a, &in, T0), 1);
	assert_int_equal(
	    put(a, SEALED_WITHDRAW, text_of(&o), &keys[0], 1).answer,
	    ALLIANCE_REFUSED);
	assert_int_equal(
	    put(a, SEALED_WITHDRAW, text_of(&o), &keys[1], 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(standing(a, 1, 11, T0), ENVOY_LEFT);
	assert_int_equal(alliance_version(a), 2); /* N shrank at once */
	assert_int_equal(alliance_territory(a, &in, T0 + DAY_MS + 1), 1);
	assert_int_equal(alliance_territory(a, &in, T0 + 3 * DAY_MS),
	    ALLIANCE_NOBODY);
	text_free(&roll);
	text_free(&o);
	drop(&m);
	drop(&n);
	alliance_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rolls_only_grow),
		cmocka_unit_test(a_revoked_envoy_stays_so),
		cmocka_unit_test(who_withdraws_frees_the_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}
