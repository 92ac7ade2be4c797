/*
 * enrol - another host of our own party asks for its place on the roll.
 *
 * The first host hands out a token of the fleet's kind: like an invitation,
 * but who has it proves so by a keyed hash over what it asks for. The door at
 * the post is opened with another secret, made of the token's: so neither
 * post nor envoy can put a key of its own in. Pure.
 */
#ifndef LPT_CHARTER_ENROL_H
#define LPT_CHARTER_ENROL_H

#include "charter/text.h"
#include "charter/token.h"

enum {
	ENROL_MAX = 1024 /* bytes of what is asked */
};

struct enrolment {
	char host[TEXT_NAME_MAX + 1];
	uint8_t alliance[32];
	uint8_t envoy[32], login[32]; /* public: its key, and at our post */
	uint8_t proof[32];
};

void enrol_print(const struct enrolment *e, struct text_out *o);
bool enrol_parse(struct str text, struct enrolment *ret, struct text_fault *f);
bool enrol_is(struct str said); /* is it meant to be one? */

/* The proof that whoever asks has this token. */
void enrol_prove(const struct token *t, struct enrolment *e);
bool enrol_proven(const struct token *t, const struct enrolment *e);
/* Six words for two people, where the token is not at hand any more. */
void enrol_code(const struct enrolment *e, char to[static CODE_MAX]);

/* The token that opens the post's door. */
void enrol_door(const struct token *t, struct token *ret);

/* "lpe1-...": a token of this kind. */
size_t enrol_token_print(const struct token *t, char to[static TOKEN_TEXT_MAX]);
enum token_fault enrol_token_parse(struct str text, struct token *ret);
bool enrol_token_is(struct str text);

#endif
