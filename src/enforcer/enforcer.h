/*
 * enforcer - the one that shuts nets out, and believes no one.
 *
 * Everything it decides, without a socket and without a clock: words come in
 * by enforcer_hear, answers go out through `say`, the kernel is a fence. Each
 * order is checked again here: its shape, its width, its term, and that it
 * shuts nothing that is protected. Orders gather until enforcer_flush and
 * become one transaction; DONE tells the end of each, in their order.
 */
#ifndef LPT_ENFORCER_H
#define LPT_ENFORCER_H

#include "base/link.h"
#include "enforcer/fence.h"
#include "enforcer/shield.h"
#include "enforcer/standing.h"

enum {
	ORDERS = 4096,       /* in one transaction */
	STAMPS = 2 * ORDERS, /* slots that tell one net twice in a batch */
	PLACES = 6,  /* where a net may be shut on every port: three measures,
			listed or not; and three in each group of ports */
	ASKS = 256,  /* questions that may wait */
	LOOKS = 128, /* elements in a turn's look */
	NEVER_GRACE = 60,  /* s until a never-element nobody speaks for goes */
	NAME_GRACE = 300,  /* s that a name's address outlives its TTL */
	LIVE_TERM = 86400, /* s a session is believed without a new list */
};

struct pending {
	struct wire_order order; /* its ports are a group of ours */
	uint8_t status;          /* enum done */
	bool quiet;              /* told only if something came of it */
	bool elsewhere; /* the kernel may hold it where memory does not know */
	int32_t value;
	uint64_t packets, bytes;
	uint16_t first, n; /* its looks */
	uint16_t change, n_changes;
};

struct enforcer {
	const struct fence_kind *kind;
	void *fence;
	struct fence_state state;
	bool dry, started;
	bool synced; /* memory knows all that the kernel holds */
	bool syncing;
	bool quiet; /* of the orders that come now */
	struct standing standing;
	struct shield shield;
	uint32_t now;      /* s, of struct mono: set before every call */
	uint32_t never_at; /* when never-elements are looked through; 0: no */
	uint32_t rebuilds;

	void (*say)(void *arg, uint32_t type, const void *body, size_t n);
	void *say_arg;

	struct ports groups[NFT_GROUPS]; /* n 0: there is none */
	size_t n_groups;
	uint8_t numbers[WIRE_PORTS + 1]; /* judge's: the group of each */

	struct pending *orders;
	size_t n_orders;
	uint32_t *stamps, stamp; /* which nets this batch has: the batch's
				    number and the order's */
	struct nft_elem *looks;
	struct fence_change *changes;

	struct wire_ask asks[ASKS];
	size_t n_asks, ask_at; /* slots left to tell, from the end */
	uint64_t n_listed, n_looked, n_held; /* of lists, for ASK_SUMS */
	bool asking;
	size_t verify_at; /* slots left to verify */
	bool walking;     /* looking for what the kernel holds beyond */
	bool walk_never;
	struct fence_change *beyond;
	size_t n_beyond;
	size_t sweep_at;
};

/* Borrows the fence; both live as long as e. */
void enforcer_new(struct enforcer *e, const struct fence_kind *kind,
    void *fence);
void enforcer_free(struct enforcer *e);
/* Takes the table; on a kernel or with rights that do not allow it e goes
 * dry and says so in READY. 0 or -errno: another one has it. */
int enforcer_claim(struct enforcer *e);

/* One message; false: the speaker breaks the table, cut the link. */
bool enforcer_hear(struct enforcer *e, enum role from, const struct packet *p);
/* Carries out what has gathered. */
void enforcer_flush(struct enforcer *e);
/* A turn of what takes longer: answers, verifying, looking for what is
 * beyond. True: there is more to do. */
bool enforcer_work(struct enforcer *e);
/* Once a second. */
void enforcer_tick(struct enforcer *e);
/* Somebody touched the table. */
void enforcer_torn(struct enforcer *e);
/* Takes the table away and measures no more. */
void enforcer_disarm(struct enforcer *e);
/* To a judge that has just come: READY and all that is protected. */
void enforcer_greet(struct enforcer *e);

/* What this host is: from rtnetlink. Between begin and end all of it. */
void enforcer_host_begin(struct enforcer *e);
void enforcer_host(struct enforcer *e, const struct net *n,
    enum never_cause why);
void enforcer_host_end(struct enforcer *e);

/* For the files of this room. */
/* groups.c: what judge says of ports; false: the speaker breaks the table. */
bool enforcer_ports(struct enforcer *e, const struct wire_ports *w);
/* The groups that the kernel has. */
void enforcer_groups_read(struct enforcer *e);
/* A judge that has just come hears of them, and has no numbers yet. */
void enforcer_groups_greet(struct enforcer *e);
/* What judge's number means; false: he has not said. */
bool enforcer_group(const struct enforcer *e, uint8_t number, uint8_t *ret);
/* His number for a group; 0: none. */
uint8_t enforcer_number(const struct enforcer *e, uint8_t group);
/* Everything anew, without a gap. 0 or -errno. */
int enforcer_remake(struct enforcer *e);
bool enforcer_order(struct enforcer *e, const struct wire_order *o);
void enforcer_say(struct enforcer *e, uint32_t type, const void *body,
    size_t n);
/* Applies changes that no order asked for, in pieces. 0 or -errno. */
int enforcer_change(struct enforcer *e, const struct fence_change *c, size_t n);
bool enforcer_protect(struct enforcer *e, const struct shield_word *w);
void enforcer_unprotect(struct enforcer *e, const struct net *n, uint8_t cause,
    enum role said);
/* A word was taken out of the shield: what follows from it. */
void enforcer_gone(struct enforcer *e, const struct shield_word *w);
void enforcer_sync(struct enforcer *e, uint8_t end);

#endif
