/*
 * fetch - a post's certificate, known by its hash alone.
 *
 * A token names the certificate by its SHA-256. It is taken from the post's
 * own TLS handshake and believed only if it has that hash; nothing else is
 * said to the post.
 */
#ifndef LPT_ENVOY_FETCH_H
#define LPT_ENVOY_FETCH_H

#include "base/addr.h"

enum {
	FETCH_OK,
	FETCH_E_UNREACHABLE,
	FETCH_E_OTHER, /* it has another certificate, or none */
};

/* Blocks for a few seconds at most. *ret (DER) is the caller's. */
int fetch_cert(const struct addr *a, uint16_t port,
    const uint8_t sha256[static 32], uint8_t **ret, size_t *n);

#endif
