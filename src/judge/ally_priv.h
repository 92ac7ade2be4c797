/*
 * ally_priv - what the files of the judge's alliance share.
 *
 * Numbers of parties and charters are the judge's own and the same for the
 * ledger's life: a party is one, whatever charters it is in. A charter's own
 * numbers (alliance.h) are translated at the door.
 */
#ifndef LPT_ALLY_PRIV_H
#define LPT_ALLY_PRIV_H

#include <sys/queue.h>

#include "act/chain.h"
#include "act/quota.h"
#include "charter/alliance.h"
#include "judge/ally.h"
#include "judge/judge.h"
#include "judge/ledger_ally.h"
#include "judge/services.h"
#include "law/allied.h"
#include "law/seats.h"

enum {
	ALLY_PARTIES = 128,
	ALLY_FLEET = 64, /* hosts of our own party */
	ALLY_NOBODY = UINT16_MAX,
	ALLY_PERJURERS = 64,
	ALLY_CHAINS = 4096,
	ALLY_UNHEARD = 128,       /* of them known from one ally's word alone */
	CHAIN_NAMED = 30 * 86400, /* s a silent chain is named */
	ALLY_TOLD = 16384,
	ALLY_TAKEN = 4096,   /* frames that wait for the ledger */
	ALLY_DRAFTS = 4096,  /* acts that wait for the notary */
	ALLY_ANSWERS = 8192, /* that wait for a receipt */
	ALLY_REFERRALS = 1024,
	ALLY_LATER = 256, /* notices of a party for which there was no room */
	ALLY_EARLY = 4096,
	ALLY_BARE = 1024,
	ALLY_PARTIAL = 64, /* sealed acts of which parts are here */
	ALLY_WHOLE = 1024, /* sealed acts */
	ALLY_POSTS = 512,
	ALLY_BOXES = 1024,
	ALLY_WAITING_BYTES = 64 << 20,
	NOTICE_LIVES = 86400, /* s */
};

/* What became of frames and acts, for status. */
enum ally_count {
	COUNT_FRAMES,
	COUNT_ACTS,
	COUNT_KNOWN,
	COUNT_PERJURY,
	COUNT_BROKEN,
	COUNT_STRANGER, /* of no roll or charter here */
	COUNT_SIGNATURE,
	COUNT_SHAPE,
	COUNT_BODY,
	COUNT_RIGHTS,
	COUNT_SUSPENDED,
	COUNT_HELD, /* the clock is behind the ledger */
	COUNT_QUOTA,
	COUNT_NOTICES,
	COUNT_RECEIPTS,
	COUNT_SENT,
	COUNT_TOLD, /* notices among them */
	COUNT_UNSIGNED,
	COUNT_LOST, /* drafts there was no room for */
	ALLY_COUNTS
};
extern const char *const ally_count_names[ALLY_COUNTS];

struct ally_party {
	uint8_t id[32];
	char name[TEXT_NAME_MAX + 1];
	bool known, changed; /* by its name; since the ledger */
	uint64_t heard, sent_back[ANSWERS], got_back[ANSWERS];
	uint64_t rungs[ALLIED_DENIED + 1];
	uint32_t beat_at; /* last heartbeat, s; 0: none */
	int64_t offset;   /* of its clock, ms */
	struct quota quota;
	bool quota_said;
	/* its list of all chains; questions to it, and of it, in a minute */
	uint32_t list, list_at, asks_at, wants_at;
	uint16_t list_parts, asks, wants;
};

struct ally_answer {
	STAILQ_ENTRY(ally_answer) next;
	struct act_id id;
	struct act_answer a;
};

struct ally_draft {
	STAILQ_ENTRY(ally_draft) next;
	uint64_t id, seq; /* seq 0: it has none yet, or is not chained */
	uint8_t type, charter;
	bool sent;
	uint32_t life;           /* s */
	struct net net;          /* NOTICE, REFERRAL */
	struct ledger_told told; /* NOTICE */
	uint8_t salt[ACT_SALT];
	struct act_hash hash;
	size_t n;
	uint8_t body[];
};

struct ally_charter {
	uint8_t no, id[32];
	struct alliance *a; /* NULL: only the ledger remembers it */
	uint16_t self;      /* the charter's number of our party */
	uint16_t self_no;   /* ours */
	struct chain_author author;
	bool running, changed;
	/* all of ours up to there is in an outbox, */
	uint64_t posted_run, posted_seq;
	uint32_t behind_at; /* and more is not since then, s; 0: no */
	struct quota quota; /* of our party, as allies hold us to it */
	bool held_said;
	uint64_t beats;     /* counter of what is not chained */
	uint64_t run_floor; /* runs below it may have been somebody's */
	uint32_t lapsed_at;
	uint32_t beat_at, beat_all_at, receipt_at, want_at, carry_at;
	/* carried in this minute, bytes; of them beyond anybody's share */
	size_t carried, carried_any;
	struct ally_asker {
		uint32_t at;  /* it asked last, s; 0: never */
		size_t given; /* of its share, in this minute */
	} askers[ALLY_PARTIES];
	STAILQ_HEAD(ally_answers, ally_answer) answers;
	size_t n_answers;
	uint32_t over_budget;
	bool offer_due, resend_due; /* sealed acts; our own */
	bool all_due;               /* an ally forgot: name all chains */
	/* what was erased may lie in our outboxes: when to empty them, s, 0: it
	 * does not; and when that was done last */
	uint32_t purge_at, purged_at;
	bool name_soon; /* or some: those that are fresh */
	/* what lies in the outboxes already, by its hash */
	size_t n_offered, room_offered;
	struct act_hash *offered;
	uint32_t offered_to, offer_at; /* those boxes; not before, s */
	uint32_t resent_at;
};

struct ally_chain {
	struct chain c;
	uint32_t no, used;
	uint16_t party;
	uint8_t charter;
	bool changed, fresh; /* since the ledger; since the last heartbeat */
	uint32_t next;       /* in its bucket */
	uint64_t named;      /* an ally says that it goes on to there; 0: no */
	uint16_t named_by;   /* it alone, if nothing of it was heard */
	uint32_t named_at;
	uint32_t listed; /* in that list of an ally's */
	/* asking for what is missing: since when something is, when whom, how
	 * often in vain, how much was missing then */
	uint32_t lacks_since, asked_at;
	uint16_t asked_of;
	uint8_t tries;
	bool go_on; /* the answer was good: the next question is due */
	uint64_t lacked;
};

/* Facts that wait for the ledger. */
enum ally_fact_kind {
	AFACT_FRAME,
	AFACT_SAID,
	AFACT_PARDONED,
	AFACT_UNSAID,
	AFACT_PERJURER,
	AFACT_TOLD,
	AFACT_REPLY,
	AFACT_REFERRAL,
	AFACT_REFERRAL_GONE,
	AFACT_EARLY,
	AFACT_EARLY_GONE,
	AFACT_ACCOUNT,
	AFACT_FORGET,
};
struct ally_fact {
	enum ally_fact_kind kind;
	union {
		struct ledger_frame frame; /* bytes are owned */
		struct ledger_said said;
		struct ledger_told told;
		struct ledger_reply reply;
		struct ledger_referral referral;
		struct ledger_early early;
		struct {
			struct net net;
			uint32_t last;
			uint8_t n, users[15];
		} account;
		struct net net;
		uint8_t key[32];
	};
};

struct ally_told {
	struct ledger_told t;
	bool used;
	uint32_t next_net, next_seq; /* index + 1 */
};

/* A notice that waits for room in its author's budget. */
struct ally_later {
	struct net net;
	uint32_t chain, at; /* heard at, s */
	uint64_t seq;
	bool own_act;
};
struct ally_queue {
	size_t n;
	struct ally_later *v; /* ALLY_LATER, the best last */
};

struct ally_partial {
	struct act_hash whole;
	uint16_t of, have;
	uint32_t at;
	uint32_t got; /* bits of parts */
	size_t n[FRAME_PARTS];
	uint8_t *bytes[FRAME_PARTS];
};

struct ally_line {
	uint32_t post;
	uint8_t state, why;
	uint32_t rtt_us, dropped, at;
	uint8_t login[32];
	uint32_t up_since; /* s */
	uint64_t pending;  /* frames that lie there for us */
};

/* An outbox that we read or write. */
struct ally_box {
	uint32_t box, post;
	uint8_t charter;
	bool fleet, write;
};

struct ally {
	struct allied *law, *fleet;
	struct services services;
	struct hash_key key;
	uint64_t counts[ALLY_COUNTS];
	uint64_t faults[ACT_FAULT_N];

	size_t n_parties;
	struct ally_party parties[ALLY_PARTIES];
	size_t n_hosts; /* of our own party */
	uint8_t hosts[ALLY_FLEET][ACT_KEY];
	size_t n_perjurers;
	uint8_t perjurers[ALLY_PERJURERS][ACT_KEY];
	size_t n_charters;
	struct ally_charter *charters[ALLIED_CHARTERS];

	uint32_t n_chains, chain_no, lists;
	struct ally_chain *chains; /* [0] is none */
	uint32_t chain_head[ALLY_CHAINS];

	uint32_t told_at; /* the next place */
	struct ally_told *told;
	uint32_t *told_net, *told_seq; /* heads: index + 1 */

	size_t n_referrals;
	struct ledger_referral *referrals;
	struct ally_bare {
		uint32_t chain;
		uint64_t seq;
	} bare[ALLY_BARE];
	uint32_t bare_at;
	size_t n_early;
	struct ledger_early *early;
	struct seats accounts;
	struct ally_queue later[ALLY_PARTIES];

	/* to the ledger, and what waits for it */
	size_t n_facts, room_facts, bytes_facts;
	struct ally_fact *facts;
	size_t n_taken;
	struct wire_taken *taken;
	uint32_t last; /* the ledger's last entry, s */
	bool restored;

	/* notary */
	bool notary_up, has_key;
	uint8_t envoy[32];
	STAILQ_HEAD(ally_drafts, ally_draft) drafts;
	size_t n_drafts;
	uint64_t draft_id;

	/* envoy */
	bool envoy_up, posts_due;
	uint32_t from_post; /* of the frame that is heard */
	struct ally_partial partial[ALLY_PARTIAL];
	struct act_hash whole[ALLY_WHOLE]; /* put together lately */
	uint32_t whole_at;
	size_t n_lines, n_boxes;
	struct ally_line lines[ALLY_POSTS];
	struct ally_box boxes[ALLY_BOXES];
	uint64_t offer_id;
	int64_t aged;   /* frames up to here have lost what is old */
	bool purge_due; /* when we were started; see ally_charter */

	struct frame frame; /* the one that is heard */
};

static inline uint64_t ally_ms(const struct judge *j)
{
	return (uint64_t)j->now * 1000;
}

/* Is the clock where the ledger ends? Before, no ally is heard. */
bool ally_may_act(const struct judge *j);
struct ally_charter *ally_charter_of(const struct ally *y,
    const uint8_t id[static 32]);
struct ally_charter *ally_charter_make(struct ally *y,
    const uint8_t id[static 32]);
/* Memory for all of it, with the first charter. */
void ally_start(struct judge *j);
/* The judge's number of a party; found or made. ALLY_NOBODY: no room. */
uint16_t ally_party_no(struct ally *y, const uint8_t id[static 32],
    const char *name);
const char *ally_party_name(const struct ally *y, uint16_t no);
/* Our number of a party of that charter. */
uint16_t ally_number(struct ally *y, const struct ally_charter *c,
    uint16_t party);
/* Do we speak for our party there (its chancery)? */
bool ally_is_chancery(const struct ally *y, const struct ally_charter *c);

enum allied_immunity ally_immunity(void *arg, const struct net *n);

struct ally_fact *ally_fact(struct ally *y, enum ally_fact_kind kind);

/* Chains. */
struct ally_chain *ally_chain(struct judge *j, const struct ally_charter *c,
    const struct envelope *e, uint16_t party);
struct ally_chain *ally_chain_find(const struct ally *y,
    const uint8_t alliance[static 32], const uint8_t envoy[static 32],
    uint64_t run);
/* One of which only that ally told us; NULL: nobody's here. */
struct ally_chain *ally_chain_named(struct judge *j,
    const struct ally_charter *c, const uint8_t envoy[static 32], uint64_t run,
    uint16_t by);
/* By the ledger's number. */
struct ally_chain *ally_chain_no(const struct ally *y, uint32_t no);
/* One that the ledger has. */
void ally_chain_again(struct judge *j, uint32_t no, uint32_t used,
    const struct chain *c);
chain_known_fn ally_known;
struct ally_known_arg {
	struct judge *j;
	const struct ally_chain *c;
};
/* The recorded act with that number, in *f at *at; bytes are kept in a buffer
 * until the next call. */
bool ally_recorded(struct judge *j, const struct ally_chain *c, uint64_t seq,
    struct frame *f, size_t *at);

/* An act that is new and may be executed. */
void ally_act(struct judge *j, struct ally_charter *c, struct ally_chain *h,
    const struct frame_act *a, const union act_body *b);
/* True: only its header was here, and is now for ever. */
bool ally_unbare(struct ally *y, uint32_t chain, uint64_t seq);
/* Acts that came before those which they name. */
void ally_wait_for(struct judge *j, const struct act_id *id,
    const struct ally_chain *h, const struct envelope *e);
void ally_early(struct judge *j, const struct frame *f, const bool *fresh);
void ally_early_tick(struct judge *j);
/* This key is in two hands: it counts no more until the roll has another. */
void ally_perjurer(struct judge *j, const uint8_t envoy[static 32]);
bool ally_is_perjurer(const struct ally *y, const uint8_t envoy[static 32]);
/* Of a verified frame, what is fresh, for the ledger. */
void ally_record(struct judge *j, const struct frame *f, struct str bytes,
    struct ally_chain *const *chain, const bool *fresh);
void ally_notice(struct judge *j, struct ally_charter *c, struct ally_chain *h,
    const struct frame_act *a, const struct act_notice *n);
/* One that was put off, heard at that time: false, there still is no room. */
bool ally_notice_again(struct judge *j, struct ally_charter *c,
    struct ally_chain *h, const struct frame_act *a, const struct act_notice *n,
    uint32_t heard);
void ally_later(struct ally *y, uint16_t party, const struct ally_later *n);
/* Taken back, by its author or by a human here (ALLY_NOBODY: whoever). */
void ally_later_drop(struct ally *y, uint16_t party, const struct net *n);
void ally_later_tick(struct judge *j);
void ally_later_again(struct judge *j, const struct ledger_said *s);
void ally_later_free(struct ally *y);
void ally_beat_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct frame_act *a, const union act_body *b);
/* A run begins: what do we lack of the one before, and does its author
 * remember less of itself than we do? */
void ally_run_heard(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_run *r);
void ally_beat_tick(struct judge *j, struct ally_charter *c);
/* Asking for what we lack, and answering who lacks something. */
void ally_ask_tick(struct judge *j, struct ally_charter *c);
void ally_heads(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_head *heads, size_t n);
void ally_want_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_want *w);
void ally_carry_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_carry *r);

/* What stands on others' word changed: tell the enforcer. */
void ally_measure(struct judge *j, const struct net *n, uint16_t party,
    uint32_t count);

/* Receipts. */
void ally_answer(struct ally *y, struct ally_charter *c,
    const struct envelope *e, uint8_t verdict, uint8_t rung, uint8_t measure,
    uint32_t until);
void ally_receipt_tick(struct judge *j, struct ally_charter *c);
void ally_receipt_heard(struct judge *j, struct ally_charter *c, uint16_t party,
    const struct act_receipt *r);

/* What we say. NULL: there is no room. */
struct ally_draft *ally_say(struct judge *j, struct ally_charter *c,
    uint8_t type, const union act_body *b, uint32_t life);
/* A notice that was said just now: its place among those that wait. */
void ally_rank(struct ally *y, struct ally_draft *d);
void ally_send_drafts(struct judge *j);
/* Own notices that wait, for the charter's quota is used up. */
size_t ally_held_back(const struct ally *y, const struct ally_charter *c);
/* What a party may say a day there. */
struct quota_conf ally_quota(const struct ally_charter *c);
void ally_begin_run(struct judge *j, struct ally_charter *c,
    enum act_run_why why);
bool ally_hear_notary(struct judge *j, uint32_t type, const void *body,
    size_t n);
/* Notice of what this measure is about. */
void ally_tell(struct judge *j, struct ally_charter *c,
    const struct ledger_measure *m);
/* What was ruled lately and is in no chain of ours: before the notary told
 * whose host this is, or lost by a crash. */
void ally_tell_late(struct judge *j, struct ally_charter *c);
struct ally_told *ally_told_of(const struct ally *y, const struct net *n,
    uint8_t charter);
struct ally_told *ally_told_seq(const struct ally *y, uint8_t charter,
    uint64_t run, uint64_t seq);
/* keep: in memory alone; put: for the ledger too. */
void ally_told_keep(struct ally *y, const struct ledger_told *t);
void ally_told_put(struct ally *y, const struct ledger_told *t);
void ally_told_drop(struct ally *y, const struct net *n);

/* Erasing. */
void ally_forget_heard(struct judge *j, struct ally_charter *c,
    const struct ally_chain *h, const struct act_forget *f,
    const struct envelope *e);
size_t ally_forget(struct judge *j, const struct net *n, bool lift);
void ally_forget_tick(struct judge *j, struct ally_charter *c);
void ally_purged(struct judge *j, const struct wire_purge *w);

/* Envoy and posts. */
bool ally_hear_envoy(struct judge *j, uint32_t type, const void *body,
    size_t n);
void ally_frame(struct judge *j, const struct wire_frame *w, const void *p,
    size_t n);
/* Into our outboxes in that charter; hand_on: to our own hosts. */
void ally_offer(struct judge *j, struct ally_charter *c, struct str frame);
void ally_hand_on(struct judge *j, struct ally_charter *c, struct str frame);
void ally_offer_to(struct judge *j, const struct ally_box *b, struct str frame,
    struct wire_span acts);
/* What was not offered yet of all that was sealed; all of it, the next time. */
void ally_offer_sealed(struct judge *j, struct ally_charter *c);
void ally_offer_anew(struct ally_charter *c);
/* How many of this run's acts no outbox has yet. */
uint64_t ally_behind(const struct ally_charter *c);
void ally_line_tick(struct judge *j, struct ally_charter *c);
void ally_sealed_part(struct judge *j, uint32_t box,
    const struct frame_part *p);
void ally_posts(struct judge *j);
/* The envoy's number of the post with this certificate, in that alliance. */
uint32_t ally_post_no(const uint8_t alliance[static 32],
    const uint8_t cert[static 32]);

#endif
