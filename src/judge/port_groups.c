#include "judge/judge.h"

#include "base/log.h"

static void tell(struct judge *j, uint8_t number)
{
	struct wire_ports w = { .no = number, .ports = j->ports.v[number] };

	judge_send(j, ENFORCER, 0, MSG_PORTS, &w, sizeof(w));
}

void judge_tell_ports(struct judge *j)
{
	for (uint8_t i = 1; i <= WIRE_PORTS; i++)
		if (j->ports.v[i].n)
			tell(j, i);
}

/* The number of these, or the first that is free; 0: neither. */
static uint8_t find(const struct judge *j, const struct ports *p)
{
	uint8_t room = 0;

	for (uint8_t i = WIRE_PORTS; i > 0; i--) {
		if (ports_eq(&j->ports.v[i], p))
			return i;
		if (j->ports.v[i].n == 0)
			room = i;
	}
	return room;
}

struct used {
	uint32_t now;
	bool v[WIRE_PORTS + 1];
};

static void remembered(void *arg, const struct law_memory *m)
{
	struct used *u = arg;

	if (m->until > u->now)
		u->v[m->ports] = true;
}

/* Numbers that nobody has any more are free. */
static void let_go(struct judge *j)
{
	struct used u = { .now = j->now };

	for (size_t i = 0; i < j->measures.n; i++)
		u.v[j->measures.v[i].ports] = true;
	for (size_t i = 0; j->book && i < j->book->n; i++)
		u.v[j->book->law[i].ports] = true;
	if (j->law)
		law_export(j->law, remembered, &u);
	for (size_t i = 1; i <= WIRE_PORTS; i++)
		if (!u.v[i])
			j->ports.v[i] = (struct ports){ 0 };
}

static void say_full(const struct ports *p)
{
	char text[PORTS_MAX];

	(void)ports_print(p, text);
	log_warn(
	    "ports-all-closed ports=%s text=\"there is no room for another "
	    "group of ports\"",
	    text);
}

uint8_t judge_ports(struct judge *j, const struct ports *p)
{
	uint8_t number;

	if (p->n == 0)
		return 0;
	number = find(j, p);
	if (number == 0) {
		let_go(j);
		number = find(j, p);
	}
	if (number == 0) {
		say_full(p);
		return 0;
	}
	if (j->ports.v[number].n == 0) {
		j->ports.v[number] = *p;
		if (j->ready_at)
			tell(j, number);
	}
	return number;
}

uint8_t judge_join(void *judge, uint8_t a, uint8_t b)
{
	struct judge *j = judge;
	struct ports p;

	if (a == b)
		return a;
	if (a == 0 || b == 0)
		return 0;
	if (ports_join(&j->ports.v[a], &j->ports.v[b], &p) != PORTS_OK) {
		say_full(&j->ports.v[b]);
		return 0;
	}
	return judge_ports(j, &p);
}

void judge_ports_text(const struct judge *j, uint8_t number,
    char to[static PORTS_MAX])
{
	(void)ports_print(&j->ports.v[number], to);
}

void judge_number_rules(struct judge *j)
{
	for (size_t i = 0; i < j->book->n; i++)
		j->book->law[i].ports =
		    judge_ports(j, &j->book->rules[i].ports);
}

static void ports_text(void *arg, uint8_t number, char to[static PORTS_MAX])
{
	judge_ports_text(arg, number, to);
}

/* What cannot be read closes more rather than less. */
static uint8_t ports_number(void *arg, struct str text)
{
	struct ports p;

	return ports_parse_all(text, &p) == PORTS_OK ? judge_ports(arg, &p) : 0;
}

void judge_ledger_ports(struct judge *j)
{
	ledger_ports(j->ledger, ports_text, ports_number, j);
}
