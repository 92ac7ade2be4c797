/*
 * subject - addresses and prefixes as the 64-bit keys of the tables, and
 * back. An IPv4 address is its number, an IPv6 one its upper half: nothing
 * narrower than a /64 is ever a subject.
 */
#ifndef LPT_SUBJECT_H
#define LPT_SUBJECT_H

#include "base/addr.h"
#include "law/seats.h"

static inline uint64_t subject_word(const struct addr *a)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < (a->family == 4 ? 4 : 8); i++)
		v = v << 8 | a->b[i];
	return v;
}

/* Of what we count an address as: aliases folded, IPv6 by its /64. */
static inline struct seat_key subject_of(const struct addr *who, uint16_t about)
{
	struct addr a = addr_fold(*who);

	return (struct seat_key){ subject_word(&a), about, a.family };
}

static inline struct addr subject_addr(uint64_t subject, uint8_t family)
{
	struct addr a = { .family = family };

	for (int i = family == 4 ? 3 : 7; i >= 0; i--) {
		a.b[i] = (uint8_t)subject;
		subject >>= 8;
	}
	return a;
}

static inline uint8_t subject_bits(uint8_t family)
{
	return family == 4 ? 32 : 64;
}

#endif
