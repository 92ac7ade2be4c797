/*
 * signing - drafts to the notary, signed frames to the envoy.
 *
 * Typed drafts alone are signed; what goes through a post is in posts.h.
 * Included by msgs.h.
 */
#ifndef LPT_SIGNING_H
#define LPT_SIGNING_H

#include "wire/posts.h"
#include "wire/sizes.h"

/* We are in an alliance (or in none any more): warden starts who signs and who
 * speaks with allies, if their keys are there. Said at each start of judge and
 * whenever it changes, also when keys were made anew. */
struct wire_allied {
	uint8_t on, unused[7];
};

/* KEY: fd is the envoy key's file, 32 bytes of seed, of which only the notary
 * reads. ENVOY_KEY: its public half, once the notary is at work. */
struct wire_envoy_key {
	uint8_t key[32];
};

/*
 * An act to be signed. tail: its body, which the notary decodes and encodes
 * again by its type before it signs; the envoy is the notary's own key, the
 * commitment is made from salt and tail. A number of a run is signed once.
 */
struct wire_draft {
	uint64_t id; /* judge's, for the answer */
	uint8_t type, label, unused[2];
	uint32_t charter_version;
	uint8_t alliance[32], party[32];
	uint64_t run, seq;
	uint8_t prev[32];
	uint64_t issued, expires; /* ms */
	uint8_t salt[16];
};

/* The drafts with these ids, in one frame. tail: it. */
struct wire_signed {
	uint32_t n, unused;
	uint64_t ids[WIRE_BATCH];
};

/* This draft will never be signed. */
struct wire_unsigned {
	uint64_t id;
	uint32_t fault; /* enum act_fault */
	uint32_t unused;
};

/* tail: the frame, for our own outbox in that alliance. */
struct wire_out {
	uint8_t alliance[32], party[32];
	struct wire_span acts;
	uint32_t n, unused;
};

#endif
