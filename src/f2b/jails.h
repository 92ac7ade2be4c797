/*
 * jails - a reading's jails as plain facts, for those who take them over.
 *
 * f2b_stream is what fail2ban's client would send to its server; this is the
 * same told as one struct a jail, with numbers read and time strings in
 * seconds, and with what the stream does not say: where in the files the jail
 * stands, and the patterns of its logs as they were written, so that a log
 * that appears later is found.
 */
#ifndef LPT_F2B_JAILS_H
#define LPT_F2B_JAILS_H

#include "f2b/f2b.h"

struct f2b_words {
	const char **v;
	size_t n, size;
};

enum f2b_does {
	F2B_FIREWALL, /* shuts an address out: the kernel's part here */
	F2B_COMMAND,  /* mail, a web hook, a command of one's own */
	F2B_PYTHON,   /* written for fail2ban's interpreter */
};

struct f2b_action {
	const char *name;
	const char *file; /* action.d/FILE */
	enum f2b_does does;
	const char *ban, *unban; /* shell text with <tags>; "" for none */
	const char *block;       /* blocktype; "" for none */
	/* name, value, ...: what else the action was given */
	const struct f2b_val *given;
};

enum {
	F2B_FOR_EVER = -1, /* bantime */
};

struct f2b_jail {
	const char *name, *filter; /* filter: its name without parameters */
	const char *file;          /* where the jail is; NULL: not known */
	unsigned line;
	const char *backend, *usedns, *prefregex, *datepattern, *encoding,
	    *zone, *ignorecommand;       /* NULL: not set */
	const char *cache_key;           /* of ignorecache; NULL: none */
	int64_t cache_count, cache_time; /* s */
	const char *port, *protocol;     /* of the firewall; NULL */
	uint32_t maxlines;
	struct f2b_words failregex, ignoreregex, ignoreip;
	struct f2b_words journal; /* one match list each: A=1 B=2 + C=3 */
	struct f2b_words logs;    /* patterns */
	bool ignoreself;
	int64_t maxretry, maxmatches, findtime, bantime; /* s */
	bool increment;
	double factor;            /* NAN: it is none that can be read */
	int64_t maxtime, rndtime; /* s; 0: none */
	struct f2b_words multipliers;
	const char *formula; /* NULL: the usual one */
	struct f2b_action *actions;
	size_t n_actions;
};

/* All lives as long as the reading. A number that is none is told and the
 * default stands. */
struct f2b_jail *f2b_jails(struct f2b *f, size_t *n);

/* "1d12h", "10m", "1h30", "-1": seconds; years and months as fail2ban has
 * them. false: it is none (or arithmetic that only Python can do). */
bool f2b_seconds(struct str s, int64_t *ret);

/* The server's own option of that name ("dbfile", "logtarget"), or NULL. */
const char *f2b_option(const struct f2b *f, const char *name);

/* Do the bans of an action of this file end in a firewall or route? */
bool f2b_is_firewall(const char *file);

#endif
