/*
 * law_fuzz - any events through the law: what must hold of every ruling.
 */
#include "base/bytes.h"
#include "law/law.h"
#include "rule/rule.h"

static const struct law_rule rules[] = {
	{ 3, 60, 5, 600, false, KIND_BRUTEFORCE, EV_OWN_ACT, OUTCOME_FAILURE,
	    LOGIN_NONE, MEASURE_DENY },
	{ 4, 60, 40, 600, true, KIND_SPRAYING, EV_OWN_ACT, OUTCOME_FAILURE,
	    LOGIN_NONE, MEASURE_DENY },
	{ 1, 1, 0, 0, false, KIND_SCANNING, EV_PACKET, OUTCOME_FAILURE,
	    LOGIN_NONE, MEASURE_DENY },
	{ 50, 60, 0, 0, false, KIND_DOS, EV_FORGEABLE, OUTCOME_FAILURE,
	    LOGIN_NONE, MEASURE_LIMIT },
	{ 1, 1, 0, 0, false, KIND_LOGIN, EV_OWN_ACT, OUTCOME_SUCCESS,
	    LOGIN_HOST, MEASURE_ALARM },
};

static enum shield shield(void *arg, const struct addr *who)
{
	return who->b[3] == 1 ? SHIELD_ABSOLUTE : SHIELD_NONE;
}

static void hold(const struct law_event *e, const struct ruling *r)
{
	char why[300];

	assert(law_reason(r, "fuzz/rule", why, sizeof(why)) < sizeof(why));
	if (r->verdict == VERDICT_NONE)
		return;
	assert(net_has(&r->net, &e->who) || e->who.family == 6);
	assert((r->verdict > VERDICT_ALARM) == (r->until != 0));
	assert(r->until == 0 || r->until >= r->at);
	assert(e->who.b[3] != 1 || r->verdict == VERDICT_ALARM);
	assert(rules[e->rule].evidence != EV_PACKET ||
	       r->verdict <= VERDICT_LIMIT);
	assert(r->net.bits >= (r->net.addr.family == 4 ? 24 : 48));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct hash_key key = { { 1, 2 } };
	struct rd in = rd_of(bytes, n);
	struct law_conf c = law_defaults;
	struct ruling r;
	uint32_t at = 1000000;
	struct law *l;

	c.slots = 64;
	c.widen_v4 = 24;
	c.widen_v6 = 48;
	law_new(&l, &c, rules, countof(rules), &key, shield, NULL);
	while (in.left >= 4) {
		uint8_t what = rd_u8(&in), who = rd_u8(&in);
		struct law_event e = { .rule = what % countof(rules),
			.who = { what & 64 ? 6 : 4, { 9, 8, 7, who } },
			.distinct = who };

		at += rd_u8(&in);
		e.at = what & 128 ? at - 100 * rd_u8(&in)
				  : at + rd_u8(&in) / 250 * 86400;
		at = what & 128 ? at : e.at;
		law_see(l, &e, &r);
		hold(&e, &r);
		if (what == 255)
			law_set_back(l, e.at);
		if (what == 254)
			law_pardon(l, &(struct net){ e.who, 24 });
	}
	law_free(&l);
	return 0;
}
