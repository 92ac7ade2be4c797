/*
 * The theorem of allied.h, by random histories: coalitions of traitors say
 * and take back anything in any order and in two charters, among honest
 * parties, own evidence, safe-conducts and restarts from what the ledger
 * holds; and a model that knows nothing of the judge's insides keeps its own
 * book of what was closed when. Leaving out a clause of the rule must make
 * the model find a counter-example.
 *
 * LIPTAKO_SEED repeats a history, LIPTAKO_HISTORIES asks for more of them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "base/tests.h"
#include "law/allied.h"

enum {
	PARTIES = 5,
	SUBJECTS = 24,
	ACTS = 60,
	SPANS = ACTS + 1,
	CONDUCTS = 2,
	PLACES = 1 + PARTIES * 32,
	HISTORIES = 100000,
	TRIES = 30000, /* for a counter-example */
	START = 1700000000,
	HOUR = 3600,
	DAY = 24 * HOUR,
	WORD = 8 * DAY, /* at least as long as a word counts */
};

enum nature {
	PLAIN,
	SPECIAL,
	WIDE,
	TERRITORY,
	SHIELDED,
	GOOD,
	SHARED
};

/* clang-format off */
static const struct {
	const char *net;
	enum nature nature;
} subjects[SUBJECTS] = {
	{ "11.0.0.1/32" }, { "11.0.0.2/32" }, { "11.0.0.3/32" },
	{ "11.0.0.4/32" }, { "11.0.0.5/32" }, { "11.0.0.6/32" },
	{ "2a00:1:1:1::/64" }, { "2a00:1:1:2::/64" }, { "2a00:1:1:3::/64" },
	{ "2a00:1:2::/64" }, { "2a00:1:3::/64" }, { "2a00:1:4::/64" },
	{ "2a01:1::/64" }, { "2a02:1::/64" }, { "2a03:1::/64" },
	{ "10.0.0.1/32", SPECIAL }, { "2002:b00:1::/64", SPECIAL },
	{ "11.0.1.0/31", WIDE }, { "2a00:2::/56", WIDE },
	{ "12.0.0.1/32", TERRITORY }, { "2a00:9::/64", TERRITORY },
	{ "12.0.0.2/32", SHIELDED }, { "12.0.0.3/32", GOOD },
	{ "12.0.0.4/32", SHARED },
};
/* clang-format on */

static const struct allied_conf small = {
	.parties = PARTIES,
	.term = { HOUR, 4 * HOUR, DAY },
	.witness_span = 7 * DAY,
	.alone_most = HOUR,
	.alone_span = DAY,
	.week_most = 72 * HOUR,
	.week_span = 7 * DAY,
	.slots = 4,
	.per_minute = 3,
	.burst = 3,
	.per_48 = 1,
	.per_32 = 2,
	.memory = 32,
	.bits_v4 = 32,
	.bits_v6 = 64,
	.conducts = CONDUCTS,
	.conduct_term = DAY,
	.conduct_again = 7 * DAY,
};

struct span_seen {
	uint32_t from, until;
	bool alone;
};

struct book {
	struct net net;
	struct span_seen span[SPANS];
	size_t n;
	uint32_t word[PARTIES];    /* last said and not taken back; 0: none */
	uint32_t issued[PARTIES];  /* of the last that was assisted */
	uint32_t charged[PARTIES]; /* until */
	uint32_t expires[PARTIES]; /* of what was said last */
	uint32_t own;              /* last own evidence */
	uint32_t conduct_at, conduct_until;
	uint16_t conduct_of;
};

/* What a ledger would hold. */
struct kept {
	size_t n;
	char bytes[ALLIED_PACKED];
};

struct history {
	uint64_t state;
	struct allied *a;
	uint32_t now, traitors, pace, spread, clauses;
	struct book book[SUBJECTS];
	uint32_t grant[PARTIES][ACTS];
	size_t n_grants[PARTIES];
	struct kept subject[PLACES];
	struct kept party[PARTIES];
	const char *broken; /* NULL: all holds */
};

static uint64_t draw(struct history *h)
{
	uint64_t z = h->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(struct history *h, uint32_t n)
{
	return (uint32_t)(draw(h) % n);
}

static struct net nets[SUBJECTS];

static enum allied_immunity immunity(void *arg, const struct net *net)
{
	for (size_t i = 0; i < SUBJECTS; i++) {
		if (memcmp(&nets[i], net, sizeof(*net)) != 0)
			continue;
		switch (subjects[i].nature) {
		case TERRITORY:
			return IMMUNE_TERRITORY;
		case SHIELDED:
			return IMMUNE_PROTECTED;
		case GOOD:
			return IMMUNE_GOOD;
		case SHARED:
			return IMMUNE_SHARED;
		case PLAIN:
		case SPECIAL:
		case WIDE:
			break;
		}
	}
	return IMMUNE_NOT;
}

static void must(struct history *h, bool holds, const char *what)
{
	if (!holds && !h->broken)
		h->broken = what;
}

static uint32_t words(const struct history *h, const struct book *b)
{
	uint32_t n = b->own && b->own + WORD > h->now;

	for (size_t p = 0; p < PARTIES; p++)
		n += b->word[p] && b->word[p] + WORD > h->now;
	return n;
}

/* Does an honest party hold it up too? Then it is not the traitors' doing. What
 * it was charged for stands, also if it said less later. */
static bool is_honest(const struct history *h, const struct book *b)
{
	for (size_t p = h->traitors; p < PARTIES; p++)
		if (b->word[p] &&
		    (b->expires[p] > h->now || b->charged[p] > h->now))
			return true;
	return false;
}

static uint32_t closed(const struct book *b, uint32_t span, bool alone)
{
	uint32_t sum = 0, end = b->n ? b->span[b->n - 1].until : 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct span_seen *s = &b->span[i];
		uint32_t from = MAX(s->from, end - span);

		if (s->until > from && (s->alone || !alone))
			sum += s->until - from;
	}
	return sum;
}

/* Ends what stood and begins what stands; before: words before this act. */
static void note(struct history *h, struct book *b, uint32_t before)
{
	struct span_seen *s = b->n ? &b->span[b->n - 1] : NULL;
	bool stood = s && s->until > h->now, one = words(h, b) < 2;
	uint32_t was = stood ? s->until : 0, until;
	enum verdict v;

	until = allied_in_force(h->a, &b->net, h->now, &v);
	if (stood && until == was)
		one = one && (s->alone || before >= 2);
	if (stood)
		s->until = h->now;
	if (until)
		b->span[b->n++] = (struct span_seen){ h->now, until, one };
	must(h, closed(b, DAY, true) <= HOUR, "over 1 h a day on one word");
	must(h, closed(b, 7 * DAY, false) <= 72 * HOUR, "over 72 h a week");
}

static void check_charges(struct history *h, uint32_t p)
{
	uint32_t n = 0, v6 = 0, in_48 = 0, in_32 = 0;

	for (size_t i = 0; i < SUBJECTS; i++) {
		bool on = h->book[i].charged[p] > h->now;

		n += on;
		v6 += on && nets[i].addr.family == 6;
		in_48 += on && i >= 6 && i <= 8;
		in_32 += on && i >= 6 && i <= 11;
	}
	must(h, n <= small.slots, "over R charged to a party");
	must(h, v6 <= small.slots - small.slots / 4, "the quarter for IPv4");
	must(h, in_48 <= small.per_48, "too many in a /48");
	must(h, in_32 <= small.per_32, "too many in a /32");
}

static void check_rate(struct history *h, uint32_t p)
{
	uint32_t n = 0;

	h->grant[p][h->n_grants[p]++] = h->now;
	for (size_t i = 0; i < h->n_grants[p]; i++)
		n += h->grant[p][i] + 60 > h->now;
	must(h, n <= small.burst + small.per_minute, "over G a minute");
}

static void check_force(struct history *h)
{
	uint32_t n = 0;

	for (size_t i = 0; i < SUBJECTS; i++) {
		const struct book *b = &h->book[i];

		n += b->n && b->span[b->n - 1].until > h->now &&
		     !is_honest(h, b);
	}
	must(h, n <= h->traitors * small.slots, "over k x R in force");
}

static uint32_t words_beside(const struct history *h, const struct book *b,
    uint16_t party)
{
	uint32_t n = 0;

	for (size_t p = 0; p < PARTIES; p++)
		n += p != party && b->word[p] && b->word[p] + WORD > h->now;
	return n;
}

/* What may never be, whatever was said before. */
static void check_grant(struct history *h, size_t i,
    const struct allied_notice *n, const struct allied_verdict *v,
    uint32_t credit)
{
	struct book *b = &h->book[i];
	bool deny = v->verdict == VERDICT_DENY;

	must(h, subjects[i].nature != SPECIAL, "a special-purpose range");
	must(h, subjects[i].nature != WIDE, "wider than allowed");
	must(h, subjects[i].nature != TERRITORY, "territory");
	must(h, subjects[i].nature != SHIELDED, "a protected address");
	must(h, subjects[i].nature != GOOD, "a good client");
	must(h, subjects[i].nature != SHARED || !deny, "a shared one denied");
	must(h, n->evidence != ALLIED_FORGEABLE, "forgeable evidence");
	must(h, n->evidence == ALLIED_OWN_ACT || !deny, "inducible denied");
	must(h, credit >= ALLIED_CREDIT_LOW || !deny, "little credit denied");
	must(h, b->conduct_until <= h->now,
	    "closed on one word against a safe-conduct");
	must(h, n->issued + DAY >= h->now && n->issued <= h->now + 120,
	    "too old or from the future");
	must(h, n->issued >= b->issued[n->party], "said again");
	must(h, v->until <= n->expires || b->n > 0, "beyond its expiry");
	b->issued[n->party] = n->issued;
	b->charged[n->party] = MAX(b->charged[n->party], v->until);
	check_charges(h, n->party);
	check_rate(h, n->party);
}

static void say(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b), credit, kind = below(h, 10);
	uint32_t own = below(h, 16) ? 0 : h->now;
	struct allied_notice n = { .net = b->net,
		.party = party,
		.charter = (uint8_t)below(h, 2),
		.evidence = kind < 8   ? ALLIED_OWN_ACT
			    : kind < 9 ? ALLIED_INDUCIBLE
				       : ALLIED_FORGEABLE };
	struct allied_verdict v;

	n.issued = h->now - (below(h, 4) ? 0 : below(h, 2 * DAY));
	if (below(h, 8) == 0)
		n.issued = h->now + below(h, 300);
	n.expires = h->now + 1 + below(h, below(h, 2) ? 10 * DAY : 2 * HOUR);
	if (party >= h->traitors) {
		n.evidence = ALLIED_OWN_ACT;
		n.issued = h->now;
		n.expires = h->now + HOUR + below(h, DAY);
	}
	if (own)
		b->own = h->now;
	credit = allied_credit(h->a, party, h->now);
	/* now and then the clock was set back: it is not believed */
	allied_hear(h->a, &n, own, h->now - (below(h, 8) ? 0 : below(h, DAY)),
	    &v);
	if (n.evidence == ALLIED_OWN_ACT)
		b->word[party] = h->now;
	b->expires[party] = n.expires;
	if (words_beside(h, b, b->conduct_of) >= 2)
		b->conduct_until = 0; /* void from now on */
	if (v.verdict != VERDICT_NONE)
		check_grant(h, i, &n, &v, credit);
	note(h, b, before);
}

static void take_back(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b);
	struct allied_verdict v;

	allied_pardon(h->a, party, &b->net, UINT32_MAX, h->now, &v);
	b->word[party] = 0;
	note(h, b, before);
}

static void conduct(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b), in_force = 0;
	enum verdict v;

	if (allied_conduct(h->a, party, &b->net, h->now + 1 + below(h, 2 * DAY),
		h->now) != CONDUCT_GIVEN)
		return;
	must(h, !b->conduct_at || b->conduct_at + 7 * DAY <= h->now,
	    "a second safe-conduct within the week");
	must(h, !allied_in_force(h->a, &b->net, h->now, &v),
	    "closed under its safe-conduct");
	b->conduct_at = h->now;
	b->conduct_of = party;
	b->conduct_until =
	    allied_conduct_of(h->a, &b->net, h->now, &b->conduct_of);
	must(h,
	    b->conduct_of == party && b->conduct_until > h->now &&
		b->conduct_until <= h->now + DAY,
	    "a wrong safe-conduct");
	for (size_t k = 0; k < SUBJECTS; k++)
		in_force += h->book[k].conduct_of == party &&
			    h->book[k].conduct_until > h->now &&
			    words_beside(h, &h->book[k], party) < 2;
	must(h, in_force <= CONDUCTS, "too many safe-conducts");
	note(h, b, before);
}

static void keep_subject(void *arg, uint32_t place, const struct net *net,
    struct str bytes)
{
	struct kept *k = &((struct history *)arg)->subject[place];

	k->n = bytes.n;
	memcpy(k->bytes, bytes.p, bytes.n);
}

static void keep_party(void *arg, uint16_t party, struct str bytes)
{
	struct kept *k = &((struct history *)arg)->party[party];

	k->n = bytes.n;
	memcpy(k->bytes, bytes.p, bytes.n);
}

static void make(struct history *h, uint32_t clauses)
{
	const struct hash_key key = { { h->traitors, 1 } };
	struct allied_conf c = small;

	c.without = clauses;
	allied_new(&h->a, &c, &key, immunity, NULL);
}

/* The process dies and comes back with what was kept, now and then while its
 * clock is wrong. */
static void restart(struct history *h)
{
	uint32_t behind = below(h, 4) ? 0 : 1 + below(h, 30 * DAY);

	allied_free(&h->a);
	make(h, h->clauses);
	for (uint32_t i = 1; i < PLACES; i++) {
		const struct kept *k = &h->subject[i];

		if (k->n)
			must(h,
			    allied_restore(h->a, i,
				(struct str){ k->bytes, k->n }),
			    "a subject did not come back");
	}
	for (uint16_t i = 0; i < PARTIES; i++) {
		const struct kept *k = &h->party[i];

		if (k->n)
			must(h,
			    allied_restore_party(h->a, i,
				(struct str){ k->bytes, k->n }),
			    "a party did not come back");
	}
	allied_resume(h->a, h->now, h->now - behind);
	for (size_t i = 0; i < SUBJECTS; i++) {
		struct book *b = &h->book[i];
		uint32_t was = b->n ? b->span[b->n - 1].until : 0;
		enum verdict v;
		uint32_t is = allied_in_force(h->a, &b->net, h->now, &v);

		must(h, is == (behind || was <= h->now ? 0 : was),
		    "a restart changed what stands");
		if (behind)
			note(h, b, words(h, b));
	}
}

static void act(struct history *h)
{
	uint16_t party = (uint16_t)below(h, h->traitors);
	size_t i = below(h, SUBJECTS);
	uint32_t what = below(h, 20);

	if (below(h, 4) == 0)
		party = (uint16_t)below(h, PARTIES);

	if (h->spread < SUBJECTS)
		i = below(h, h->spread);
	h->now += below(h, h->pace);
	if (what == 0)
		allied_fault(h->a, party, 20, h->now);
	else if (what < 4)
		take_back(h, i, party);
	else if (what < 6)
		conduct(h, i, party);
	else
		say(h, i, party);
	check_force(h);
	allied_changed(h->a, keep_subject, keep_party, h);
	allied_kept(h->a);
	if (below(h, ACTS / 2) == 0)
		restart(h);
}

/* What broke, or NULL. */
static const char *play(uint64_t seed, uint32_t clauses)
{
	static const uint32_t paces[] = { 5, 120, HOUR, 4 * HOUR, 12 * HOUR };
	static const uint32_t spreads[] = { 1, 2, 6, 15, SUBJECTS };
	static struct history h;

	memset(&h, 0, sizeof(h));
	h.state = seed;
	h.clauses = clauses;
	h.now = START;
	h.traitors = 1 + below(&h, PARTIES - 1);
	h.pace = paces[below(&h, countof(paces))];
	h.spread = spreads[below(&h, countof(spreads))];
	for (size_t i = 0; i < SUBJECTS; i++)
		h.book[i].net = nets[i];
	make(&h, clauses);
	for (int i = 0; i < ACTS && !h.broken; i++)
		act(&h);
	allied_free(&h.a);
	return h.broken;
}

static uint64_t number(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);
	uint64_t n;

	return text && str_u64(str_of(text), UINT64_MAX, &n) ? n : fallback;
}

static uint64_t seed;

static void the_theorem_holds(void **state)
{
	const char *is_long = getenv("LIPTAKO_LONG");
	uint64_t n = number("LIPTAKO_HISTORIES",
	    is_long && *is_long ? 10 * HISTORIES : HISTORIES);

	printf("# seed %" PRIu64 ", %" PRIu64 " histories\n", seed, n);
	for (uint64_t i = 0; i < n; i++) {
		const char *broken = play(seed + i, 0);

		if (broken)
			fail_msg("LIPTAKO_SEED=%" PRIu64 ": %s", seed + i,
			    broken);
	}
}

static void every_clause_is_needed(void **state)
{
	static const struct {
		enum allied_clause clause;
		const char *name;
	} t[] = { { CLAUSE_NEVER, "never-subjects" },
		{ CLAUSE_IMMUNITY, "immunity" }, { CLAUSE_WIDTH, "width" },
		{ CLAUSE_SLOTS, "R" }, { CLAUSE_STAYS, "a slot stays" },
		{ CLAUSE_RATE, "G" }, { CLAUSE_SPREAD, "spread" },
		{ CLAUSE_ALONE, "1 h a day" }, { CLAUSE_WEEK, "72 h a week" },
		{ CLAUSE_INDUCIBLE, "inducible" }, { CLAUSE_AGE, "age" },
		{ CLAUSE_CREDIT, "credit" } };

	for (size_t i = 0; i < countof(t); i++) {
		const char *broken = NULL;
		uint64_t at = 0;

		while (!broken && at < TRIES)
			broken = play(seed + at++, t[i].clause);
		if (!broken)
			fail_msg("nothing broke without %s", t[i].name);
		printf("# without %s: %s, seed %" PRIu64 " (history %" PRIu64
		       ")\n",
		    t[i].name, broken, seed + at - 1, at);
	}
}

static int begin(void **state)
{
	const struct hash_key any = hash_key_new();

	for (size_t i = 0; i < SUBJECTS; i++) {
		if (!net_parse(str_of(subjects[i].net), false, &nets[i]))
			return -1;
	}
	seed = number("LIPTAKO_SEED", any.k[0] >> 24);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_theorem_holds),
		cmocka_unit_test(every_clause_is_needed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, NULL);
}
