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

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t draw(struct maker *m)
{
	uint64_t z = m->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(struct maker *m, uint32_t n)
{
	assert(n > 0);
	return (uint32_t)(draw(m) % n);
}

/* From a second to some days, each doubling as likely as the others. */
static uint32_t gap(struct maker *m)
{
	uint32_t top = 1u << (1 + below(m, 18));

	return top / 2 + below(m, top / 2 + 1);
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
	uint32_t n = 1 + below(m, CONTACTS);

	for (uint32_t i = 0; i < n && at < m->end; i++) {
		add(m, at, host, source, false);
		at += gap(m);
	}
}

static void attack(struct maker *m, uint32_t source)
{
	uint32_t hosts = m->t->hosts, at = START + below(m, m->end - START);
	uint32_t kind = below(m, 100), host = below(m, hosts);
	uint32_t n = kind < LOCAL ? 1 : 2 + below(m, 3);

	if (kind >= LOCAL + FEW)
		n = hosts;
	for (uint32_t i = 0; i < MIN(n, hosts); i++, host++) {
		if (host == hosts)
			host = 0;
		if (n == hosts && i > 0 && below(m, 100) >= EACH)
			continue;
		visit(m, at, host, source);
		at += gap(m);
	}
}

static void log_in(struct maker *m, uint32_t host, uint32_t source)
{
	for (uint32_t day = START; day < m->end; day += DAY) {
		for (int i = 0; i < LOGINS; i++)
			add(m, day + below(m, DAY), host, source,
			    below(m, MISTYPES) != 0);
	}
	if (below(m, BESIDE) == 0)
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
