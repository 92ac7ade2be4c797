/*
 * jail_walls - the two walls of the jail that need more than a line.
 *
 * For jail.c alone. Each returns 0, or -errno; a wall that this kernel does
 * not have is set in *missing.
 */
#ifndef LPT_JAIL_WALLS_H
#define LPT_JAIL_WALLS_H

#include "base/jail.h"

/*
 * JAIL_SANITIZED: set by the compiler's own switch alone, never by hand. The
 * sanitizers' runtime reads /proc, maps and reports; without those calls a
 * sanitised program would die in its own report. No release has them.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define JAIL_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(JAIL_SANITIZED)
#define JAIL_SANITIZED 1
#endif

/* Landlock: files, TCP ports, abstract sockets, signals. */
int jail_files(enum role r, const char *state, uint32_t *missing);

/* seccomp: the calls of that role. */
int jail_calls(enum role r, uint32_t *missing);

#endif
