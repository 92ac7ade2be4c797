/*
 * route - which patterns a record is for.
 *
 * By what is known of the source (its service), else by the program that
 * spoke; a program that no service claims may still carry lines of services
 * that have no programs (a web application's, through a container's log).
 */
#ifndef LPT_ROUTE_H
#define LPT_ROUTE_H

#include "rule/group.h"

struct routes;

/* c: borrowed; its patterns are made as they are asked for. */
void routes_new(struct routes **ret, struct compiled_rules *c);
void routes_free(struct routes **rp);

/* NULL if no rule is for it. */
struct group *route_of(struct routes *r, const struct record *rec, int service);
/* Whether any service speaks under this name. */
bool routes_know(struct routes *r, struct str program);

#endif
