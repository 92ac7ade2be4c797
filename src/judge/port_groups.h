/*
 * port_groups - the ports that measures close, as numbers.
 *
 * A rule's measures may close some ports alone. What stands, what the law
 * remembers and what is ordered carries one byte for them; here is what it
 * means. Number 0 is every port. Numbers of ports that no rule, no measure
 * and no memory has any more are given anew when there is no other; beyond
 * WIRE_PORTS in use at once every port is closed, and that is said.
 */
#ifndef LPT_PORT_GROUPS_H
#define LPT_PORT_GROUPS_H

#include "wire/msgs.h"

struct judge;

struct port_groups {
	struct ports v[WIRE_PORTS + 1]; /* n 0: free; [0] stays so */
};

/* The number of these ports, new or old; the enforcer hears of a new one. */
uint8_t judge_ports(struct judge *j, const struct ports *p);
/* The number of what either closes. */
uint8_t judge_join(void *judge, uint8_t a, uint8_t b);
/* All numbers, to an enforcer that has just come. */
void judge_tell_ports(struct judge *j);
/* "22/tcp,80/tcp"; "" for every port. */
void judge_ports_text(const struct judge *j, uint8_t number,
    char to[static PORTS_MAX]);
/* The book's rules get the numbers of theirs. */
void judge_number_rules(struct judge *j);
/* The ledger keeps ports as text. */
void judge_ledger_ports(struct judge *j);

#endif
