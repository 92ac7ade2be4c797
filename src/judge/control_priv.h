/*
 * control_priv - what the control socket's files share: its clients, and the
 * answers that are made for them.
 */
#ifndef LPT_CONTROL_PRIV_H
#define LPT_CONTROL_PRIV_H

#include <event2/bufferevent.h>
#include <jansson.h>

#include "judge/control.h"
#include "judge/kernel_view.h"
#include "judge/request.h"
#include "wire/posts.h"

enum {
	CLIENTS = 24,
	CLIENT_IDLE_S = 30, /* s without a word, in either direction */
	KERNEL_S = 5,       /* s to wait for the enforcer */
	RELOAD_S = 60,
	SEEN = 16, /* elements over one address */
	ROWS = 64, /* rows of a list in one turn */
};

enum waits {
	WAITS_LINE,   /* for a request */
	WAITS_KERNEL, /* for the enforcer to read the kernel back, */
	WAITS_ONE,    /* or only one element of it */
	WAITS_DONE,   /* for an order's answer */
	WAITS_RELOAD,
	WAITS_LOOK,  /* for a post that we would join at */
	WAITS_DRAIN, /* for room: more rows follow */
};

struct client {
	struct control *all;
	struct bufferevent *be;
	enum waits waits;
	struct request request;
	uint32_t uid;
	bool ended;        /* an answer was given whole */
	bool by_desk;      /* somebody asks there */
	bool looks_only;   /* may ask, and change nothing */
	char who[64];      /* by way of desk: who asks there; or empty */
	uint32_t deadline; /* s; WAITS_KERNEL, DONE, RELOAD */
	uint64_t order;    /* WAITS_DONE, WAITS_ONE: whose answer */
	size_t n_seen;
	struct seen_element seen[SEEN]; /* what was told */
	size_t opened;                  /* by a pardon */
	size_t row;                     /* WAITS_DRAIN: the next, */
	bool second;                    /* of what the kernel does not hold */
	struct kernel_view *reads;      /* NULL: none */
};

struct control {
	struct judge *j;
	struct event_base *base;
	struct event *accepts;
	int fd;
	bool has_gid;
	uint32_t gid; /* whose members may speak too */
	struct kernel_view view, sums;
	struct client *clients[CLIENTS];
};

/* Takes be, which is not enabled yet; NULL: too many ask, be is the caller's.
 * client_drop frees both. */
struct client *client_new(struct control *all, struct bufferevent *be);
void client_drop(struct client *c);
/* Takes the object; one line. */
void client_say(struct client *c, json_t **o);
/* The last line of an answer: adds "end" and "ok"; takes it. */
void client_end(struct client *c, json_t **o);
void client_fail(struct client *c, const char *code, const char *text);
void client_wait(struct client *c, enum waits what, uint32_t seconds);

/* control_asks.c: whoever is to answer this request does, or it is refused. */
void client_ask(struct client *c);
/* Each kind of request has somebody to answer it. */
void asks_check(void);
/* First the kernel is read back, if it can be. */
void ask_kernel(struct client *c);

json_t *json_net(const struct net *n);
/* The charters, and what of them ends soon. */
json_t *json_charters(const struct judge *j);
json_t *json_history(const struct judge *j, const struct ledger_history *h);

/* The answers. kernel: the view is complete. */
void answer_status(struct client *c, bool kernel, bool doctor);
/* Asks the kernel for that one element first. */
void ask_why(struct client *c);
/* kernel: it was read back. */
void answer_why(struct client *c, bool kernel);
void answer_why_not(struct client *c);
/* settle, safe-conduct */
void answer_ally_word(struct client *c);
/* What allies said of it, and answered to us, for a story. */
void answer_ally_story(struct judge *j, const struct net *n, json_t *o);
void answer_list_begin(struct client *c, bool kernel);
/* The next rows; false when the last was said. */
bool answer_list_more(struct client *c);
void answer_history(struct client *c);
void answer_keys(struct client *c);
void answer_sources(struct client *c);
void answer_sealed(struct client *c);
/* answer_ally.c: how the alliance stands, all acts, forgetting. */
void answer_ally(struct client *c);
void answer_looked(struct client *c, uint8_t why, struct str tail);
void answer_word(struct client *c);
/* adopt.c: bans that fail2ban gave. */
void answer_adopt(struct client *c);
void answer_jails(struct client *c);
void answer_word_done(struct client *c, const struct wire_done *d);

/* Somebody took the table away, or we may not make one: nothing that the
 * enforcer tells of is in the kernel. */
static inline bool is_disarmed(const struct judge *j)
{
	return j->ready.dry && !j->watch_only;
}

#endif
