/*
 * telling - what desk and herald are told, ask and bring.
 *
 * What stands, for consoles, bouncers and hooks; keys and questions of
 * visitors; lists that are fetched. Included by msgs.h.
 */
#ifndef LPT_TELLING_H
#define LPT_TELLING_H

#include "base/addr.h"
#include "base/hosts.h"
#include "wire/sizes.h"

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
	struct hosts hosts; /* of a /64: which attacked, as far as we know */
	char rule[64];  /* service/name, or a sensor's scenario; NUL-ended */
	char by[32];    /* the ally that said so first; NUL-ended, or empty */
	char ports[64]; /* that it closes, "22/tcp"; cut with "..." if they are
			   many; empty: all */
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
	KEY_SESSION, /* a login to the console, see session_of_key */
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
/* A login as a key: its name is a beginning of its hash, a stroke and the name
 * of the key that was shown; its salt says that one's kind, and when it was
 * used last. */
enum {
	KEY_SESSIONS = 64,
	KEY_SESSION_IDLE = 3600,     /* s */
	KEY_SESSION_LIFE = 12 * 3600 /* s */
};
/* The name of the key that was shown; NULL: it is no session. */
const char *session_of_key(const struct wire_key *k);
static inline uint8_t session_kind(const struct wire_key *k)
{
	return k->salt[0];
}
uint32_t session_used(const struct wire_key *k);
void session_set(struct wire_key *k, uint8_t kind, uint32_t used);

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
enum sensed_how {
	SENSED_ATTACK,
	SENSED_GONE,     /* it takes that back */
	SENSED_NUISANCE, /* to be limited, and no more */
	SENSED_HOWS,
};
struct wire_sensed {
	struct net net;
	uint8_t how; /* enum sensed_how */
	uint8_t unused;
	uint32_t at, count, term;      /* s; term 0: none was asked for */
	char sensor[64], scenario[64]; /* NUL-ended */
};
bool sensed_ok(const struct wire_sensed *s);

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

#endif
