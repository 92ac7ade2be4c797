/*
 * desk - what the notary signs, and what it does not.
 *
 * A draft is signed only if its body is what its type says, byte for byte as
 * our own encoder writes it; the notary makes the header itself, with its own
 * key in it, and what is signed always begins with a domain string and a
 * length. So whoever commands the judge can make us say false things of the
 * kinds that there are, and nothing else: no other protocol's message, no
 * login, no act of another envoy. And no perjury, as long as we live: a
 * number of a run is signed once, and an act that does not follow the one
 * that was signed before it is refused.
 *
 * Drafts of one alliance and party are signed together as they wait, up to
 * 64 at once.
 */
#ifndef LPT_SIGNING_DESK_H
#define LPT_SIGNING_DESK_H

#include "act/frame.h"
#include "wire/msgs.h"

enum {
	DESK_ALLIANCES = 64
};

struct desk {
	uint8_t secret[64], key[ACT_KEY];
	size_t n;    /* drafts on it */
	size_t size; /* of their frame */
	struct wire_draft drafts[FRAME_ACTS];
	struct desk_act {
		uint8_t header[ENVELOPE_SIZE], body[ACT_BODY_MOST];
		size_t n;
		struct act_hash hash;
	} acts[FRAME_ACTS];
	/* what was said last in each alliance, the oldest gives way */
	struct desk_last {
		uint8_t alliance[ACT_KEY];
		uint64_t run, seq, used;
		struct act_hash hash;
	} last[DESK_ALLIANCES];
	uint64_t clock;
};

/* The key's seed; it is not needed afterwards. */
void desk_open(struct desk *d, const uint8_t seed[32]);

/* May this draft be signed together with those that lie here? */
bool desk_fits(const struct desk *d, const struct wire_draft *m, size_t body);
/* ACT_OK, and it lies here; or why it will never be signed. */
enum act_fault desk_add(struct desk *d, const struct wire_draft *m,
    struct str body);
/* Signs all that lies here and clears the desk; the frame's length. */
size_t desk_sign(struct desk *d, uint8_t to[FRAME_MOST],
    struct wire_signed *ret, struct wire_out *out);

#endif
