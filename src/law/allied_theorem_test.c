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
#include "law/allied_model.h"

enum {
	HISTORIES = 100000,
	TRIES = 30000, /* for a counter-example */
	START = 1700000000,
};

static void say(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b), credit, kind = draw_below(&h->state, 10);
	uint32_t own = draw_below(&h->state, 16) ? 0 : h->now;
	struct allied_notice n = { .net = b->net,
		.party = party,
		.charter = (uint8_t)draw_below(&h->state, 2),
		.evidence = kind < 8   ? ALLIED_OWN_ACT
			    : kind < 9 ? ALLIED_INDUCIBLE
				       : ALLIED_FORGEABLE };
	struct allied_verdict v;

	n.issued =
	    h->now -
	    (draw_below(&h->state, 4) ? 0 : draw_below(&h->state, 2 * DAY));
	if (draw_below(&h->state, 8) == 0)
		n.issued = h->now + draw_below(&h->state, 300);
	n.expires = h->now + 1 +
		    draw_below(&h->state,
			draw_below(&h->state, 2) ? 10 * DAY : 2 * HOUR);
	if (party >= h->traitors) {
		n.evidence = ALLIED_OWN_ACT;
		n.issued = h->now;
		n.expires = h->now + HOUR + draw_below(&h->state, DAY);
	}
	if (own)
		b->own = h->now;
	credit = allied_credit(h->a, party, h->now);
	/* now and then the clock was set back: it is not believed */
	allied_hear(h->a, &n, own,
	    h->now -
		(draw_below(&h->state, 8) ? 0 : draw_below(&h->state, DAY)),
	    &v);
	if (n.evidence == ALLIED_OWN_ACT)
		b->word[party] = h->now;
	b->expires[party] = n.expires;
	if (words_beside(h, b, b->conduct_of) >= 2)
		b->conduct_until = 0; /* void from now on */
	if (v.verdict != VERDICT_NONE)
		check_grant(h, i, &n, &v, credit);
	n.deferred = v.rung == ALLIED_BUDGET ? h->now : 0;
	b->refused[party] = n;
	note(h, b, before);
}

/* What was put off for want of budget. */
static void again(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	struct allied_notice *n = &b->refused[party];
	uint32_t before = words(h, b), credit;
	struct allied_verdict v;

	if (!n->deferred)
		return;
	credit = allied_credit(h->a, party, h->now);
	allied_hear(h->a, n, 0, h->now, &v);
	if (words_beside(h, b, b->conduct_of) >= 2)
		b->conduct_until = 0; /* void, if it was given meanwhile */
	if (v.verdict != VERDICT_NONE)
		check_grant(h, i, n, &v, credit);
	if (v.rung != ALLIED_BUDGET)
		n->deferred = 0;
	note(h, b, before);
}

static void take_back(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b);
	struct allied_verdict v;

	allied_pardon(h->a, party, &b->net, UINT32_MAX, h->now, &v);
	b->word[party] = 0;
	b->refused[party].deferred = 0;
	note(h, b, before);
}

static void conduct(struct history *h, size_t i, uint16_t party)
{
	struct book *b = &h->book[i];
	uint32_t before = words(h, b), in_force = 0;
	enum verdict v;

	if (allied_conduct(h->a, party, &b->net,
		h->now + 1 + draw_below(&h->state, 2 * DAY),
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
	uint32_t behind =
	    draw_below(&h->state, 4) ? 0 : 1 + draw_below(&h->state, 30 * DAY);

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
	uint16_t party = (uint16_t)draw_below(&h->state, h->traitors);
	size_t i = draw_below(&h->state, SUBJECTS);
	uint32_t what = draw_below(&h->state, 20);

	if (draw_below(&h->state, 4) == 0)
		party = (uint16_t)draw_below(&h->state, PARTIES);

	if (h->spread < SUBJECTS)
		i = draw_below(&h->state, h->spread);
	h->now += draw_below(&h->state, h->pace);
	if (what == 0)
		allied_fault(h->a, party, 20, h->now);
	else if (what < 4)
		take_back(h, i, party);
	else if (what < 6)
		conduct(h, i, party);
	else if (what < 7)
		again(h, i, party);
	else
		say(h, i, party);
	check_force(h);
	allied_changed(h->a, keep_subject, keep_party, h);
	allied_kept(h->a);
	if (draw_below(&h->state, ACTS / 2) == 0)
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
	h.traitors = 1 + draw_below(&h.state, PARTIES - 1);
	h.pace = paces[draw_below(&h.state, countof(paces))];
	h.spread = spreads[draw_below(&h.state, countof(spreads))];
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
