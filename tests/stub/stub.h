/*
 * stub - a judge and an enforcer that only keep count, for the end-to-end
 * tests of warden, reader and scribe.
 *
 * What the judge was told is appended to STATE/seen.bin, one fixed record
 * each; at its start it reads them back, so that it survives any kill with
 * what it had acknowledged. A sighting that it has already is counted as
 * twice and not written again.
 */
#ifndef LPT_STUB_H
#define LPT_STUB_H

#include "base/base.h"

enum {
	SEEN_SIGHTING = 1,
	SEEN_PROGRESS,
	SEEN_TWICE,
	SEEN_REMARK,
	SEEN_PROXY,
	SEEN_AGAIN,
};

struct seen_record {
	uint32_t what;
	uint32_t generation;
	uint64_t key, ino, offset, hash;
	uint32_t rule, at, flags, nth;
	uint8_t who[17], unused[7];
	uint32_t n_cursor, remark;
	int64_t value;
	char cursor[256];
};

#endif
