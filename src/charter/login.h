/*
 * login - the keys with which a party logs in at a post: one a post.
 *
 * Derived from the host's login seed, so that nothing has to be stored and no
 * post can use what it learns anywhere else. The envoy key is never used for
 * it: a post hands out nonces to be signed.
 */
#ifndef LPT_LOGIN_H
#define LPT_LOGIN_H

#include "base/base.h"

/* post: SHA-256 of its certificate. ret_seed is an Ed25519 seed. */
void login_derive(const uint8_t seed[static 32],
    const uint8_t alliance[static 32], const uint8_t post[static 32],
    uint8_t ret_seed[static 32], uint8_t ret_public[static 32]);
/* The one-use login of a token: from its secret. */
void login_joiner(const uint8_t secret[static 16],
    const uint8_t alliance[static 32], uint8_t ret_seed[static 32],
    uint8_t ret_public[static 32]);

#endif
