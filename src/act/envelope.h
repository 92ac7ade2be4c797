/*
 * envelope - the head of an act: who says it, where in which chain, until when.
 *
 * An act is 204 bytes of header and, apart from it, a body of CBOR with a
 * salt before it. The header names the body by a hash only (its commitment),
 * so a body can be erased later and the chain of headers still verifies. What
 * is signed is the hash of the header's bytes as they travel; nothing is ever
 * brought into another form first. docs/protocol.md has every byte.
 *
 * Faults are answers: one name for each thing that can be wrong with bytes
 * that a stranger sent, so that each is counted under its own reason.
 */
#ifndef LPT_ENVELOPE_H
#define LPT_ENVELOPE_H

#include "base/str.h"

enum {
	ENVELOPE_SIZE = 204,
	ENVELOPE_VERSION = 1,
	ENVELOPE_ED25519 = 1, /* over BLAKE2b-256 */
	ACT_KEY = 32,         /* of an envoy, an alliance, a party */
	ACT_HASH = 32,
	ACT_SALT = 16,
	ACT_SIG = 64,
	ACT_BODY_MOST = 8192,
};
/* Runs, numbers and times are below 2^63, as SQLite keeps them. */
#define ACT_NUMBER_MOST INT64_MAX

enum act_type {
	ACT_NOTICE = 1,
	ACT_MURMUR,
	ACT_RECEIPT,
	ACT_PARDON,
	ACT_CONDUCT, /* safe-conduct */
	ACT_REFERRAL,
	ACT_SETTLEMENT,
	ACT_FORGET,
	ACT_RUN, /* the first of each run; also says a lapse */
	ACT_CHAINED_MOST = 31,
	ACT_HEARTBEAT = 32, /* from here on: not chained */
	ACT_WANT,
	ACT_CARRY,
};
/* NULL for a type that this version does not know: stored, not acted on. */
const char *act_type_name(uint8_t type);
static inline bool act_is_chained(uint8_t type)
{
	return type <= ACT_CHAINED_MOST;
}

/* FIRST's Traffic Light Protocol 2.0. */
enum act_label {
	LABEL_CLEAR,
	LABEL_GREEN,
	LABEL_AMBER,
	LABEL_AMBER_STRICT,
	LABEL_RED,
	LABELS
};

/* clang-format off */
#define ACT_FAULTS(X) \
	X(OK,        "ok") \
	X(SHORT,     "cut short") \
	X(LONG,      "longer than allowed") \
	X(REST,      "bytes after its end") \
	X(MAGIC,     "no act") \
	X(VERSION,   "unknown version") \
	X(ALG,       "unknown algorithm") \
	X(FORM,      "unknown form of frame") \
	X(COUNT,     "no act in it, or too many") \
	X(LABEL,     "unknown label") \
	X(TIMES,     "expires before it was issued") \
	X(NUMBER,    "no such run, number or time") \
	X(MIXED,     "acts of several envoys") \
	X(SIGNATURE, "wrong signature") \
	X(COMMIT,    "not the body that was signed") \
	X(ERASED,    "without its body") \
	X(TYPE,      "no body of that type") \
	X(CBOR,      "not deterministic CBOR") \
	X(DEPTH,     "nested too deep") \
	X(ORDER,     "keys out of order") \
	X(KIND,      "a value of another kind") \
	X(RANGE,     "a value out of range") \
	X(MISSING,   "a value is missing") \
	X(NET,       "no address or prefix") \
	X(EXTRA,     "more in it than its type has") \
	X(SPOKEN,    "its number was signed before") \
	X(FOLLOWS,   "does not follow the act before it")
/* clang-format on */

enum act_fault {
#define X(name, words) ACT_E_##name,
	ACT_FAULTS(X)
#undef X
	ACT_FAULT_N,
	ACT_OK = ACT_E_OK,
};
const char *act_fault_name(enum act_fault f);

struct act_hash {
	uint8_t b[ACT_HASH];
};
static inline bool act_hash_eq(const struct act_hash *a,
    const struct act_hash *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Times are UTC in ms since 1970. */
struct envelope {
	uint8_t type, label;
	uint32_t charter_version; /* information only */
	uint8_t alliance[ACT_KEY], party[ACT_KEY], envoy[ACT_KEY];
	uint64_t run, seq;
	struct act_hash prev; /* of seq - 1; of seq 1: the last run's head;
				 of what is not chained: zeros */
	uint64_t issued, expires;
	struct act_hash commit;
};

/* Once in each process, before anything else here. */
void act_init(void);

void envelope_write(const struct envelope *e, uint8_t to[ENVELOPE_SIZE]);
/* Of exactly ENVELOPE_SIZE bytes. */
enum act_fault envelope_read(const uint8_t *bytes, struct envelope *ret);
struct act_hash envelope_hash(const uint8_t bytes[ENVELOPE_SIZE]);

/* H(salt || body): what the header says of its body. */
struct act_hash body_commit(const uint8_t salt[ACT_SALT], struct str body);

#endif
