/*
 * unpack - the bytes of a file, unpacked if it is .gz, .xz, .zst or .bz2.
 *
 * What it is is told by its first bytes, never by its name. Runs inside the
 * jail: libarchive sees nothing but the descriptor's bytes.
 */
#ifndef LPT_UNPACK_H
#define LPT_UNPACK_H

#include "base/str.h"

struct unpack;

/* fd is borrowed, at its beginning. */
void unpack_new(struct unpack **ret, int fd);
void unpack_free(struct unpack **up);

/* Bytes read; 0 at the end; -errno, or -EBADMSG for a broken archive (what
 * was whole has been given before). */
ssize_t unpack_read(struct unpack *u, void *to, size_t size);
/* Each line of the whole file, unpacked; 0, or as above. */
typedef void unpack_line_fn(void *arg, struct str line);
int unpack_lines(int fd, unpack_line_fn *each, void *arg);
/* How many bytes of the file itself were taken so far. */
uint64_t unpack_taken(const struct unpack *u);

#endif
