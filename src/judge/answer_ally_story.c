#include "judge/ally_refer.h"
#include "judge/control_priv.h"

#include <stdio.h>

/* What allies said of an address, for why and why-not. */

/* The clause of the charter that decides at this rung. */
static int clause_of(uint8_t rung)
{
	switch ((enum allied_rung)rung) {
	case ALLIED_TERRITORY:
		return 6;
	case ALLIED_CONDUCT:
		return 7;
	case ALLIED_WEAK:
	case ALLIED_AGE:
		return 3;
	case ALLIED_HELD:
	case ALLIED_LIMITED:
	case ALLIED_DENIED:
		return 4;
	case ALLIED_STRANGER:
		return 2;
	case ALLIED_NEVER:
	case ALLIED_WIDE:
	case ALLIED_POST:
	case ALLIED_SERVICE:
	case ALLIED_PROTECTED:
	case ALLIED_GOOD:
	case ALLIED_BUDGET:
	case ALLIED_SPENT:
		break;
	}
	return 5;
}

struct saying {
	const struct judge *j;
	json_t *a;
};

static void add_said(void *arg, const struct ledger_said *s)
{
	struct saying *k = arg;
	const struct ally *y = k->j->ally;
	const struct ally_charter *c =
	    s->charter < y->n_charters ? y->charters[s->charter] : NULL;
	const struct charter *is = c && c->a ? alliance_charter(c->a) : NULL;
	struct allied_verdict v = { .rung = (enum allied_rung)s->rung,
		.verdict = (enum verdict)s->verdict,
		.until = s->until,
		.witnesses = s->witnesses };
	char why[200], clause[120];

	if (s->rung < ALLIED_STRANGER || s->rung > ALLIED_DENIED)
		return;
	(void)allied_reason(&v, ally_party_name(y, s->party), s->at, why,
	    sizeof(why));
	snprintf(clause, sizeof(clause), "clause %d (%s)", clause_of(s->rung),
	    charter_titles[clause_of(s->rung)]);
	json_array_append_new(k->a,
	    json_pack("{s:o,s:s,s:s,s:I,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,"
		      "s:I,s:b,s:s}",
		"net", json_net(&s->net), "party", ally_party_name(y, s->party),
		"alliance", is ? is->name : "?", "version",
		(json_int_t)(c && c->a ? alliance_version(c->a) : 0),
		"evidence",
		s->evidence == ALLIED_OWN_ACT ? "own act" : "inducible",
		"service", s->service, "rung",
		allied_rung_name((enum allied_rung)s->rung), "reason", why,
		"clause", clause, "count", (json_int_t)s->count, "witnesses",
		(json_int_t)s->witnesses, "at", (json_int_t)s->at, "until",
		(json_int_t)s->until, "expires", (json_int_t)s->expires,
		"pardoned", s->pardoned, "signature", "verified"));
}

static void add_reply(void *arg, const struct ledger_reply *r)
{
	static const char *const measures[] = { "none", "limit", "deny" };
	struct saying *k = arg;
	const struct ally *y = k->j->ally;

	json_array_append_new(k->a,
	    json_pack("{s:s,s:s,s:s,s:I,s:I,s:s}", "party",
		ally_party_name(y, r->party), "verdict",
		r->verdict && r->verdict < ANSWERS
		    ? act_answered_name(r->verdict)
		    : "?",
		"measure", measures[MIN(r->measure, 2)], "until",
		(json_int_t)r->until, "at", (json_int_t)r->at, "rung",
		r->reason >= ALLIED_STRANGER && r->reason <= ALLIED_DENIED
		    ? allied_rung_name((enum allied_rung)r->reason)
		    : "-"));
}

static json_t *told_json(const struct ally *y, const struct net *n)
{
	json_t *a = json_array();

	for (uint8_t i = 0; i < y->n_charters; i++) {
		const struct ally_told *t =
		    y->law ? ally_told_of(y, n, i) : NULL;
		const struct charter *is =
		    y->charters[i]->a ? alliance_charter(y->charters[i]->a)
				      : NULL;

		if (t)
			json_array_append_new(a,
			    json_pack("{s:s,s:I,s:I,s:s}", "alliance",
				is ? is->name : "?", "at", (json_int_t)t->t.at,
				"expires", (json_int_t)t->t.expires, "evidence",
				t->t.evidence == ALLIED_OWN_ACT ? "own act"
								: "inducible"));
	}
	return a;
}

void answer_ally_story(struct judge *j, const struct net *n, json_t *o)
{
	struct saying said = { j, json_array() }, replies = { j, json_array() };
	uint16_t party = 0;
	uint32_t until;

	if (j->ledger && j->ally->law) {
		(void)ledger_said_of(j->ledger, n, 32, add_said, &said);
		(void)ledger_replies_of(j->ledger, n, 64, add_reply, &replies);
	}
	json_object_set_new(o, "allies", said.a);
	json_object_set_new(o, "replies", replies.a);
	json_object_set_new(o, "told", told_json(j->ally, n));
	until = j->ally->law
		    ? allied_conduct_of(j->ally->law, n, j->now, &party)
		    : 0;
	if (until)
		json_object_set_new(o, "safe_conduct",
		    json_pack("{s:s,s:I}", "party",
			ally_party_name(j->ally, party), "until",
			(json_int_t)until));
}

/* Words of the operator to allies. */

void answer_ally_word(struct client *c)
{
	struct judge *j = c->all->j;
	const struct request *r = &c->request;
	size_t n = 0;
	json_t *o;

	if (r->what == ASK_SETTLE)
		n = ally_settle(j, &r->net,
		    r->remove ? SETTLED_REFUSED : SETTLED_SETTLED);
	else
		n = ally_vouch(j, &r->net, r->term);
	judge_commit(j);
	o = json_pack("{s:o,s:I}", "net", json_net(&r->net), "acts",
	    (json_int_t)n);
	client_end(c, &o);
}
