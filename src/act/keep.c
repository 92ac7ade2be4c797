#include "act/keep.h"

uint32_t keep_body(uint8_t type)
{
	switch (type) {
	case ACT_MURMUR:
		return KEEP_MURMUR;
	case ACT_FORGET: /* these name acts and heads only */
	case ACT_RUN:
		return KEEP_HEADER;
	default:
		return KEEP_BODY;
	}
}

static size_t write_again(const struct frame *f,
    const struct frame_item items[FRAME_ACTS], uint8_t *to, size_t size)
{
	struct act_proof p;

	if (f->form == FRAME_OWN)
		return frame_write(f->sig, items, f->n, to, size);
	frame_proof(f, 0, &p);
	return frame_forward(&p, &items[0], to, size);
}

size_t keep_strip_if(const struct frame *f, keep_erase_fn *erase, void *arg,
    uint8_t *to, size_t size)
{
	struct frame_item items[FRAME_ACTS];
	bool any = false;

	for (size_t i = 0; i < f->n; i++) {
		const struct frame_act *a = &f->acts[i];

		items[i] = (struct frame_item){ a->header, a->salt, a->body };
		if (!a->salt || !erase(arg, a))
			continue;
		items[i].salt = NULL;
		items[i].body = (struct str){ NULL, 0 };
		any = true;
	}
	return any ? write_again(f, items, to, size) : 0;
}

static bool is_old(void *arg, const struct frame_act *a)
{
	return *(const uint32_t *)arg >= keep_body(a->e.type);
}

size_t keep_strip(const struct frame *f, uint32_t age, uint8_t *to, size_t size)
{
	return keep_strip_if(f, is_old, &age, to, size);
}
