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

#include "cli/ask.h"
#include "f2b/jails.h"

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
	struct remark *remarks;
	size_t n_remarks;
};

struct import {
	const char *folder, *to; /* of fail2ban, and ours */
	const char *database;    /* NULL: as fail2ban.conf says */
	struct ask_options ask;
	bool dry, watch, take_over, rollback;
	struct f2b *f2b;
	struct imported *jails;
	size_t n;
	struct remark *general; /* of no jail alone */
	size_t n_general;
	size_t bans, bans_refused, bans_old;
	const char *bans_why; /* why none could be had; NULL: they could */
};

/* read.c: fills jails and remarks; CLI_OK, or said why not. */
int import_read(struct import *im);
void import_free(struct import *im);
void import_remark(struct imported *j, const char *file, unsigned line,
    const char *fmt, ...) PRINTF(4, 5);

/* write.c: the rule file of one jail; the caller frees. */
char *import_rules(const struct import *im, const struct imported *j);
/* All of them into a new folder that takes the old one's place. */
int import_write(struct import *im);
/* The folder and the rule files in it; nothing else. */
void import_remove(const char *folder);

/* bans.c: what fail2ban's database holds, told to the daemon. CLI_OK also if
 * there is no database: see bans_why. */
int import_bans(struct import *im);

/* report.c */
void import_report(const struct import *im);
void import_json(const struct import *im);

/* service.c: is fail2ban's service there and running; stop and start it. */
bool service_runs(void);
int service_stop(void);
int service_start(void);

#endif
