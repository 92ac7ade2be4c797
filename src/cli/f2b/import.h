/*
 * import - fail2ban's jails and bans, taken over.
 *
 * What /etc/fail2ban says is read as fail2ban reads it (f2b room) and written
 * down as rule files, one a jail, in a folder that the daemon loads beside
 * its own rules: /etc/liptako/fail2ban. Nothing is written below
 * /etc/fail2ban. Bans in force are read from fail2ban's database and told to
 * the daemon, so that nobody is released.
 */
#ifndef LPT_CLI_F2B_IMPORT_H
#define LPT_CLI_F2B_IMPORT_H

#include "base/ports.h"
#include "cli/ask.h"
#include "f2b/jails.h"
#include "rule/rule.h"

enum works {
	WORKS,
	WORKS_BUT, /* with a remark */
	LEFT_OUT,
};

struct remark {
	const char *file; /* NULL: not known */
	unsigned line;
	char *what;
};

struct imported {
	const struct f2b_jail *jail; /* NULL: it could not be read at all */
	char *name;                  /* as the administrator knows it */
	char service[32];            /* as our rules know it */
	enum works works;
	struct ports ports; /* that its firewall was limited to; n 0: none */
	struct remark *remarks;
	size_t n_remarks;
};

struct import {
	const char *folder, *to; /* of fail2ban, and ours */
	const char *database;    /* NULL: as fail2ban.conf says */
	const char *log;         /* of fail2ban; NULL: the same */
	const char *client;      /* fail2ban-client */
	const char *count;       /* "fail2ban" or "window" */
	int64_t watch_for;       /* s; 0: no end; below: do not look on */
	struct ask_options ask;
	bool dry, watch, take_over, rollback;
	bool all_ports; /* whatever a firewall was limited to */
	bool stopped;   /* we stopped fail2ban */
	struct f2b *f2b;
	struct imported *jails;
	size_t n;
	struct remark *general; /* of no jail alone */
	size_t n_general;
	size_t bans, bans_refused;
	const char *bans_from; /* the database, or the client that was asked */
	const char *bans_why;  /* why none could be had; NULL: they could */
	bool bans_lost;        /* there may be some, which nobody could name */
	bool from_server;      /* its server named them: it keeps no database */
};

/* read.c: fills jails and remarks; CLI_OK, or said why not. */
int import_read(struct import *im);
void import_free(struct import *im);
void import_remark(struct imported *j, const char *file, unsigned line,
    const char *fmt, ...) PRINTF(4, 5);

/* terms.c: how long the bans of a jail last. */
struct ban_terms {
	uint32_t first, most; /* s; most: where the doubling ends */
	size_t n;             /* 0: it doubles, or does not grow */
	uint32_t each[RULE_TERMS];
	uint32_t spread;
	const char *why; /* what cannot be read and doubles; NULL: nothing */
};
struct ban_terms import_terms(const struct f2b_jail *j);

/* ports.c: what the jail's firewall actions were limited to; remarks where
 * they are not understood. */
void import_ports(struct imported *j);

/* write.c: the rule file of one jail; the caller frees. */
char *import_rules(const struct import *im, const struct imported *j);
/* All of them into a new folder that takes the old one's place. */
int import_write(struct import *im);
/* The folder and the rule files in it; nothing else. */
void import_remove(const char *folder);

/* bans.c: what fail2ban's database holds, or its server if it has none, told
 * to the daemon. CLI_OK also if there is neither: see bans_why. */
int import_bans(struct import *im);

/* report.c */
void import_report(const struct import *im);
void import_json(const struct import *im);

/* over.c: fail2ban is stopped, or brought back, and nobody released. */
int take_over(struct import *im);
int roll_back(struct import *im, int (*reload)(struct import *im));

/* service.c: is fail2ban there, and running; stop and start it. */
bool service_is_there(const struct import *im);
bool service_runs(const struct import *im);
int service_stop(const struct import *im);
int service_start(const struct import *im);
/* Its jails neither read nor ban until they are let go on. */
void service_hold(const struct import *im, bool hold);
/* What its client says to these words, NULL-ended; the caller frees. NULL: it
 * failed. */
char *service_ask(const struct import *im, const char *const *args);

/* write.c: "drop" or "reject", as the firewall actions of a jail have it; NULL:
 * they do not say, or something else, which is then *other. */
const char *import_answer(const struct f2b_jail *j, const char **other);

#endif
