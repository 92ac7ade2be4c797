#include "judge/judge.h"

#include <stdio.h>

#include "base/log.h"

/*
 * A sensor's word: what an agent of our own party saw and told desk. It votes
 * for nothing, is told to no ally, and does what the configuration lets it
 * do: a measure of its own, within bounds, never against who is protected and
 * never in the way of what stands already.
 */

enum {
	SENSED_STANDING = 20000, /* measures of sensors at once */
	SENSED_A_SECOND = 1000
};
#define SAW " saw " /* between the sensor and what it saw, in a word's note */

/* Its number, from 1; 0: there are too many. */
static uint16_t name_number(struct desk_sensed *s, const char *name)
{
	for (size_t i = 0; i < s->n_names; i++)
		if (strcmp(s->names[i], name) == 0)
			return (uint16_t)(i + 1);
	if (s->n_names == SENSED_NAMES)
		return 0;
	s->names = mem_grow(s->names, s->n_names + 1, sizeof(*s->names));
	snprintf(s->names[s->n_names++], sizeof(*s->names), "%s", name);
	return (uint16_t)s->n_names;
}

const char *judge_rule_of(const struct judge *j, const struct ledger_measure *m)
{
	if (!(m->flags & MEASURE_SENSOR))
		return book_name(j->book, m->rule);
	return m->saw && m->saw <= j->sensed.n_names
		   ? j->sensed.names[m->saw - 1]
		   : origin_name(ORIGIN_SENSOR);
}

static void see_again(void *arg, const struct ledger_word *w)
{
	struct judge *j = arg;
	struct ledger_measure *m = measures_get(&j->measures, &w->net);
	const char *saw = strstr(w->note, SAW);

	if (w->what == WORD_SENSOR && m && m->flags & MEASURE_SENSOR && saw)
		m->saw = name_number(&j->sensed, saw + strlen(SAW));
}

int desk_sensed_restore(struct judge *j)
{
	for (size_t i = 0; i < j->measures.n; i++)
		if (j->measures.v[i].flags & MEASURE_SENSOR)
			return ledger_words(j->ledger, see_again, j);
	return 0;
}

static void keep_word(struct judge *j, const struct wire_sensed *s,
    const struct net *n, uint32_t until)
{
	struct fact *f = facts_add(&j->facts, FACT_WORD);

	if (!f)
		return;
	f->word = mem_new(1, sizeof(*f->word));
	*f->word = (struct ledger_word){ .net = *n,
		.what = WORD_SENSOR,
		.at = j->now,
		.until = until,
		.uid = UINT32_MAX };
	snprintf(f->word->note, sizeof(f->word->note), "%s" SAW "%s", s->sensor,
	    s->scenario);
}

static bool is_wide(const struct net *n)
{
	return n->bits < (n->addr.family == 4 ? 24 : 48);
}

/* What stood before this judge began. */
static void count_standing(struct judge *j)
{
	if (j->sensed.counted)
		return;
	j->sensed.counted = true;
	j->sensed.standing = 0;
	for (size_t i = 0; i < j->measures.n; i++)
		j->sensed.standing +=
		    !!(j->measures.v[i].flags & MEASURE_SENSOR);
}

/* NULL, or why nothing follows from it. */
static const char *refusal(struct judge *j, const struct net *n)
{
	const struct ledger_measure *m = measures_get(&j->measures, n);

	if (!j->conf || !j->book || j->conf->sensors == CONF_SENSORS_OFF)
		return "sensors do nothing here";
	if (is_wide(n))
		return "too wide";
	if (protect_within(&j->protect, n, j->now))
		return "protected";
	if (m && !(m->flags & MEASURE_SENSOR))
		return "shut out already";
	if (!m && j->sensed.standing >= SENSED_STANDING)
		return "too many measures of sensors";
	if (j->sensed.second != j->now) {
		j->sensed.second = j->now;
		j->sensed.n = 0;
	}
	return ++j->sensed.n > SENSED_A_SECOND ? "too many at once" : NULL;
}

static void say(const struct wire_sensed *s, const struct net *n,
    const char *what)
{
	char net[NET_MAX];

	(void)net_print(n, net);
	log_note("sensed net=%s sensor=%s scenario=%s what=\"%s\"", net,
	    s->sensor, s->scenario, what);
}

static void close_it(struct judge *j, const struct wire_sensed *s,
    const struct net *n)
{
	uint32_t term =
	    s->term ? MIN(s->term, j->conf->sensor_term) : j->conf->sensor_term;
	bool is_new = !measures_get(&j->measures, n),
	     limits = j->conf->sensors == CONF_SENSORS_LIMIT ||
		      s->how == SENSED_NUISANCE;
	struct ledger_measure m = { .net = *n,
		.act = limits ? ACT_LIMIT : ACT_DENY,
		.rung = RUNG_OWN,
		.verdict = limits ? VERDICT_LIMIT : VERDICT_DENY,
		.flags = MEASURE_SENSOR,
		.saw = name_number(&j->sensed, s->scenario),
		.rule = UINT16_MAX,
		.count = s->count,
		.need = 1,
		.at = j->now,
		.first = s->at,
		.last = s->at,
		.until = j->now + term };

	if (n->bits == 64 && s->net.bits == 128)
		(void)hosts_add(&m.hosts, &s->net.addr);
	judge_close(j, &m, false);
	j->sensed.standing += is_new;
	keep_word(j, s, n, m.until);
}

static void take_back(struct judge *j, const struct net *n)
{
	const struct ledger_measure *m = measures_get(&j->measures, n);

	if (m && m->flags & MEASURE_SENSOR)
		judge_open(j, n, HISTORY_PARDONED);
}

void desk_sensed_gone(struct judge *j, const struct ledger_measure *was)
{
	if (was->flags & MEASURE_SENSOR && j->sensed.standing)
		j->sensed.standing--;
}

/* Addresses as we count them: those of IPv4 within IPv6 as IPv4, IPv6 by /64.
 */
static struct net unit_of(const struct net *n)
{
	return n->bits == addr_bits(&n->addr) ? addr_unit(addr_fold(n->addr))
					      : *n;
}

bool judge_sensed(struct judge *j, const struct wire_sensed *s)
{
	struct net n = unit_of(&s->net);
	const char *why;

	if (!sensed_ok(s))
		return false;
	j->sensed.heard++;
	if (s->how == SENSED_GONE) {
		take_back(j, &n);
		return true;
	}
	count_standing(j);
	why = refusal(j, &n);
	if (why)
		j->sensed.refused++;
	else if (j->conf->sensors == CONF_SENSORS_ALARM)
		why = "alarm";
	else
		close_it(j, s, &n);
	say(s, &n, why ? why : "measure");
	return true;
}
