/*
 * cert - the key and certificate of our own post: self-signed, for 10 years.
 *
 * Nobody but those who hold it in a sealed record believes it, and they
 * believe nothing else: so it needs no authority, and its name is one that no
 * other server on earth can have.
 */
#ifndef LPT_NATS_CERT_H
#define LPT_NATS_CERT_H

#include "base/base.h"

enum {
	CERT_MOST = 1024, /* DER */
	CERT_YEARS = 10,
	CERT_HOST = 96,
};

struct cert {
	size_t n;
	uint8_t der[CERT_MOST];
	uint8_t sha256[32];
};

/* "PARTY.ALLIANCE.liptako.invalid", 16 hex digits of the alliance's id. */
void cert_host(const char *party, const uint8_t alliance[static 32],
    char to[static CERT_HOST]);
/* Writes FOLDER/post.key (mode 0600) and FOLDER/post.crt. -EEXIST if there is
 * a key already: what a record names is never overwritten. */
int cert_make(const char *folder, const char *host);
/* FOLDER/post.crt; -ENOENT, -EBADMSG or another -errno. */
int cert_load(const char *folder, struct cert *ret);

#endif
