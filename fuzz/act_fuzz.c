/*
 * The door of what allies send: any bytes are a frame or have a reason. What
 * is a frame writes back to the same bytes, and each act in it can be handed
 * on alone. Signatures are left to the tests: none would ever be right here.
 */
#include "act/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *n, char ***arg);

int LLVMFuzzerInitialize(int *n, char ***arg)
{
	act_init();
	return 0;
}

static struct frame f, g;
static uint8_t again[FRAME_MOST];

static void check_forwarded(size_t i)
{
	const struct frame_act *a = &f.acts[i];
	const struct frame_item item = { a->header, a->salt, a->body };
	struct act_proof p, q;
	size_t n;

	frame_proof(&f, i, &p);
	n = frame_forward(&p, &item, again, sizeof(again));
	assert(n > 0);
	assert(frame_parse(&g, again, n) == ACT_OK);
	frame_proof(&g, 0, &q);
	assert(memcmp(&p, &q, sizeof(p)) == 0);
	assert(act_hash_eq(&g.acts[0].hash, &a->hash));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct frame_item items[FRAME_ACTS];
	size_t written;

	if (frame_parse(&f, bytes, n) != ACT_OK)
		return 0;
	assert(n <= FRAME_MOST && f.n <= FRAME_ACTS);
	for (size_t i = 0; i < f.n; i++) {
		const struct frame_act *a = &f.acts[i];

		items[i] = (struct frame_item){ a->header, a->salt, a->body };
		(void)frame_body_ok(a);
	}
	if (f.form == FRAME_OWN) {
		written = frame_write(f.sig, items, f.n, again, sizeof(again));
		assert(written == n && memcmp(again, bytes, n) == 0);
	}
	if (f.n > 0)
		check_forwarded(bytes[n - 1] % f.n);
	return 0;
}
