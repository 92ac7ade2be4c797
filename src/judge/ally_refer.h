/*
 * ally_refer - rebellion: attacks out of an ally's territory are its own to
 * settle. What we refer to others, what they refer to us, and how far a
 * referral is (the specification's section 10).
 */
#ifndef LPT_ALLY_REFER_H
#define LPT_ALLY_REFER_H

#include "judge/ally_priv.h"

void ally_refer(struct judge *j, struct ally_charter *c, uint16_t owner,
    const struct ledger_measure *m);
/* Did we, at that time or later? */
bool ally_referred_since(const struct judge *j, const struct ally_charter *c,
    const struct net *n, uint32_t since);
/* Our own, once it is signed. */
void ally_referred(struct judge *j, struct ally_charter *c,
    const struct frame_act *a);
void ally_referral(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct frame_act *a,
    const struct act_referral *r);
/* What it says against its subject, as a notice would. */
struct act_notice ally_referral_says(const struct act_referral *r);
void ally_settlement(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const struct act_settlement *s);
void ally_refer_tick(struct judge *j);
/* How far is a referral of this net? */
enum ally_refer {
	REFER_NONE,
	REFER_OPEN,   /* limit */
	REFER_LAPSED, /* no immunity any more */
};
enum ally_refer ally_refer_of(const struct judge *j, const struct net *n);
/* Our party says: this one is a good client of ours. How many notices it
 * answers. */
size_t ally_vouch(struct judge *j, const struct net *n, uint32_t term);
size_t ally_settle(struct judge *j, const struct net *n,
    enum act_settled state);

#endif
