/*
 * announce - tells people what happens, by web hook or mail.
 *
 * The first event of a target goes out at once; what follows within its
 * `every` is gathered, so that a storm is one message with a count and the
 * first few. A message that does not get through is tried again, with what
 * came meanwhile in it, later and later. Each sending is a process of its
 * own. Only facts are in a message: addresses, numbers, names of rules.
 */
#ifndef LPT_ANNOUNCE_H
#define LPT_ANNOUNCE_H

#include <event2/event.h>
#include <stdio.h>

#include "base/when.h"
#include "conf/conf.h"
#include "wire/msgs.h"

enum {
	ANNOUNCE_TARGETS = 16,
	ANNOUNCE_SHOWN = 20, /* events that a message names */
	ANNOUNCE_TRIES = 6,
	ANNOUNCE_S = 30, /* a sending may take */
	ANNOUNCE_SECRET = 256
};

struct gathered {
	uint64_t of[4]; /* by verdict; 0: opened */
	size_t n;
	struct wire_happened first[ANNOUNCE_SHOWN];
};

struct target {
	struct gathered waits, sent; /* sent: on its way */
	int64_t next;                /* not before, ns of mono */
	pid_t pid;
	unsigned tries;
	struct event *due, *late;
	int result; /* reading end of the pipe, -1: none */
	struct event *heard;
	struct announcer *all;
};

struct announcer {
	struct event_base *base;
	struct conf *const *conf; /* the one in force, or NULL */
	struct target v[ANNOUNCE_TARGETS];
};

/* conf: where the one in force is found. */
void announcer_new(struct announcer *a, struct event_base *base,
    struct conf *const *conf);
void announce(struct announcer *a, const struct wire_happened *h);

/* announce_text.c: what is said, from malloc, NUL-ended. host: printable. */
char *announce_title(const struct gathered *g, const char *host);
char *announce_lines(const struct gathered *g, const char *host);
/* The body in that form. txn: a number of its own for matrix. */
char *announce_body(const struct conf_announce *c, const struct gathered *g,
    const char *host, uint32_t now);
const char *announce_type(uint32_t as);

/* announce_send.c: the whole life of the process; its exit status is 0 if it
 * got through. */
int announce_send(const struct conf_announce *c, const struct gathered *g);

#endif
