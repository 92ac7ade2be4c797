/*
 * protect - who is never shut out, and why: the judge's copy.
 *
 * The enforcer tells what it protects (PROTECTED); the operator's words and
 * noticed proxies are the judge's own. The enforcer checks every order again
 * with its own list; this one is for rulings and answers.
 */
#ifndef LPT_PROTECT_H
#define LPT_PROTECT_H

#include "judge/ledger.h"
#include "wire/msgs.h"

enum {
	PROTECT_MAX = 8192
};

struct guarded {
	struct net net;
	uint8_t cause; /* enum never_cause */
	bool ours;     /* an operator's word or a noticed proxy */
	uint32_t until, ref;
};

struct protect {
	size_t n;
	struct guarded *v;
};

void protect_free(struct protect *p);
/* Adds, or renews what is the same net, cause and owner; false: no room. */
bool protect_add(struct protect *p, const struct guarded *g);
void protect_drop(struct protect *p, const struct net *n, uint8_t cause);
/* All that the enforcer said: a new one says it anew. */
void protect_forget_theirs(struct protect *p);
/* What protects him now, or NULL. */
const struct guarded *protect_of(const struct protect *p,
    const struct addr *who, uint32_t now);
/* What would be shut out with this net. */
const struct guarded *protect_within(const struct protect *p,
    const struct net *n, uint32_t now);

#endif
