#include "judge/control_priv.h"

#include "base/log.h"

#include <stdio.h>

enum {
	FIELDS = 5
};

struct adopted {
	struct net net;
	uint16_t rule; /* UINT16_MAX: of none that we have */
	uint32_t at, until, repeats;
};

/* "NET RULE AT UNTIL TIMES": false if it is none. */
static bool read_line(const struct judge *j, struct str line,
    struct adopted *ret)
{
	struct str f[FIELDS];

	for (size_t i = 0; i + 1 < FIELDS; i++)
		if (!str_cut(&line, ' ', &f[i]))
			return false;
	f[FIELDS - 1] = line;
	if (!net_parse(f[0], true, &ret->net) ||
	    !str_u32(f[2], UINT32_MAX, &ret->at) ||
	    !str_u32(f[3], UINT32_MAX, &ret->until) ||
	    !str_u32(f[4], 32, &ret->repeats))
		return false;
	if (ret->net.bits == addr_bits(&ret->net.addr))
		ret->net = addr_unit(addr_fold(ret->net.addr));
	ret->at = MIN(ret->at, j->now); /* whose second began a little later */
	ret->rule = book_find(j->book, f[1]);
	return ret->until > j->now;
}

static bool too_wide(const struct net *n)
{
	return n->bits < (n->addr.family == 4 ? 24 : 48);
}

/* What closes some ports already goes on with those of another ban. */
static bool goes_on(const struct ledger_measure *was)
{
	return !(was->flags & MEASURE_ALLIED) && was->act != ACT_LIMIT;
}

static uint8_t shut_by(const struct judge *j, uint16_t rule)
{
	uint8_t act = judge_act_by(j, VERDICT_DENY, rule);

	return act == ACT_LIMIT ? ACT_DENY : act;
}

/* As if we had ruled so ourselves, but without telling anybody; or new, by the
 * word of an operator. */
static bool adopt(struct judge *j, const struct adopted *a, bool is_new)
{
	struct ledger_measure m = { .net = a->net,
		.act = shut_by(j, a->rule),
		.rung = is_new ? RUNG_DENIED : RUNG_OWN,
		.verdict = VERDICT_DENY,
		.flags = is_new ? MEASURE_WORD : MEASURE_ADOPTED,
		.rule = a->rule,
		.ports = a->rule < j->book->n ? j->book->law[a->rule].ports : 0,
		.at = a->at,
		.first = a->at,
		.last = a->at,
		.until = a->until,
		.repeats = a->repeats - 1 };
	const struct ledger_measure *was = measures_get(&j->measures, &a->net);
	struct law_memory mem = { .net = a->net,
		.verdict = VERDICT_DENY,
		.until = a->until,
		.term = a->until - a->at,
		.repeats = a->repeats,
		.last = a->at,
		.ports = m.ports };
	struct fact *f;

	if (was && goes_on(was)) {
		(void)holding_add(j, was, a->rule, a->at, a->until);
		m.ports = mem.ports = judge_join(j, was->ports, m.ports);
		m.act = MIN(was->act, m.act);
	}
	if (was && was->ports == m.ports && was->act == m.act &&
	    (was->until == 0 || was->until >= a->until))
		return true;
	if (was && was->flags & MEASURE_WORD && was->rule == UINT16_MAX)
		return true;
	if (was && goes_on(was))
		m.until = mem.until = MAX(was->until, m.until);
	(void)judge_shut(j, &m.net, m.act, m.until - j->now, m.ports);
	(void)measures_put(&j->measures, &m);
	desk_shut(j, &m);
	f = facts_add(&j->facts, FACT_MEASURE);
	if (f)
		f->measure = m;
	judge_history(j, HISTORY_DENIED, &m);
	if (a->rule < j->book->n)
		j->book->rules[a->rule].shut++;
	judge_jail_log(j, is_new ? "Ban" : "Restore Ban", &m);
	if (is_new)
		judge_happened(j, m.verdict, &m);
	law_import(j->law, &mem);
	f = facts_add(&j->facts, FACT_MEMORY);
	if (f)
		f->memory = mem;
	return true;
}

static json_t *jail_row(const struct book_rule *r, uint32_t failing)
{
	const uint64_t *c = r->checked, *f = r->found;

	return json_pack("{s:{s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}}", "row",
	    "rule", r->name, "failing", (json_int_t)failing, "failed",
	    (json_int_t)r->total, "banned", (json_int_t)r->shut, "ignored",
	    (json_int_t)c[CHECKED_IGNORED], "check_failed",
	    (json_int_t)c[CHECKED_E_FAILED], "check_late",
	    (json_int_t)c[CHECKED_E_LATE], "check_over",
	    (json_int_t)c[CHECKED_E_BUDGET], "named", (json_int_t)f[FOUND_SOME],
	    "unnamed",
	    (json_int_t)(f[FOUND_NONE] + f[FOUND_E_LATE] + f[FOUND_E_BUDGET]));
}

/* Rows of jails: their rules' names begin with "f2b-". */
void answer_jails(struct client *c)
{
	struct judge *j = c->all->j;
	auto_free uint32_t *failing = NULL;
	json_t *o;

	if (!j->law) {
		client_fail(c, "busy", "the judge is only starting: again");
		return;
	}
	failing = mem_new(j->book->n + 1, sizeof(*failing));
	law_failing(j->law, j->now, failing);
	for (size_t i = 0; i < j->book->n; i++) {
		const struct book_rule *r = &j->book->rules[i];

		if (!str_starts(str_of(r->name), STR("f2b-")))
			continue;
		o = jail_row(r, failing[i]);
		client_say(c, &o);
	}
	o = json_object();
	client_end(c, &o);
}

void answer_adopt(struct client *c)
{
	struct judge *j = c->all->j;
	struct str all = { c->request.text, c->request.n_text }, line;
	size_t taken = 0, refused = 0;
	json_t *o;

	if (!j->law || !j->restored) {
		client_fail(c, "busy", "the judge is only starting: again");
		return;
	}
	while (str_cut(&all, '\n', &line)) {
		struct adopted a;

		if (read_line(j, line, &a) && a.repeats > 0 &&
		    !too_wide(&a.net) &&
		    !protect_within(&j->protect, &a.net, j->now) &&
		    adopt(j, &a, c->request.force))
			taken++;
		else
			refused++;
	}
	log_note("adopted bans=%zu refused=%zu uid=%u", taken, refused, c->uid);
	judge_commit(j);
	o = json_pack("{s:I,s:I}", "taken", (json_int_t)taken, "refused",
	    (json_int_t)refused);
	client_end(c, &o);
}
