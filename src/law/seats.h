/*
 * seats - a keyed hash table in fixed memory: the coldest gives way.
 *
 * A key has two groups of eight seats it may sit in, and takes one in the
 * emptier; one byte of its hash per seat finds it without touching the
 * others. The table starts small inside its memory and doubles in place when
 * seven eighths are taken, so that a quiet machine touches few pages. At its
 * full size a newcomer takes a seat that went cold, or one whose guest can
 * move to its other group, else the coldest of its sixteen, and that is
 * counted. The hash is keyed: nobody can aim.
 */
#ifndef LPT_SEATS_H
#define LPT_SEATS_H

#include "base/hash.h"

/* Who sits there: an address or prefix in 64 bits, and what it is about. */
struct seat_key {
	uint64_t subject; /* IPv4 address, or upper half of an IPv6 one */
	uint16_t about;   /* rule, or prefix length */
	uint8_t family;
};

struct seat {
	uint64_t subject;
	uint16_t about;
	uint8_t family;
	uint8_t n;     /* the owner's */
	uint32_t heat; /* the later, the warmer; the owner's, in seconds */
	uint32_t w[4]; /* the owner's */
};

enum {
	SEATS_WAYS = 8
};

struct seats {
	struct hash_key key;
	/* groups = base * doubled, a power of two */
	uint32_t base, doubled, groups, groups_max;
	uint64_t used, pushed_out;
	uint64_t *tags;    /* a byte per seat, 0: empty */
	struct seat *seat; /* SEATS_WAYS a group */
	/* Tells the owner that this one gives way; may be NULL. */
	void (*gone)(void *arg, struct seat *s);
	void *arg;
};

/* For n keys at once; key is copied. */
void seats_init(struct seats *s, uint32_t n, const struct hash_key *key);
void seats_fini(struct seats *s);

struct seat *seats_find(const struct seats *s, const struct seat_key *k);
/* The key's seat; a fresh one is zero but for its key. Seats with a heat
 * before `cold` may be taken over without loss. */
struct seat *seats_take(struct seats *s, const struct seat_key *k,
    uint32_t cold);
void seats_drop(struct seats *s, struct seat *seat);

/* Every taken seat in turn: start with NULL; NULL past the last. Dropping
 * the one just given is allowed. */
struct seat *seats_next(const struct seats *s, const struct seat *after);

uint64_t seats_bytes(const struct seats *s);

#endif
