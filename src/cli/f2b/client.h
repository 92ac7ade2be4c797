/*
 * client - the jails as fail2ban-client knows them, and what it says of them.
 */
#ifndef LPT_CLI_F2B_CLIENT_H
#define LPT_CLI_F2B_CLIENT_H

#include "base/addr.h"
#include "cli/ask.h"
#include "rule/rule.h"

enum {
	NOK = 255 /* what fail2ban-client exits with when anything failed */
};

struct banned {
	char net[NET_MAX];
	int64_t since, until;
};

struct shown {
	const struct rules *rules;
	size_t i; /* rule */
	const struct jailed *jail;
	int64_t failing, failed, total;
	int64_t check_failed, check_late, check_over; /* see wire/asking.h */
	int64_t unnamed;
	struct banned *v;
	size_t n;
};

struct client {
	struct ask_options ask;
	struct rules *rules;
	struct shown *jails;
	size_t n;
};

/* client_jails.c: the rule files that an import wrote; folder NULL: where it
 * writes them unless told otherwise. */
void jails_open(struct client *c, const char *folder);
void jails_close(struct client *c);
static inline const struct rule *rule_of(const struct shown *s)
{
	return &s->rules->rules[s->i];
}

/* client.c: what the daemon knows of them; and open one again: s
 * lets go of it, NULL: all do. 0 or NOK. */
int client_ask(struct client *c);
int client_pardon(struct client *c, const struct shown *s, const char *net);
int client_reload(struct client *c);

/* client_set.c: "set JAIL KEY VALUE" for the keys of which client_sets is true.
 * An exit status. */
bool client_sets(const char *key);
int client_set(struct client *c, const struct shown *s, int argc, char **argv);

/* client_stats.c: all jails at once. */
void client_stats(const struct client *c);

/* client_get.c: "get JAIL KEY", as it was answered. An exit status. */
int client_get(const struct shown *s, int argc, char **argv);
/* client_server.c: "get KEY", of the server. */
int client_get_server(const char *key);
/* Says "Invalid command" and more; NOK. */
int client_invalid(const char *more);

#endif
