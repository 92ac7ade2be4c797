#include "charter/joining.h"
#include "charter/testing_parties.h"

static void a_founder_admits_a_second(void **state)
{
	struct made m, n;
	struct alliance *a = alliance_of(&m, 1);
	struct charter *c = after(&m, T0 + 1000);
	struct accession acc;
	struct text_out joins = { 0 }, seals = { 0 };
	struct alliance_how how;
	struct str act;

	admit(c, 1);
	n = print_it(c);
	how = put(a, SEALED_CHARTER, n.text, keys, 1);
	assert_int_equal(how.answer, ALLIANCE_WAITS);
	assert_int_equal(alliance_version(a), 1);
	/* the newcomer sealed his accession, before this version was made */
	charter_accession(m.c, m.hash, &party[1], &acc);
	accession_print(&acc, &joins);
	test_sign(&keys[0], sealed_namespace(SEALED_CHARTER), n.text, 1,
	    &seals);
	test_sign(&keys[1], sealed_namespace(SEALED_JOIN), text_of(&joins), 1,
	    &seals);
	act.p = sealed_make(SEALED_CHARTER, n.text, text_of(&seals), &act.n);
	alliance_take(a, act.p, act.n, T0, &how);
	assert_int_equal(how.answer, ALLIANCE_TAKEN);
	assert_int_equal(alliance_version(a), 2);
	assert_int_equal(alliance_parties(a), 2);
	assert_true(alliance_party(a, 1)->present);
	assert_true(alliance_probation(a, 1, T0 + DAY_MS));
	assert_false(alliance_probation(a, 1, T0 + 15 * DAY_MS));
	free((void *)(uintptr_t)act.p);
	text_free(&joins);
	text_free(&seals);
	drop(&m);
	drop(&n);
	alliance_free(&a);
}

/* A seal over other terms or another entry does not admit. */
static void nobody_joins_what_he_did_not_see(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		struct made m, n;
		struct alliance *a = alliance_of(&m, 1);
		struct charter *c = after(&m, T0 + 1000);
		struct accession acc;
		struct text_out joins = { 0 }, seals = { 0 };
		struct alliance_how how;
		struct str act;

		admit(c, 1);
		if (i == 0)
			c->terms.slots = 1000;
		else
			c->parties[1].territory.n = 0;
		n = print_it(c);
		charter_accession(m.c, m.hash, &party[1], &acc);
		accession_print(&acc, &joins);
		test_sign(&keys[0], sealed_namespace(SEALED_CHARTER), n.text, 1,
		    &seals);
		test_sign(&keys[1], sealed_namespace(SEALED_JOIN),
		    text_of(&joins), 1, &seals);
		act.p = sealed_make(SEALED_CHARTER, n.text, text_of(&seals),
		    &act.n);
		alliance_take(a, act.p, act.n, T0, &how);
		assert_int_equal(how.answer, ALLIANCE_WAITS);
		assert_int_equal(alliance_version(a), 1);
		free((void *)(uintptr_t)act.p);
		text_free(&joins);
		text_free(&seals);
		drop(&m);
		drop(&n);
		alliance_free(&a);
	}
}

/* Seals come one by one, in any order, some twice. */
static void seals_are_gathered(void **state)
{
	static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 3, 1, 0 },
		{ 2, 0, 2, 3 } };

	for (size_t o = 0; o < countof(orders); o++) {
		struct made m, n;
		struct alliance *a = alliance_of(&m, 4);
		struct charter *c = after(&m, T0 + 1000);
		struct alliance_how how = { 0 };

		c->terms.slots = 128;
		n = print_it(c);
		for (size_t i = 0; i < 4; i++)
			how = put(a, SEALED_CHARTER, n.text,
			    &keys[orders[o][i]], 1);
		assert_int_equal(alliance_version(a), 2);
		assert_int_equal(alliance_charter(a)->terms.slots, 128);
		(void)how;
		drop(&m);
		drop(&n);
		alliance_free(&a);
	}
}

static void two_of_four_do_not_amend_but_three_renew(void **state)
{
	struct made m, n, r;
	struct alliance *a = alliance_of(&m, 5);
	struct charter *c = after(&m, T0 + 1000);
	struct allied_conf conf;

	c->terms.slots = 128;
	n = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, keys, 3).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(alliance_waiting(a), 1);
	assert_true(alliance_waits_sealed_by(a, 0, party[1].id));
	assert_false(alliance_waits_sealed_by(a, 0, party[3].id));
	r = print_it(after(&m, T0 + 2000));
	assert_int_equal(put(a, SEALED_CHARTER, r.text, keys, 2).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(put(a, SEALED_CHARTER, r.text, keys, 3).answer,
	    ALLIANCE_TAKEN);
	alliance_limits(a, &conf);
	assert_int_equal(conf.slots, 256);
	drop(&m);
	drop(&n);
	drop(&r);
	alliance_free(&a);
}

static void a_strangers_seal_is_nothing(void **state)
{
	struct made m, n;
	struct alliance *a = alliance_of(&m, 2);
	struct charter *c = after(&m, T0 + 1000);
	struct alliance_how how;

	c->terms.slots = 128;
	n = print_it(c);
	how = put(a, SEALED_CHARTER, n.text, &keys[5], 2);
	assert_int_equal(how.answer, ALLIANCE_REFUSED);
	assert_int_equal(how.fault, ALLIANCE_E_SEAL);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, NULL, 0).fault,
	    ALLIANCE_E_FEW);
	/* one seal for another purpose */
	how = put(a, SEALED_ROLL, n.text, keys, 2);
	assert_int_equal(how.fault, ALLIANCE_E_TEXT);
	drop(&m);
	drop(&n);
	alliance_free(&a);
}

static struct made merge(const struct made *x, const struct made *y)
{
	struct charter *c = after(x, T0 + 5000);
	bool first = memcmp(x->hash, y->hash, 32) < 0;

	c->previous.n = 2;
	memcpy(c->previous.v[0], first ? x->hash : y->hash, 32);
	memcpy(c->previous.v[1], first ? y->hash : x->hash, 32);
	return print_it(c);
}

static void rivals_wait_for_a_third(void **state)
{
	for (unsigned order = 0; order < 2; order++) {
		struct made m, x, y, z, alone;
		struct alliance *a = alliance_of(&m, 3);
		struct charter *c = after(&m, T0 + 1000);

		c->terms.slots = 128;
		x = print_it(c);
		c = after(&m, T0 + 2000);
		admit(c, 4);
		y = print_it(c);
		z = merge(&x, &y);
		alone = print_it(after(&x, T0 + 4000));
		/* what comes early waits */
		if (order)
			put(a, SEALED_CHARTER, z.text, keys, 3);
		assert_int_equal(put(a, SEALED_CHARTER, x.text, keys, 3).answer,
		    ALLIANCE_TAKEN);
		{
			struct test_key by[] = { keys[0], keys[1], keys[2],
				keys[4] };

			assert_int_equal(
			    put(a, SEALED_CHARTER, y.text, by, 4).answer,
			    ALLIANCE_TAKEN);
		}
		if (order) {
			assert_int_equal(alliance_version(a), 3);
			assert_int_equal(alliance_state(a, T0), ALLIANCE_ALIVE);
		} else {
			assert_int_equal(alliance_state(a, T0),
			    ALLIANCE_RIVALS);
			/* members of either are heard */
			assert_true(alliance_party(a, 3)->present);
			assert_int_equal(
			    put(a, SEALED_CHARTER, alone.text, keys, 3).fault,
			    ALLIANCE_E_RULE);
			assert_int_equal(alliance_version(a), 2);
			assert_int_equal(
			    put(a, SEALED_CHARTER, z.text, keys, 3).answer,
			    ALLIANCE_TAKEN);
			assert_int_equal(alliance_version(a), 3);
			assert_false(alliance_party(a, 3)->present);
		}
		drop(&m);
		drop(&x);
		drop(&y);
		drop(&z);
		drop(&alone);
		alliance_free(&a);
	}
}

static void the_earlier_claim_holds(void **state)
{
	struct made m, n, z;
	struct alliance *a = alliance_of(&m, 2);
	struct charter *c = after(&m, T0 + 1000);
	struct net hit = net_at("192.0.2.77/32"), own = net_at("192.0.9.0/26");

	c->parties[1].territory.v[0] = net_at("192.0.2.64/26");
	c->parties[1].territory.v[1] = net_at("192.0.9.0/26");
	c->parties[1].territory.n = 2;
	n = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, keys, 2).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(alliance_territory(a, &hit, T0), 0);
	assert_int_equal(alliance_territory(a, &own, T0), 1);
	/* when the elder gives it up, the younger claim holds */
	c = after(&n, T0 + 2000);
	c->parties[0].territory.n = 0;
	z = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, z.text, keys, 2).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(alliance_territory(a, &hit, T0), 1);
	drop(&m);
	drop(&n);
	drop(&z);
	alliance_free(&a);
}

static void seals_change_by_their_owner_alone(void **state)
{
	struct made m, n, z;
	struct alliance *a = alliance_of(&m, 3);
	struct charter *c = after(&m, T0 + 1000);
	struct text_out roll = roll_text(2, 1, 11, T0 + 180 * DAY_MS);
	struct test_key by[] = { keys[0], keys[1], keys[2], keys[6] };

	put(a, SEALED_ROLL, text_of(&roll), &keys[2], 1);
	assert_int_equal(standing(a, 2, 11, T0), ENVOY_OK);
	c->parties[2].seals.v[0] = keys[6].seal;
	n = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, by, 2).fault,
	    ALLIANCE_E_RULE); /* the founding key is gone: another identity */
	c = after(&m, T0 + 1000);
	c->parties[2].founding = keys[2].seal;
	c->parties[2].seals.v[0] = keys[6].seal;
	z = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, z.text, by, 2).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(put(a, SEALED_CHARTER, z.text, &by[2], 1).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(put(a, SEALED_CHARTER, z.text, &by[3], 1).answer,
	    ALLIANCE_TAKEN);
	/* what the former seal said holds no more */
	assert_int_equal(standing(a, 2, 11, T0), ENVOY_UNKNOWN);
	assert_int_equal(
	    put(a, SEALED_ROLL, text_of(&roll), &keys[6], 1).answer,
	    ALLIANCE_TAKEN);
	text_free(&roll);
	drop(&m);
	drop(&n);
	drop(&z);
	alliance_free(&a);
}

/* Whoever claims another's founding key shows that he has it. */
static void nobody_takes_anothers_identity(void **state)
{
	struct made m, n;
	struct alliance *a = alliance_of(&m, 1);
	struct charter *c = after(&m, T0 + 1000);
	struct test_key by[] = { keys[0], keys[5] };

	admit(c, 5);
	c->parties[1].founding = keys[1].seal; /* p1's, of another charter */
	n = print_it(c);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, by, 2).answer,
	    ALLIANCE_WAITS);
	assert_int_equal(put(a, SEALED_CHARTER, n.text, &keys[1], 1).answer,
	    ALLIANCE_TAKEN);
	drop(&m);
	drop(&n);
	alliance_free(&a);
}

struct bag {
	struct str v[64];
	size_t n;
};

static void collect(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct bag *b = arg;

	b->v[b->n].p = mem_dup(bytes.p, bytes.n);
	b->v[b->n++].n = bytes.n;
}

/* All that is handed on makes the same alliance elsewhere, in any order. */
static void any_order_gives_the_same(void **state)
{
	struct made m, n, r;
	struct alliance *a = alliance_of(&m, 2), *b;
	struct charter *c = after(&m, T0 + 1000);
	struct text_out roll = roll_text(0, 1, 11, T0 + 180 * DAY_MS);
	struct bag bag = { 0 };
	unsigned seed = 1;

	c->terms.slots = 128;
	n = print_it(c);
	put(a, SEALED_CHARTER, n.text, keys, 2);
	r = print_it(after(&n, T0 + 2000));
	put(a, SEALED_CHARTER, r.text, keys, 2);
	put(a, SEALED_ROLL, text_of(&roll), &keys[0], 1);
	alliance_acts(a, collect, &bag);
	assert_int_equal(bag.n, 4);
	for (unsigned round = 0; round < 50; round++) {
		struct alliance_how how;

		alliance_new(&b, m.hash);
		for (size_t i = bag.n; i-- > 1;) {
			size_t k;
			struct str t = bag.v[i];

			seed = seed * 1103515245 + 12345;
			k = (seed >> 16) % (i + 1);
			bag.v[i] = bag.v[k];
			bag.v[k] = t;
		}
		for (unsigned twice = 0; twice < 2; twice++)
			for (size_t i = 0; i < bag.n; i++)
				alliance_take(b, bag.v[i].p, bag.v[i].n, T0,
				    &how);
		assert_int_equal(alliance_version(b), 3);
		assert_memory_equal(alliance_hash(b), alliance_hash(a), 32);
		assert_int_equal(standing(b, 0, 11, T0), ENVOY_OK);
		alliance_free(&b);
	}
	for (size_t i = 0; i < bag.n; i++)
		free((void *)(uintptr_t)bag.v[i].p);
	text_free(&roll);
	drop(&m);
	drop(&n);
	drop(&r);
	alliance_free(&a);
}

static void renewal_and_lapse(void **state)
{
	struct made m, n;
	struct alliance *a = alliance_of(&m, 1);

	assert_int_equal(alliance_state(a, m.c->expires - 1), ALLIANCE_ALIVE);
	assert_int_equal(alliance_state(a, m.c->expires), ALLIANCE_LAPSED);
	/* late, and not too late */
	n = print_it(after(&m, m.c->expires + DAY_MS));
	assert_int_equal(put(a, SEALED_CHARTER, n.text, keys, 1).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(alliance_state(a, m.c->expires + 2 * DAY_MS),
	    ALLIANCE_ALIVE);
	drop(&m);
	drop(&n);
	alliance_free(&a);
}

static int run(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_founder_admits_a_second),
		cmocka_unit_test(nobody_joins_what_he_did_not_see),
		cmocka_unit_test(seals_are_gathered),
		cmocka_unit_test(two_of_four_do_not_amend_but_three_renew),
		cmocka_unit_test(a_strangers_seal_is_nothing),
		cmocka_unit_test(rivals_wait_for_a_third),
		cmocka_unit_test(the_earlier_claim_holds),
		cmocka_unit_test(seals_change_by_their_owner_alone),
		cmocka_unit_test(nobody_takes_anothers_identity),
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(renewal_and_lapse),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, NULL);
}

int main(void)
{
	return run();
}
