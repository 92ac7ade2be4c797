/*
 * body_fields - the tables of what bodies hold; docs/protocol.md in C.
 *
 * A body is a map: key -> value. Items of lists are arrays whose places are
 * the fields in their order. A field that is not needed and is 0 or empty is
 * left out, so that one body has one form.
 */
#ifndef LPT_BODY_FIELDS_H
#define LPT_BODY_FIELDS_H

#include "act/body.h"

enum field_kind {
	FIELD_UINT,  /* of size bytes, min to max */
	FIELD_BYTES, /* exactly size */
	FIELD_TEXT,  /* printable ASCII, fewer than size, NUL-ended in memory */
	FIELD_NET,   /* a byte of bits, then the address */
	FIELD_ID,    /* struct act_id: an array of its three fields */
	FIELD_LIST,  /* up to max items of size bytes; their number at n_at */
};

struct field {
	uint8_t key; /* 0 ends a table */
	uint8_t kind;
	bool need;
	uint16_t at, n_at; /* offsets in the struct */
	uint16_t size;
	uint64_t min, max;
	const struct field *item;
};

struct body_kind {
	size_t size;
	const struct field *fields;
	/* what no single field can tell; ACT_OK or ACT_E_RANGE */
	enum act_fault (*check)(const union act_body *b);
};

/* NULL for a type that this version does not know. */
const struct body_kind *body_kind(uint8_t type);
extern const struct field id_fields[];

enum {
	BODY_KEYS_MOST = 32, /* in one map, known or not */
	BODY_DEPTH = 4
};

#endif
