#include "charter/testing.h"

/*
 * Parties are numbered from 0; party i is called p0, p1, ... and has key i.
 * A charter with n parties has the first n.
 */
enum {
	MANY = 8
};
static struct test_key keys[MANY];
static struct charter_party party[MANY];

static int set_up(void **state)
{
	char name[8], net[24];

	if (sodium_init() < 0)
		return -1;
	for (unsigned i = 0; i < MANY; i++) {
		keys[i] = test_key(100 + i, i % 3 == 2);
		snprintf(name, sizeof(name), "p%u", i);
		snprintf(net, sizeof(net), "192.0.%u.0/24", 2 + i);
		party[i] = test_party(name, &keys[i], net);
		party[i].since = T0;
	}
	return 0;
}

struct made {
	struct charter *c;
	struct str text;
	uint8_t hash[32];
};

static struct made print_it(struct charter *c)
{
	struct text_out o = { 0 };
	struct made m = { .c = c };

	charter_print(c, &o);
	m.text = text_of(&o);
	sealed_hash(m.text, m.hash);
	return m;
}

static void drop(struct made *m)
{
	charter_free(&m->c);
	free((void *)(uintptr_t)m->text.p);
}

static struct made founded(size_t n)
{
	struct charter *c;

	charter_template(&c, "sahel", T0);
	for (size_t i = 0; i < n; i++)
		charter_add(c, &party[i]);
	return print_it(c);
}

static struct charter *after(const struct made *m, uint64_t at)
{
	struct charter *c = charter_copy(m->c);

	c->version++;
	c->previous.n = 1;
	memcpy(c->previous.v[0], m->hash, 32);
	c->issued = at;
	c->expires = at + 300 * DAY_MS;
	return c;
}

static void admit(struct charter *c, size_t i)
{
	struct charter_party p = party[i];

	p.since = c->issued;
	p.probation = c->issued + 14 * DAY_MS;
	snprintf(p.sponsor, sizeof(p.sponsor), "p0");
	if (c->n >= 3)
		snprintf(p.sponsor2, sizeof(p.sponsor2), "p1");
	charter_add(c, &p);
}

static struct alliance_how put(struct alliance *a, enum sealed_type t,
    struct str text, const struct test_key *by, size_t n)
{
	struct str s = test_seal(t, text, by, n);
	struct alliance_how how;

	alliance_take(a, s.p, s.n, T0 + DAY_MS, &how);
	free((void *)(uintptr_t)s.p);
	return how;
}

static struct alliance *alliance_of(struct made *m, size_t n)
{
	struct alliance *a;

	*m = founded(n);
	alliance_new(&a, m->hash);
	assert_int_equal(put(a, SEALED_CHARTER, m->text, keys, n).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(alliance_version(a), 1);
	return a;
}

static void the_text_reads_as_written(void **state)
{
	struct made m = founded(3);
	struct charter *c = NULL;
	struct text_fault f;
	char *wrong;

	assert_true(charter_parse(m.text, &c, &f));
	assert_int_equal(c->n, 3);
	assert_memory_equal(c->parties[2].id, party[2].id, 32);
	assert_int_equal(c->terms.slots, 256);
	charter_free(&c);
	/* each line cut off or doubled is a fault that names a line */
	wrong = mem_new(2 * m.text.n + 1, 1);
	for (size_t i = 0, from = 0; i < m.text.n; i++) {
		if (m.text.p[i] != '\n')
			continue;
		memcpy(wrong, m.text.p, i + 1);
		memcpy(wrong + i + 1, m.text.p + from, m.text.n - from);
		/* prose may say a thing twice */
		if (m.text.p[from] == ' ' || m.text.p[from] == '#') {
			assert_false(
			    charter_parse((struct str){ wrong,
					      m.text.n + i + 1 - from },
				&c, &f));
			assert_true(*f.say);
		}
		from = i + 1;
	}
	free(wrong);
	drop(&m);
}

struct fault_case {
	const char *find, *put;
	unsigned line;
	const char *say;
};

static char *replaced(struct str text, const char *find, const char *with)
{
	size_t at = str_find(text, str_of(find));
	struct text_out o = { 0 };

	assert_true(at != SIZE_MAX);
	text_put_str(&o, str_head(text, at));
	text_put_str(&o, str_of(with));
	text_put_str(&o, str_from(text, at + strlen(find)));
	return o.p;
}

static void faults_have_line_and_cure(void **state)
{
	static const struct fault_case cases[] = {
		{ "slots: 256", "slots: 0256", 0, "slots: 256" },
		{ "slots: 256", "slots: 99999", 0, "between 1 and 4096" },
		{ "    slots: 256\n", "", 0, "slots" },
		{ "    slots: 256", "     slots: 256", 0, "slots" },
		{ "term-one: 1h", "term-one: 60m", 0, "term-one: 1h" },
		{ "party: p1", "party: P1", 0, "is no party" },
		{ "192.0.3.0/24", "192.0.3.1/24", 0, "territory" },
		{ "192.0.3.0/24", "192.0.2.0/23", 0, "clause 6" },
		{ "sahel\n", "sahel \n", 1, "blank at the end" },
		{ "sahel\n", "sahel\r\n", 1, "LF" },
		{ "An attack",
		    "An \xe2\x80\xae"
		    "attack",
		    3, "U+202E" },
		{ "An attack",
		    "An e\xcc\x81"
		    "attack",
		    3, "U+0301" },
		{ "An attack", "An \xff", 3, "UTF-8" },
		{ "ssh-ed25519 A", "ssh-rsa A", 0, "is no seal" },
	};
	struct made m = founded(2);

	for (size_t i = 0; i < countof(cases); i++) {
		char *text = replaced(m.text, cases[i].find, cases[i].put);
		struct charter *c = NULL;
		struct text_fault f;

		assert_false(charter_parse(str_of(text), &c, &f));
		if (str_find(str_of(f.say), str_of(cases[i].say)) == SIZE_MAX)
			fail_msg("case %zu: line %u: %s", i, f.line, f.say);
		if (cases[i].line)
			assert_int_equal(f.line, cases[i].line);
		free(text);
	}
	drop(&m);
}

static void thresholds(void **state)
{
	static const size_t want[] = { 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7 };

	for (size_t n = 1; n < countof(want); n++)
		assert_int_equal(charter_threshold(n), want[n]);
	assert_int_equal(charter_majority(4), 3);
	assert_int_equal(charter_majority(5), 3);
}

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

static struct text_out roll_text(size_t i, uint32_t number, unsigned envoy,
    uint64_t until)
{
	struct roll r = { .number = number, .issued = T0, .n = 1 };
	struct roll_envoy e = { .rights = RIGHT_ALL, .not_after = until };
	struct text_out o = { 0 };

	memcpy(r.name, party[i].name, sizeof(r.name));
	memcpy(r.party, party[i].id, 32);
	memset(e.key, (int)envoy, 32);
	snprintf(e.host, sizeof(e.host), "gate");
	r.envoys = &e;
	roll_print(&r, &o);
	return o;
}

static enum envoy_standing standing(struct alliance *a, size_t i,
    unsigned envoy, uint64_t now)
{
	struct alliance_envoy e;
	uint8_t key[32];

	memset(key, (int)envoy, 32);
	return alliance_envoy(a, party[i].id, key, now, &e);
}

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

static struct net net_at(const char *text)
{
	struct net n;

	assert_true(net_parse(str_of(text), true, &n));
	return n;
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
	struct made m;
	struct alliance *a = alliance_of(&m, 1);

	assert_int_equal(alliance_state(a, m.c->expires - 1), ALLIANCE_ALIVE);
	assert_int_equal(alliance_state(a, m.c->expires), ALLIANCE_LAPSED);
	drop(&m);
	alliance_free(&a);
}

static int run(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_reads_as_written),
		cmocka_unit_test(faults_have_line_and_cure),
		cmocka_unit_test(thresholds),
		cmocka_unit_test(a_founder_admits_a_second),
		cmocka_unit_test(nobody_joins_what_he_did_not_see),
		cmocka_unit_test(seals_are_gathered),
		cmocka_unit_test(two_of_four_do_not_amend_but_three_renew),
		cmocka_unit_test(a_strangers_seal_is_nothing),
		cmocka_unit_test(rivals_wait_for_a_third),
		cmocka_unit_test(rolls_only_grow),
		cmocka_unit_test(a_revoked_envoy_stays_so),
		cmocka_unit_test(who_withdraws_frees_the_others),
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
