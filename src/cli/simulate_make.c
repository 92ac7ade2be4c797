#include "base/draw.h"
#include "cli/simulate.h"

/*
 * Attackers as real traces have them: most meet one party, some a few, few
 * all. Clients log in every day; now and then one mistypes until it counts,
 * and behind a few addresses an attacker sits beside them.
 */
enum {
	START = 1600000000, /* any time will do */
	DAY = 86400,
	ATTACKERS_A_DAY = 40, /* per party */
	CLIENTS = 200,        /* per party */
	LOGINS = 3,           /* of a client in a day */
	MISTYPES = 2000,      /* one login in so many counts as an attack */
	BESIDE = 200,         /* one client in so many sits beside one */
	LOCAL = 78,           /* percent that meet one party, */
	FEW = 16,             /* that meet two to four; the rest sweeps */
	EACH = 80,            /* percent of the parties that a sweep meets */
	CONTACTS = 8,         /* of a source with a party, at most */
};

struct maker {
	struct sim_trace *t;
	uint64_t state;
	uint32_t end; /* s */
};

/* From a second to some days, each doubling as likely as the others. */
static uint32_t gap(struct maker *m)
{
	uint32_t top = 1u << (1 + draw_below(&m->state, 18));

	return top / 2 + draw_below(&m->state, top / 2 + 1);
}

static void add(struct maker *m, uint32_t at, uint32_t host, uint32_t source,
    bool good)
{
	struct sim_trace *t = m->t;

	if (at >= m->end || t->n == SIM_EVENTS_MOST)
		return;
	if ((t->n & (t->n - 1)) == 0)
		t->v = mem_grow(t->v, MAX(t->n * 2, 1024), sizeof(*t->v));
	t->v[t->n++] = (struct sim_event){ at, source, (uint16_t)host, good };
}

static void visit(struct maker *m, uint32_t at, uint32_t host, uint32_t source)
{
	uint32_t n = 1 + draw_below(&m->state, CONTACTS);

	for (uint32_t i = 0; i < n && at < m->end; i++) {
		add(m, at, host, source, false);
		at += gap(m);
	}
}

static void attack(struct maker *m, uint32_t source)
{
	uint32_t hosts = m->t->hosts,
		 at = START + draw_below(&m->state, m->end - START);
	uint32_t kind = draw_below(&m->state, 100),
		 host = draw_below(&m->state, hosts);
	uint32_t n = kind < LOCAL ? 1 : 2 + draw_below(&m->state, 3);

	if (kind >= LOCAL + FEW)
		n = hosts;
	for (uint32_t i = 0; i < MIN(n, hosts); i++, host++) {
		if (host == hosts)
			host = 0;
		if (n == hosts && i > 0 && draw_below(&m->state, 100) >= EACH)
			continue;
		visit(m, at, host, source);
		at += gap(m);
	}
}

static void log_in(struct maker *m, uint32_t host, uint32_t source)
{
	for (uint32_t day = START; day < m->end; day += DAY) {
		for (int i = 0; i < LOGINS; i++)
			add(m, day + draw_below(&m->state, DAY), host, source,
			    draw_below(&m->state, MISTYPES) != 0);
	}
	if (draw_below(&m->state, BESIDE) == 0)
		attack(m, source);
}

void sim_trace_make(struct sim_trace *t, uint32_t parties, uint32_t days,
    uint64_t seed)
{
	struct maker m = { t, seed, START + days * DAY };
	uint32_t attackers = parties * days * ATTACKERS_A_DAY;

	t->hosts = parties;
	t->good_from = attackers;
	t->sources = attackers + parties * CLIENTS;
	for (uint32_t s = 0; s < attackers; s++)
		attack(&m, s);
	for (uint32_t c = 0; c < parties * CLIENTS; c++)
		log_in(&m, c % parties, attackers + c);
	sim_trace_sort(t);
}
