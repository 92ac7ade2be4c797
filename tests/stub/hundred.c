#include <fcntl.h>
#include <unistd.h>

#include "charter/testing.h"

/*
 * hundred - many parties whose keys are drawn from numbers, for a test of a
 * large alliance. Reads a bundle on standard input, writes sealed acts.
 *
 *   hundred grow N     the next version, with N more, sealed by them alone
 *   hundred papers N   their records and rolls
 *   hundred seal N     the last version in the bundle, sealed by all of them
 */
enum {
	MOST = 127,
	BUNDLE = 8 << 20
};
static struct test_key keys[MOST];
static struct charter_party party[MOST];
static char bundle[BUNDLE];

static void draw(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char name[16], net[32];

		keys[i] = test_key(5000 + i, false);
		snprintf(name, sizeof(name), "party-%u", i);
		snprintf(net, sizeof(net), "23.%u.%u.0/28", i / 100, i % 100);
		party[i] = test_party(name, &keys[i], net);
	}
}

static struct str read_all(void)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, bundle + n, sizeof(bundle) - n)) > 0)
		n += (size_t)got;
	return (struct str){ bundle, n };
}

/* The newest version, its text's hash, and the alliance's id. */
static struct charter *last(struct str rest, uint8_t id[static 32],
    uint8_t hash[static 32], struct str *text)
{
	struct charter *c = NULL, *is = NULL;
	struct text_fault f;
	struct sealed s;

	while (rest.n > 0 && !sealed_next(&rest, &s)) {
		if (s.type != SEALED_CHARTER || !charter_parse(s.text, &is, &f))
			continue;
		if (is->version == 1)
			memcpy(id, s.hash, 32);
		if (!c || is->version > c->version) {
			charter_free(&c);
			c = take(is);
			memcpy(hash, s.hash, 32);
			*text = s.text;
		}
		charter_free(&is);
	}
	assert_non_null(c);
	return c;
}

static void print(enum sealed_type t, struct str text, struct str seals)
{
	size_t n;
	auto_free char *act = sealed_make(t, text, seals, &n);

	assert_int_equal(fwrite(act, 1, n, stdout), n);
}

static void grow(unsigned n)
{
	struct text_out text = { 0 }, seals = { 0 };
	uint8_t id[32], hash[32];
	struct str was;
	struct charter *c = last(read_all(), id, hash, &was);
	char sponsor[TEXT_NAME_MAX + 1];

	memcpy(sponsor, c->parties[0].name, sizeof(sponsor));
	c->version++;
	c->previous.n = 1;
	memcpy(c->previous.v[0], hash, 32);
	for (unsigned i = 0; i < n; i++) {
		struct charter_party p = party[i];
		struct text_out o = { 0 };
		struct accession acc;

		charter_accession(c, id, &p, &acc);
		accession_print(&acc, &o);
		test_sign(&keys[i], sealed_namespace(SEALED_JOIN), text_of(&o),
		    1, &seals);
		text_free(&o);
		p.since = c->issued;
		p.probation = c->issued + c->terms.probation * UINT64_C(1000);
		memcpy(p.sponsor, sponsor, sizeof(p.sponsor));
		charter_add(c, &p);
	}
	charter_print(c, &text);
	print(SEALED_CHARTER, text_of(&text), text_of(&seals));
	charter_free(&c);
	text_free(&text);
	text_free(&seals);
}

static void seal_one(enum sealed_type t, struct text_out *text, unsigned i)
{
	struct str act = test_seal(t, text_of(text), &keys[i], 1);

	assert_int_equal(fwrite(act.p, 1, act.n, stdout), act.n);
	free((char *)(uintptr_t)act.p);
	text_free(text);
}

static void papers(unsigned n)
{
	uint8_t id[32], hash[32];
	struct str text;
	struct charter *c = last(read_all(), id, hash, &text);

	for (unsigned i = 0; i < n; i++) {
		struct roll_envoy e = { .rights = RIGHT_ALL,
			.not_after = c->issued + 180 * DAY_MS };
		struct roll roll = { .number = 1, .issued = c->issued, .n = 1 };
		struct party_record *r = mem_new(1, sizeof(*r));
		struct text_out a = { 0 }, b = { 0 };

		memcpy(r->name, party[i].name, sizeof(r->name));
		memcpy(r->party, party[i].id, 32);
		r->number = 1;
		r->issued = c->issued;
		r->n_posts = 1;
		r->posts[0].at.n = 1;
		r->posts[0].at.port = 4222;
		r->posts[0].at.v[0] = (struct addr){ .family = 4,
			.b = { 10, 99, 0, (uint8_t)(i + 1) } };
		r->posts[0].cert.n = 400;
		memset(r->posts[0].cert.der, (int)i + 1, 400);
		r->posts[0].cert.der[0] = 0x30;
		record_print(r, &a);
		memcpy(roll.name, party[i].name, sizeof(roll.name));
		memcpy(roll.party, party[i].id, 32);
		memset(e.key, (int)i + 1, 32);
		snprintf(e.host, sizeof(e.host), "gate");
		roll.envoys = &e;
		roll_print(&roll, &b);
		seal_one(SEALED_RECORD, &a, i);
		seal_one(SEALED_ROLL, &b, i);
		record_free(&r);
	}
	charter_free(&c);
}

static void seal_last(unsigned n)
{
	struct text_out seals = { 0 };
	uint8_t id[32], hash[32];
	struct str text;
	struct charter *c = last(read_all(), id, hash, &text);

	for (unsigned i = 0; i < n; i++)
		test_sign(&keys[i], sealed_namespace(SEALED_CHARTER), text, 1,
		    &seals);
	print(SEALED_CHARTER, text, text_of(&seals));
	text_free(&seals);
	charter_free(&c);
}

int main(int argc, char **argv)
{
	uint32_t n;

	if (sodium_init() < 0 || argc != 3 ||
	    !str_u32(str_of(argv[2]), MOST, &n))
		return 2;
	draw(n);
	if (!strcmp(argv[1], "grow"))
		grow(n);
	else if (!strcmp(argv[1], "papers"))
		papers(n);
	else
		seal_last(n);
	return 0;
}
