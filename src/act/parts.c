#include "act/parts.h"

#include <sodium.h>

static void begin(struct parts *p, const struct frame_part *f)
{
	p->bytes = mem_grow(p->bytes, f->of, FRAME_PART);
	p->whole = f->whole;
	p->of = f->of;
	p->next = 0;
	p->n = 0;
}

static bool is_whole(const struct parts *p)
{
	struct act_hash h;

	crypto_generichash(h.b, sizeof(h.b), (const uint8_t *)p->bytes, p->n,
	    NULL, 0);
	return act_hash_eq(&h, &p->whole);
}

bool parts_take(struct parts *p, const struct frame_part *f, struct str *ret)
{
	if (f->part == 0)
		begin(p, f);
	if (!p->bytes || f->part != p->next || f->of != p->of ||
	    !act_hash_eq(&f->whole, &p->whole)) {
		p->of = 0; /* none of the rest fits either */
		return false;
	}
	assert(p->n + f->bytes.n <= (size_t)FRAME_PART * p->of);
	memcpy(p->bytes + p->n, f->bytes.p, f->bytes.n);
	p->n += f->bytes.n;
	p->next++;
	if (p->next < p->of)
		return false;
	p->of = 0;
	*ret = (struct str){ p->bytes, p->n };
	return is_whole(p);
}

void parts_drop(struct parts *p)
{
	free(p->bytes);
	*p = (struct parts){ 0 };
}
