/*
 * draft_test - drafts as judge makes them, for the notary's tests.
 */
#ifndef LPT_DRAFT_TEST_H
#define LPT_DRAFT_TEST_H

#include "act/body.h"
#include "act/chain.h"
#include "wire/msgs.h"

struct drafter {
	struct chain_author author;
	uint8_t key[ACT_KEY]; /* the notary's */
	uint64_t next_id;
	uint8_t alliance;
};

/* The next draft; its body is in body. Judge computes the hash as notary
 * will, so that several can be under way. */
static inline struct wire_draft draft_next(struct drafter *d, uint8_t type,
    const union act_body *b, uint8_t *body, size_t *n)
{
	struct envelope e = { .type = type, .issued = 1000, .expires = 2000 };
	uint8_t header[ENVELOPE_SIZE];
	struct act_hash hash;
	struct wire_draft m = { .id = ++d->next_id,
		.type = type,
		.label = LABEL_GREEN,
		.charter_version = 1,
		.issued = e.issued,
		.expires = e.expires };

	if (body_encode(type, b, body, ACT_BODY_MOST, n) != ACT_OK)
		die("no such body");
	chain_next(&d->author, &e);
	if (!act_is_chained(type))
		e.prev = (struct act_hash){ 0 };
	memset(m.alliance, d->alliance, ACT_KEY);
	memset(m.party, 7, ACT_KEY);
	memset(m.salt, (int)m.id, sizeof(m.salt));
	memcpy(m.prev, &e.prev, ACT_HASH);
	m.run = e.run;
	m.seq = e.seq;
	memcpy(e.alliance, m.alliance, ACT_KEY);
	memcpy(e.party, m.party, ACT_KEY);
	memcpy(e.envoy, d->key, ACT_KEY);
	e.label = m.label;
	e.charter_version = 1;
	e.commit = body_commit(m.salt, (struct str){ (char *)body, *n });
	envelope_write(&e, header);
	hash = envelope_hash(header);
	if (act_is_chained(type))
		chain_said(&d->author, &hash);
	return m;
}

static inline union act_body draft_notice(uint32_t i)
{
	struct addr a = { 4, { 198, 51, 100, (uint8_t)i } };
	union act_body b = { .notice = { .count = 1 + i,
				 .first = 1,
				 .last = 2,
				 .service = "sshd",
				 .term = 3600 } };

	b.notice.subject = net_of(a, 32);
	return b;
}

#endif
