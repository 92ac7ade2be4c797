/*
 * services - addresses that no ally's word may shut out: a shipped, dated
 * list (data/protected-services.txt), built in.
 */
#ifndef LPT_SERVICES_H
#define LPT_SERVICES_H

#include "base/addr.h"

enum {
	SERVICES_MOST = 512
};

struct served {
	struct net net;
	struct str about; /* borrowed from the text */
};

struct services {
	char date[11]; /* "2026-11-22" */
	size_t n;
	struct served *v;
};

/* The list that was built in. */
extern const char services_text[];

/* text stays the caller's and as long as ret. 0, or the number of the first
 * wrong line; the lines before it are kept. */
unsigned services_load(struct services *ret, struct str text);
void services_free(struct services *s);
/* One that shares an address with n, or NULL. */
const struct served *services_in(const struct services *s, const struct net *n);

#endif
