/*
 * testing_parties - parties, charters of them and what is done with these.
 *
 * Parties are numbered from 0; party i is called p0, p1, ... and has key i.
 * A charter with n parties has the first n.
 */
#ifndef LPT_CHARTER_TESTING_PARTIES_H
#define LPT_CHARTER_TESTING_PARTIES_H

#include "charter/testing.h"

enum {
	MANY = 8
};
static struct test_key keys[MANY];
static struct charter_party party[MANY];

static inline int set_up(void **state)
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

static inline struct made print_it(struct charter *c)
{
	struct text_out o = { 0 };
	struct made m = { .c = c };

	charter_print(c, &o);
	m.text = text_of(&o);
	sealed_hash(m.text, m.hash);
	return m;
}

static inline void drop(struct made *m)
{
	charter_free(&m->c);
	free((void *)(uintptr_t)m->text.p);
}

static inline struct made founded(size_t n)
{
	struct charter *c;

	charter_template(&c, "sahel", T0);
	for (size_t i = 0; i < n; i++)
		charter_add(c, &party[i]);
	return print_it(c);
}

static inline struct charter *after(const struct made *m, uint64_t at)
{
	struct charter *c = charter_copy(m->c);

	c->version++;
	c->previous.n = 1;
	memcpy(c->previous.v[0], m->hash, 32);
	c->issued = at;
	c->expires = at + 300 * DAY_MS;
	return c;
}

static inline void admit(struct charter *c, size_t i)
{
	struct charter_party p = party[i];

	p.since = c->issued;
	p.probation = c->issued + 14 * DAY_MS;
	snprintf(p.sponsor, sizeof(p.sponsor), "p0");
	if (c->n >= 3)
		snprintf(p.sponsor2, sizeof(p.sponsor2), "p1");
	charter_add(c, &p);
}

static inline struct alliance_how put(struct alliance *a, enum sealed_type t,
    struct str text, const struct test_key *by, size_t n)
{
	struct str s = test_seal(t, text, by, n);
	struct alliance_how how;

	alliance_take(a, s.p, s.n, T0 + DAY_MS, &how);
	free((void *)(uintptr_t)s.p);
	return how;
}

static inline struct alliance *alliance_of(struct made *m, size_t n)
{
	struct alliance *a;

	*m = founded(n);
	alliance_new(&a, m->hash);
	assert_int_equal(put(a, SEALED_CHARTER, m->text, keys, n).answer,
	    ALLIANCE_TAKEN);
	assert_int_equal(alliance_version(a), 1);
	return a;
}

static inline struct text_out roll_text(size_t i, uint32_t number,
    unsigned envoy, uint64_t until)
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

static inline enum envoy_standing standing(struct alliance *a, size_t i,
    unsigned envoy, uint64_t now)
{
	struct alliance_envoy e;
	uint8_t key[32];

	memset(key, (int)envoy, 32);
	return alliance_envoy(a, party[i].id, key, now, &e);
}

static inline struct net net_at(const char *text)
{
	struct net n;

	assert_true(net_parse(str_of(text), true, &n));
	return n;
}

#endif
