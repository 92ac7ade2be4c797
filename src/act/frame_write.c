#include "act/frame.h"

#include <sodium.h>

/* The mirror of rd: spoiled by the first thing that does not fit. */
struct wr {
	uint8_t *p;
	size_t n, size;
	bool bad;
};

static void wr_bytes(struct wr *w, const void *p, size_t n)
{
	if (w->bad || w->size - w->n < n) {
		w->bad = true;
		return;
	}
	if (n > 0)
		memcpy(w->p + w->n, p, n);
	w->n += n;
}

static void wr_u8(struct wr *w, size_t v)
{
	uint8_t b = (uint8_t)v;

	assert(v <= UINT8_MAX);
	wr_bytes(w, &b, 1);
}

static void wr_u16(struct wr *w, size_t v)
{
	assert(v <= UINT16_MAX);
	wr_u8(w, v >> 8);
	wr_u8(w, v & 255);
}

static size_t wr_done(const struct wr *w)
{
	return w->bad ? 0 : w->n;
}

static void wr_act(struct wr *w, const struct frame_item *a)
{
	assert(a->body.n <= ACT_BODY_MOST);
	wr_bytes(w, a->header, ENVELOPE_SIZE);
	if (!a->salt || a->body.n == 0) {
		wr_u16(w, 0);
		return;
	}
	wr_u16(w, a->body.n);
	wr_bytes(w, a->salt, ACT_SALT);
	wr_bytes(w, a->body.p, a->body.n);
}

static struct wr wr_begin(uint8_t *to, size_t size, enum frame_form form)
{
	struct wr w = { to, 0, MIN(size, FRAME_MOST), false };

	wr_u8(&w, FRAME_VERSION);
	wr_u8(&w, form);
	return w;
}

size_t frame_write(const uint8_t sig[ACT_SIG], const struct frame_item *acts,
    size_t n, uint8_t *to, size_t size)
{
	struct wr w = wr_begin(to, size, FRAME_OWN);

	assert(n >= 1 && n <= FRAME_ACTS);
	wr_u8(&w, n);
	wr_bytes(&w, sig, ACT_SIG);
	for (size_t i = 0; i < n; i++)
		wr_act(&w, &acts[i]);
	return wr_done(&w);
}

size_t frame_forward(const struct act_proof *p, const struct frame_item *act,
    uint8_t *to, size_t size)
{
	struct wr w = wr_begin(to, size, FRAME_FORWARDED);

	wr_u8(&w, p->leaves);
	wr_u8(&w, p->index);
	wr_bytes(&w, p->sig, ACT_SIG);
	wr_bytes(&w, p->path, merkle_steps(p->leaves, p->index) * ACT_HASH);
	wr_act(&w, act);
	return wr_done(&w);
}

size_t frame_seal(struct str whole, uint16_t part, uint8_t *to, size_t size)
{
	struct wr w = wr_begin(to, size, FRAME_SEALED);
	size_t of = frame_parts(whole.n);
	struct str piece =
	    str_head(str_from(whole, (size_t)part * FRAME_PART), FRAME_PART);
	struct act_hash h;

	assert(part < of);
	if (of > FRAME_PARTS)
		return 0;
	crypto_generichash(h.b, sizeof(h.b), (const uint8_t *)whole.p, whole.n,
	    NULL, 0);
	wr_bytes(&w, &h, sizeof(h));
	wr_u16(&w, part);
	wr_u16(&w, of);
	wr_u16(&w, piece.n);
	wr_bytes(&w, piece.p, piece.n);
	return wr_done(&w);
}
