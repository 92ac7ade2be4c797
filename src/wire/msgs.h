/*
 * msgs - who may say what to whom: the whole conversation in one table.
 *
 * A message is a head, a body of exactly the size of its row, and at most
 * `tail` further bytes where the row allows some. One packet of a
 * SOCK_SEQPACKET link is one message. All programs are of one build on one
 * machine, so bodies travel as they lie in memory; but every receiver checks
 * the row (msg_fits) and the body (each body's check below) before it looks
 * at a field, and cuts the link to a peer that breaks the table.
 */
#ifndef LPT_MSGS_H
#define LPT_MSGS_H

#include "base/addr.h"
#include "base/ports.h"
#include "wire/posts.h"

enum role {
	WARDEN,
	READER,
	SCRIBE,
	JUDGE,
	ENFORCER,
	WHO,
	HERALD,
	NAMER,
	NOTARY,
	ENVOY,
	POST, /* the supervised nats-server */
	DESK,
	ANYONE, /* in the table only */
	ROLES = ANYONE,
};

const char *role_name(enum role r);

enum {
	WIRE_TAIL = 8192,
	WIRE_PATH = 4096,
	WIRE_CURSOR = 256,
	WIRE_JAILS = 64 * 4,
	WIRE_FRAME = 61440, /* as act/frame.h has it */
	WIRE_BATCH = 64,
	WIRE_PORTS = 32, /* groups of ports that judge may name at once */
};

/* clang-format off */
/*        name        from      to        body                 tail        fds */
#define MSGS(X) \
	X(SETUP,      WARDEN,   ANYONE,   struct wire_setup,   0,           1) \
	X(LINK,       WARDEN,   ANYONE,   struct wire_link,    0,           1) \
	X(CONF,       WARDEN,   ANYONE,   struct wire_blob,    0,           1) \
	X(PACK,       WARDEN,   ANYONE,   struct wire_blob,    0,           1) \
	X(ACTIVE,     WARDEN,   ANYONE,   struct wire_active,  WIRE_TAIL,   0) \
	X(NEEDS,      READER,   WARDEN,   struct wire_none,    WIRE_TAIL,   0) \
	X(GO,         WARDEN,   ANYONE,   struct wire_none,    0,           0) \
	X(LEAVE,      WARDEN,   ANYONE,   struct wire_none,    0,           0) \
	X(UP,         ANYONE,   WARDEN,   struct wire_up,      0,           0) \
	X(WATCHES,    WARDEN,   READER,   struct wire_none,    0,           1) \
	X(SOURCE,     WARDEN,   READER,   struct wire_source,  WIRE_JAILS,  1) \
	X(SOURCE_END, WARDEN,   READER,   struct wire_source,  0,           0) \
	X(SOURCE_NAME,WARDEN,   JUDGE,    struct wire_source,  WIRE_PATH,   0) \
	X(LISTEN,     WARDEN,   JUDGE,    struct wire_none,    0,           1) \
	X(NEVER,      WARDEN,   ENFORCER, struct wire_never,   0,           0) \
	X(JAIL_LOG,   WARDEN,   JUDGE,    struct wire_none,    0,           1) \
	X(PROGRAM,    WARDEN,   JUDGE,    struct wire_program, 0,           0) \
	X(RELOADED,   WARDEN,   JUDGE,    struct wire_reloaded,WIRE_TAIL,   0) \
	X(RELOAD,     JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(LOOK_WHO,   JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(ENTRY,      SCRIBE,   READER,   struct wire_entry,   WIRE_TAIL,   0) \
	X(SEEK,       READER,   SCRIBE,   struct wire_seek,    WIRE_CURSOR, 0) \
	X(OPENED,     READER,   JUDGE,    struct wire_opened,  0,           0) \
	X(RESUME,     JUDGE,    READER,   struct wire_resume,  WIRE_CURSOR, 0) \
	X(SIGHTING,   READER,   JUDGE,    struct wire_sighting,0,           0) \
	X(PROGRESS,   READER,   JUDGE,    struct wire_progress,WIRE_CURSOR, 0) \
	X(ACK,        JUDGE,    READER,   struct wire_ack,     0,           0) \
	X(PROXIED,    READER,   JUDGE,    struct wire_proxy,   0,           0) \
	X(REMARK,     READER,   JUDGE,    struct wire_remark,  WIRE_TAIL,   0) \
	X(ORDER,      JUDGE,    ENFORCER, struct wire_order,   0,           0) \
	X(STANDING,   JUDGE,    ENFORCER, struct wire_standing,WIRE_TAIL,   0) \
	X(PORTS,      JUDGE,    ENFORCER, struct wire_ports,   0,           0) \
	X(SYNC,       JUDGE,    ENFORCER, struct wire_sync,    0,           0) \
	X(ASK,        JUDGE,    ENFORCER, struct wire_ask,     0,           0) \
	X(READY,      ENFORCER, JUDGE,    struct wire_ready,   0,           0) \
	X(GROUP,      ENFORCER, JUDGE,    struct wire_ports,   0,           0) \
	X(DONE,       ENFORCER, JUDGE,    struct wire_done,    0,           0) \
	X(ELEMENT,    ENFORCER, JUDGE,    struct wire_element, 0,           0) \
	X(PROTECTED,  ENFORCER, JUDGE,    struct wire_never,   0,           0) \
	X(LIVE,       WHO,      ENFORCER, struct wire_live,    0,           0) \
	X(NAMED,      NAMER,    ENFORCER, struct wire_never,   0,           0) \
	X(NAMES,      WARDEN,   NAMER,    struct wire_name,    0,           0) \
	X(HAPPENED,   JUDGE,    HERALD,   struct wire_happened,0,           0) \
	X(HOOKED,     HERALD,   JUDGE,    struct wire_hooked,  0,           0) \
	X(ALLIED,     JUDGE,    WARDEN,   struct wire_allied,  0,           0) \
	X(KEY,        WARDEN,   NOTARY,   struct wire_none,    0,           1) \
	X(ENVOY_KEY,  NOTARY,   JUDGE,    struct wire_envoy_key,0,          0) \
	X(DRAFT,      JUDGE,    NOTARY,   struct wire_draft,   WIRE_TAIL,   0) \
	X(SIGNED,     NOTARY,   JUDGE,    struct wire_signed,  WIRE_FRAME,  0) \
	X(UNSIGNED,   NOTARY,   JUDGE,    struct wire_unsigned,0,           0) \
	X(OUT,        NOTARY,   ENVOY,    struct wire_out,     WIRE_FRAME,  0) \
	X(SEED,       WARDEN,   ENVOY,    struct wire_none,    0,           1) \
	X(POST,       JUDGE,    ENVOY,    struct wire_post,    WIRE_CERT,   0) \
	X(BOX,        JUDGE,    ENVOY,    struct wire_box,     0,           0) \
	X(POST_END,   JUDGE,    ENVOY,    struct wire_none,    0,           0) \
	X(LINE,       ENVOY,    JUDGE,    struct wire_line,    0,           0) \
	X(FRAME,      ENVOY,    JUDGE,    struct wire_frame,   WIRE_FRAME,  0) \
	X(TAKEN,      JUDGE,    ENVOY,    struct wire_taken,   0,           0) \
	X(OFFER,      JUDGE,    ENVOY,    struct wire_offer,   WIRE_FRAME,  0) \
	X(POSTED,     ENVOY,    JUDGE,    struct wire_posted,  0,           0) \
	X(JOIN,       JUDGE,    ENVOY,    struct wire_join,    WIRE_JOIN,   0) \
	X(JOINED,     ENVOY,    JUDGE,    struct wire_joined,  WIRE_ANSWER, 0) \
	X(JOINER,     ENVOY,    JUDGE,    struct wire_joiner,  WIRE_JOIN,   0) \
	X(WELCOME,    JUDGE,    ENVOY,    struct wire_joiner,  WIRE_ANSWER, 0) \
	X(SERVE,      JUDGE,    WARDEN,   struct wire_serve,   0,           0) \
	X(SERVE_END,  JUDGE,    WARDEN,   struct wire_none,    0,           0) \
	X(DOOR,       WARDEN,   DESK,     struct wire_door,    0,           1) \
	X(FED,        JUDGE,    DESK,     struct wire_fed,     WIRE_TAIL,   0) \
	X(PASS,       JUDGE,    DESK,     struct wire_key,     0,           0) \
	X(FEED,       DESK,     JUDGE,    struct wire_none,    0,           0) \
	X(QUESTION,   DESK,     JUDGE,    struct wire_question,WIRE_TAIL,   0) \
	X(ANSWER,     JUDGE,    DESK,     struct wire_answer,  WIRE_TAIL,   0) \
	X(ENROL,      DESK,     JUDGE,    struct wire_key,     0,           0) \
	X(SENSED,     DESK,     JUDGE,    struct wire_sensed,  0,           0) \
	X(WANT,       JUDGE,    WARDEN,   struct wire_want,    0,           0) \
	X(FETCH,      JUDGE,    HERALD,   struct wire_fetch,   0,           0) \
	X(FETCHED,    HERALD,   JUDGE,    struct wire_fetched, WIRE_TAIL,   0) \
	X(SOURCE_GONE,WARDEN,   JUDGE,    struct wire_gone,    0,           0)
/* clang-format on */

struct wire_none {
	uint32_t unused;
};

/* The first message to every program. fd: a connected syslog socket, or
 * none. */
struct wire_setup {
	uint32_t generation; /* of configuration and rules */
	uint8_t watch_only;  /* no kernel measures */
	uint8_t has_fd;
	uint8_t foreground;
	uint8_t unused;
	char table[32];       /* nftables table, NUL-ended */
	char state[192];      /* state folder, NUL-ended */
	uint64_t line_key[2]; /* for hashes of lines, users and distinct
				 values: the same for the ledger's life */
};

/* fd: one end of a link; the peer has the other. */
struct wire_link {
	uint8_t peer; /* enum role */
	uint8_t unused[3];
	uint32_t instance; /* which reader, ... */
};

/* fd: a sealed memfd of this size. CONF: the YAML text. PACK: rule files, one
 * after another, each headed by a line "%%% SIZE PATH\n". */
struct wire_blob {
	uint32_t generation, size;
};

/* ACTIVE: the services that have a source, whose rules alone the reader
 * compiles. NEEDS: what it read is for services that are not among them; it
 * waits for its end, and the next reader has them. tail: their names, each
 * ended by a newline. */
struct wire_active {
	uint32_t n, of; /* services; names that do not fit are left out */
	uint8_t all, unused[3];
};

struct wire_up {
	uint32_t missing; /* enum jail_step bits that were not to be had */
};

enum source_kind {
	SOURCE_FILE,
	SOURCE_STREAM,
	SOURCE_DATAGRAM,
	SOURCE_JOURNAL
};

/*
 * A source is what one configured log is; a generation of it is one inode,
 * and `ino` here and below is its id (base/file.h), not the bare number.
 * fd: the open log (FILE, STREAM: also stdin; DATAGRAM: the bound socket);
 * tail of SOURCE: the services, as int32_t, whose jails read it, too.
 * JOURNAL has none, its entries come from the scribe; it is said once for
 * each service that is taken from the journal. A second SOURCE with the same
 * id is the next generation: the one before is read to its end first. A
 * SOURCE_END ends the generation with that inode, or all of it with ino 0.
 */
struct wire_source {
	uint32_t id;   /* this run's number */
	int32_t watch; /* inotify watch descriptor, -1: none */
	uint64_t key;  /* of the path, the same over restarts */
	uint64_t dev, ino;
	uint8_t kind;    /* enum source_kind */
	uint8_t form;    /* enum line_form */
	uint8_t trust;   /* 1: local users cannot write it */
	uint8_t fresh;   /* 1: made after we started: read from 0 */
	uint8_t proxied; /* enum client_field */
	uint8_t old;     /* 1: a rotated generation: only what judge knows of it
			    is read on */
	uint8_t twin;    /* 1: the journal may hold the same lines, of which
			    one counts */
	uint8_t unused;
	int32_t service; /* index in the pack, -1: by each line */
	char zone[40];   /* IANA name, NUL-ended; empty: the system's */
};

/* Nothing stands at the path of this log any more, or something again. */
struct wire_gone {
	uint32_t id;
	uint8_t back, unused[3];
};

enum client_field {
	CLIENT_PEER,
	CLIENT_FORWARDED,
	CLIENT_REAL_IP
};

/* A prefix that is never closed. */
enum never_cause {
	NEVER_ALLOW = 1, /* allow list of the configuration */
	NEVER_OWN,       /* an address of this host */
	NEVER_GATEWAY,
	NEVER_RESOLVER,
	NEVER_SESSION,   /* a live login */
	NEVER_INSTALLER, /* the session that started us */
	NEVER_NAME,      /* an allowed name's address */
	NEVER_OPERATOR,  /* liptako allow */
	NEVER_PROXY,     /* trusted-proxies, container bridges */
};
const char *never_name(enum never_cause c);

struct wire_never {
	struct net net;
	uint8_t cause; /* enum never_cause */
	uint8_t gone;  /* 1: no longer so; WARDEN, ENFORCER only */
	uint32_t ttl;  /* s; 0: as long as said */
	uint32_t ref;  /* line in the configuration, name's number */
};

struct wire_live {
	struct addr who;
	uint8_t cause; /* NEVER_SESSION or NEVER_INSTALLER */
	uint8_t last;  /* 1: the list is complete; who means nothing */
};

struct wire_name {
	uint32_t ref;
	char name[256];
};

/* Which program runs, for status and doctor. */
struct wire_program {
	uint8_t role, running, unused[2];
	uint32_t pid, restarts, missing;
};

struct wire_reloaded {
	uint32_t generation, rules, sources, faults;
	int32_t status; /* 0, or the old generation stays */
};

/* One journal entry. tail: cursor, unit, identifier, message, in this order,
 * with the lengths here. */
struct wire_entry {
	uint64_t seq;    /* sequence number of the journal */
	uint64_t stream; /* hash of the sequence's id: the generation */
	uint64_t usec;   /* realtime, us since 1970 */
	uint32_t pid;
	int32_t service; /* whose unit or executable it is; -1: nobody's, only
			    the cursor counts */
	uint32_t epoch;  /* of the SEEK that it answers */
	uint16_t n_cursor, n_unit, n_ident, n_msg;
};

struct wire_seek {
	uint8_t from_end; /* 1: only what comes from now on */
	uint8_t unused[3];
	uint32_t epoch; /* entries of an earlier one are to be forgotten */
	uint32_t n_cursor;
};

/*
 * "I have it open: where do I go on?" Sent for each generation (inode) of a
 * source; judge keeps an offset for each (key, ino) and answers each. With
 * again = 1 the same inode began anew (truncated): judge first forgets the
 * offset that it has for this inode, so that low offsets count as new.
 */
struct wire_opened {
	uint32_t source, unused;
	uint64_t key, dev, ino, size; /* journal: ino 0 */
	uint8_t kind, fresh, again, unused2[5];
};

/*
 * source and ino as asked. known: offset (or the cursor behind it) is where
 * committed lines end. Not known but rotated: judge knows other inodes of
 * this key, so the file was made since we last looked and is read from 0.
 * Neither: never seen; it is read from its end, or from 0 if fresh.
 */
struct wire_resume {
	uint32_t source;
	uint32_t n_cursor;
	uint64_t ino;
	uint64_t offset, before;
	uint8_t known, rotated;
	uint8_t unused[6];
};

enum {
	SIGHT_ARRIVAL = 1,
	SIGHT_PROXIED = 2,
	SIGHT_FORGEABLE = 4
};

/* A rule hit a line. */
struct wire_sighting {
	uint32_t generation; /* of the rules */
	uint32_t source;
	uint64_t ino;
	uint64_t offset; /* of the line's first byte; journal: seq */
	uint32_t length;
	uint32_t at;   /* event time, s */
	uint64_t hash; /* of the line, keyed for the ledger's life */
	uint64_t distinct, user;
	struct addr who;
	uint8_t flags; /* SIGHT_* */
	uint16_t rule, pattern, port;
};

/* All lines before offset were looked at. before: a keyed hash of the last
 * bytes before it, 0 if unknown; another text there is another log in the same
 * inode. tail: the journal's cursor. */
struct wire_progress {
	uint32_t source, n_cursor;
	uint64_t ino, offset, before;
	uint64_t lines, bytes, hits; /* since the last progress */
};

struct wire_ack {
	uint32_t source, unused;
	uint64_t ino, offset;
};

/* An address makes so many of a source's successful requests. */
struct wire_proxy {
	uint32_t source;
	uint32_t share; /* permille of the last `of` */
	uint32_t of;
	struct addr who;
};

enum remark {
	REMARK_LONG_LINE = 1, /* cut at 64 KiB */
	REMARK_SKEW,          /* value: seconds off arrival */
	REMARK_HOST_NAME,     /* a name where an address should stand */
	REMARK_AMBIGUOUS,     /* two readings, two addresses: nobody blamed */
	REMARK_OVER_LIMIT,    /* a pattern ran into its match limit */
	REMARK_LOST,          /* datagrams the kernel dropped: value */
	REMARKS,
};

/* tail: a part of the line, as it stands there. */
struct wire_remark {
	uint32_t source;
	uint16_t what, rule;
	int64_t value;
	uint64_t count; /* since the last of its kind */
};

enum act {
	ACT_DENY = 1,
	ACT_REJECT,
	ACT_LIMIT,
	ACT_OPEN,    /* take a measure back */
	ACT_SPARE,   /* operator's allow, good client: never close */
	ACT_UNSPARE, /* only what ACT_SPARE said */
};

struct wire_order {
	uint64_t id;
	struct net net;
	uint8_t act;    /* enum act */
	uint8_t list;   /* 1: from an imported list, in sets w/o counters */
	uint8_t ports;  /* to deny, reject or limit: the number of PORTS; 0:
			   every port. Not with list */
	uint32_t ttl;   /* s, 1 to 30 days; ACT_SPARE: 0 is for ever */
	uint32_t cause; /* enum never_cause for ACT_SPARE */
};

/* Orders that stand already, many at once: their ids are first and on. Only
 * the last one is answered, and what was refused or had packets. tail: n
 * struct wire_stand. */
struct wire_standing {
	uint64_t first;
	uint32_t n, unused;
};
struct wire_stand {
	struct net net;
	uint8_t act, list, ports;
	uint32_t ttl;
};
enum {
	STANDING_MOST = WIRE_TAIL / sizeof(struct wire_stand)
};

/*
 * PORTS: what judge means by this number, 1 to WIRE_PORTS, from now on; said
 * again after each READY. If the kernel has no room for another group of
 * ports, orders for it close every port. GROUP: ports that the kernel's
 * measures are restricted to, before READY and under no number (0): elements
 * of ports that judge gave no number are told as if they closed every port.
 */
struct wire_ports {
	uint8_t no, unused;
	struct ports ports;
};
bool wire_ports_ok(const struct wire_ports *w);

/* SYNC begin, all standing orders, SYNC end: what the kernel holds beyond
 * them is opened. If it turns out that they were not all (PART), nothing is. */
enum {
	SYNC_BEGIN,
	SYNC_END,
	SYNC_PART
};
struct wire_sync {
	uint8_t end, unused[7];
};

enum {
	ASK_ALL,
	ASK_ONE
};

struct wire_ask {
	uint64_t id;
	struct net net;
	uint8_t what; /* ASK_* */
};

struct wire_ready {
	uint8_t owner;   /* the table has an owner flag */
	uint8_t persist; /* and outlives us */
	uint8_t dry;     /* watch only */
	uint8_t rebuilt; /* the table had to be made (again) */
	uint32_t elements;
	uint32_t rebuilds; /* since start */
};

enum done {
	DONE_OK,
	DONE_E_SHAPE,
	DONE_E_TOO_WIDE,
	DONE_E_TOO_LONG,
	DONE_E_PROTECTED,
	DONE_E_FULL,
	DONE_E_KERNEL, /* value holds errno */
};
const char *done_name(enum done d);

struct wire_done {
	uint64_t id;
	uint8_t status; /* enum done */
	uint8_t unused[3];
	int32_t value;
	uint64_t packets, bytes; /* dropped so far, before a refresh */
};

/* What the kernel really holds; answers to ASK end with last = 1. */
struct wire_element {
	uint64_t id; /* of the ASK */
	struct net net;
	uint8_t act, list, last, ports;
	uint32_t left; /* s */
	uint64_t packets, bytes;
};

/* For hooks and announcements: facts only. */
struct wire_happened {
	uint64_t id;
	uint8_t what; /* enum verdict; 0: opened */
	uint8_t rung, unused[2];
	struct net net;
	uint32_t at, until, count, repeats;
	char rule[64]; /* service/name, NUL-ended */
};

struct wire_hooked {
	uint64_t id;
	uint32_t hook;
	int32_t status; /* exit status, or -signal */
};

/* We are in an alliance (or in none any more): warden starts who signs and who
 * speaks with allies, if their keys are there. Said at each start of judge and
 * whenever it changes, also when keys were made anew. */
struct wire_allied {
	uint8_t on, unused[7];
};

/* KEY: fd is the envoy key's file, 32 bytes of seed, of which only the notary
 * reads. ENVOY_KEY: its public half, once the notary is at work. */
struct wire_envoy_key {
	uint8_t key[32];
};

/*
 * An act to be signed. tail: its body, which the notary decodes and encodes
 * again by its type before it signs; the envoy is the notary's own key, the
 * commitment is made from salt and tail. A number of a run is signed once.
 */
struct wire_draft {
	uint64_t id; /* judge's, for the answer */
	uint8_t type, label, unused[2];
	uint32_t charter_version;
	uint8_t alliance[32], party[32];
	uint64_t run, seq;
	uint8_t prev[32];
	uint64_t issued, expires; /* ms */
	uint8_t salt[16];
};

/* The drafts with these ids, in one frame. tail: it. */
struct wire_signed {
	uint32_t n, unused;
	uint64_t ids[WIRE_BATCH];
};

/* This draft will never be signed. */
struct wire_unsigned {
	uint64_t id;
	uint32_t fault; /* enum act_fault */
	uint32_t unused;
};

/* tail: the frame, for our own outbox in that alliance. */
struct wire_out {
	uint8_t alliance[32], party[32];
	struct wire_span acts;
	uint32_t n, unused;
};
/* fd: a listening socket, bound by warden. */
enum door {
	DOOR_PEOPLE, /* console, interface, lists, metrics */
	DOOR_BOUNCERS,
};
struct wire_door {
	uint8_t what; /* enum door */
	uint8_t unused[3];
};

/*
 * What is shut out, as desk keeps it: n struct wire_stood in the tail. `seq`
 * counts these messages: one that is missing makes desk say FEED and hear all
 * of it anew. BEGIN, all that stands and what was opened of late, END; then
 * changes as they happen, and a pulse each second, so that a loss shows soon.
 */
enum fed {
	FED_BEGIN = 1,
	FED_ALL,
	FED_END,
	FED_CHANGE,
	FED_PULSE,
};
struct wire_fed {
	uint64_t seq;
	uint32_t n;
	uint8_t what; /* enum fed */
	uint8_t unused[3];
};

enum stood {
	STOOD_SHUT = 1,
	STOOD_OPENED,  /* it was taken back or ran out */
	STOOD_ALARM,   /* nobody was shut out */
	STOOD_NOTICE,  /* `by` says it attacks; rule: "service: result" */
	STOOD_RECEIPT, /* `by` answers ours; rule: ": its word" */
};
enum origin {
	ORIGIN_OWN = 1,  /* what we saw ourselves */
	ORIGIN_OPERATOR, /* a word */
	ORIGIN_ALLIES,
	ORIGIN_SENSOR, /* told by a sensor of our own party */
	ORIGINS,
};
const char *origin_name(enum origin o);

struct wire_stood {
	struct net net;
	uint8_t what;                       /* enum stood */
	uint8_t act;                        /* enum act */
	uint8_t rung;                       /* enum rung */
	uint8_t origin;                     /* enum origin */
	uint8_t flags;                      /* STOOD_* */
	uint8_t how;                        /* OPENED: enum history */
	uint32_t at, until, count, repeats; /* until 0: for ever */
	uint32_t witnesses; /* allies whose word supports it now */
	char rule[64]; /* service/name, or a sensor's scenario; NUL-ended */
	char by[32];   /* the ally that said so first; NUL-ended, or empty */
};
enum {
	STOOD_PROXIED = 1, /* not for this kernel: he comes through a proxy */
	STOOD_REFUSED = 2,
	STOOD_MOST = WIRE_TAIL / sizeof(struct wire_stood)
};

/* Who may speak to desk: of the key only what tells it is kept. */
enum key_kind {
	KEY_BOUNCER = 1,
	KEY_MACHINE, /* an agent that reports */
	KEY_LIST,    /* reads lists and metrics */
	KEY_READER,  /* the console, looking on */
	KEY_OPERATOR,
	KEY_KINDS,
};
const char *key_kind_name(enum key_kind k);
enum {
	KEY_EXPANDS = 1, /* ranges are told address by address */
	KEY_WAITS = 2,   /* asked to be let in, and was not yet */
	KEY_PASSWORD = 4 /* chosen by people: salted, slow to try */
};
struct wire_key {
	char name[64]; /* NUL-ended */
	uint8_t kind;  /* enum key_kind */
	uint8_t flags; /* KEY_* */
	uint8_t gone;  /* 1: no longer valid */
	uint8_t unused;
	uint32_t at;      /* when it was made, s */
	uint8_t salt[16]; /* PASSWORD */
	uint8_t hash[32]; /* SHA-256 of the key, or Argon2id of the password */
};
bool key_ok(const struct wire_key *k);

/* A request to the control socket in its own words, or a part of the answer's
 * bytes in the tail; last: there is no more. */
struct wire_question {
	uint64_t id;
	uint8_t acts; /* 1: an operator asks, he may change things */
	uint8_t unused[7];
	char who[64]; /* NUL-ended; for the note of a word */
};
struct wire_answer {
	uint64_t id;
	uint8_t last, unused[7];
};

/* A sensor says that it saw an attack. What follows is judge's business. */
struct wire_sensed {
	struct net net;
	uint8_t gone; /* 1: it takes that back */
	uint8_t unused;
	uint32_t at, count, term;      /* s; term 0: none was asked for */
	char sensor[64], scenario[64]; /* NUL-ended */
};
bool sensed_ok(const struct wire_sensed *s);

/* Judge needs that program, or no more; of the optional ones. */
struct wire_want {
	uint8_t role, on, unused[6];
};

/* A list is to be fetched: http or https, at most so many nets. The last two
 * as its server said them; NUL-ended all. */
struct wire_fetch {
	uint64_t id; /* of this fetching */
	uint32_t cap, unused;
	char url[512];
	char etag[128], modified[64];
};

/* What came of it: n nets in the tail, several times; status and what the
 * server said count with last. Nets are sorted, each once, no wider than an
 * order may be. */
enum fetched {
	FETCHED_OK,
	FETCHED_SAME, /* not changed: keep what you have */
	FETCHED_E_NET,
	FETCHED_E_HTTP, /* code: what it answered */
	FETCHED_E_LONG, /* too many bytes or nets */
	FETCHED_E_SLOW,
	FETCHED_E_EMPTY, /* nothing in it is a net */
	FETCHED_KINDS,
};
const char *fetched_name(enum fetched f);

struct wire_fetched {
	uint64_t id;
	uint32_t n;
	uint32_t skipped; /* lines that are no net, or too wide */
	uint16_t code;
	uint8_t status; /* enum fetched */
	uint8_t last;
	uint32_t unused;
	char etag[128], modified[64];
};
enum {
	FETCHED_MOST = WIRE_TAIL / sizeof(struct net)
};
bool fetched_ok(const struct wire_fetched *f, size_t tail);

enum msg {
#define X(name, from, to, body, tail, fds) MSG_##name,
	MSGS(X)
#undef X
	MSG_N,
};

struct msg_row {
	const char *name;
	enum role from, to;
	size_t size, tail;
	unsigned fds; /* at most */
};
extern const struct msg_row msgs[MSG_N];

/* May this role say so much of this type to that role? */
bool msg_fits(uint32_t type, enum role from, enum role to, size_t n);

/* The enforcer believes no one: DONE_OK, or what is wrong with the order. */
enum done order_check(const struct wire_order *o);
/* Enum ranges, lengths, NUL ends: false if a field cannot be. */
bool sighting_ok(const struct wire_sighting *s);
bool entry_ok(const struct wire_entry *e, size_t tail);
bool net_ok(const struct net *n);

#endif
