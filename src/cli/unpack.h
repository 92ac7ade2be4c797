/*
 * unpack - the bytes of a file, unpacked if it is .gz, .xz, .zst or .bz2.
 *
 * What it is is told by its first bytes, never by its name. Runs inside the
 * jail: libarchive sees nothing but the descriptor's bytes.
 */
#ifndef LPT_UNPACK_H
#define LPT_UNPACK_H

#include "base/base.h"

struct unpack;

/* fd is borrowed, at its beginning. */
void unpack_new(struct unpack **ret, int fd);
void unpack_free(struct unpack **up);

/* Bytes read; 0 at the end; -errno, or -EBADMSG for a broken archive (what
 * was whole has been given before). */
ssize_t unpack_read(struct unpack *u, void *to, size_t size);
/* How many bytes of the file itself were taken so far. */
uint64_t unpack_taken(const struct unpack *u);

#endif
