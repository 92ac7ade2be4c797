/*
 * sealed - an act of governance as it travels and lies: text and seals.
 *
 *     liptako-sealed v1 TYPE LENGTH\n
 *     LENGTH bytes of text (the signed bytes)
 *     -----BEGIN SSH SIGNATURE----- ... one after the other
 *
 * Self-contained: whoever has it can carry it, whoever reads it can check it,
 * with `ssh-keygen -Y verify` alone. Several may follow one another in one
 * file (a bundle).
 */
#ifndef LPT_SEALED_H
#define LPT_SEALED_H

#include "base/str.h"

enum sealed_type {
	SEALED_NONE,
	SEALED_CHARTER,     /* a version of the charter */
	SEALED_RECORD,      /* a party's posts, contacts, logins */
	SEALED_ROLL,        /* a party's envoys */
	SEALED_REVOKE,      /* an envoy key, for ever */
	SEALED_WITHDRAW,    /* a party leaves */
	SEALED_JOIN,        /* a newcomer asks; see charter_accession */
	SEALED_SUSPEND,     /* alliance-wide; stored, not acted on yet */
	SEALED_COUP,        /* the same */
	SEALED_RESTORATION, /* the same */
	SEALED_PERJURY,     /* the same */
	SEALED_TYPES
};

enum {
	SEALED_TEXT_MAX = 256 << 10,
	SEALED_SEALS_MAX = 1024,
	SEALED_MAX = SEALED_TEXT_MAX + SEALED_SEALS_MAX * 512,
	SEALED_JOIN_MAX = 40 << 10, /* a request to join, all in all */
};

const char *sealed_type_name(enum sealed_type t);
/* The namespace of its signatures: "liptako-charter@v1". */
const char *sealed_namespace(enum sealed_type t);

struct sealed {
	enum sealed_type type;
	struct str text, seals; /* slices of what was read */
	uint8_t hash[32];       /* BLAKE2b-256 of the text */
};

/* NULL, or what is wrong with it. The whole must be one sealed act. */
const char *sealed_parse(struct str bytes, struct sealed *ret);
/* The first of a bundle, which is cut. */
const char *sealed_next(struct str *bundle, struct sealed *ret);
/* The head's line; returns its length. */
size_t sealed_head(enum sealed_type t, size_t text, char to[static 64]);
/* All of it in a new buffer that the caller frees. */
char *sealed_make(enum sealed_type t, struct str text, struct str seals,
    size_t *n);

void sealed_hash(struct str text, uint8_t ret[static 32]);

#endif
