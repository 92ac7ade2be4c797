/*
 * frame - acts as they travel: what a post carries and links hand on.
 *
 * Three forms. OWN: 1 to 64 acts of one envoy under one signature. FORWARDED:
 * one act out of such a batch with its path in the tree, verbatim, whoever
 * carries it. SEALED: a part of an act that people sealed (a charter, a
 * record, a roll, ...), which needs no envoy's signature since the seals are
 * in it. Parsing copies nothing but the headers' fields and allocates
 * nothing; slices point into the caller's bytes.
 *
 * Order at a receiver: frame_parse, then the roll and membership (whose key
 * is it?), then frame_verify, and only then a body is looked at, after
 * frame_body_ok.
 */
#ifndef LPT_ACT_FRAME_H
#define LPT_ACT_FRAME_H

#include "act/merkle.h"

enum {
	FRAME_VERSION = 1,
	FRAME_MOST = 61440,
	FRAME_ACTS = MERKLE_LEAVES,
	FRAME_PART = 49152,   /* bytes of a sealed act in one frame */
	FRAME_PARTS = 16,     /* frames of one sealed act */
	FRAME_FORWARD = 2048, /* holds one forwarded act without its body */
};

enum frame_form {
	FRAME_OWN,
	FRAME_FORWARDED,
	FRAME_SEALED
};

struct frame_act {
	struct envelope e;
	const uint8_t *header; /* ENVELOPE_SIZE bytes, as signed */
	const uint8_t *salt;   /* NULL: the body was erased */
	struct str body;
	struct act_hash hash; /* of the header */
};

/* FRAME_SEALED: the frames of one sealed act come one after another. */
struct frame_part {
	struct act_hash whole; /* BLAKE2b-256 of the whole sealed act */
	uint16_t part, of;     /* 0 to of - 1 */
	struct str bytes;
};

struct frame {
	uint8_t form;          /* enum frame_form */
	uint8_t leaves, index; /* FORWARDED: the act's place in its batch */
	uint8_t n;             /* acts */
	const uint8_t *sig;    /* ACT_SIG bytes */
	struct act_hash path[MERKLE_PATH]; /* FORWARDED */
	struct frame_part part;            /* SEALED */
	struct frame_act acts[FRAME_ACTS];
};

/* All of the bytes must be one frame. All acts of one frame have the same
 * alliance, party and envoy. */
enum act_fault frame_parse(struct frame *ret, const void *bytes, size_t n);
/* One check of a signature for the whole frame, by the envoy's key that
 * stands in it; ACT_OK or ACT_E_SIGNATURE. Not for SEALED. */
enum act_fault frame_verify(const struct frame *f);
/* Is that the body that was signed? ACT_E_ERASED if there is none. */
enum act_fault frame_body_ok(const struct frame_act *a);

/* What proves a single act to anyone, beside its header: to be kept with it
 * so that it can be handed on. */
struct act_proof {
	uint8_t sig[ACT_SIG];
	uint8_t leaves, index;
	struct act_hash path[MERKLE_PATH];
};
/* Of act i of a frame that was verified. */
void frame_proof(const struct frame *f, size_t i, struct act_proof *ret);

/* Writers give the length, or 0 if it does not fit. */
/* secret: 64 bytes as libsodium has them. */
void frame_sign(const uint8_t secret[64], const struct act_hash *acts, size_t n,
    uint8_t sig[ACT_SIG]);
struct frame_item {
	const uint8_t *header, *salt; /* salt NULL: a bare header */
	struct str body;
};
size_t frame_write(const uint8_t sig[ACT_SIG], const struct frame_item *acts,
    size_t n, uint8_t *to, size_t size);
size_t frame_forward(const struct act_proof *p, const struct frame_item *act,
    uint8_t *to, size_t size);
/* Part number `part` of a whole sealed act; parts are full but the last. */
size_t frame_seal(struct str whole, uint16_t part, uint8_t *to, size_t size);
static inline size_t frame_parts(size_t whole)
{
	return (whole + FRAME_PART - 1) / FRAME_PART;
}

#endif
