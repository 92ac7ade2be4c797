/*
 * file - which file is it, also after its inode number was used again.
 *
 * File systems give a deleted file's inode number to the next one at once, so
 * the number alone cannot say how far a log was read. The time at which the
 * inode was made (statx(2), STATX_BTIME) tells them apart; a file system that
 * does not keep it leaves the number alone to decide.
 */
#ifndef LPT_FILE_H
#define LPT_FILE_H

#include "base/base.h"

#include <stdio.h>

struct file_what {
	uint64_t id;  /* the same for the inode's life; below 2^63, never 0 */
	int64_t made; /* ns since 1970; 0: not known */
};

/* fd is any descriptor of it. 0 or -errno. */
int file_what(int fd, struct file_what *ret);
/* Of what stands at the path; 0 if nothing does. */
uint64_t file_id_at(const char *path);

/* A stream into *text, which is the caller's once it is closed; never NULL. */
FILE *file_in_memory(char **text, size_t *size);

#endif
