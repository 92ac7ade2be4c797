/*
 * memo - of strings seen before, whether there was anything in them.
 *
 * Two places a string, the later seen first: what is pushed out is merely
 * looked at again. A tag is 63 bits of a hash keyed at start, so nobody can
 * make a string that passes for another.
 */
#ifndef LPT_MEMO_H
#define LPT_MEMO_H

#include "base/hash.h"

struct memo {
	struct hash_key key;
	size_t mask;
	uint64_t (*sets)[2]; /* tags; the lowest bit is the verdict */
};

enum memory {
	MEMO_NEW, /* never seen, or forgotten */
	MEMO_CLEAN,
	MEMO_DIRTY,
};

/* sets: a power of two. */
void memo_new(struct memo **ret, size_t sets);
void memo_free(struct memo **mp);
/* *tag is what memo_put wants. */
enum memory memo_get(const struct memo *m, struct str s, uint64_t *tag);
void memo_put(struct memo *m, uint64_t tag, bool dirty);

#endif
