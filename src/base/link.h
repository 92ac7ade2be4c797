/*
 * link - one end of a conversation: a SOCK_SEQPACKET socket, non-blocking.
 *
 * One packet is one message: a type, a body, perhaps a tail, perhaps one
 * descriptor. What may be said is the business of wire/msgs.h; link only
 * carries. A full link says so (LINK_FULL) and the caller stops taking work
 * in; nothing is ever dropped here.
 */
#ifndef LPT_LINK_H
#define LPT_LINK_H

#include "base/str.h"

enum {
	LINK_MAX = 64 << 10
}; /* bytes in a packet */

struct packet {
	uint32_t type;
	size_t n;      /* of body and tail together */
	const void *p; /* valid until the next receive; 8-aligned */
	int fd;        /* -1: none; the caller's: take_fd or close */
};

struct link {
	int fd;
	_Alignas(8) uint8_t buf[LINK_MAX];
};

enum {
	LINK_OK,
	LINK_FULL,
	LINK_EMPTY,
	LINK_GONE
};

/* Both ends close-on-exec and non-blocking; 0 or -errno. */
int link_pair(int ends[2]);

/* Sends one message; tail may be empty; fd -1 for none and stays the
 * caller's. LINK_OK, LINK_FULL, LINK_GONE or -errno. */
int link_send(struct link *l, uint32_t type, const void *body, size_t n,
    struct str tail, int fd);

/* LINK_OK with *ret, LINK_EMPTY, LINK_GONE (end of file), or -errno; a
 * truncated or too short packet is -EBADMSG: end the conversation. */
int link_recv(struct link *l, struct packet *ret);

/* Waits until it can be written (or read): 0, or -ETIMEDOUT, or -errno. */
int link_wait(const struct link *l, bool write, int timeout_ms);

#endif
