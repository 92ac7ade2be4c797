/*
 * base - the words every room speaks: memory, cleanup, counting, bad news.
 *
 * Errors: 0 is success; a negative int is -errno and travels up unchanged;
 * a positive ROOM_E_* is an answer for the caller, handled on the spot.
 * Out of memory is fatal: every process can be started again and the kernel
 * keeps the measures. Whatever strangers can grow has a fixed budget instead.
 */
#ifndef LPT_BASE_H
#define LPT_BASE_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define countof(a)  (sizeof(a) / sizeof((a)[0]))
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
/* Apart from its caller: what a line does not always need shall not push out
 * of the nearest cache what each line needs. */
#define kept_aside     __attribute__((noinline))
#define seldom         __attribute__((noinline, cold))
#define PRINTF(f, a)   __attribute__((format(printf, f, a)))
#define MIN(a, b)      ((a) < (b) ? (a) : (b))
#define MAX(a, b)      ((a) > (b) ? (a) : (b))
#define CLAMP(x, a, b) MIN(MAX(x, a), b)

/* Zeroed memory for n things of this size; never NULL. The caller frees. */
void *mem_new(size_t n, size_t size) __attribute__((malloc));
/* Like reallocarray(3), never NULL. */
void *mem_grow(void *p, size_t n, size_t size);
void *mem_dup(const void *p, size_t n) __attribute__((malloc));

/* Says why on standard error and ends the process by abort(3). */
_Noreturn void die(const char *fmt, ...) PRINTF(1, 2);

static inline void free_ptr(void *p)
{
	free(*(void **)p);
	*(void **)p = NULL;
}

static inline void close_fd(const int *fd)
{
	int e = errno;

	if (*fd >= 0)
		close(*fd);
	errno = e;
}

static inline int take_fd(int *fd)
{
	int f = *fd;

	*fd = -1;
	return f;
}

#define auto_free  __attribute__((cleanup(free_ptr)))
#define auto_close __attribute__((cleanup(close_fd)))

/* Hands the pointer on and forgets it, so that cleanup leaves it alone. */
#define take(p) \
	({ \
		__typeof__(p) take_p_ = (p); \
		(p) = NULL; \
		take_p_; \
	})

#endif
