/*
 * lists - who is shut out, as lists that firewalls fetch.
 *
 * One row a format: what stands before, how one entry is written, what stands
 * after. Told in pieces from the table itself, packed if the visitor takes
 * it; an empty list is a list, never an error.
 */
#ifndef LPT_DESK_LISTS_H
#define LPT_DESK_LISTS_H

#include <stdio.h>

#include "desk/desk.h"

enum {
	LIST_LINE = 768, /* bytes that one call writes, at most */
	LIST_NAME = 32
};

/* What a format is told of the list as a whole. */
struct list_of {
	const struct table *table;
	uint32_t changed;     /* s; when it changed last, as far as we know */
	char name[LIST_NAME]; /* of an address list: ?listname= */
	uint8_t family;       /* whose part it is: 4, 6; 0: both in one */
};

/* Writes at most LIST_LINE bytes; how many. */
typedef size_t list_edge_fn(char *to, const struct list_of *l, bool any);
typedef size_t list_line_fn(char *to, const struct list_of *l,
    const struct held *h, bool first);

struct list_format {
	const char *name; /* as in ?format= */
	const char *path; /* "/v1/blocklist.nft" */
	const char *type;
	bool terms;    /* times that are left stand in it */
	bool disjoint; /* what stands within a wider one is left out */
	bool by_part;  /* IPv4 first, then IPv6, each with its edges */
	list_edge_fn *begin, *end; /* of each part; NULL: none */
	list_line_fn *line;
};
extern const struct list_format list_formats[]; /* ends with a NULL name */

extern const struct http_route list_routes[];

#endif
