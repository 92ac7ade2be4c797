/*
 * act_test - an envoy for tests: it speaks in order and signs at once.
 */
#ifndef LPT_ACT_TEST_H
#define LPT_ACT_TEST_H

#include "act/chain.h"

#include <sodium.h>
#include <stdio.h>

struct speaker {
	uint8_t secret[64];
	struct envelope e; /* what all its acts have in common */
	struct chain_author author;
};

/* An act as its author has it, signed alone. */
struct said {
	uint8_t header[ENVELOPE_SIZE], salt[ACT_SALT], body[ACT_BODY_MOST];
	size_t n;
	struct envelope e;
	struct act_hash hash;
	struct act_proof proof;
};

static inline struct speaker speaker_new(uint8_t who, uint64_t now_ms)
{
	struct speaker s = { 0 };
	struct act_run run;
	uint8_t seed[32];

	memset(seed, who, sizeof(seed));
	crypto_sign_seed_keypair(s.e.envoy, s.secret, seed);
	memset(s.e.alliance, 0xa1, ACT_KEY);
	memset(s.e.party, who, ACT_KEY);
	s.e.charter_version = 1;
	s.e.label = LABEL_GREEN;
	s.e.issued = now_ms;
	s.e.expires = now_ms + 3600000;
	chain_begin(&s.author, now_ms, RUN_START, &run);
	return s;
}

static inline union act_body notice_of(uint32_t i)
{
	union act_body b = { .notice = { .count = i + 1,
				 .kind = 1,
				 .first = 1000,
				 .last = 2000 + i,
				 .service = "sshd",
				 .asked = ASSIST_DENY,
				 .term = 3600 } };
	struct addr a = { 4, { 203, 0, (uint8_t)(i >> 8), (uint8_t)i } };

	b.notice.subject = net_of(a, 32);
	return b;
}

/* The next act with this body, without a signature yet. */
static inline void speak(struct speaker *s, uint8_t type,
    const union act_body *b, struct said *ret)
{
	struct envelope e = s->e;

	memset(ret, 0, sizeof(*ret));
	if (body_encode(type, b, ret->body, sizeof(ret->body), &ret->n) !=
	    ACT_OK)
		die("no such body");
	memset(ret->salt, (int)s->author.seq, sizeof(ret->salt));
	e.type = type;
	e.commit =
	    body_commit(ret->salt, (struct str){ (char *)ret->body, ret->n });
	chain_next(&s->author, &e);
	if (!act_is_chained(type)) /* it has no place in the chain */
		e.prev = (struct act_hash){ 0 };
	envelope_write(&e, ret->header);
	ret->e = e;
	ret->hash = envelope_hash(ret->header);
	if (act_is_chained(type))
		chain_said(&s->author, &ret->hash);
	ret->proof.leaves = 1;
	frame_sign(s->secret, &ret->hash, 1, ret->proof.sig);
}

static inline struct frame_item item_of(const struct said *a)
{
	return (struct frame_item){ a->header, a->salt,
		{ (const char *)a->body, a->n } };
}

/* A frame of n acts under one signature. */
static inline size_t batch(struct speaker *s, const struct said *a, size_t n,
    uint8_t *to)
{
	struct frame_item items[FRAME_ACTS];
	struct act_hash all[FRAME_ACTS];
	uint8_t sig[ACT_SIG];

	for (size_t i = 0; i < n; i++) {
		items[i] = item_of(&a[i]);
		all[i] = a[i].hash;
	}
	frame_sign(s->secret, all, n, sig);
	return frame_write(sig, items, n, to, FRAME_MOST);
}

#endif
