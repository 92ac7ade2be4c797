/*
 * decode - a request target as the server behind it would read it.
 *
 * %-decoded up to twice (attackers encode twice where a proxy decodes once);
 * in the query '+' is a blank. The first '?' of the raw target parts path and
 * query, an encoded one never does. Most targets hold nothing to decode and
 * are not copied.
 */
#ifndef LPT_DECODE_H
#define LPT_DECODE_H

#include "base/str.h"

#define DECODED_MAX 4096

struct decoded {
	struct str all;
	size_t path_n; /* the query begins after the byte at path_n */
	bool cut;      /* the target was longer than the room */
};

void decode_target(struct str target, char room[static DECODED_MAX],
    struct decoded *ret);
/* Decoded up to twice into a string that the caller frees. */
struct str decode_dup(struct str s);

#endif
