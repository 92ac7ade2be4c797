/*
 * sizes - how much one message may carry.
 *
 * What follows a body is bounded by its row in msgs.h; these are the bounds,
 * and the counts that bodies have in common.
 */
#ifndef LPT_SIZES_H
#define LPT_SIZES_H

enum {
	WIRE_TAIL = 8192,
	WIRE_PATH = 4096,
	WIRE_CURSOR = 256,
	WIRE_JAILS = 64 * 4,
	WIRE_FRAME = 61440, /* as act/frame.h has it */
	WIRE_BATCH = 64,
	WIRE_PORTS = 32, /* groups of ports that judge may name at once */
};

#endif
