/*
 * ledger - what the judge knows that must outlive it: one SQLite file.
 *
 * Events of the live windows, how far each log was read, measures with their
 * evidence, what the law remembers of repeaters, good clients, the operator's
 * words, history and counters. Never a raw line: of a line only where it
 * stands (log, inode, offset, length) and its keyed hash. WAL, STRICT tables,
 * one transaction for all that belongs together; a newer program migrates an
 * older file forward and keeps a copy of it; a corrupt file is moved aside
 * and a new one begun. Every function may fail because the disk is full or
 * read-only: then the caller keeps its facts and comes back later.
 */
#ifndef LPT_LEDGER_H
#define LPT_LEDGER_H

#include "base/addr.h"
#include "base/hosts.h"
#include "base/ports.h"
#include "base/when.h"
#include "law/law.h"

struct ledger;

enum {
	LEDGER_OK,
	LEDGER_E_FULL,      /* no room or the disk fails: try again later */
	LEDGER_E_READ_ONLY, /* cannot be written: try again later */
	LEDGER_E_CORRUPT,   /* move it aside, begin a new one */
	LEDGER_E_OTHER,
};
const char *ledger_why(int e);

enum {
	LEDGER_VERSION = 9,
	LEDGER_LINES = 10 /* deciding lines kept with a measure */
};

/* What opening it meant, for one message to people. */
struct ledger_opened {
	int from;       /* schema version found; 0: a new file */
	bool aside;     /* what lay there was moved aside: see path */
	bool read_only; /* it can be read, not written */
	char path[256]; /* of the copy, or of what was moved aside */
};

/* dir: the state folder. LEDGER_OK, or why there is none for now. */
int ledger_open(struct ledger **ret, const char *dir,
    struct ledger_opened *how);
void ledger_close(struct ledger **lp);
/* Out of the way with it; LEDGER_OK and where it went. */
int ledger_aside(const char *dir, char *path, size_t size);
const char *ledger_error(const struct ledger *l);

/* All or nothing. After a failure of anything in between: ledger_back. */
int ledger_begin(struct ledger *l);
int ledger_commit(struct ledger *l);
void ledger_back(struct ledger *l);
/* Moves the write-ahead log into the file if it has so many pages; may wait
 * for the disk. */
void ledger_checkpoint(struct ledger *l, int pages);

/* Where a line stands. */
struct place {
	uint64_t key, ino, offset, hash;
	uint32_t length, at;
};

struct ledger_event {
	struct addr who;
	uint16_t rule;
	uint8_t flags; /* SIGHT_* */
	uint32_t at, expires;
	uint64_t distinct, user;
	struct place place;
};

struct ledger_position {
	uint64_t key, ino, offset, before;
	uint32_t n_at; /* sightings counted of the line at offset */
	uint32_t used; /* when last, s */
};

enum {
	MEASURE_PROXIED = 1,  /* came through a proxy: not for the kernel */
	MEASURE_SLOW = 2,     /* the slow companion decided */
	MEASURE_WORD = 4,     /* the operator's */
	MEASURE_REFUSED = 8,  /* the enforcer would not */
	MEASURE_ADOPTED = 16, /* given by fail2ban, before us */
	MEASURE_ALLIED = 32,  /* on allies' word alone */
	MEASURE_SENSOR = 64,  /* a sensor's word */
};

struct ledger_measure {
	struct net net;
	uint8_t act, rung, verdict, flags;
	uint8_t ports, unused[5]; /* number of those it closes; 0: all */
	uint16_t saw;  /* a sensor's: see judge_rule_of; not stored */
	uint16_t rule; /* UINT16_MAX: none */
	uint32_t count, need, span, first, last, at, until, repeats;
	uint64_t packets, bytes; /* before the element that is there now */
	struct hosts hosts;      /* of a /64: which attacked */
};

enum history {
	HISTORY_DENIED = 1,
	HISTORY_LIMITED,
	HISTORY_ALARM,
	HISTORY_ENDED,
	HISTORY_PARDONED,
	HISTORY_ALLOWED,
	HISTORY_REFUSED,
};
const char *history_name(enum history h);

struct ledger_history {
	uint32_t at, until, count, repeats;
	struct net net;
	uint8_t what, rung; /* enum history, enum rung */
	uint16_t rule;
};

enum {
	WORD_DENY = 1,
	WORD_ALLOW,
	WORD_PROXY,      /* ours: a proxy that was noticed */
	WORD_SENSOR = 9, /* a sensor's, see desk_sensed.c */
};

/* One of the jails that share a measure; see holders.h. */
struct ledger_held {
	struct net net;
	uint16_t rule;
	uint32_t at, until; /* s; until 0: for ever */
};

struct ledger_word {
	struct net net;
	uint8_t what;
	uint32_t at, until; /* until 0: for ever */
	uint32_t uid;       /* who said it */
	char note[200];
};

/* Rule numbers are translated to names by this list from now on. */
int ledger_rules(struct ledger *l, const char *const *names, size_t n);

/* And numbers of ports to text, by these. Until it is said all are 0. */
typedef void ledger_ports_text_fn(void *arg, uint8_t number,
    char to[static PORTS_MAX]);
typedef uint8_t ledger_ports_number_fn(void *arg, struct str text);
void ledger_ports(struct ledger *l, ledger_ports_text_fn *text,
    ledger_ports_number_fn *number, void *arg);

int ledger_put_event(struct ledger *l, const struct ledger_event *e);
int ledger_put_position(struct ledger *l, const struct ledger_position *p);
int ledger_drop_position(struct ledger *l, uint64_t key, uint64_t ino);
int ledger_put_log(struct ledger *l, uint64_t key, struct str path,
    struct str cursor);
/* With lines: the newest events of that subject and rule become its
 * deciding lines. */
int ledger_put_measure(struct ledger *l, const struct ledger_measure *m,
    bool lines);
int ledger_drop_measure(struct ledger *l, const struct net *n);
int ledger_put_history(struct ledger *l, const struct ledger_history *h);
int ledger_put_memory(struct ledger *l, const struct law_memory *m);
int ledger_drop_memory(struct ledger *l, const struct net *n);
int ledger_put_good(struct ledger *l, const struct law_good *g);
int ledger_put_held(struct ledger *l, const struct ledger_held *h);
int ledger_drop_held(struct ledger *l, const struct ledger_held *h);
int ledger_put_word(struct ledger *l, const struct ledger_word *w);
int ledger_drop_word(struct ledger *l, const struct net *n, uint8_t what);
int ledger_put_counter(struct ledger *l, const char *name, uint64_t value);
int ledger_drop_events(struct ledger *l, const struct net *n);

/* A turn's worth of forgetting: expired events, old history, surplus. */
struct ledger_limits {
	uint64_t events, history; /* rows kept at most */
	uint32_t history_age;     /* s */
};
int ledger_prune(struct ledger *l, uint32_t now,
    const struct ledger_limits *limits);
/* Those whose last evidence is older; walks them all. */
int ledger_prune_memory(struct ledger *l, uint32_t before);
/* Logs of which nothing was read since. */
int ledger_prune_logs(struct ledger *l, uint32_t before);

/* Reading. The callbacks get what is borrowed until they return. */
typedef void ledger_event_fn(void *arg, const struct ledger_event *e);
typedef void ledger_position_fn(void *arg, const struct ledger_position *p);
typedef void ledger_log_fn(void *arg, uint64_t key, struct str path,
    struct str cursor);
typedef void ledger_measure_fn(void *arg, const struct ledger_measure *m);
typedef void ledger_history_fn(void *arg, const struct ledger_history *h);
typedef void ledger_word_fn(void *arg, const struct ledger_word *w);
typedef void ledger_counter_fn(void *arg, struct str name, uint64_t value);
typedef void ledger_place_fn(void *arg, const struct place *p);

int ledger_events(struct ledger *l, uint32_t now, ledger_event_fn *fn,
    void *arg);
/* The newest of one subject, at most max, newest first. */
int ledger_events_of(struct ledger *l, const struct net *n, size_t max,
    ledger_event_fn *fn, void *arg);
int ledger_positions(struct ledger *l, ledger_position_fn *fn, void *arg);
int ledger_logs(struct ledger *l, ledger_log_fn *fn, void *arg);
int ledger_measures(struct ledger *l, ledger_measure_fn *fn, void *arg);
int ledger_measure_of(struct ledger *l, const struct net *n,
    ledger_measure_fn *fn, void *arg);
int ledger_lines_of(struct ledger *l, const struct net *n, ledger_place_fn *fn,
    void *arg);
int ledger_histories(struct ledger *l, uint32_t since, size_t max,
    ledger_history_fn *fn, void *arg);
int ledger_history_of(struct ledger *l, const struct net *n, size_t max,
    ledger_history_fn *fn, void *arg);
int ledger_memories(struct ledger *l, law_memory_fn *fn, void *arg);
int ledger_goods(struct ledger *l, law_good_fn *fn, void *arg);
typedef void ledger_held_fn(void *arg, const struct ledger_held *h);
int ledger_held(struct ledger *l, ledger_held_fn *fn, void *arg);
int ledger_words(struct ledger *l, ledger_word_fn *fn, void *arg);
int ledger_counters(struct ledger *l, ledger_counter_fn *fn, void *arg);

#endif
