/*
 * The notary's door, should judge be somebody else's: whatever is drafted,
 * what is signed is one frame of acts whose bodies read back, and no number
 * of a run is signed twice.
 */
#include "act/body.h"
#include "base/bytes.h"
#include "signing/desk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *n, char ***arg);

int LLVMFuzzerInitialize(int *n, char ***arg)
{
	act_init();
	return 0;
}

static struct desk desk;
static struct frame f;
static uint64_t last_run[8], last_seq[8];

static void check_act(const struct frame_act *a)
{
	static union act_body b;
	size_t k = a->e.alliance[0] % 8;

	assert(memcmp(a->e.envoy, desk.key, ACT_KEY) == 0);
	assert(body_decode(a->e.type, a->body, &b) == ACT_OK);
	if (!act_is_chained(a->e.type))
		return;
	assert(a->e.run > last_run[k] ||
	       (a->e.run == last_run[k] && a->e.seq > last_seq[k]));
	last_run[k] = a->e.run;
	last_seq[k] = a->e.seq;
}

static void sign(void)
{
	static uint8_t frame[FRAME_MOST];
	struct wire_signed s;
	struct wire_out out;
	size_t n;

	if (desk.n == 0)
		return;
	n = desk_sign(&desk, frame, &s, &out);
	assert(frame_parse(&f, frame, n) == ACT_OK);
	for (size_t i = 0; i < f.n; i++)
		check_act(&f.acts[i]);
}

/* A draft: small numbers, so that they meet again, and a body as it comes. */
static void draft(struct rd *r)
{
	struct wire_draft m = { .id = 1,
		.type = rd_u8(r),
		.label = rd_u8(r) % 6,
		.expires = 9 };
	uint8_t how = rd_u8(r);
	size_t n;
	struct str body;

	m.alliance[0] = how & 7;
	m.run = 1 + (how >> 3 & 3);
	m.issued = how >> 5;
	m.seq = rd_u8(r);
	n = MIN(rd_u8(r), r->left);
	body = (struct str){ (const char *)rd_skip(r, n), n };
	if (r->bad)
		return;
	if (!desk_fits(&desk, &m, n))
		sign();
	(void)desk_add(&desk, &m, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct rd r = rd_of(bytes, n);

	memset(last_run, 0, sizeof(last_run));
	memset(last_seq, 0, sizeof(last_seq));
	desk_open(&desk, (uint8_t[32]){ 1 });
	while (r.left > 4 && !r.bad)
		draft(&r);
	sign();
	return 0;
}
