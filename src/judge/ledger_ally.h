/*
 * ledger_ally - the alliance's part of the ledger.
 *
 * Acts lie in frames as they came, so that they can be handed on verbatim;
 * numbers of parties, charters and chains are ours and stay the same for the
 * ledger's life. What is remembered of subjects and budgets is law's own
 * bytes (see law/allied.h). All of it is written in the judge's transactions.
 */
#ifndef LPT_LEDGER_ALLY_H
#define LPT_LEDGER_ALLY_H

#include "judge/ledger.h"

enum {
	LEDGER_ID = 32,
	LEDGER_SERVICE = 32
};

/* state: law's bytes of it; name: the last it had. */
struct ledger_party {
	uint16_t no;
	const uint8_t *id;
	struct str name, state;
};
struct ledger_charter {
	uint8_t no;
	const uint8_t *id;
	struct str state;
};
struct ledger_chain {
	uint32_t no, used;
	struct str bytes;
};
/* first..last: its chained acts, one after the other, at most 64. */
struct ledger_frame {
	int64_t id;
	uint32_t chain, at;
	uint64_t first, last;
	struct str bytes;
};

/* A party's last notice against a net, and what we made of it. */
struct ledger_said {
	struct net net;
	uint16_t party;
	uint8_t charter, evidence, rung, verdict;
	bool pardoned;
	uint16_t kind;
	uint32_t chain, count, witnesses, at, until, expires;
	uint64_t seq;
	char service[LEDGER_SERVICE];
};

/* Our own last notice of a net. */
struct ledger_told {
	struct net net;
	uint8_t charter, evidence;
	uint64_t run, seq;
	uint32_t count, at, term, expires;
};

/* What an ally answered to it. */
struct ledger_reply {
	struct net net;
	uint8_t charter, verdict, reason, measure;
	uint16_t party;
	uint32_t until, at;
};

/* owner: whose territory, author: who was attacked; numbers of parties. */
struct ledger_referral {
	uint8_t envoy[LEDGER_ID];
	uint64_t run, seq;
	uint8_t charter, state;
	uint16_t owner, author;
	struct net net;
	uint32_t at, acknowledged, settled;
};

/* An act (by, of chain) that waits for the one it names. */
struct ledger_early {
	uint8_t envoy[LEDGER_ID];
	uint64_t run, seq, by;
	uint32_t chain, at;
};
/* Accounts that logged in from there, three bytes of a keyed hash each. */
struct ledger_account {
	struct net net;
	uint32_t last;
	struct str users;
};

int ledger_put_party(struct ledger *l, const struct ledger_party *p);
int ledger_put_charter(struct ledger *l, const struct ledger_charter *c);
int ledger_put_subject(struct ledger *l, uint32_t place, struct str bytes);
int ledger_put_chain(struct ledger *l, const struct ledger_chain *c);
int ledger_put_frame(struct ledger *l, const struct ledger_frame *f);
int ledger_set_frame(struct ledger *l, int64_t id, struct str bytes);
int ledger_put_said(struct ledger *l, const struct ledger_said *s);
int ledger_pardon_said(struct ledger *l, const struct net *n, uint16_t party);
int ledger_put_told(struct ledger *l, const struct ledger_told *t);
int ledger_put_reply(struct ledger *l, const struct ledger_reply *r);
int ledger_put_referral(struct ledger *l, const struct ledger_referral *r);
int ledger_put_early(struct ledger *l, const struct ledger_early *e);
int ledger_drop_early(struct ledger *l, const struct ledger_early *e);
int ledger_put_account(struct ledger *l, const struct ledger_account *a);
int ledger_drop_referral(struct ledger *l, const struct ledger_referral *r);
/* Our own notice of it, with its answers. */
int ledger_drop_told(struct ledger *l, const struct net *n);
/* All that is known of it; lift: measures and words too. */
int ledger_forget(struct ledger *l, const struct net *n, bool lift);
int ledger_drop_said_by(struct ledger *l, const struct net *n, uint16_t party);
/* All that others said of it. */
int ledger_drop_said(struct ledger *l, const struct net *n);

typedef void ledger_party_fn(void *arg, const struct ledger_party *p);
typedef void ledger_charter_fn(void *arg, const struct ledger_charter *c);
typedef void ledger_subject_fn(void *arg, uint32_t place, struct str bytes);
typedef void ledger_chain_fn(void *arg, const struct ledger_chain *c);
typedef void ledger_frame_fn(void *arg, const struct ledger_frame *f);
typedef void ledger_said_fn(void *arg, const struct ledger_said *s);
typedef void ledger_told_fn(void *arg, const struct ledger_told *t);
typedef void ledger_reply_fn(void *arg, const struct ledger_reply *r);
typedef void ledger_referral_fn(void *arg, const struct ledger_referral *r);
typedef void ledger_early_fn(void *arg, const struct ledger_early *e);
typedef void ledger_account_fn(void *arg, const struct ledger_account *a);

int ledger_parties(struct ledger *l, ledger_party_fn *fn, void *arg);
int ledger_charters(struct ledger *l, ledger_charter_fn *fn, void *arg);
int ledger_subjects(struct ledger *l, ledger_subject_fn *fn, void *arg);
int ledger_chains(struct ledger *l, ledger_chain_fn *fn, void *arg);
/* Frames that hold this act, at most two. */
int ledger_frame_of(struct ledger *l, uint32_t chain, uint64_t seq,
    ledger_frame_fn *fn, void *arg);
/* Those that end at seq or later, in their order, at most max. */
int ledger_frames_from(struct ledger *l, uint32_t chain, uint64_t seq,
    size_t max, ledger_frame_fn *fn, void *arg);
/* All of them in the order in which they were recorded, from after id. */
int ledger_frames_after(struct ledger *l, int64_t id, size_t max,
    ledger_frame_fn *fn, void *arg);
/* Those with these bytes in them: looks through all of them. */
int ledger_frames_with(struct ledger *l, struct str bytes, ledger_frame_fn *fn,
    void *arg);
int ledger_said_of(struct ledger *l, const struct net *n, size_t max,
    ledger_said_fn *fn, void *arg);
/* What was not taken back of all that was judged so, the oldest first. */
int ledger_said_as(struct ledger *l, uint8_t rung, ledger_said_fn *fn,
    void *arg);
int ledger_tolds(struct ledger *l, ledger_told_fn *fn, void *arg);
int ledger_replies_of(struct ledger *l, const struct net *n, size_t max,
    ledger_reply_fn *fn, void *arg);
int ledger_referrals(struct ledger *l, ledger_referral_fn *fn, void *arg);
int ledger_earlies(struct ledger *l, ledger_early_fn *fn, void *arg);
int ledger_accounts(struct ledger *l, ledger_account_fn *fn, void *arg);

/* A turn's worth of forgetting: frames and words from before. */
int ledger_prune_ally(struct ledger *l, uint32_t frames, uint32_t before);
/* What was deleted is in no file any more: pages are overwritten from now
 * on (secure_delete is always on), and the write-ahead log is emptied. */
int ledger_truncate(struct ledger *l);

#endif
