/*
 * fetch - a list of addresses from elsewhere, as nets.
 *
 * Each fetching is a process of its own: it speaks HTTP (libcurl: http and
 * https alone, bounds on bytes, time and redirections), reads what came as
 * addresses and prefixes and nothing else, and says them to herald in the
 * words of MSG_FETCHED. Only a list that came whole is said.
 */
#ifndef LPT_FETCH_H
#define LPT_FETCH_H

#include "base/link.h"
#include "wire/msgs.h"

enum {
	FETCH_BYTES = 64 << 20,
	FETCH_S = 120,
	FETCH_LINE = 4096 /* longer ones are skipped */
};

/* The nets of a text, as they come in pieces. */
struct fetch_list {
	size_t n, room, cap;
	struct net *v;
	uint32_t skipped;
	bool is_over; /* more than cap */
	size_t n_line;
	bool is_long; /* the line that comes is skipped */
	char line[FETCH_LINE];
};

/* Plain lists, with or without comments and further columns; nftables' and
 * ipset's own words; ndjson with "cidr" or "ip". */
void fetch_text(struct fetch_list *l, struct str text);
/* Ends the last line; sorts, each once. */
void fetch_end(struct fetch_list *l);
void fetch_free(struct fetch_list *l);

/* The whole life of the process; to: its end of a link. */
_Noreturn void fetch_run(const struct wire_fetch *w, int to);

#endif
