/*
 * decode - a request target as the server behind it would read it.
 *
 * %-decoded up to twice (attackers encode twice where a proxy decodes once),
 * ASCII case-folded; in the query '+' is a blank. The first '?' of the raw
 * target parts path and query, an encoded one never does.
 */
#ifndef LPT_DECODE_H
#define LPT_DECODE_H

#include "base/str.h"

#define DECODED_MAX 4096

struct decoded {
	size_t n, path_n; /* the query begins after the byte at path_n */
	char bytes[DECODED_MAX];
};

/* False if it had to be cut. */
bool decode_target(struct str target, struct decoded *ret);

#endif
