/*
 * jails - fail2ban's filters beside our own matcher.
 *
 * A service that was imported from fail2ban brings its filter (f2b/filter.h),
 * compiled before the sandbox closes. Each line of a log that a jail reads,
 * and each entry of the journal that is for it, is fed to it once: filters
 * join lines to sessions, so what a line gave is kept until judge has taken
 * it, however often the line comes again.
 */
#ifndef LPT_READER_JAILS_H
#define LPT_READER_JAILS_H

#include "f2b/jailed.h"
#include "rule/rule.h"
#include "wire/msgs.h"

struct reader;
struct log;
struct place;

enum {
	JAIL_HITS = 16 /* of one line at most */
};

struct jail_hit {
	struct addr who;
	uint16_t rule, pattern;
	uint32_t at; /* s; 0: the line says nothing */
	uint64_t user;
	struct wire_aside *aside; /* with its tail, if somebody is asked first;
				     owned */
};

/* What the last line of a log gave, and how much of it judge has. */
struct jail_line {
	uint64_t ino, at;
	bool is_fed;
	size_t n, n_sent;
	struct jail_hit hit[JAIL_HITS];
};

struct jail_of {
	struct f2b_jailed is;
	uint16_t rule;
	uint8_t asks;              /* enum of wire_aside */
	const char *command, *key; /* whose tags are told; NULL: no command */
	uint64_t limits;           /* told so many */
};

struct jails {
	size_t n;            /* services */
	struct jail_of **of; /* by service; NULL: it is none */
	struct zone *zone;   /* of dates without one */
	char host[256];      /* ours, as the journal's lines begin */
};

/* After the rules are known, before the jail. */
void jails_new(struct jails *j, const struct rules *r, const bool *active,
    uint32_t now);

/* The line, for each of the services that is a jail, before anybody else sees
 * it. False: judge's link is full, the same again later. rec is what our own
 * parser made of it. */
bool jails_see(struct reader *r, struct log *l, const struct record *rec,
    struct str text, const int *services, size_t n, const struct place *place);
void jail_line_free(struct jail_line **h);
/* The file begins anew: what was fed from there is another line. */
void jails_anew(struct log *l);

#endif
