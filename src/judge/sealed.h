/*
 * sealed - the charters that this host's party is in, as judge holds them.
 *
 * Sealed acts come from the operator (the control socket), from allies and
 * from a post that we join at; each is verified by alliance_take, kept in the
 * ledger and given back at start. An alliance is only begun by the operator:
 * by founding it, or by joining it with a token. Requests of newcomers wait
 * here until somebody seals or drops them. Whoever acts upon alliances hears
 * of each change by charters.changed.
 */
#ifndef LPT_JUDGE_SEALED_H
#define LPT_JUDGE_SEALED_H

#include "charter/alliance.h"
#include "charter/page.h"
#include "charter/token.h"
#include "wire/msgs.h"

struct judge;

enum {
	CHARTERS = 8,
	INVITES = 64,  /* open at once */
	REQUESTS = 16, /* of newcomers, that wait for us */
	JOININGS = 4,  /* of ours, that wait for others */
	QUESTIONS = 8, /* that wait for the envoy */
};

/* An open invitation: who has the token may hand in one request. */
struct invite {
	uint8_t alliance[32], join[8], login[32];
	uint8_t used[32]; /* by this party; zero: not yet */
	uint64_t expires; /* ms */
};

struct request_held {
	uint8_t alliance[32], join[8]; /* join: zero if it came by hand */
	uint32_t at;
	char *bundle;
	size_t n;
};

/* We wait to be admitted. */
struct joining_held {
	struct alliance *a; /* not yet among charters.v */
	struct token token;
	uint8_t party[32]; /* ours */
	char *bundle;
	size_t n;
	uint32_t since, next; /* s: first asked; when to ask again */
	struct pages pages;
	uint64_t asked; /* id of the question under way; 0: none */
	bool noted;     /* the sponsor has our request */
	bool refused;   /* by who invited us; said so */
	uint8_t why;    /* enum line_why of the last answer */
};

/* To a post that we join at, or would. */
struct question {
	uint64_t id;
	struct token token;
	char *said;
	size_t n;
};

struct charters {
	size_t n, n_invites, n_requests, n_joinings;
	struct alliance *v[CHARTERS];
	struct invite invites[INVITES];
	struct request_held requests[REQUESTS];
	struct joining_held joinings[JOININGS];
	uint64_t asks; /* ids of questions */
	uint64_t refused[ALLIANCE_FAULTS];
	bool dirty; /* the ledger is behind */
	struct question questions[QUESTIONS];
	size_t n_questions;
	bool envoy_up, told_on;
	uint32_t warned;      /* day: what ends soon was told */
	uint32_t envoy_until; /* s: it is wanted, also without a charter */
	/* Each alliance that is there, and each change of one; NULL: nobody
	 * asks. It stays as long as the judge. */
	void (*changed)(struct judge *j, struct alliance *a);
	/* Invitations changed: who may log in at our post. */
	void (*invited)(struct judge *j);
	/* The answer to a question that no joining of ours asked. */
	void (*answered)(struct judge *j, uint64_t id, uint8_t why,
	    struct str tail);
};

void sealed_free(struct judge *j);
/* From the ledger, at start: LEDGER_*. */
int sealed_restore(struct judge *j);
/* What waits is written; expired invitations go; joining goes on. */
void sealed_tick(struct judge *j);
/* Tells everything once more, to who came later. */
void sealed_tell(struct judge *j);
/* All of it into a new ledger, at the next tick. */
void sealed_refill(struct judge *j);

struct alliance *sealed_find(const struct judge *j,
    const uint8_t id[static 32]);

/* One sealed act. a: of this alliance (who carried it says so), or NULL: of
 * whichever it fits. found: version 1 of a new one is welcome. Returns the
 * alliance that took it, or NULL. */
struct alliance *sealed_put(struct judge *j, struct alliance *a, struct str act,
    bool found, struct alliance_how *how);
/* A newcomer's request, in a bundle: NULL, or why not. */
const char *sealed_request(struct judge *j, struct str bundle,
    const uint8_t *join, struct request_held **ret);
void sealed_request_drop(struct judge *j, size_t i);

const char *sealed_invite(struct judge *j, const struct invite *i);
const struct invite *sealed_invite_find(const struct judge *j,
    const uint8_t alliance[static 32], const uint8_t join[static 8]);

/* Our own joining: NULL, or why not. */
const char *sealed_join(struct judge *j, const struct token *t,
    struct str bundle);

/* Something came for join.<id> at our post. Writes what is answered; false:
 * nothing is. */
bool sealed_joiner(struct judge *j, const uint8_t alliance[static 32],
    const uint8_t join[static 8], struct str said, struct text_out *answer);
/* A post that we join at answered question id; why: enum line_why. */
void sealed_joined(struct judge *j, uint64_t id, uint8_t why, struct str tail);

/* Messages of the envoy's about joining; false: the peer breaks the rules. */
bool sealed_hear(struct judge *j, uint32_t type, const void *body, size_t n);
/* A link to warden or envoy came up, or went. */
void sealed_linked(struct judge *j, enum role peer, bool up);
/* A question to a post; its answer goes to sealed_joined. */
bool sealed_ask(struct judge *j, const struct token *t, uint64_t id,
    struct str said);
void sealed_questions(struct judge *j);
void sealed_questions_free(struct judge *j);
/* Tells warden whether notary and envoy are wanted. */
void sealed_wanted(struct judge *j);

/* Mine alone: this party is heard no more, or again. */
void sealed_suspend(struct judge *j, struct alliance *a, uint16_t party,
    bool on);

#endif
