/*
 * record - where a party's posts are and how to reach it; sealed by it alone.
 *
 * The same in every charter the party is in. Its number only grows: a
 * receiver never goes back to a lower one. A party has at most four post
 * addresses in all; a guest names the allies on whose posts its outbox lies.
 * Logins are the public keys with which it logs in at others' posts, one a
 * post (see login.h). The hosts of its fleet log in at its own post: each line
 * is the envoy key of one and its login there, one for each alliance.
 */
#ifndef LPT_PARTY_RECORD_H
#define LPT_PARTY_RECORD_H

#include "charter/text.h"

enum {
	RECORD_POSTS = 4,
	RECORD_GUEST = 4,
	RECORD_LOGINS = 512,
	RECORD_HOSTS = 512
};

struct record_post {
	struct text_hosts at; /* literal addresses and port */
	struct text_cert cert;
};

struct party_record {
	char name[TEXT_NAME_MAX + 1];
	uint8_t party[32];
	uint32_t number;
	uint64_t issued; /* ms */
	char contact[TEXT_WORDS_MAX + 1];
	char chancery[TEXT_NAME_MAX + 1]; /* the host that speaks; or "" */
	struct text_nets given_up;        /* of its territory */
	size_t n_posts, n_guest, n_logins;
	struct record_post posts[RECORD_POSTS];
	char guest[RECORD_GUEST][TEXT_NAME_MAX + 1];
	struct text_login *logins;
	size_t n_hosts;
	struct record_host {
		uint8_t envoy[32];
		uint8_t login[32]; /* Ed25519, public */
	} * hosts;
};

/* On success *ret is the caller's. */
bool record_parse(struct str text, struct party_record **ret,
    struct text_fault *f);
void record_print(const struct party_record *r, struct text_out *o);
void record_free(struct party_record **rp);
/* A host of the fleet may log in; once. False: there is no room. */
bool record_host_add(struct party_record *r, const struct record_host *h);

#endif
