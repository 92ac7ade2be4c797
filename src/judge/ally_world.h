/*
 * ally_world - parties with a judge and a notary's desk each, on fake links.
 *
 * Outboxes are arrays of frames; an envoy is a loop that hands on what was not
 * taken yet. Time is what the test says; a crash is a judge that is freed
 * without a word, and comes back from its ledger.
 */
#ifndef LPT_ALLY_WORLD_H
#define LPT_ALLY_WORLD_H

#include "act/frame.h"
#include "charter/testing.h"
#include "judge/ally_priv.h"

enum {
	NODES = 4,
	WORLD_NOW = 1795320000 + 86400, /* T0 and a day */
	WAITING = 512,
	STORED = 16384,
	FAIL = 0,
	EVIL = 1,
	WEB = 2,
	LOGIN = 3,
	SOURCE = 3,
};

/* The parties by number. */
enum {
	MALI,
	BURKINA,
	NIGER,
	TUAREG
};

struct stored {
	uint8_t *p;
	size_t n;
};

struct sent_msg {
	uint32_t type;
	size_t n, tail;
	uint8_t bytes[sizeof(struct wire_draft) + ACT_BODY_MOST];
	uint8_t *frame; /* OFFER's */
};

struct node {
	struct world *w;
	unsigned no;
	char dir[48];
	struct judge j;
	struct desk *desk;    /* its notary's */
	bool up, mute;        /* mute: its notary does not answer */
	uint32_t ahead;       /* its clock, s */
	bool cut[NODES];      /* hears not of these */
	size_t cursor[NODES]; /* next frame of theirs */
	size_t acked[NODES];  /* taken so far */
	struct stored box[STORED];
	size_t n_box;
	struct sent_msg *waiting;
	size_t n_waiting;
	unsigned sent[MSG_N];
	struct wire_order order; /* the last */
	unsigned closed, limited, opened;
	uint64_t offset; /* of the log */
};

struct world {
	size_t n;
	uint32_t now;
	struct node node[NODES];
	struct test_key keys[NODES];
	struct charter_party party[NODES];
	uint8_t id[32];
	struct str sealed[2 * NODES + 1];
	size_t n_sealed;
	bool unheard;      /* frames are not delivered */
	bool unconfirmed;  /* posts do not say what they have stored */
	const char *quota; /* acts and KiB a day; NULL: as usual */
};

void world_up(struct world *w, size_t parties);
/* With other quotas than the charter's own: acts and KiB a day. */
void world_up_with(struct world *w, size_t parties, const char *quota);
void world_down(struct world *w);
/* A set-up: our own events would mix with TAP. LIPTAKO_TEST_LOG keeps them. */
int world_quiet(void **state);

/* Time passes, then all talk and commit. */
void world_pass(struct world *w, uint32_t seconds);
/* Until nobody has anything to say. */
void world_talk(struct world *w);
void world_commit(struct world *w);

void node_start(struct node *d);
/* Its two halves: a judge, and the notary that says whose key it holds. */
void node_begin(struct node *d);
void node_key(struct node *d);
/* Nothing is told, nothing is flushed. */
void node_crash(struct node *d);
/* Crashes, and its ledger is lost, too. */
void node_forget(struct node *d);
/* What its judge said is signed, stored, answered; what others have stored is
 * heard. True if there was any. */
bool node_answer(struct node *d);
bool node_reads(struct node *d);
/* One frame, as number seq of a box. */
void node_hear(struct node *d, uint32_t box, uint64_t seq, const void *p,
    size_t n);
/* What this draft becomes if somebody else has the node's key: the frame's
 * length. */
size_t node_thief(const struct node *d, const struct sent_msg *draft,
    uint8_t frame[FRAME_MOST]);

/* Attackers by number, and what judge calls them. */
struct addr host(uint32_t i);
struct net unit(uint32_t i);
/* A line of that rule in the node's log, by anybody. */
void sees_addr(struct node *d, struct addr who, uint16_t rule, uint64_t user);
void sees(struct node *d, uint32_t who, uint16_t rule);
const struct ledger_measure *measure(struct node *d, uint32_t who);
bool is_shut(struct node *d, uint32_t who);

#endif
