/*
 * alliance_priv - what the alliance's files share: versions and their seals,
 * members, claims.
 */
#ifndef LPT_ALLIANCE_PRIV_H
#define LPT_ALLIANCE_PRIV_H

#include "charter/alliance.h"

enum {
	WAITING = 16,     /* versions that lack seals */
	WAITING_EACH = 2, /* of one party that sealed them first */
	ORPHANS = 16,     /* versions whose predecessor is not here yet */
	REVOKED_MAX = 4096,
	GRACE_MS = 86400000 /* immunity of who withdrew */
};

/* A seal that was checked. */
struct held_seal {
	struct seal seal;
	bool joins; /* over the accession, not over the charter */
	char *armor;
	size_t n;
};

struct version {
	uint32_t no;
	uint8_t hash[32];
	struct charter *charter; /* NULL: too old to be needed */
	char *text;
	size_t n_text;
	struct held_seal *seals;
	size_t n_seals;
	uint64_t taken;    /* ms */
	uint8_t first[32]; /* id of the party that sealed it first */
	char *bytes;       /* the sealed act, remade when a seal is added */
	size_t n_bytes;
};

struct held_act {
	char *bytes;
	size_t n;
	uint8_t hash[32];
};

struct member {
	struct alliance_party p;
	struct charter_party entry;
	struct party_record *record;
	struct roll *roll;
	uint64_t withdrew; /* as its withdrawal says, ms */
	struct held_act record_act, roll_act, withdrawal_act;
};

struct revoked {
	uint16_t party;
	uint8_t key[32];
	struct held_act act;
};

struct claim {
	struct net net;
	uint16_t party;
	uint32_t version; /* that sealed it first */
	bool live;
};

struct envoy_ref {
	uint8_t key[32];
	uint16_t party;
	uint32_t at; /* on its roll */
};

struct alliance {
	uint8_t id[32];
	struct version **line; /* adopted: version i + 1 */
	size_t n_line;
	struct version *rival;
	struct version *waiting[WAITING];
	size_t n_waiting;
	struct held_act orphans[ORPHANS];
	size_t n_orphans;
	struct member **members;
	size_t n_members;
	struct revoked *revoked;
	size_t n_revoked;
	struct claim *claims;
	size_t n_claims;
	struct envoy_ref *envoys; /* sorted by key, then party */
	size_t n_envoys;
	uint64_t now; /* of the take */
};

void how_say(struct alliance_how *how, enum alliance_answer answer,
    enum alliance_fault fault, const char *fmt, ...) PRINTF(4, 5);

/* alliance_seals.c */
struct tally {
	size_t have, need, have_own, need_own;
	bool all;          /* and everybody who must */
	char missing[200]; /* else: who */
};
/* base: the version whose threshold counts, NULL for version 1. rival: its
 * rival when both are joined. Adds the seals that are right; how many were
 * wrong. */
size_t version_gather(const struct alliance *a, struct version *v,
    const struct charter *base, struct str seals);
void version_tally(const struct alliance *a, const struct version *v,
    const struct charter *base, const struct charter *tip,
    const struct charter *rival, struct tally *ret);
bool version_sealed_by(const struct version *v, const struct charter_party *p);
bool version_acceded(const struct version *v, const struct charter_party *p);
void version_bytes(struct version *v);
void version_free(struct version **vp);
/* Enough seals of this party under an act of its own? */
bool party_sealed(const struct charter_party *p, const struct sealed *s,
    size_t *wrong);

/* alliance_versions.c */
void take_charter(struct alliance *a, const struct sealed *s, struct str bytes,
    struct alliance_how *how);
void versions_tally(const struct alliance *a, const struct version *v,
    struct tally *t);
/* Who withdrew counts no more: look again at what waits. */
void versions_again(struct alliance *a);
/* alliance.c: the members anew, after a version was adopted. */
void members_adopt(struct alliance *a);
bool has_withdrawn(const struct alliance *a, const struct charter_party *p);
struct member *member_of(const struct alliance *a, const uint8_t id[static 32]);
struct version *tip_of(const struct alliance *a);
void act_hold(struct held_act *h, struct str bytes,
    const uint8_t hash[static 32]);
void act_release(struct held_act *h);

#endif
