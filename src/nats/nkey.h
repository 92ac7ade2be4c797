/*
 * nkey - an Ed25519 key as NATS writes it, and the one thing a login signs.
 *
 * A login key signs nonces of a post, nothing else: what is signed must look
 * like a nonce of nats-server (a few letters of base64url), so that not even
 * a hostile post can have something signed that means anything elsewhere.
 */
#ifndef LPT_NATS_NKEY_H
#define LPT_NATS_NKEY_H

#include "base/str.h"

enum {
	NKEY_MAX = 57, /* "U" and base32 of key and checksum, with its NUL */
	NKEY_NONCE_MAX = 48,
};

/* A user's public key. */
void nkey_print(const uint8_t public[static 32], char to[static NKEY_MAX]);
/* Is it what nats-server asks to be signed? */
bool nkey_is_nonce(struct str nonce);
/* secret: 64 bytes as libsodium has them; false: that is no nonce. */
bool nkey_sign(const uint8_t secret[static 64], struct str nonce,
    uint8_t sig[static 64]);

#endif
