#include "judge/ally_priv.h"

/* Answers wait until the second is over; then one act has them all, or as
 * many as fit. Those refused for want of budget are a number. */

void ally_answer(struct ally *y, struct ally_charter *c,
    const struct envelope *e, uint8_t verdict, uint8_t rung, uint8_t measure,
    uint32_t until)
{
	uint16_t party = ally_party_no(y, e->party, NULL);
	struct ally_answer *a;

	if (party < ALLY_PARTIES && verdict < ANSWERS)
		y->parties[party].sent_back[verdict]++;
	if (!ally_is_chancery(y, c))
		return;
	if (rung == ALLIED_BUDGET || c->n_answers >= ALLY_ANSWERS) {
		c->over_budget++;
		return;
	}
	a = mem_new(1, sizeof(*a));
	memcpy(a->id.envoy, e->envoy, ACT_KEY);
	a->id.run = e->run;
	a->id.seq = e->seq;
	a->a = (struct act_answer){ .verdict = verdict,
		.reason = rung,
		.measure = measure,
		.until = until };
	STAILQ_INSERT_TAIL(&c->answers, a, next);
	c->n_answers++;
}

void ally_receipt_tick(struct judge *j, struct ally_charter *c)
{
	static union act_body b;
	struct ally *y = j->ally;
	struct ally_answer *a;

	if ((!c->n_answers && !c->over_budget) || c->receipt_at == j->now ||
	    !y->notary_up || !c->running)
		return;
	c->receipt_at = j->now;
	memset(&b, 0, sizeof(b));
	b.receipt.over_budget = c->over_budget;
	while ((a = STAILQ_FIRST(&c->answers))) {
		if (!receipt_add(&b.receipt, &a->id, &a->a))
			break;
		STAILQ_REMOVE_HEAD(&c->answers, next);
		c->n_answers--;
		free(a);
	}
	if (ally_say(j, c, ACT_RECEIPT, &b, 30 * NOTICE_LIVES))
		c->over_budget = 0;
}

void ally_receipt_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_receipt *r)
{
	struct ally *y = j->ally;

	y->counts[COUNT_RECEIPTS]++;
	for (size_t i = 0; i < r->n; i++) {
		const struct act_answer *a = &r->answers[i];
		const struct act_chain *h = &r->chains[a->chain];
		const struct ally_told *t;
		struct ally_fact *f;

		if (a->verdict < ANSWERS && party < ALLY_PARTIES)
			y->parties[party].got_back[a->verdict]++;
		if (memcmp(h->envoy, y->envoy, ACT_KEY) != 0)
			continue;
		t = ally_told_seq(y, c->no, h->run, a->seq);
		if (t)
			desk_allies(j, STOOD_RECEIPT, &t->t.net,
			    ally_party_name(y, party), "",
			    act_answered_name(a->verdict));
		f = t ? ally_fact(y, AFACT_REPLY) : NULL;
		if (!f)
			continue;
		f->reply = (struct ledger_reply){ .net = t->t.net,
			.charter = c->no,
			.verdict = a->verdict,
			.reason = a->reason,
			.measure = a->measure,
			.party = party,
			.until = a->until,
			.at = j->now };
	}
}
