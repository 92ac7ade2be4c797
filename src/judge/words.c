#include "judge/judge.h"

#include "base/log.h"

#include <stdio.h>

static void keep_word(struct judge *j, enum fact_kind kind, uint8_t what,
    const struct net *n, uint32_t until, uint32_t uid, const char *note)
{
	struct fact *f = facts_add(&j->facts, kind);

	if (!f)
		return;
	f->word = mem_new(1, sizeof(*f->word));
	*f->word = (struct ledger_word){ .net = *n,
		.what = what,
		.at = j->now,
		.until = until,
		.uid = uid };
	snprintf(f->word->note, sizeof(f->word->note), "%s", note ? note : "");
}

uint64_t judge_deny(struct judge *j, const struct net *n,
    const struct addr *who, uint32_t until, uint32_t uid, const char *note)
{
	struct ledger_measure m = { .net = *n,
		.act = ACT_DENY,
		.rung = RUNG_DENIED,
		.verdict = VERDICT_DENY,
		.flags = MEASURE_WORD,
		.rule = UINT16_MAX,
		.at = j->now,
		.until = until };
	uint64_t before = j->order_id;

	(void)hosts_add(&m.hosts, who);
	judge_close(j, &m, false);
	keep_word(j, FACT_WORD, WORD_DENY, n, until, uid, note);
	return j->order_id > before ? before + 1 : 0;
}

uint64_t judge_allow(struct judge *j, const struct net *n, uint32_t until,
    uint32_t uid, const char *note)
{
	struct guarded g = { *n, NEVER_OPERATOR, true, until, 0 };
	char net[NET_MAX];
	uint64_t id;

	(void)judge_pardon(j, n, uid, NULL);
	id = judge_order(j, n, ACT_SPARE, until ? until - j->now : 0,
	    NEVER_OPERATOR);
	(void)protect_add(&j->protect, &g);
	keep_word(j, FACT_WORD, WORD_ALLOW, n, until, uid, note);
	net_print(n, net);
	log_note("allowed net=%s uid=%u", net, uid);
	return id;
}

bool judge_disallow(struct judge *j, const struct net *n)
{
	char net[NET_MAX];
	size_t before = j->protect.n;

	protect_drop(&j->protect, n, NEVER_OPERATOR);
	if (j->protect.n == before)
		return false;
	(void)judge_order(j, n, ACT_UNSPARE, 0, NEVER_OPERATOR);
	keep_word(j, FACT_WORD_GONE, WORD_ALLOW, n, 0, 0, NULL);
	net_print(n, net);
	log_note("allow-ended net=%s", net);
	return true;
}

static bool touch(const struct net *a, const struct net *b)
{
	return net_has(a, &b->addr) || net_has(b, &a->addr);
}

size_t judge_pardon(struct judge *j, const struct net *n, uint32_t uid,
    uint64_t *order)
{
	struct fact *f;
	char net[NET_MAX];
	size_t opened = 0;

	ally_pardoned(j, n);
	for (size_t i = 0; i < j->measures.n;) {
		struct ledger_measure m = j->measures.v[i];

		if (!touch(&m.net, n)) {
			i++;
			continue;
		}
		judge_open(j, &m.net, HISTORY_PARDONED);
		if (order)
			*order = j->order_id;
		if (m.flags & MEASURE_WORD)
			keep_word(j, FACT_WORD_GONE, WORD_DENY, &m.net, 0, 0,
			    NULL);
		net_print(&m.net, net);
		log_note("pardoned net=%s uid=%u", net, uid);
		opened++;
	}
	law_pardon(j->law, n);
	f = facts_add(&j->facts, FACT_PARDON);
	if (f)
		f->net = *n;
	return opened;
}
