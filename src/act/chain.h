/*
 * chain - the order in which an envoy speaks, as its author and as a receiver.
 *
 * An envoy has one chain in each alliance and run: (run, seq, hash of the act
 * before). Every start of the judge begins a new run, whose first act names
 * the last head that it remembers; so a crash or a restored backup leaves a
 * gap and never a fork. Two different acts with the same (envoy, run, seq)
 * are perjury: nobody makes them by accident.
 *
 * A receiver keeps a window of 1,024 numbers below the highest it has seen
 * and up to 16 ranges that are missing further down. More than that are
 * joined with what lies between, which then is asked for again: too much,
 * never too little. All of it is pure and fixed in size, for the ledger.
 */
#ifndef LPT_CHAIN_H
#define LPT_CHAIN_H

#include "act/body.h"
#include "act/frame.h"

struct chain_author {
	uint64_t run, seq;
	struct act_hash head; /* of the last act, also of the run before */
};

/* A new run, later than any before, whatever the clock says. *ret is the body
 * of its first act, which names the head so far. */
void chain_begin(struct chain_author *a, uint64_t now_ms, enum act_run_why why,
    struct act_run *ret);
/* Fills run, seq and prev of the next act; chain_said, once its header is
 * made, moves on. */
void chain_next(const struct chain_author *a, struct envelope *e);
void chain_said(struct chain_author *a, const struct act_hash *hash);

enum {
	CHAIN_WIDTH = 1024,
	CHAIN_GAPS = 16
};

struct chain_gap {
	uint64_t from, to; /* both included */
};

struct chain {
	uint8_t alliance[ACT_KEY], party[ACT_KEY], envoy[ACT_KEY];
	uint64_t run;
	uint64_t head;                   /* highest number seen; 0: none */
	struct act_hash hash;            /* of it */
	uint64_t seen[CHAIN_WIDTH / 64]; /* bit of seq % 1024, up to head */
	uint32_t n_gaps, unused;
	struct chain_gap gaps[CHAIN_GAPS]; /* below the window, rising */
};

enum chain_heard {
	CHAIN_NEW,     /* never heard: to be judged and recorded */
	CHAIN_KNOWN,   /* the same act again: nothing to do */
	CHAIN_PERJURY, /* another act with this number was recorded */
	CHAIN_BROKEN,  /* its neighbour here is not the one it names, or not
			  the other way round: ask others for both */
	CHAIN_FOREIGN, /* not of this chain */
};

/* What was recorded under that number; false if nothing was. The window
 * spares this question nearly always. */
struct chain_link {
	struct act_hash hash, prev;
};
typedef bool chain_known_fn(void *arg, const struct chain *c, uint64_t seq,
    struct chain_link *ret);

/* The chain that this act is of, empty: chain_hear takes the act. All numbers
 * before the first that is heard are missing. */
void chain_new(struct chain *c, const struct envelope *e);
enum chain_heard chain_hear(struct chain *c, const struct envelope *e,
    const struct act_hash *hash, chain_known_fn *known, void *arg);

/* Was it heard, or given up? */
bool chain_has(const struct chain *c, uint64_t seq);
/* What is missing, lowest first: up to n ranges of at most CHAIN_WIDTH numbers
 * each; returns how many. */
size_t chain_missing(const struct chain *c, struct chain_gap *to, size_t n);
/* How many are missing in all. */
uint64_t chain_lacking(const struct chain *c);
/* Nobody has them (a crash of the author's): no longer asked for. An act of
 * them that comes after all is new. */
void chain_gave_up(struct chain *c, const struct chain_gap *g);

/* An ally's heartbeat names an act of this chain. Its word changes nothing
 * here: it only tells what to ask for. */
enum chain_view {
	VIEW_SAME,
	VIEW_BEHIND, /* we lack acts up to there: *ask, which begins with our
			own head, so that another story under it is seen */
	VIEW_SPLIT,  /* it has another act at that number: *ask is that one */
};
enum chain_view chain_compare(const struct chain *c, uint64_t seq,
    const struct act_hash *hash, chain_known_fn *known, void *arg,
    struct chain_gap *ask);

/* Bytes from the ledger: false if they cannot be a chain. */
bool chain_ok(const struct chain *c);

/* Two acts, each as a forwarded frame without its body, each after a u16 of
 * its length: a proof that anyone can check, under 1 kB. */
enum {
	PERJURY_MOST = 1000
};
size_t perjury_write(const struct act_proof *p1, const uint8_t *header1,
    const struct act_proof *p2, const uint8_t *header2, uint8_t *to,
    size_t size);
/* ACT_OK and whose it is, or what is wrong with it. */
enum act_fault perjury_check(const void *bytes, size_t n, struct envelope *ret);

#endif
