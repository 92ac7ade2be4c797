/*
 * judge - hears sightings, rules, orders, remembers, and answers for it.
 *
 * All state of the program in one struct, and the calls that change it. No
 * clock is read and no socket touched here: `now` is set by the loop before
 * each turn, messages come in through judge_hear and go out through ops, so
 * the tests run the same judge on fake links. The order of a sighting: is it
 * new (logs) - count and rule (law) - order to the enforcer - only then a
 * fact for the ledger.
 */
#ifndef LPT_JUDGE_H
#define LPT_JUDGE_H

#include "base/when.h"
#include "judge/ally.h"
#include "judge/asides.h"
#include "judge/book.h"
#include "judge/desk_feed.h"
#include "judge/desk_keys.h"
#include "judge/desk_lists.h"
#include "judge/facts.h"
#include "judge/hearsay.h"
#include "judge/holders.h"
#include "judge/logs.h"
#include "judge/measures.h"
#include "judge/port_groups.h"
#include "judge/protect.h"
#include "judge/sealed.h"

enum {
	READERS = 16,
	ORDERS = 4096, /* orders whose answer is awaited; a ring */
	PROGRAMS = 32,
	TTL_MAX = 30 * 86400, /* s of an order */
};

struct judge_ops {
	/* Takes the message or keeps a copy of it until the link has room. */
	void (*send)(void *arg, enum role to, uint32_t instance, uint32_t type,
	    const void *body, size_t n, struct str tail);
	/* An order was answered: who waits may be told. */
	void (*done)(void *arg, uint64_t id, const struct wire_done *d);
	/* An element of the kernel, in answer to ASK. */
	void (*element)(void *arg, const struct wire_element *e);
	/* What became of a reload. */
	void (*reloaded)(void *arg, const struct wire_reloaded *r,
	    struct str text);
	/* While much is read back: hear the enforcer, and tell it on. */
	void (*breathe)(void *arg);
};

struct reader_link {
	bool used;
	uint32_t instance;
	size_t n;
	struct heard *heard; /* by source */
};

struct sent_order {
	uint64_t id;
	struct net net;
	uint8_t act;
};

/* An alarm said lately; the same again is not said for a while. */
struct said {
	struct net net;
	uint16_t rule;
	uint8_t rung;
	uint32_t at;
};
enum {
	SAID = 64
};

struct judge_stats {
	uint64_t sightings, orders, refused, dropped, happened, hooked,
	    hooks_failed;
	uint64_t lines, bytes; /* looked at */
	uint64_t commits, commit_us, commit_us_max;
	/* of the day `day` (UTC): measures of each kind, over restarts */
	uint32_t alarms_today, denied_today, limited_today, day;
	bool today_dirty;
};

struct judge {
	uint32_t now, started; /* s */
	struct judge_ops ops;
	void *arg;

	struct conf *conf;
	struct book *book, *former; /* of the generation before */
	struct law *law;
	struct law_conf law_conf;
	struct hash_key law_key;

	struct logs logs;
	struct asides asides;
	struct hearsay hearsay;
	struct reader_link readers[READERS];
	struct measures measures;
	struct holders holders;
	struct port_groups ports;
	struct protect protect;
	struct facts facts;
	struct desk_feed desk;
	struct desk_keys keys;
	struct desk_lists lists;
	struct desk_sensed sensed;
	struct judge_stats stats;
	struct charters charters;
	struct ally *ally;
	struct said said[SAID];

	/* ledger */
	struct ledger *ledger;
	char state[192];
	struct ledger_opened opened;
	uint64_t line_key[2];
	bool adopts; /* the kernel knows more than we: it is asked first */
	uint64_t adopt_id;        /* of that ASK */
	bool restoring, restored; /* what it held comes, is in memory */
	uint32_t breath;          /* rows read back */
	int ledger_fault;         /* LEDGER_E_*; 0: all is well */
	uint32_t fault_since, fault_said, retry_at, pruned_at, checked_at,
	    memory_pruned_at;
	bool good_dirty;
	uint32_t good_at;

	/* enforcer */
	bool watch_only, enforcer_up;
	struct wire_ready ready;
	uint32_t ready_at;
	bool syncing;
	size_t sync_at;      /* measures before it were sent */
	uint64_t sync_last;  /* its last order; 0: answered */
	uint64_t sync_acked; /* the highest that was answered */
	struct mono sync_from;
	uint64_t order_id;
	struct sent_order *orders; /* ORDERS of them */

	struct wire_active active; /* services the reader knows */
	char *active_names;        /* each ended by a newline */
	struct wire_program programs[PROGRAMS];
	size_t n_programs;
	uint32_t look_who_at;
	int jail_log; /* of imported jails' bans, as fail2ban writes it; -1 */
};

void judge_new(struct judge *j, const struct judge_ops *ops, void *arg);
void judge_free(struct judge *j);

/* Takes conf and book: the first generation, or the next one; windows,
 * repeats and good clients go over. */
void judge_rules(struct judge *j, struct conf **conf, struct book **book);

/* Opens the ledger and gives everything back to memory. Defence goes on
 * whatever comes of it. */
void judge_restore(struct judge *j, const char *state);
/* Opens the ledger in the state folder alone. LEDGER_E_*. */
int judge_ledger_open(struct judge *j);

/* A link to a program came up, or went. */
void judge_linked(struct judge *j, enum role peer, uint32_t instance);
void judge_unlinked(struct judge *j, enum role peer, uint32_t instance);

/* A message that msg_fits; false: the peer breaks the rules, cut the link. */
bool judge_hear(struct judge *j, enum role from, uint32_t instance,
    uint32_t type, const void *body, size_t n);

/* More of a SYNC while the link has room, at most max orders: false if it is
 * done, or waits for answers. */
bool judge_sync_more(struct judge *j, size_t max);

/* All that waits into the ledger, then the acknowledgements. */
void judge_commit(struct judge *j);
/* What a second brings: ends of measures, pruning, another try. */
void judge_tick(struct judge *j);

/* The operator's words; net is checked by the caller. who: the one address
 * that was named, if it was one (family 0: it was not). Returns the order's id
 * that the kernel's answer will carry, or 0 if none was needed. */
uint64_t judge_deny(struct judge *j, const struct net *n,
    const struct addr *who, uint32_t until, uint32_t uid, const char *note);
uint64_t judge_allow(struct judge *j, const struct net *n, uint32_t until,
    uint32_t uid, const char *note);
/* Takes measures within (or over) the net back; how many. */
size_t judge_pardon(struct judge *j, const struct net *n, uint32_t uid,
    uint64_t *order);
/* Takes an allow back; false if there was none. */
bool judge_disallow(struct judge *j, const struct net *n);

/* For its own files. */
enum shield judge_shield(void *arg, const struct addr *who);
void judge_send(struct judge *j, enum role to, uint32_t instance, uint32_t type,
    const void *body, size_t n);
uint64_t judge_order(struct judge *j, const struct net *n, uint8_t act,
    uint32_t ttl, uint32_t cause);
/* To close it; ports: their number, 0 for all. */
uint64_t judge_shut(struct judge *j, const struct net *n, uint8_t act,
    uint32_t ttl, uint8_t ports);
void judge_ruled(struct judge *j, const struct ruling *r,
    const struct wire_sighting *s);
/* Evidence against somebody who is shut out already. */
void judge_held(struct judge *j, const struct wire_sighting *s);
/* How a verdict is carried out here. */
uint8_t judge_act(const struct judge *j, enum verdict v);
/* The same if that rule is the reason. */
uint8_t judge_act_by(const struct judge *j, enum verdict v, uint16_t rule);
void judge_close(struct judge *j, struct ledger_measure *m, bool lines);
void judge_open(struct judge *j, const struct net *n, enum history what);
void judge_history(struct judge *j, enum history what,
    const struct ledger_measure *m);
void judge_happened(struct judge *j, uint8_t what,
    const struct ledger_measure *m);
void judge_new_day(struct judge *j);
/* What a counter of that name had, in the ledger: see put_today. */
void judge_day_again(struct judge *j, struct str name, uint64_t value);
/* holding.c: a rule shuts out whom `was` shuts out already, until then. True:
 * it is a jail that did not before. */
bool holding_add(struct judge *j, const struct ledger_measure *was,
    uint16_t rule, uint32_t at, uint32_t until);
/* A jail reached its threshold, and nothing needs to change for it. */
void holding_ruled(struct judge *j, const struct ruling *r);
/* The jail of that rule lets go, others stay; *order: that which says so to
 * the kernel, if one was needed. False: nobody else holds it. */
bool holding_let_go(struct judge *j, const struct net *n, uint16_t rule,
    uint32_t uid, uint64_t *order);
void holding_end(struct judge *j, const struct net *n);
void holding_renumber(struct judge *j);
void holding_again(void *arg, const struct ledger_held *x);
/* jail_log.c: "Ban" or "Unban", if the measure is a jail's. */
void judge_jail_log(struct judge *j, const char *what,
    const struct ledger_measure *m);
/* The same of its filter, and of its look-ups: a whole line's text. */
void judge_filter_log(struct judge *j, uint16_t rule, const char *what);
void judge_names_log(struct judge *j, const char *what);
/* What a reader said, now or after it was asked about; false: it breaks the
 * rules. */
bool judge_read(struct judge *j, uint32_t instance, uint32_t type,
    const void *body, size_t n);
/* The number of a rule of that generation now, or UINT16_MAX. */
uint16_t judge_rule_now(const struct judge *j, uint32_t generation,
    uint16_t rule);
bool judge_hear_enforcer(struct judge *j, uint32_t type, const void *body,
    size_t n);
bool judge_hear_warden(struct judge *j, uint32_t type, const void *body,
    size_t n);
/* With an enforcer that has just come, or whose table is new. */
void judge_agree(struct judge *j);
void judge_sync(struct judge *j);
void judge_refill(struct judge *j);
void judge_restore_late(struct judge *j);

#endif
