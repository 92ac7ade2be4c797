/*
 * roll - who may speak for a party: its envoys; revocation; withdrawal.
 *
 * One sealed list per party, with a number that only grows. An envoy is the
 * Ed25519 key of one host. A revocation names one key and holds for ever; a
 * withdrawal takes the party out of one alliance. The roll and revocations
 * are the same in every charter the party is in.
 */
#ifndef LPT_ROLL_H
#define LPT_ROLL_H

#include "charter/text.h"

enum {
	ROLL_ENVOYS = 1024,
	ROLL_DAYS = 180,     /* an envoy's time if nothing else is said, d */
	ROLL_DAYS_MOST = 397 /* 13 months */
};

/* What an envoy may say. */
enum roll_right {
	RIGHT_NOTICE = 1,  /* notices, murmurs */
	RIGHT_ANSWER = 2,  /* receipts, settlements */
	RIGHT_PARDON = 4,  /* pardons, safe-conducts */
	RIGHT_REFER = 8,   /* referrals */
	RIGHT_FORGET = 16, /* forget */
	RIGHT_ALL = 31,
};

struct roll_envoy {
	uint8_t key[32];
	char host[TEXT_NAME_MAX + 1];
	uint32_t rights;
	uint64_t not_after; /* ms */
};

struct roll {
	char name[TEXT_NAME_MAX + 1];
	uint8_t party[32];
	uint32_t number;
	uint64_t issued; /* ms */
	size_t n;
	struct roll_envoy *envoys;
};

bool roll_parse(struct str text, struct roll **ret, struct text_fault *f);
void roll_print(const struct roll *r, struct text_out *o);
void roll_free(struct roll **rp);

struct revocation {
	char name[TEXT_NAME_MAX + 1];
	uint8_t party[32], envoy[32];
	uint64_t issued;
	char why[TEXT_WORDS_MAX + 1];
};
bool revocation_parse(struct str text, struct revocation *ret,
    struct text_fault *f);
void revocation_print(const struct revocation *r, struct text_out *o);

struct withdrawal {
	char name[TEXT_NAME_MAX + 1];
	uint8_t alliance[32], party[32];
	uint64_t issued;
	char why[TEXT_WORDS_MAX + 1];
};
bool withdrawal_parse(struct str text, struct withdrawal *ret,
    struct text_fault *f);
void withdrawal_print(const struct withdrawal *w, struct text_out *o);

#endif
