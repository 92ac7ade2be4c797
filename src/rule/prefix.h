/*
 * prefix - which of many literals a message begins with.
 *
 * A radix tree with the root spread over the first byte: most messages leave
 * it after one or two comparisons.
 */
#ifndef LPT_PREFIX_H
#define LPT_PREFIX_H

#include "base/str.h"

struct prefixes;

void prefixes_new(struct prefixes **ret);
void prefixes_free(struct prefixes **pp);
/* The literal is not copied and must outlive the tree; an empty one is our
 * mistake. */
void prefixes_add(struct prefixes *p, struct str literal, uint16_t id);
void prefixes_ready(struct prefixes *p);

/* All ids of literals that s begins with, rising, each once. */
const uint16_t *prefixes_find(const struct prefixes *p, struct str s,
    size_t *n);

#endif
