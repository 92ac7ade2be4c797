/*
 * names - what streams, consumers and subjects are called at a post.
 *
 * One outbox is one stream; one reader of it is one durable consumer, called
 * like the reading party. Alliances and envoys appear by the first 16 hex
 * digits of their id and key, parties by name. A fleet's outbox holds what a
 * chancery hands on to the other hosts of its party.
 */
#ifndef LPT_NATS_NAMES_H
#define LPT_NATS_NAMES_H

#include "wire/posts.h"

enum {
	NATS_NAME = 256 /* the longest of all, with its NUL */
};

struct outbox {
	const uint8_t *alliance; /* 32 bytes */
	const char *owner;
	bool fleet;
};

/* Each writes a NUL-ended name. */
void nats_stream(struct outbox o, char to[static NATS_NAME]);
/* All subjects of the outbox, and the one that this envoy publishes to. */
void nats_all(struct outbox o, char to[static NATS_NAME]);
void nats_own(struct outbox o, const uint8_t envoy[static 32],
    char to[static NATS_NAME]);
/* Where the reader's frames come, and where it acknowledges: a prefix. */
void nats_deliver(struct outbox o, const char *reader,
    char to[static NATS_NAME]);
void nats_ack(struct outbox o, const char *reader, char to[static NATS_NAME]);
/* What a publisher's answers come to: a prefix, with its last dot. */
void nats_answers(const uint8_t alliance[static 32],
    const uint8_t envoy[static 32], char to[static NATS_NAME]);
/* What a newcomer asks and where it is answered; join NULL: of all. */
void nats_join(const uint8_t alliance[static 32], const uint8_t *join,
    bool answer, char to[static NATS_NAME]);

/* The join's id out of such an ask's subject of this alliance. */
bool nats_join_read(const uint8_t alliance[static 32], struct str subject,
    uint8_t join[static 8]);

/* "$JS.ACK.STREAM.CONSUMER.delivered.seq.consumer-seq.time.pending": only
 * behind this prefix (as nats_ack writes it), only digits. */
struct nats_place {
	uint64_t delivered, seq, consumer_seq, time, pending;
};
bool nats_place(struct str reply, struct str prefix, struct nats_place *ret);
void nats_place_print(const struct nats_place *p, const char *prefix,
    char to[static NATS_NAME]);

#endif
