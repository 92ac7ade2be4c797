#include "act/chain.h"

#include "base/bytes.h"

static size_t write_one(const struct act_proof *p, const uint8_t *header,
    uint8_t *to, size_t size)
{
	const struct frame_item bare = { .header = header };
	size_t n = size < 2 ? 0 : frame_forward(p, &bare, to + 2, size - 2);

	if (n == 0)
		return 0;
	to[0] = (uint8_t)(n >> 8);
	to[1] = (uint8_t)n;
	return 2 + n;
}

size_t perjury_write(const struct act_proof *p1, const uint8_t *header1,
    const struct act_proof *p2, const uint8_t *header2, uint8_t *to,
    size_t size)
{
	size_t first = write_one(p1, header1, to, size), second;

	if (first == 0)
		return 0;
	second = write_one(p2, header2, to + first, size - first);
	return second ? first + second : 0;
}

static enum act_fault read_one(struct rd *r, struct frame *f)
{
	uint16_t n = rd_u16(r);
	const uint8_t *p = rd_skip(r, n);
	enum act_fault e;

	if (!p)
		return ACT_E_SHORT;
	e = frame_parse(f, p, n);
	if (e == ACT_OK && (f->form != FRAME_FORWARDED || f->acts[0].salt))
		e = ACT_E_FORM;
	return e == ACT_OK ? frame_verify(f) : e;
}

/* Two acts that cannot both be honest. */
static bool contradict(const struct frame_act *a, const struct frame_act *b)
{
	return memcmp(a->e.alliance, b->e.alliance, ACT_KEY) == 0 &&
	       memcmp(a->e.envoy, b->e.envoy, ACT_KEY) == 0 &&
	       a->e.run == b->e.run && a->e.seq == b->e.seq &&
	       act_is_chained(a->e.type) && act_is_chained(b->e.type) &&
	       !act_hash_eq(&a->hash, &b->hash);
}

enum act_fault perjury_check(const void *bytes, size_t n, struct envelope *ret)
{
	struct rd r = rd_of(bytes, n);
	auto_free struct frame *f = mem_new(2, sizeof(*f));
	enum act_fault e = read_one(&r, &f[0]);

	if (e == ACT_OK)
		e = read_one(&r, &f[1]);
	if (e == ACT_OK && !rd_done(&r))
		e = ACT_E_REST;
	if (e == ACT_OK && !contradict(&f[0].acts[0], &f[1].acts[0]))
		e = ACT_E_NUMBER;
	if (e == ACT_OK)
		*ret = f[0].acts[0].e;
	return e;
}
