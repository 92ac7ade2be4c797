/*
 * reply - what a post answers: to a publisher, to a request. Pure.
 *
 * JSON, from a server that we do not believe: it can only make us try again.
 */
#ifndef LPT_ENVOY_REPLY_H
#define LPT_ENVOY_REPLY_H

#include "base/str.h"

struct reply {
	bool ok;
	uint32_t code;  /* of an error, as nats-server numbers them */
	uint64_t seq;   /* of a stored message */
	char error[96]; /* for the log, escaped */
};

enum {
	REPLY_MOST = 64 << 10,
	REPLY_IN_USE = 10058,
	REPLY_NO_STREAM = 10059, /* stream name in use, other settings */
};

/* False: that is no answer at all. */
bool reply_read(struct str json, struct reply *ret);

#endif
