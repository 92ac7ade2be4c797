#include "charter/charter.h"

/* Every value of a charter: read, printed and explained by these tables. */

#define C(field) offsetof(struct charter, field)
#define P(field) offsetof(struct charter_party, field)
#define T(field) offsetof(struct charter_terms, field)
#define DAY      86400
#define HOUR     3600

const struct text_item charter_name_items[] = {
	{ "alliance", TEXT_NAME, C(name), .help = "its name" },
	{ "version", TEXT_COUNT, C(version), 1, UINT32_MAX,
	    .help = "from 1 on, without gaps" },
	{ "previous", TEXT_HASHES, C(previous), .optional = true,
	    .help = "hash of the version before; of two rivals, both" },
	{ "issued", TEXT_TIME, C(issued), .help = "when it was written" },
	{ "expires", TEXT_TIME, C(expires), .help = "unless it is renewed" },
	TEXT_ITEMS_END
};

const struct text_item charter_party_items[] = { { "party", TEXT_NAME, P(name),
						     .help = "its name" },
	{ "country", TEXT_LAND, P(country), .optional = true,
	    .help = "two letters" },
	{ "seal", TEXT_SEALS, P(seals), .help = "its keys, 1 to 8" },
	{ "founding", TEXT_SEAL, P(founding), .optional = true,
	    .help = "its first key, if that is none of them any more" },
	{ "threshold", TEXT_COUNT, P(threshold), 1, TEXT_SEALS_MAX,
	    .help = "how many of its keys make its seal" },
	{ "contact", TEXT_WORDS, P(contact), .optional = true,
	    .help = "whom to call" },
	{ "controller", TEXT_WORDS, P(controller), .optional = true,
	    .help = "who answers for data protection" },
	{ "territory", TEXT_NETS, P(territory), .optional = true,
	    .help = "address ranges it answers for" },
	{ "since", TEXT_TIME, P(since), .optional = true,
	    .help = "member since" },
	{ "probation", TEXT_TIME, P(probation), .optional = true,
	    .help = "an eighth of the budget until then" },
	{ "sponsor", TEXT_NAME, P(sponsor), .optional = true,
	    .help = "the party that brought it in" },
	{ "second-sponsor", TEXT_NAME, P(sponsor2), .optional = true,
	    .help = "and another" },
	TEXT_ITEMS_END };

static const struct text_item clause3[] = {
	{ "evidence-age", TEXT_SPAN, T(event_age), 60, DAY,
	    .help = "how old evidence may be when it is told" },
	{ "witness-span", TEXT_SPAN, T(witness_span), HOUR, 30 * DAY,
	    .help = "how long a witness counts" },
	TEXT_ITEMS_END
};

static const struct text_item clause4[] = {
	{ "answer-within", TEXT_SPAN, T(answer_within), 1, DAY,
	    .help = "a receipt, by who is there" },
	{ "answer-late", TEXT_SPAN, T(answer_late), 60, 7 * DAY,
	    .help = "a receipt, by who was away" },
	{ "term-one", TEXT_SPAN, T(term[0]), 60, DAY,
	    .help = "assistance on one party's word" },
	{ "term-two", TEXT_SPAN, T(term[1]), 60, 3 * DAY,
	    .help = "on the word of two" },
	{ "term-three", TEXT_SPAN, T(term[2]), 60, 3 * DAY,
	    .help = "on the word of three or more" },
	TEXT_ITEMS_END
};

static const struct text_item clause5[] = {
	{ "widest-v4", TEXT_COUNT, T(widest_v4), 24, 32,
	    .help = "widest IPv4 subject, bits" },
	{ "widest-v6", TEXT_COUNT, T(widest_v6), 48, 64,
	    .help = "widest IPv6 subject, bits" },
	{ "slots", TEXT_COUNT, T(slots), 1, 4096,
	    .help = "addresses closed at once on one party's notices" },
	{ "slots-per-minute", TEXT_COUNT, T(per_minute), 1, 6000,
	    .help = "new ones a minute" },
	{ "slots-burst", TEXT_COUNT, T(burst), 1, 6000,
	    .help = "new ones at once" },
	{ "slots-per-48", TEXT_COUNT, T(per_48), 1, 4096,
	    .help = "of them within an IPv6 /48" },
	{ "slots-per-32", TEXT_COUNT, T(per_32), 1, 4096,
	    .help = "of them within an IPv6 /32" },
	{ "alone", TEXT_RATE, T(alone_most), HOUR, 7 * DAY,
	    .help = "longest on one party's word" },
	{ "others", TEXT_RATE, T(week_most), DAY, 30 * DAY,
	    .help = "longest on the word of others" },
	TEXT_ITEMS_END
};

static const struct text_item clause6[] = {
	{ "territory-v4", TEXT_COUNT, T(territory_v4), 0, 1 << 20,
	    .help = "IPv4 addresses a party may declare" },
	{ "territory-v6", TEXT_COUNT, T(territory_v6), 0, 1 << 20,
	    .help = "IPv6 /56 a party may declare" },
	{ "acknowledge", TEXT_SPAN, T(acknowledge), 60, DAY,
	    .help = "a referral is answered within" },
	{ "settle", TEXT_SPAN, T(settle), 600, 14 * DAY,
	    .help = "and settled within" },
	TEXT_ITEMS_END
};

static const struct text_item clause7[] = {
	{ "conducts", TEXT_COUNT, T(conducts), 0, 256,
	    .help = "safe-conducts a party may have in force" },
	{ "conduct-term", TEXT_SPAN, T(conduct_term), HOUR, 7 * DAY,
	    .help = "how long one holds" },
	{ "appeal", TEXT_SPAN, T(appeal), HOUR, 30 * DAY,
	    .help = "an appeal is answered within" },
	TEXT_ITEMS_END
};

static const struct text_item clause8[] = {
	{ "sponsors", TEXT_COUNT, T(sponsors), 1, 2,
	    .help = "who bring a newcomer in" },
	{ "probation", TEXT_SPAN, T(probation), DAY, 90 * DAY,
	    .help = "a newcomer has an eighth of the budget for" },
	TEXT_ITEMS_END
};

static const struct text_item clause10[] = {
	{ "keep-murmurs", TEXT_SPAN, T(keep_murmurs), HOUR, 7 * DAY,
	    .help = "then they are erased" },
	{ "keep-acts", TEXT_SPAN, T(keep_acts), DAY, 90 * DAY,
	    .help = "addresses in notices and receipts" },
	{ "keep-chain", TEXT_SPAN, T(keep_chain), 30 * DAY, 3660 * DAY,
	    .help = "the chain without addresses" },
	TEXT_ITEMS_END
};

static const struct text_item clause11[] = {
	{ "quota-acts", TEXT_COUNT, T(quota_acts), 100, 10000000,
	    .help = "acts of a party and day" },
	{ "quota-kb", TEXT_COUNT, T(quota_kb), 100, 10000000,
	    .help = "and their kB" },
	{ "quota-burst", TEXT_COUNT, T(quota_burst), 1, 1000000,
	    .help = "acts at once" },
	TEXT_ITEMS_END
};

static const struct text_item clause12[] = {
	{ "law", TEXT_WORDS, T(law), .optional = true,
	    .help = "which law governs it" },
	TEXT_ITEMS_END
};

const struct text_item *const charter_terms_items[CHARTER_CLAUSES + 1] = {
	[3] = clause3,
	[4] = clause4,
	[5] = clause5,
	[6] = clause6,
	[7] = clause7,
	[8] = clause8,
	[10] = clause10,
	[11] = clause11,
	[12] = clause12,
};

const struct charter_terms charter_terms_usual = {
	.event_age = HOUR,
	.witness_span = 7 * DAY,
	.answer_within = 60,
	.answer_late = DAY,
	.term = { HOUR, 4 * HOUR, 24 * HOUR },
	.widest_v4 = 32,
	.widest_v6 = 64,
	.slots = 256,
	.per_minute = 60,
	.burst = 60,
	.per_48 = 8,
	.per_32 = 32,
	.alone_most = HOUR,
	.alone_span = DAY,
	.week_most = 72 * HOUR,
	.week_span = 7 * DAY,
	.territory_v4 = 256,
	.territory_v6 = 1,
	.acknowledge = 15 * 60,
	.settle = DAY,
	.conducts = 16,
	.conduct_term = DAY,
	.appeal = 72 * HOUR,
	.sponsors = 2,
	.probation = 14 * DAY,
	.keep_murmurs = 48 * HOUR,
	.keep_acts = 30 * DAY,
	.keep_chain = 730 * DAY,
	.quota_acts = 20000,
	.quota_kb = 32768,
	.quota_burst = 2000,
};
