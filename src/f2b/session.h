/*
 * session - what several lines of one connection say together.
 *
 * Lines that carry the same <F-MLFID> belong together: one names the address,
 * another the failure, a third that it was none after all. Each session keeps
 * what its lines said until it is forgotten. There is a fixed number of them
 * and of bytes; the oldest gives way.
 */
#ifndef LPT_F2B_SESSION_H
#define LPT_F2B_SESSION_H

#include "base/hash.h"

enum {
	SESSIONS = 1024,
	SESSION_TEXT = 4096, /* bytes of all facts of one */
	SESSION_USERS = 8,   /* known by name; more are not told */
	SESSION_S = 300,     /* it lasts that long, from its first line */
};

/* Indices of the facts that sessions understand themselves. */
enum fact {
	FACT_IP4,
	FACT_IP6,
	FACT_DNS,
	FACT_FID,
	FACT_CIDR,
	FACT_HOST,
	FACT_USER,
	FACT_CONTENT,
	FACT_MLFID,
	FACT_NOFAIL,
	FACT_GAINED,
	FACT_FORGET,
	FACTS_KNOWN,
	FACTS_MAX = 64,
};

struct session;
struct sessions;

/* What a line and its session say, until the next line. */
struct session_view {
	struct str fact[FACTS_MAX]; /* p == NULL: not said */
	bool nofail;
	uint32_t lines; /* that tell of the failure */
	size_t n_users;
	const struct str *users;
	struct session *session; /* NULL: none, or forgotten */
};

/* n_facts: how many of FACTS_MAX are in use. */
void sessions_new(struct sessions **ret, size_t n_facts);
void sessions_free(struct sessions **s);

/* Merges a line into its session. v->fact holds the line's facts and then
 * all; lines is what it took of them. now: seconds of any clock. */
void sessions_merge(struct sessions *s, struct session_view *v, uint32_t lines,
    int64_t now);
/* The failure has no address yet: the session waits for one. */
void session_pending(struct session_view *v);

#endif
