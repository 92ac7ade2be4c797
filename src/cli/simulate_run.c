#include "cli/simulate.h"

#include "law/allied.h"

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	OWN_TERM = 4 * HOUR,
	DELAY = 1,
	LIVES = DAY, /* a notice, unless the rule says otherwise */
	CAPS = CLAUSE_SLOTS | CLAUSE_RATE | CLAUSE_SPREAD | CLAUSE_ALONE |
	       CLAUSE_WEEK,
};

/* clang-format off */
static const struct {
	const char *name, *about;
	uint32_t term[ALLIED_TERMS]; /* 0: nothing is shared */
	uint32_t poll;               /* 0: pushed */
	uint32_t lives;              /* of a notice */
	uint32_t without;
} rules[SIM_RULES] = {
	[SIM_ALONE] = { "alone", "nobody tells anybody",
	    { 0 }, 0, 0, 0 },
	[SIM_FLAT] = { "flat-4h", "4 h whatever the witnesses, no caps",
	    { 4 * HOUR, 4 * HOUR, 4 * HOUR }, 0, LIVES, CAPS },
	[SIM_10M] = { "10m-4h-24h", "by witnesses, no caps",
	    { 600, 4 * HOUR, DAY }, 0, LIVES, CAPS },
	[SIM_UNCAPPED] = { "1h-4h-24h", "by witnesses, no caps",
	    { HOUR, 4 * HOUR, DAY }, 0, LIVES, CAPS },
	[SIM_DEFAULT] = { "default", "1 h, 4 h, 24 h with all caps",
	    { HOUR, 4 * HOUR, DAY }, 0, LIVES, 0 },
	[SIM_LONG] = { "4h-24h-7d", "by witnesses, no caps",
	    { 4 * HOUR, DAY, 7 * DAY }, 0, 7 * DAY, CAPS },
	[SIM_POLL] = { "poll-2h", "flat-4h, asked for every 2 h",
	    { 4 * HOUR, 4 * HOUR, 4 * HOUR }, 2 * HOUR, 4 * HOUR, CAPS },
};
/* clang-format on */

struct sent {
	uint32_t at, source;
	uint16_t host;
};

struct sim {
	const struct sim_trace *t;
	enum sim_rule rule;
	struct allied *judge[SIM_HOSTS_MOST];
	uint32_t *own;  /* per host and source: last evidence, s */
	uint32_t *seen; /* per source: how many hosts it met */
	bool *met;      /* per host and source */
	struct sent *sent;
	size_t n_sent, heard, most;
	struct sim_sum sum;
};

const char *sim_rule_name(enum sim_rule r)
{
	return rules[r].name;
}

const char *sim_rule_about(enum sim_rule r)
{
	return rules[r].about;
}

/* Traces name sources by numbers: each gets an address of its own. */
static struct net net_of_source(uint32_t source)
{
	uint32_t v = (11u << 24) + source;

	return (struct net){ { 4, { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
				      (uint8_t)(v >> 8), (uint8_t)v } },
		32 };
}

static bool is_client(const struct sim *s, uint32_t source)
{
	return s->t->good_from && source >= s->t->good_from;
}

static void judge_one(struct sim *s, uint16_t host, const struct sent *m,
    uint32_t now)
{
	struct allied_notice n = { .net = net_of_source(m->source),
		.party = m->host,
		.evidence = ALLIED_OWN_ACT,
		.issued = m->at,
		.expires = m->at + rules[s->rule].lives };
	struct allied *a = s->judge[host];
	struct allied_verdict v;
	enum verdict was;
	uint32_t until = allied_in_force(a, &n.net, now, &was);

	allied_hear(a, &n, s->own[(size_t)host * s->t->sources + m->source],
	    now, &v);
	s->sum.judged++;
	s->sum.refused += v.rung == ALLIED_BUDGET;
	if (v.verdict == VERDICT_NONE)
		return;
	s->sum.allied_s += v.until - MAX(until, now);
	if (is_client(s, m->source))
		s->sum.innocent_s += v.until - MAX(until, now);
}

static uint32_t arrives(const struct sim *s, uint32_t sent)
{
	uint32_t poll = rules[s->rule].poll;

	return poll ? (sent / poll + 1) * poll : sent + DELAY;
}

/* All that arrived until then. */
static void deliver(struct sim *s, uint32_t until)
{
	while (s->heard < s->n_sent) {
		const struct sent *m = &s->sent[s->heard];
		uint32_t now = arrives(s, m->at);

		if (now > until)
			break;
		for (uint16_t h = 0; h < s->t->hosts; h++) {
			if (h != m->host)
				judge_one(s, h, m, now);
		}
		s->heard++;
	}
}

static void tell(struct sim *s, const struct sim_event *e)
{
	if (s->n_sent == s->most) {
		s->most = MAX(s->most * 2, 4096);
		s->sent = mem_grow(s->sent, s->most, sizeof(*s->sent));
	}
	s->sent[s->n_sent++] = (struct sent){ e->at, e->source, e->host };
}

static void happen(struct sim *s, const struct sim_event *e)
{
	size_t pair = (size_t)e->host * s->t->sources + e->source;
	struct net net = net_of_source(e->source);
	bool shares = rules[s->rule].term[0] > 0, first = !s->met[pair];
	enum verdict v;
	bool allied =
	    shares && allied_in_force(s->judge[e->host], &net, e->at, &v) != 0;
	bool stopped =
	    allied || (s->own[pair] && s->own[pair] + OWN_TERM > e->at);

	if (e->good) {
		s->sum.innocent_events += stopped;
		return;
	}
	s->met[pair] = true;
	s->sum.attacks++;
	s->sum.stopped += stopped;
	if (first && s->seen[e->source]++ == 0) {
		s->sum.sources++;
	} else if (first) {
		s->sum.later++;
		s->sum.warned += allied;
	}
	if (stopped)
		return;
	s->own[pair] = e->at;
	if (is_client(s, e->source))
		s->sum.innocent_s += OWN_TERM;
	if (!shares)
		return;
	allied_confirm(s->judge[e->host], &net, e->at);
	tell(s, e);
}

static void open_judges(struct sim *s)
{
	struct hash_key key = hash_key_new();
	struct allied_conf c = allied_defaults;

	c.parties = s->t->hosts;
	c.without = rules[s->rule].without;
	memcpy(c.term, rules[s->rule].term, sizeof(c.term));
	for (uint32_t h = 0; h < s->t->hosts; h++)
		allied_new(&s->judge[h], &c, &key, NULL, NULL);
}

void sim_run(const struct sim_trace *t, enum sim_rule r, struct sim_sum *ret)
{
	struct sim s = { .t = t, .rule = r };
	size_t pairs = (size_t)t->hosts * t->sources;

	s.own = mem_new(pairs, sizeof(*s.own));
	s.met = mem_new(pairs, sizeof(*s.met));
	s.seen = mem_new(t->sources, sizeof(*s.seen));
	if (rules[r].term[0])
		open_judges(&s);
	for (size_t i = 0; i < t->n; i++) {
		if (rules[r].term[0])
			deliver(&s, t->v[i].at);
		happen(&s, &t->v[i]);
	}
	s.sum.notices = s.n_sent;
	*ret = s.sum;
	for (uint32_t h = 0; h < t->hosts; h++)
		allied_free(&s.judge[h]);
	free(s.own);
	free(s.met);
	free(s.seen);
	free(s.sent);
}
