/*
 * bench - what benches read: a file whole, and faults told as the compiler's.
 */
#ifndef LPT_BENCH_H
#define LPT_BENCH_H

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/str.h"

/* The bytes of a file, for the life of the process; it dies without them. */
static inline struct str bench_map(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0)
		die("%s: %s", path, strerror(errno));
	if (st.st_size == 0)
		return STR("");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		die("%s: %s", path, strerror(errno));
	return (struct str){ p, (size_t)st.st_size };
}

static inline void bench_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, what);
}

#endif
