/*
 * sessions - who is logged in from where, out of what the system keeps.
 *
 * Three witnesses: the login records (utmp), logind, and the environment of
 * our own ancestors, for the shell that started us may be in neither (a
 * container, a multiplexer, su). Each only ever adds. Names are passed over:
 * what is no address protects nobody.
 */
#ifndef LPT_SESSIONS_H
#define LPT_SESSIONS_H

#include "wire/msgs.h"

enum {
	SESSIONS_MAX = 512,
	ANCESTORS_MAX = 64,
	ENVIRON_MAX = 128 << 10,
};

struct session {
	struct addr who;
	uint8_t cause; /* NEVER_SESSION, NEVER_INSTALLER */
};

struct sessions {
	struct session v[SESSIONS_MAX];
	size_t n;
};

/* Counts an address once; the stronger cause stays. */
void sessions_add(struct sessions *s, const struct addr *who, uint8_t cause);

/* An environment block: SSH_CONNECTION and SSH_CLIENT begin with the client's
 * address. */
void sessions_of_environ(struct sessions *s, struct str block);

/* The parent in a line of /proc/PID/stat, 0 if there is none to be read. The
 * name in it may hold anything, also ")". */
uint32_t parent_in_stat(struct str stat);

/* Login records as they lie in utmp(5); alive says if a process lives. */
void sessions_of_utmp(struct sessions *s, const void *records, size_t n,
    bool (*alive)(int pid));

#endif
