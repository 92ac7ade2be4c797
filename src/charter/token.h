/*
 * token - the invitation: one printable word that is handed over once.
 *
 * It says where the inviting party's post is and what certificate it has,
 * which alliance it is, and holds a secret that lets one stranger log in once
 * for a day, to hand in one request. "lpt1-" and base32 in groups; a checksum
 * tells a slip of the pen. And the code of six words that two people compare
 * by voice: 66 bits of a hash, in words of two syllables.
 */
#ifndef LPT_TOKEN_H
#define LPT_TOKEN_H

#include "base/addr.h"

enum {
	TOKEN_TEXT_MAX = 256,
	TOKEN_HOURS = 24,
	CODE_MAX = 6 * 5, /* six words of four letters, with the NUL */
};

struct token {
	struct addr addr;
	uint16_t port;
	uint8_t post[32]; /* SHA-256 of its certificate */
	uint8_t alliance[32];
	uint8_t secret[16];
	uint64_t expires; /* ms; whole seconds */
};

enum token_fault {
	TOKEN_OK,
	TOKEN_E_SHAPE,   /* not written as a token */
	TOKEN_E_CHECK,   /* a letter is wrong */
	TOKEN_E_VERSION, /* of a newer Liptako */
	TOKEN_E_VALUE,   /* no such address or port */
	TOKEN_FAULTS
};
const char *token_fault_name(enum token_fault f);

enum token_fault token_parse(struct str text, struct token *ret);
size_t token_print(const struct token *t, char to[static TOKEN_TEXT_MAX]);
/* What its join.<id> subject and one-use login are called: 16 hex of a hash
 * of the secret, with the NUL. */
void token_id(const struct token *t, char to[static 17]);

/* "bako mitu ..." of any 32-byte hash. */
void code_words(const uint8_t hash[static 32], char to[static CODE_MAX]);

#endif
