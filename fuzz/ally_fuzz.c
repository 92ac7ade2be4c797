/*
 * What an ally's post may hand to judge: any bytes as a frame, on the whole
 * way to the judging of notices, in a fixed alliance. The input is bytes that
 * are laid over a good frame (offset, length, bytes, ...), so that mutations
 * get past the first check; signatures are made good again where the input
 * begins with an odd byte.
 */
#include "judge/ally_world.h"
#include "signing/desk.h"

static struct world w;
static struct stored good;

static void make_good(void)
{
	struct node *a = &w.node[0];

	w.unheard = true;
	sees(a, 1, EVIL);
	sees(a, 2, WEB);
	(void)node_answer(a);
	good = a->box[a->n_box - 1];
}

static void end(void)
{
	world_down(&w);
}

static void begin(void)
{
	(void)world_quiet(NULL);
	world_up(&w, 2);
	make_good();
	(void)atexit(end);
}

/* Laid over: two bytes of offset, one of length, and so many bytes. */
static size_t overlay(const uint8_t *p, size_t n, uint8_t *to)
{
	memcpy(to, good.p, good.n);
	while (n >= 3) {
		size_t at = ((size_t)p[0] << 8 | p[1]) % good.n;
		size_t len = MIN(p[2], MIN(n - 3, good.n - at));

		memcpy(to + at, p + 3, len);
		p += 3 + len;
		n -= 3 + len;
	}
	return good.n;
}

/* As if the ally itself had signed it. */
static void sign(uint8_t *frame, size_t n)
{
	static struct frame f;
	struct act_hash all[FRAME_ACTS];

	if (frame_parse(&f, frame, n) != ACT_OK || f.form != FRAME_OWN)
		return;
	for (size_t i = 0; i < f.n; i++) {
		struct act_hash c =
		    f.acts[i].salt ? body_commit(f.acts[i].salt, f.acts[i].body)
				   : f.acts[i].e.commit;

		memcpy((uint8_t *)(uintptr_t)f.acts[i].header + ENVELOPE_SIZE -
			   ACT_HASH,
		    c.b, ACT_HASH);
		all[i] = envelope_hash(f.acts[i].header);
	}
	frame_sign(w.node[0].desk->secret, all, f.n,
	    (uint8_t *)(uintptr_t)f.sig);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static bool begun;
	static uint8_t frame[FRAME_MOST];
	static unsigned turns;
	struct node *b = &w.node[1];
	size_t size;

	if (!begun)
		begin();
	begun = true;
	if (n < 2 || n > FRAME_MOST)
		return 0;
	if (p[0] == 2) {
		node_hear(b, 0, 1, p + 1, n - 1);
	} else {
		size = overlay(p + 1, n - 1, frame);
		if (p[0] & 1)
			sign(frame, size);
		node_hear(b, 0, 1, frame, size);
	}
	while (b->n_waiting > 0)
		free(b->waiting[--b->n_waiting].frame);
	assert(b->j.measures.n <= 256);
	if (++turns % 64 == 0)
		judge_commit(&b->j);
	return 0;
}
