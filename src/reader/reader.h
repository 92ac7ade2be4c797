/*
 * reader - lines in, sightings out.
 *
 * Descriptors come from warden (log files, sockets, one inotify instance),
 * entries from the scribe; what the rules hit goes to the judge with the
 * place it stood at. The reader itself opens nothing, knows no path and keeps
 * nothing: judge tells where to go on. A full link to the judge stops the
 * reading, never drops; datagrams the kernel drops meanwhile are counted.
 */
#ifndef LPT_READER_H
#define LPT_READER_H

#include "base/hash.h"
#include "base/link.h"
#include "base/when.h"
#include "conf/conf.h"
#include "line/frame.h"
#include "line/proxy.h"
#include "reader/gen.h"
#include "reader/jails.h"
#include "rule/match.h"
#include "wire/msgs.h"

enum {
	SOURCES = 4096, /* at a time */
	WATCHES = 4096, /* slots by watch descriptor */
};

enum log_state {
	LOG_NEW,   /* judge was not asked yet */
	LOG_ASKED, /* waits for RESUME */
	LOG_READ,
};

/* One generation of a source, or the only one of a socket. */
struct log {
	struct log *next; /* the newer one */
	struct source *of;
	struct gen gen;
	int watch;
	enum log_state state;
	bool fresh, old, again, ending, dirty;
	bool has_begun;
	uint64_t begin; /* where we first began to read it */
	bool live;      /* was read to its end: what comes now is new */
	bool is_told;   /* progress was sent for all that was read */
	uint8_t n_sent; /* hits of the line at offset that judge has */
	uint64_t lines, bytes, hits; /* since the last progress */
	struct jail_line *jail_line; /* NULL: no jail reads it */
	struct frame *frame;         /* SOURCE_STREAM */
	struct frame_line *held;     /* SOURCE_STREAM: not taken yet */
	bool is_polled;              /* else it is dirty until its end */
	struct datagrams *datagrams; /* SOURCE_DATAGRAM */
};

struct remark_state {
	uint64_t count; /* not told yet */
	uint32_t next;  /* s: not before */
};

struct source {
	struct source *next;
	struct wire_source is;
	struct line_parser *parser;
	struct log *first; /* the oldest generation */
	bool is_over;      /* closed once its last generation is read */
	int *jails;        /* services whose jails read it, too */
	size_t n_jails;
	struct heavy *heavy;
	int64_t skew; /* s: the stamps are off by; 0: they are right */
	struct remark_state remarks[REMARKS];
};

/* The journal: one source, some services. */
struct journal {
	struct source *source;
	uint32_t epoch;
	bool *services; /* by index: taken from the journal */
	size_t n_services;
	struct unit *units; /* UNITS of them, by a hash of the name */
	bool is_seeking;    /* scribe was not told yet */
	bool is_known;      /* cursor holds something */
	uint64_t stream, seq;
	uint16_t n_cursor;
	char cursor[WIRE_CURSOR];
	uint16_t n_begin; /* the first one we had */
	char begin[WIRE_CURSOR];
	/* an entry that judge's full link would not take */
	bool is_held;
	_Alignas(8) uint8_t held[LINK_MAX];
	size_t n_held;
};

/*
 * A service that may say the same in the journal and in a file of its own:
 * the one that hits first counts, the other only after a while without.
 */
enum {
	TWIN_NONE,
	TWIN_JOURNAL,
	TWIN_FILE,
	TWIN_S = 600
};
struct twin {
	uint8_t kind;
	uint32_t until; /* s */
};

/* Which services a unit's entries are of: there are few units. */
enum {
	UNITS = 64, /* remembered */
	UNIT_SERVICES = 8,
	UNIT_NAME = 128,
};
struct unit {
	char name[UNIT_NAME];
	size_t n_name, n;
	int services[UNIT_SERVICES];
};

/* A parser for each configured zone: no zone file can be opened later. */
struct zoned {
	const char *zone; /* lives in conf; NULL: the system's */
	struct line_parser *parser;
};

struct reader {
	struct link up, judge, scribe;
	int epoll, inotify;
	uint32_t generation, instance;
	struct hash_key key;
	struct conf *conf;
	struct rules *rules;
	bool *active;       /* by service */
	char *active_names; /* each ended by a newline; NULL: all */
	struct matcher *matcher;
	struct jails jails;
	struct trusted trusted;
	struct twin *twins; /* by service */
	struct zoned *zones;
	size_t n_zones;
	struct source *sources;
	size_t n_sources;
	struct journal journal;
	struct log **by_watch; /* WATCHES; the newest of a slot */
	bool is_full;          /* judge's link takes no more for now */
	bool is_waiting;       /* for its end: it lacks a service's rules */
	bool leaving;
	uint32_t now;                  /* s, of this turn */
	uint32_t named_at, named_left; /* this second's tries: see named.c */
	struct mono tell_at; /* when progress is due; 0: nothing to tell */
	char *buf;           /* GEN_BUFFER */
};

/* start.c: what warden says until GO. 0 or -errno. */
int reader_start(struct reader *r);

/* sources.c */
/* jails: services as int32_t. */
void source_add(struct reader *r, const struct wire_source *s, struct str jails,
    int *fd);
void source_end(struct reader *r, const struct wire_source *s);
/* It is over and all of it was read. */
bool source_is_read(const struct source *s);
/* Tells judge so and forgets it; false: judge's link is full, again later. */
bool source_close(struct reader *r, struct source *s);
struct source *source_of(struct reader *r, uint32_t id);
struct source *source_make(struct reader *r, const struct wire_source *w);
/* Asks judge for every generation again: it is a new judge. */
void sources_ask_again(struct reader *r);
void source_resume(struct reader *r, const struct wire_resume *m,
    struct str cursor);
void source_ack(struct reader *r, const struct wire_ack *m);
void log_ask(struct reader *r, struct log *l);
void log_began_anew(struct reader *r, struct log *l);
void log_free(struct reader *r, struct log *l);
/* Whose watch that is, or NULL. */
struct log *log_of_watch(const struct reader *r, int watch);

/* turn.c: one turn for each log that has something. */
void sources_turn(struct reader *r);
bool sources_are_busy(const struct reader *r);
void watches_read(struct reader *r);
/* Sends what judge was not told yet: of all, of one; or within 20 ms. */
void sources_tell(struct reader *r);
bool log_tell(struct reader *r, struct log *l);
void tell_soon(struct reader *r);

/* socket.c: streams and datagrams. */
void socket_begin(struct reader *r, struct log *l);
void socket_free(struct reader *r, struct log *l);
void socket_turn(struct reader *r, struct log *l);
/* Judge's link is full, or not any more: whether the loop listens to them. */
void sockets_listen(struct reader *r, bool listen);

/* see.c: a record and what the rules of these services (-1: each line decides)
 * say to it. False: judge's link is full, the same again later. at, length:
 * where it stands. */
struct place {
	uint64_t ino, at;
	uint32_t length;
};
bool see_record(struct reader *r, struct log *l, struct record *rec,
    const int *services, size_t n, const struct place *place);
bool see_line(void *arg, const struct gen_line *line); /* arg: struct log */
extern struct reader *see_reader; /* whose lines they are */
/* When it happened, by the line and by what is known of the log's clock. */
uint32_t event_time(struct reader *r, struct log *l, const struct record *rec,
    uint8_t *flags);
/* Both the journal and a file hold what this service says: is this the one
 * that counts? */
bool is_counted(struct reader *r, const struct source *s, int service);

/* named.c: of a record without a hit: does a name stand where an address
 * should? */
void see_named(struct reader *r, struct source *s, const struct record *rec,
    const int *services, size_t n);

/* remark.c */
void remark(struct reader *r, struct source *s, enum remark what, size_t rule,
    int64_t value, struct str text);

/* journal.c */
void journal_add(struct reader *r, const struct wire_source *s);
void journal_resume(struct reader *r, const struct wire_resume *m,
    struct str cursor);
void journal_seek(struct reader *r);
/* Whether this service's lines are taken from the journal. */
bool journal_has(const struct reader *r, int32_t service);
/* False: it is held until judge's link has room. */
bool journal_entry(struct reader *r, const void *p, size_t n);
bool journal_tell(struct reader *r);

/* hear.c: what warden, judge and scribe say. 0, or -errno: cut the link. */
int reader_hear(struct reader *r, struct packet *p);
int judge_hear(struct reader *r, const struct packet *p);
int scribe_hear(struct reader *r, const struct packet *p);

/* links.c: what is said to judge; false if the link is full or gone. */
void judge_has_room(struct reader *r, bool room);
void link_drop(struct reader *r, struct link *l);
bool tell_judge(struct reader *r, uint32_t type, const void *body, size_t n,
    struct str tail);

#endif
