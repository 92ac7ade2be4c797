/*
 * good - clients who log in on several days.
 *
 * Only logins to the host itself count (shell, key, mail account), never
 * self-registered accounts. Success after a burst of failures revokes, and
 * bars for a month: stolen credentials must not buy immunity.
 */
#ifndef LPT_GOOD_H
#define LPT_GOOD_H

#include "law/law.h"
#include "law/seats.h"

struct goods {
	struct seats seats; /* good ones and candidates */
	uint32_t days;      /* that it takes */
	uint32_t n;         /* good ones, at most LAW_GOOD_MAX */
};

void goods_init(struct goods *g, uint32_t days, const struct hash_key *key);
void goods_fini(struct goods *g);

void goods_login(struct goods *g, const struct seat_key *k, uint32_t at);
bool goods_has(const struct goods *g, const struct seat_key *k, uint32_t now);
/* Any good one inside the prefix? */
bool goods_within(const struct goods *g, const struct net *n, uint32_t now);
/* True if it was one until now. */
bool goods_revoke(struct goods *g, const struct seat_key *k, uint32_t at);

struct law_good goods_at(const struct seat *s);
bool goods_is(const struct seat *s, uint32_t now);
void goods_put(struct goods *g, const struct law_good *from);

#endif
