#include "charter/testing.h"
#include "charter/token.h"

/*
 * A hundred thousand damaged charters, records, rolls, revocations and
 * tokens: each is refused with a reason that is counted, or is the same text
 * under the same seals, and nothing that held is touched by any.
 */
enum {
	EACH = 20000
};

static uint64_t seed = 20261122;

static uint32_t draw(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

/* One to three slips: a bit, a byte, a piece lost, doubled or moved. */
static struct str damage(struct str s, char *to, size_t room)
{
	size_t n = s.n;

	memcpy(to, s.p, n);
	for (uint32_t k = 1 + draw(3); k > 0 && n > 40; k--) {
		size_t at = draw((uint32_t)n - 32), len = 1 + draw(32);

		switch (draw(5)) {
		case 0:
			to[at] ^= (char)(1 << draw(8));
			break;
		case 1:
			to[at] = (char)draw(256);
			break;
		case 2:
			memmove(to + at, to + at + len, n - at - len);
			n -= len;
			break;
		case 3:
			if (n + len > room)
				break;
			memmove(to + at + len, to + at, n - at);
			n += len;
			break;
		default:
			memmove(to + at, to + draw((uint32_t)n - 32), len);
		}
	}
	return (struct str){ to, n };
}

struct sample {
	struct str act;
	struct sealed s;
};

static struct sample seal(enum sealed_type t, struct text_out *text,
    const struct test_key *k)
{
	struct sample x = { .act = test_seal(t, text_of(text), k, 1) };

	assert_null(sealed_parse(x.act, &x.s));
	text_free(text);
	return x;
}

static struct text_out a_record(const struct charter_party *p)
{
	struct party_record *r = mem_new(1, sizeof(*r));
	struct text_out o = { 0 };

	memcpy(r->name, p->name, sizeof(r->name));
	memcpy(r->party, p->id, 32);
	r->number = 1;
	r->issued = T0;
	r->n_posts = 1;
	r->posts[0].at.n = 1;
	r->posts[0].at.port = 4222;
	assert_true(addr_parse(STR("192.0.2.1"), &r->posts[0].at.v[0]));
	r->posts[0].cert.n = 300;
	r->posts[0].cert.der[0] = 0x30;
	r->logins = mem_new(2, sizeof(*r->logins));
	r->n_logins = 2;
	memset(r->logins, 0x5a, sizeof(*r->logins));
	record_print(r, &o);
	record_free(&r);
	return o;
}

static struct text_out a_roll(const struct charter_party *p)
{
	struct roll_envoy e[2] = { { .rights = RIGHT_ALL,
				       .not_after = T0 + 180 * DAY_MS },
		{ .rights = RIGHT_NOTICE | RIGHT_ANSWER,
		    .not_after = T0 + 90 * DAY_MS } };
	struct roll r = { .number = 1, .issued = T0, .n = 2, .envoys = e };
	struct text_out o = { 0 };

	memcpy(r.name, p->name, sizeof(r.name));
	memcpy(r.party, p->id, 32);
	memcpy(e[0].host, "gate", 5);
	memcpy(e[1].host, "mail", 5);
	memset(e[1].key, 9, 32);
	roll_print(&r, &o);
	return o;
}

static struct text_out a_revocation(const struct charter_party *p)
{
	struct revocation v = { .issued = T0 };
	struct text_out o = { 0 };

	memcpy(v.name, p->name, sizeof(v.name));
	memcpy(v.party, p->id, 32);
	memset(v.envoy, 9, 32);
	memcpy(v.why, "lost", 5);
	revocation_print(&v, &o);
	return o;
}

static struct text_out next_charter(const struct charter *c, struct str first)
{
	struct charter *n = charter_copy(c);
	struct text_out o = { 0 };

	n->version = 2;
	n->previous.n = 1;
	sealed_hash(first, n->previous.v[0]);
	n->issued = T0 + 1000;
	n->terms.slots = 128;
	charter_print(n, &o);
	charter_free(&n);
	return o;
}

/* Whoever takes a damaged act takes only the text that was sealed. */
static void try_one(const struct sample *x, const struct str *acts,
    size_t n_acts, uint64_t *faults, uint64_t *same)
{
	static char to[1 << 16];
	struct str bad = damage(x->act, to, sizeof(to));
	struct alliance_how how;
	struct alliance *a;
	struct sealed s;

	if (str_eq(bad, x->act)) {
		(*same)++;
		return;
	}
	assert_null(sealed_parse(acts[0], &s));
	alliance_new(&a, s.hash);
	for (size_t i = 0; i < n_acts; i++)
		alliance_take(a, acts[i].p, acts[i].n, T0, &how);
	alliance_take(a, bad.p, bad.n, T0, &how);
	if (how.answer == ALLIANCE_REFUSED) {
		assert_true(how.fault > ALLIANCE_OK &&
			    how.fault < ALLIANCE_FAULTS && *how.why);
		faults[how.fault]++;
	} else if (how.answer == ALLIANCE_STORED ||
		   (how.answer == ALLIANCE_WAITS && !alliance_waiting(a))) {
		/* of a type that nothing follows from, or a version whose
		 * predecessor nobody knows: kept aside, nothing holds of it */
		assert_int_equal(alliance_version(a), 1);
		faults[ALLIANCE_OK]++;
	} else {
		assert_null(sealed_parse(bad, &s));
		assert_true(str_eq(s.text, x->s.text));
		(*same)++;
	}
	alliance_free(&a);
}

static void damaged_acts_are_refused(void **state)
{
	struct test_key k = test_key(1, false);
	struct charter_party p = test_party("mali", &k, "192.0.2.0/24");
	uint64_t faults[ALLIANCE_FAULTS] = { 0 }, same = 0, sum = 0;
	struct text_out first = { 0 }, o;
	struct sample x[4], v1;
	struct charter *c;

	p.since = T0;
	charter_template(&c, "sahel", T0);
	charter_add(c, &p);
	charter_print(c, &first);
	o = next_charter(c, text_of(&first));
	x[0] = seal(SEALED_CHARTER, &o, &k);
	v1 = seal(SEALED_CHARTER, &first, &k);
	o = a_record(&p);
	x[1] = seal(SEALED_RECORD, &o, &k);
	o = a_roll(&p);
	x[2] = seal(SEALED_ROLL, &o, &k);
	o = a_revocation(&p);
	x[3] = seal(SEALED_REVOKE, &o, &k);
	for (size_t i = 0; i < countof(x); i++)
		for (int n = 0; n < EACH; n++)
			try_one(&x[i], &v1.act, 1, faults, &same);
	for (size_t i = 0; i < ALLIANCE_FAULTS; i++) {
		sum += faults[i];
		print_message("# %s: %llu\n",
		    alliance_fault_name((enum alliance_fault)i),
		    (unsigned long long)faults[i]);
	}
	assert_int_equal(sum + same, 4 * EACH);
	assert_true(same < EACH / 10);
	assert_true(faults[ALLIANCE_E_SHAPE] > 0);
	assert_true(faults[ALLIANCE_E_TEXT] > 0);
	assert_true(faults[ALLIANCE_E_SEAL] > 0);
	for (size_t i = 0; i < countof(x); i++)
		free((void *)(uintptr_t)x[i].act.p);
	free((void *)(uintptr_t)v1.act.p);
	charter_free(&c);
}

static void damaged_tokens_are_refused(void **state)
{
	struct token t = { .port = 4222, .expires = T0 + DAY_MS }, r;
	char text[TOKEN_TEXT_MAX], to[2 * TOKEN_TEXT_MAX];
	uint64_t faults[TOKEN_FAULTS] = { 0 };
	size_t n;

	assert_true(addr_parse(STR("192.0.2.7"), &t.addr));
	memset(t.post, 0xa5, 32);
	memset(t.alliance, 0x3c, 32);
	n = token_print(&t, text);
	for (int i = 0; i < EACH; i++) {
		struct str bad =
		    damage((struct str){ text, n }, to, sizeof(to));
		enum token_fault f = token_parse(bad, &r);

		/* capitals, hyphens and O for 0 are no damage */
		if (f == TOKEN_OK)
			assert_true(r.expires == t.expires &&
				    !memcmp(r.post, t.post, 32) &&
				    !memcmp(r.secret, t.secret, 16));
		faults[f]++;
	}
	assert_true(faults[TOKEN_E_CHECK] > EACH / 10);
	assert_true(faults[TOKEN_E_SHAPE] > EACH / 10);
	assert_true(faults[TOKEN_OK] < EACH / 10);
}

TESTS(cmocka_unit_test(damaged_acts_are_refused),
    cmocka_unit_test(damaged_tokens_are_refused))
