/*
 * keys - who may visit, as judge told it, and who a visitor is.
 *
 * Of a key only its SHA-256 is known here, of a password a salted Argon2id.
 * Until judge has told them all, nobody is known.
 */
#ifndef LPT_DESK_KEYS_H
#define LPT_DESK_KEYS_H

#include "desk/http.h"

enum {
	KEYS_MAX = 4096
};

struct key {
	struct wire_key is;
	uint32_t mark;
};

struct keys {
	struct key *v;
	size_t n;
	uint32_t mark;
	bool whole;
};

void keys_begin(struct keys *k);
void keys_hear(struct keys *k, const struct wire_key *w);
void keys_end(struct keys *k);

/* By what the visitor shows; NULL: none of these kinds (1 << enum key_kind)
 * has it. */
const struct wire_key *keys_by_secret(const struct keys *k, uint32_t kinds,
    struct str secret);
const struct wire_key *keys_by_name(const struct keys *k, enum key_kind kind,
    struct str name);
const struct wire_key *keys_by_hash(const struct keys *k, enum key_kind kind,
    const uint8_t hash[32]);
/* Takes about a millisecond, on purpose. */
bool keys_password(const struct wire_key *k, struct str password);
/* salt and hash of a new one. */
void keys_set_password(struct wire_key *k, struct str password);

#endif
