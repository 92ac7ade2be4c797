/*
 * load - inside the rule room: what the loader's two halves share.
 *
 * load.c walks the tree and keeps or drops rules; value.c turns one scalar
 * or list into one member. Every complaint goes through load_bad, which
 * counts it.
 */
#ifndef LPT_LOAD_H
#define LPT_LOAD_H

#include "conf/tree.h"
#include "rule/keys.h"

struct load {
	const char *file;
	rule_fault_fn *fault;
	void *arg;
	size_t faults;
};

void load_bad(struct load *l, const struct node *n, const char *fmt, ...)
    PRINTF(3, 4);

/* Sets the member of key k in the struct at `to`; complains and returns false
 * if the value is none. Not for KEY_REQUEST, KEY_JAIL, KEY_EXAMPLES and
 * KEY_RULES. */
bool value_set(struct load *l, const struct node *n, const struct rule_key *k,
    void *to);
/* A text without NUL and of bounded length, or NULL after a complaint. */
char *value_text(struct load *l, const struct node *n);
void strings_add(struct strings *s, char *z, unsigned at);

void service_drop(struct service *s);
void rule_drop(struct rule *r);

#endif
