#include "act/body_fields.h"

#define AT(s, f)   offsetof(struct s, f)
#define SIZE(s, f) sizeof(((struct s *)0)->f)

/* clang-format off */
#define UINT(k, s, f, lo, hi) \
	{ k, FIELD_UINT, true, AT(s, f), 0, SIZE(s, f), lo, hi, NULL }
/* Left out if it is 0. */
#define MAYBE(k, s, f, hi) \
	{ k, FIELD_UINT, false, AT(s, f), 0, SIZE(s, f), 1, hi, NULL }
#define BYTES(k, s, f) \
	{ k, FIELD_BYTES, true, AT(s, f), 0, SIZE(s, f), 0, 0, NULL }
#define MAYBE_BYTES(k, s, f) \
	{ k, FIELD_BYTES, false, AT(s, f), 0, SIZE(s, f), 0, 0, NULL }
#define TEXT(k, s, f) \
	{ k, FIELD_TEXT, false, AT(s, f), 0, SIZE(s, f), 0, 0, NULL }
#define NET(k, s, f) \
	{ k, FIELD_NET, true, AT(s, f), 0, SIZE(s, f), 0, 0, NULL }
#define ID(k, s, f) \
	{ k, FIELD_ID, true, AT(s, f), 0, SIZE(s, f), 0, 0, id_fields }
#define LIST(k, s, n, f, least, of) \
	{ k, FIELD_LIST, (least) > 0, AT(s, f), AT(s, n), SIZE(s, f[0]), \
	    least, countof(((struct s *)0)->f), of }

const struct field id_fields[] = {
	BYTES(1, act_id, envoy),
	UINT(2, act_id, run, 1, ACT_NUMBER_MOST),
	UINT(3, act_id, seq, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field chain_fields[] = {
	BYTES(1, act_chain, envoy),
	UINT(2, act_chain, run, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field range_fields[] = {
	BYTES(1, act_range, envoy),
	UINT(2, act_range, run, 1, ACT_NUMBER_MOST),
	UINT(3, act_range, from, 1, ACT_NUMBER_MOST),
	UINT(4, act_range, to, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field notice_fields[] = {
	NET(1, act_notice, subject),
	UINT(2, act_notice, kind, 0, UINT16_MAX),
	UINT(3, act_notice, evidence, 0, 1),
	UINT(4, act_notice, count, 1, UINT32_MAX),
	UINT(5, act_notice, first, 1, ACT_NUMBER_MOST),
	UINT(6, act_notice, last, 1, ACT_NUMBER_MOST),
	TEXT(7, act_notice, service),
	UINT(8, act_notice, asked, 0, ASSISTS - 1),
	UINT(9, act_notice, term, 1, 30 * 86400),
	MAYBE(10, act_notice, update, 1),
	{ 0 },
};

static const struct field murmur_fields[] = {
	BYTES(1, act_murmur, mac),
	UINT(2, act_murmur, epoch, 0, UINT32_MAX),
	UINT(3, act_murmur, kind, 0, UINT16_MAX),
	UINT(4, act_murmur, at, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field answer_fields[] = {
	UINT(1, act_answer, chain, 0, BODY_CHAINS - 1),
	UINT(2, act_answer, seq, 1, ACT_NUMBER_MOST),
	UINT(3, act_answer, verdict, 1, ANSWERS - 1),
	UINT(4, act_answer, reason, 0, UINT8_MAX),
	UINT(5, act_answer, measure, 0, ASSISTS - 1),
	UINT(6, act_answer, until, 0, UINT32_MAX),
	{ 0 },
};

static const struct field receipt_fields[] = {
	LIST(1, act_receipt, n_chains, chains, 0, chain_fields),
	LIST(2, act_receipt, n, answers, 0, answer_fields),
	MAYBE(3, act_receipt, over_budget, UINT32_MAX),
	{ 0 },
};

static const struct field pardon_fields[] = {
	UINT(1, act_pardon, why, 1, PARDON_WHYS - 1),
	LIST(2, act_pardon, n, ids, 1, id_fields),
	{ 0 },
};

static const struct field conduct_fields[] = {
	ID(1, act_conduct, notice),
	NET(2, act_conduct, subject),
	UINT(3, act_conduct, basis, 1, BASES - 1),
	UINT(4, act_conduct, days, 0, UINT16_MAX),
	UINT(5, act_conduct, since, 0, ACT_NUMBER_MOST),
	UINT(6, act_conduct, term, 1, 86400),
	{ 0 },
};

static const struct field referral_fields[] = {
	BYTES(1, act_referral, to),
	NET(2, act_referral, subject),
	UINT(3, act_referral, kind, 0, UINT16_MAX),
	UINT(4, act_referral, evidence, 0, 1),
	UINT(5, act_referral, count, 1, UINT32_MAX),
	UINT(6, act_referral, first, 1, ACT_NUMBER_MOST),
	UINT(7, act_referral, last, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field settlement_fields[] = {
	ID(1, act_settlement, referral),
	UINT(2, act_settlement, state, 1, SETTLEDS - 1),
	MAYBE(3, act_settlement, reason, UINT8_MAX),
	{ 0 },
};

static const struct field forgotten_fields[] = {
	UINT(1, act_forgotten, chain, 0, BODY_CHAINS - 1),
	UINT(2, act_forgotten, seq, 1, ACT_NUMBER_MOST),
	{ 0 },
};

static const struct field forget_fields[] = {
	LIST(1, act_forget, n_chains, chains, 1, chain_fields),
	LIST(2, act_forget, n, ids, 1, forgotten_fields),
	{ 0 },
};

static const struct field run_fields[] = {
	UINT(1, act_run, why, 1, RUN_WHYS - 1),
	MAYBE(2, act_run, run, ACT_NUMBER_MOST),
	MAYBE(3, act_run, seq, ACT_NUMBER_MOST),
	MAYBE_BYTES(4, act_run, head),
	{ 0 },
};

static const struct field head_fields[] = {
	BYTES(1, act_head, envoy),
	UINT(2, act_head, run, 1, ACT_NUMBER_MOST),
	UINT(3, act_head, seq, 1, ACT_NUMBER_MOST),
	BYTES(4, act_head, hash),
	{ 0 },
};

static const struct field heartbeat_fields[] = {
	UINT(1, act_heartbeat, clock, 1, ACT_NUMBER_MOST),
	MAYBE(2, act_heartbeat, all, 1),
	UINT(3, act_heartbeat, part, 0, UINT16_MAX),
	UINT(4, act_heartbeat, of, 1, UINT16_MAX),
	LIST(5, act_heartbeat, n, heads, 0, head_fields),
	{ 0 },
};

static const struct field want_fields[] = {
	BYTES(1, act_want, to),
	LIST(2, act_want, n, ranges, 1, range_fields),
	{ 0 },
};

static const struct field carry_fields[] = {
	BYTES(1, act_carry, to),
	LIST(2, act_carry, n, ranges, 0, range_fields),
	LIST(3, act_carry, n_lacked, lacked, 0, range_fields),
	{ 0 },
};
/* clang-format on */

static enum act_fault check_times(uint64_t first, uint64_t last)
{
	return first <= last ? ACT_OK : ACT_E_RANGE;
}

static enum act_fault check_notice(const union act_body *b)
{
	return check_times(b->notice.first, b->notice.last);
}

static enum act_fault check_referral(const union act_body *b)
{
	return check_times(b->referral.first, b->referral.last);
}

static enum act_fault check_receipt(const union act_body *b)
{
	const struct act_receipt *r = &b->receipt;

	for (size_t i = 0; i < r->n; i++)
		if (r->answers[i].chain >= r->n_chains)
			return ACT_E_RANGE;
	return r->n > 0 || r->over_budget > 0 ? ACT_OK : ACT_E_MISSING;
}

static enum act_fault check_forget(const union act_body *b)
{
	for (size_t i = 0; i < b->forget.n; i++)
		if (b->forget.ids[i].chain >= b->forget.n_chains)
			return ACT_E_RANGE;
	return ACT_OK;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* All three say which head it was, or none does. */
static enum act_fault check_run(const union act_body *b)
{
	const struct act_run *r = &b->run;
	bool named = !is_zero(r->head, sizeof(r->head));

	return (r->run > 0) == named && (r->seq > 0) == named ? ACT_OK
							      : ACT_E_MISSING;
}

static enum act_fault check_heartbeat(const union act_body *b)
{
	return b->heartbeat.part < b->heartbeat.of ? ACT_OK : ACT_E_RANGE;
}

static enum act_fault check_ranges(const struct act_range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].from > r[i].to)
			return ACT_E_RANGE;
	return ACT_OK;
}

static enum act_fault check_want(const union act_body *b)
{
	return check_ranges(b->want.ranges, b->want.n);
}

static enum act_fault check_carry(const union act_body *b)
{
	const struct act_carry *c = &b->carry;
	enum act_fault e = check_ranges(c->ranges, c->n);

	if (e == ACT_OK)
		e = check_ranges(c->lacked, c->n_lacked);
	if (e == ACT_OK && c->n == 0 && c->n_lacked == 0)
		e = ACT_E_MISSING;
	return e;
}

#define KIND(name, check) \
	{ \
		sizeof(struct act_##name), name##_fields, check \
	}

const struct body_kind *body_kind(uint8_t type)
{
	static const struct body_kind kinds[] = {
		[ACT_NOTICE] = KIND(notice, check_notice),
		[ACT_MURMUR] = KIND(murmur, NULL),
		[ACT_RECEIPT] = KIND(receipt, check_receipt),
		[ACT_PARDON] = KIND(pardon, NULL),
		[ACT_CONDUCT] = KIND(conduct, NULL),
		[ACT_REFERRAL] = KIND(referral, check_referral),
		[ACT_SETTLEMENT] = KIND(settlement, NULL),
		[ACT_FORGET] = KIND(forget, check_forget),
		[ACT_RUN] = KIND(run, check_run),
		[ACT_HEARTBEAT] = KIND(heartbeat, check_heartbeat),
		[ACT_WANT] = KIND(want, check_want),
		[ACT_CARRY] = KIND(carry, check_carry),
	};

	return type < countof(kinds) && kinds[type].fields ? &kinds[type]
							   : NULL;
}
