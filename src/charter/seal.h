/*
 * seal - an OpenSSH key of a party, and what it signed (SSHSIG).
 *
 * Seals are `ssh-ed25519` keys or FIDO keys `sk-ssh-ed25519@openssh.com`,
 * nothing else: a signature by the latter counts only if somebody touched the
 * key for it. Signatures have the form of OpenSSH's PROTOCOL.sshsig, so that
 * `ssh-keygen -Y sign` makes and `ssh-keygen -Y verify` checks them; the
 * namespace keeps a signature for one purpose from serving another. Pure:
 * bytes in, answers out.
 */
#ifndef LPT_SEAL_H
#define LPT_SEAL_H

#include "base/str.h"

enum {
	SEAL_APP_MAX = 63,
	SEAL_LINE_MAX = 256, /* "ssh-ed25519 AAAA..." with its NUL */
	SEAL_BLOB_MAX = 160,
	SEAL_SHOW_MAX = 52,      /* "SHA256:..." with its NUL */
	SSHSIG_ARMOR_MAX = 1024, /* one armored signature */
	SSHSIG_BLOB_MAX = 512,
};

enum seal_kind {
	SEAL_NONE,
	SEAL_ED25519,
	SEAL_SK_ED25519
};

/* Zeroed beyond what is used: equal seals are equal bytes. */
struct seal {
	uint8_t kind; /* enum seal_kind */
	uint8_t key[32];
	char app[SEAL_APP_MAX + 1]; /* of a FIDO key: "ssh:" */
};

/* Why a key or a signature is none. */
enum seal_fault {
	SEAL_OK,
	SEAL_E_ARMOR,     /* no BEGIN and END lines, or not base64 between */
	SEAL_E_SHAPE,     /* the bytes in it are no SSHSIG, or too long */
	SEAL_E_VERSION,   /* of another version */
	SEAL_E_KIND,      /* another sort of key */
	SEAL_E_NAMESPACE, /* made for another purpose */
	SEAL_E_HASH,      /* neither sha256 nor sha512 */
	SEAL_E_TOUCH,     /* nobody touched the FIDO key */
	SEAL_E_FORGED,    /* the signature is wrong */
	SEAL_FAULTS
};
const char *seal_fault_name(enum seal_fault f);

/* A public key line of OpenSSH; a comment after it is allowed if lax. */
enum seal_fault seal_parse(struct str line, bool lax, struct seal *ret);
/* Without comment or newline; returns the length. */
size_t seal_print(const struct seal *s, char to[static SEAL_LINE_MAX]);
/* The key as it stands within SSHSIG and behind base64. */
size_t seal_blob(const struct seal *s, uint8_t to[static SEAL_BLOB_MAX]);
/* "SHA256:..." as ssh-keygen -l shows it. */
void seal_show(const struct seal *s, char to[static SEAL_SHOW_MAX]);

static inline bool seal_eq(const struct seal *a, const struct seal *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* A party is its founding seal, in every charter: 32 bytes. */
void seal_party_id(const struct seal *founding, uint8_t ret[static 32]);

/* A signature, taken apart; slices of the decoded bytes it holds. */
struct sshsig {
	struct seal seal;
	char namespace_[64];
	bool sha256; /* else sha512 */
	uint8_t flags;
	uint32_t counter;
	uint8_t sig[64];
};

/* The next armored signature at the front of *s, which is cut. */
enum seal_fault sshsig_next(struct str *s, struct sshsig *ret);
/* The bytes between the armor, decoded. */
enum seal_fault sshsig_parse(const void *blob, size_t n, struct sshsig *ret);
/* A text to be checked against many signatures: its hashes, made once. */
struct seal_text {
	struct str text;
	bool has256, has512;
	uint8_t sum256[32], sum512[64];
};
/* Did this key sign this text for this purpose? */
enum seal_fault sshsig_check(const struct sshsig *s, struct str namespace_,
    struct seal_text *text);

#endif
