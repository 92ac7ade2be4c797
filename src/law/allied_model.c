#include "law/allied_model.h"

/* clang-format off */
const struct subject subjects[SUBJECTS] = {
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

const struct allied_conf small = {
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

struct net nets[SUBJECTS];

enum allied_immunity immunity(void *arg, const struct net *net)
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

void must(struct history *h, bool holds, const char *what)
{
	if (!holds && !h->broken)
		h->broken = what;
}

uint32_t words(const struct history *h, const struct book *b)
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

void note(struct history *h, struct book *b, uint32_t before)
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

void check_force(struct history *h)
{
	uint32_t n = 0;

	for (size_t i = 0; i < SUBJECTS; i++) {
		const struct book *b = &h->book[i];

		n += b->n && b->span[b->n - 1].until > h->now &&
		     !is_honest(h, b);
	}
	must(h, n <= h->traitors * small.slots, "over k x R in force");
}

uint32_t words_beside(const struct history *h, const struct book *b,
    uint16_t party)
{
	uint32_t n = 0;

	for (size_t p = 0; p < PARTIES; p++)
		n += p != party && b->word[p] && b->word[p] + WORD > h->now;
	return n;
}

void check_grant(struct history *h, size_t i, const struct allied_notice *n,
    const struct allied_verdict *v, uint32_t credit)
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
