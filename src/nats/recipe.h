/*
 * recipe - the one configuration of our own post that nats-server is given.
 *
 * One TLS listener and nothing else: no monitoring, cluster, leaf node,
 * websocket or MQTT port. Three accounts and no `authorization` block (with
 * one, nats-server 2.9.10 lets anybody in: CVE-2023-47090):
 *
 *   SYS     named as the system account, without users
 *   HOUSE   JetStream, and our own envoy alone
 *   ALLIES  everybody else; sees nothing of HOUSE but what is handed over:
 *           frames out to readers, their acknowledgements in, a guest's
 *           frames in, a newcomer's one question
 *
 * ALLIES is apart because nats-server sends the answer to an acknowledgement
 * to whatever subject the acknowledgement names, with the account's full
 * rights: within one account an ally could so have the stream deleted.
 * Between accounts that subject is replaced by the server's own.
 */
#ifndef LPT_NATS_RECIPE_H
#define LPT_NATS_RECIPE_H

#include "base/addr.h"
#include "wire/posts.h"

enum {
	RECIPE_ROWS = 4096, /* more are not served */
	RECIPE_CONNS = 4,   /* connections a login */
};

struct recipe {
	const char *listen; /* "ADDRESS:PORT" */
	const char *cert, *key, *store, *log;
	const struct wire_serve *rows;
	size_t n;
};

/* The text, the caller's; or -EINVAL (a row that cannot be, no owner, a path
 * with a quote in it). */
int recipe_write(const struct recipe *r, char **ret);

#endif
