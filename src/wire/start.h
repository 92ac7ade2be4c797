/*
 * start - what every program is told at its start, and warden by judge.
 *
 * warden hands out configuration, rules and links; a program says what of its
 * jail was not to be had. Included by msgs.h, which says who says what to whom.
 */
#ifndef LPT_START_H
#define LPT_START_H

#include "base/base.h"

struct wire_none {
	uint32_t unused;
};

/* The first message to every program. fd: a connected syslog socket, or
 * none. */
struct wire_setup {
	uint32_t generation; /* of configuration and rules */
	uint8_t watch_only;  /* no kernel measures */
	uint8_t has_fd;
	uint8_t foreground;
	uint8_t may_defend;   /* if the configuration says so: it is root */
	char table[32];       /* nftables table, NUL-ended */
	char state[192];      /* state folder, NUL-ended */
	uint64_t line_key[2]; /* for hashes of lines, users and distinct
				 values: the same for the ledger's life */
};

/* fd: one end of a link; the peer has the other. */
struct wire_link {
	uint8_t peer; /* enum role */
	uint8_t unused[3];
	uint32_t instance; /* which reader, ... */
};

/* fd: a sealed memfd of this size. CONF: the YAML text. PACK: rule files, one
 * after another, each headed by a line "%%% SIZE PATH\n". */
struct wire_blob {
	uint32_t generation, size;
};

/* ACTIVE: the services that have a source, whose rules alone the reader
 * compiles. NEEDS: what it read is for services that are not among them; it
 * waits for its end, and the next reader has them. tail: their names, each
 * ended by a newline. */
struct wire_active {
	uint32_t n, of; /* services; names that do not fit are left out */
	uint8_t all, unused[3];
};

struct wire_up {
	uint32_t missing; /* enum jail_step bits that were not to be had */
};

/* Which program runs, for status and doctor. */
struct wire_program {
	uint8_t role, running, unused[2];
	uint32_t pid, restarts, missing;
};

struct wire_reloaded {
	uint32_t generation, rules, sources, faults;
	int32_t status; /* 0, or the old generation stays */
};

/* Judge needs that program, or no more; of the optional ones. */
struct wire_want {
	uint8_t role, on, unused[6];
};

#endif
