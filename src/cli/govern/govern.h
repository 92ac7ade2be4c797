/*
 * govern - the commands of an alliance: what the operator seals.
 *
 * Keys lie in the state folder (root alone); seals are OpenSSH keys that never
 * leave the operator's hand: `ssh-keygen -Y sign` is run as he is and the
 * finished act is handed to judge, who verifies it like anybody's. What judge
 * holds is verified here once more: the command believes seals alone.
 */
#ifndef LPT_GOVERN_H
#define LPT_GOVERN_H

#include "charter/alliance.h"
#include "charter/enrol.h"
#include "charter/joining.h"
#include "charter/login.h"
#include "charter/page.h"
#include "cli/ask.h"

enum {
	GOV_MANY = 32,
	GOV_PATH = 512,
	GOV_PORT = 4222
};

struct gov {
	const char *command;
	struct ask_options ask;
	char state[256];
	bool yes, no_wait, accounts;
	bool quiet; /* a question is asked again if it fails */
	size_t n_seals, n_nets, n_sets;
	const char *seals[TEXT_SEALS_MAX], *nets[GOV_MANY], *sets[GOV_MANY];
	const char *party, *country, *contact, *controller, *spare, *post,
	    *guest, *new_seal, *drop_seal, *out, *file, *bundle, *why, *drop,
	    *host, *code, *sponsor, *state_option;
	uint32_t hours, threshold;
	int argc; /* what follows the options */
	char **argv;
};

/* allowed: the letters of the options that the command takes. */
int gov_options(struct gov *g, int argc, char **argv, const char *allowed);
/* [y/N] on the terminal; --yes says yes. Without a terminal: says so. */
bool gov_agreed(const struct gov *g, const char *question);
/* One line typed in, trimmed; "" without a terminal. */
void gov_typed(const struct gov *g, const char *question, char *to,
    size_t size);
uint64_t gov_now(void); /* ms, whole seconds */

struct held;
/* Our party, as the state folder has it. */
struct own {
	struct charter_party party;
	char seal[GOV_PATH]; /* the key file to sign with */
	uint8_t envoy[32];   /* public */
	uint8_t login_seed[32];
	struct record_post post; /* n_addr 0: we are a guest, or */
	bool fleet;              /* one of the fleet: another host has it */
	char host[TEXT_NAME_MAX + 1];
};
/* CLI_OK, or says why not. make: what is missing is made. */
int own_open(struct gov *g, bool make, struct own *ret);
bool own_is_there(const struct gov *g);
/* Was the key of this host revoked? Then it needs another, and a start. */
bool own_is_revoked(const struct own *o, const struct held *h);
int own_new_key(const struct gov *g, struct own *o);
/* own_make.c: asks for what no option says; of a host's name what may be a
 * party's. */
int own_make(struct gov *g, struct own *o);
/* Options that say something else of a party that is there: nobody has sealed
 * it yet, so it is changed; or they are refused. */
int own_again(const struct gov *g, struct own *o, const struct held *h);
int own_seal_read(const struct gov *g, const char *path, struct seal *ret);
int own_seals_change(struct gov *g, const struct own *o,
    const struct alliance *a, struct charter_party *p);
int own_keep_party(const struct gov *g, const struct own *o);
/* Our seals changed in a charter: what this host keeps of us follows it, and
 * record and roll, which the former ones had sealed, are sealed anew. */
int own_follow(struct gov *g, struct own *o);
int own_post(const struct gov *g, struct own *o, bool make);
void own_tame(const char *from, char to[static TEXT_NAME_MAX + 1]);

/* Refuses what only the first host, the chancery, may do. */
int own_is_first(const struct gov *g, const struct own *o);
int own_folders(const struct gov *g);
int own_keep(const struct gov *g, const char *name, struct str s);

/* A post that is in no record yet. */
struct post_of {
	uint8_t alliance[32], post[32];
};
/* What our next record and roll have that is nowhere yet; all of it may be
 * missing. Borrowed. */
struct own_news {
	const struct alliance *joined; /* its posts need our login */
	const struct post_of *posts;   /* and so do these */
	size_t n_posts;
	const struct record_host *host; /* one more of our fleet, */
	const struct roll_envoy *envoy; /* and its key */
};
/* Our next record: our post, our login at each post of h's alliances and of
 * the news, and the hosts of our fleet. */
void own_record(const struct gov *g, const struct own *o, const struct held *h,
    const struct own_news *news, struct text_out *text);
/* Does the record that holds name our login at that post? */
bool own_logs_in(const struct own *o, const struct alliance *a,
    const uint8_t post[static 32]);
/* Does it lack one at some ally's post? */
bool own_record_lacks(const struct own *o, const struct alliance *a);
/* more: another host of ours, or NULL. */
void own_roll(const struct own *o, const struct held *h,
    const struct roll_envoy *more, struct text_out *text);
/* The roll that holds, or NULL; of the n-th alliance. */
const struct roll *own_roll_is(const struct own *o, const struct held *h,
    size_t *n);

/* key.c: files of 32 bytes, and a post's key and certificate. */
int key_seed(const char *path, bool make, uint8_t ret[static 32]);
int key_post(const char *dir, const char *party, bool make,
    struct text_cert *ret);

/* Signs by ssh-keygen; appends the armored signature. */
int sign_text(const struct gov *g, const char *seal, enum sealed_type t,
    struct str text, struct text_out *armor);
/* The whole sealed act, appended. */
int sign_act(const struct gov *g, const struct own *o, enum sealed_type t,
    struct str text, struct text_out *to);
/* Our next record and our next roll, appended. */
int sign_own(const struct gov *g, const struct own *o, const struct held *h,
    const struct own_news *news, struct text_out *to);

/* What judge holds, verified here. */
enum {
	HELD = 8,
	HELD_REQUESTS = 16
};
struct held {
	size_t n, n_requests, n_joinings, n_enrolments;
	struct alliance *a[HELD];
	struct {
		char *bundle;
		size_t n;
	} requests[HELD_REQUESTS], joinings[HELD], enrolments[HELD_REQUESTS];
	int64_t invitations;
};
int held_fetch(struct gov *g, struct held *ret);
void held_free(struct held *h);
/* The one that is named, or the only one; says why not. */
struct alliance *held_choose(const struct gov *g, const struct held *h,
    const char *name);
/* Hands a bundle in and prints what became of each act. found: a new
 * alliance is welcome. */
int held_put(struct gov *g, struct str bundle, bool found, bool quiet);

/* look.c: what the post of a token answers; a text to hand in, or NULL. */
int look_ask(struct gov *g, const char *token, size_t from, const char *said,
    char **ret);
/* Hands a text in; a refusal is said. whose: who refuses. */
int look_hand_in(struct gov *g, const char *token, const char *text,
    const char *whose);
/* All sealed acts there; the caller's. */
int look_whole(struct gov *g, const char *token, struct pages *ret);
int look_take(const struct gov *g, struct alliance *a, struct str bundle);

/* found.c: a token for our post, and its door opened there. */
int token_fill(const struct gov *g, const struct own *o,
    const struct alliance *a, struct token *t);
int token_open(struct gov *g, const struct token *t);

/* enrol.c: seals roll and record with this host; asks first, unless proven. */
int enrol_admit(struct gov *g, const struct own *o, const struct held *h,
    struct str request, bool proven);

enum {
	ENROL_WAIT_S = 900
};
/* enrol_here.c: this host is the new one. */
int enrol_here(struct gov *g, const char *token);
void enrol_nap(void); /* a second */
void enrol_json(json_t *o);

/* Plain words. */
void say_hash(const uint8_t *p, char to[static 65]);
void say_parties(const struct alliance *a);
void say_terms(const struct charter *c);

int read_whole(const char *command, const char *path, char **ret, size_t *n);
int write_whole(const char *command, const char *path, struct str s,
    unsigned mode);

json_t *alliance_json(const struct alliance *a);
json_t *roll_json(const struct alliance_party *p);

/* The next version, to be changed; the caller's. */
struct charter *next_version(const struct alliance *a);
/* Shows what changes, asks, signs and hands in. more: newcomers' seals. */
int charter_propose(struct gov *g, const struct own *o,
    const struct alliance *a, const struct charter *c, struct str more);
/* Is this party in a version that waits for seals? */
bool charter_find_waiting(const struct alliance *a,
    const uint8_t party[static 32]);

/* charter's own commands */
int charter_amend(struct gov *g);
int charter_renew(struct gov *g);
int charter_seal(struct gov *g);
int charter_export(struct gov *g);

#endif
