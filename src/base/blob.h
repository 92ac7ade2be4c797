/*
 * blob - bytes in a sealed memfd, made once and read by many.
 *
 * Warden hands configuration and rules to its children so. The seals
 * (fcntl(2), F_SEAL_*) promise that nobody changes or shrinks what is mapped;
 * blob_map refuses a descriptor without them.
 */
#ifndef LPT_BLOB_H
#define LPT_BLOB_H

#include "base/str.h"

struct blob {
	void *p;
	size_t n;
};

/* *ret_fd is the caller's; close-on-exec. 0 or -errno. */
int blob_make(const char *name, struct str bytes, int *ret_fd);
/* Maps size bytes read-only; the descriptor stays the caller's. -EBADMSG if
 * it is no sealed memfd of that size. */
int blob_map(int fd, size_t size, struct blob *ret);
void blob_drop(struct blob *b);

#define auto_blob __attribute__((cleanup(blob_drop)))

static inline struct str blob_str(const struct blob *b)
{
	return (struct str){ b->p, b->n };
}

#endif
