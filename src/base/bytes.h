/*
 * bytes - read all, check once.
 *
 * rd walks over bytes that somebody sent; the first short read spoils it and
 * every later read gives zero, so one rd_done at the end is the only check.
 * Numbers are big-endian. wr is its mirror over a bounded buffer.
 */
#ifndef LPT_BYTES_H
#define LPT_BYTES_H

#include "base/base.h"

struct rd {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static inline struct rd rd_of(const void *p, size_t n)
{
	return (struct rd){ p, n, false };
}

/* n bytes in place, or NULL and spoiled. */
static inline const uint8_t *rd_skip(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || r->left < n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	r->left -= n;
	return p;
}

static inline uint64_t rd_be(struct rd *r, size_t n)
{
	const uint8_t *p = rd_skip(r, n);
	uint64_t v = 0;

	for (size_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static inline uint8_t rd_u8(struct rd *r)
{
	return (uint8_t)rd_be(r, 1);
}

static inline uint16_t rd_u16(struct rd *r)
{
	return (uint16_t)rd_be(r, 2);
}

static inline uint32_t rd_u32(struct rd *r)
{
	return (uint32_t)rd_be(r, 4);
}

static inline uint64_t rd_u64(struct rd *r)
{
	return rd_be(r, 8);
}

static inline void rd_bytes(struct rd *r, void *to, size_t n)
{
	const uint8_t *p = rd_skip(r, n);

	if (p)
		memcpy(to, p, n);
	else
		memset(to, 0, n);
}

/* All read, nothing short, nothing left over. */
static inline bool rd_done(const struct rd *r)
{
	return !r->bad && r->left == 0;
}

#endif
