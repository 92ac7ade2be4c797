/*
 * bouncers - what each visitor that obeys us has heard already.
 *
 * One place a key, address and User-Agent, since several hosts, and several
 * programs of a host, may share a key. As many
 * as there are; the one that was quiet longest gives way, and is told
 * everything when it comes again.
 */
#ifndef LPT_DESK_BOUNCERS_H
#define LPT_DESK_BOUNCERS_H

#include "base/hash.h"
#include "desk/http.h"

enum {
	BOUNCERS = 4096
};

struct bouncer {
	uint64_t who; /* hash of key, address and agent; 0: free */
	uint64_t seq; /* it has heard all changes up to here; 0: nothing */
	struct addr peer;
	char name[64], agent[64];
	uint32_t last;                 /* s */
	uint64_t pulls, told, dropped; /* dropped: packets, as it says */
};

struct bouncers {
	struct hash_key key;
	size_t n;
	struct bouncer v[BOUNCERS];
};

void bouncers_new(struct bouncers **ret);
/* His place, which is made if there is none; valid until the next call. */
struct bouncer *bouncer_of(struct http_request *r);

#endif
