/*
 * act_bench - notices a second of what a receiver does with a frame before it
 * judges: parsed, hashed, verified, bodies checked and decoded, chained.
 *
 * Each stage tells its best of five, single and in batches of 64.
 */
#include <stdio.h>
#include <string.h>

#include "act/act_test.h"
#include "base/when.h"

enum {
	FRAMES = 64,
	ROUNDS = 5
};

static struct said acts[FRAME_ACTS];
static uint8_t frames[FRAMES][FRAME_MOST];
static size_t sizes[FRAMES];
static struct frame f;

static void make(size_t each)
{
	struct speaker s = speaker_new(1, 1000);
	uint32_t i = 0;

	for (size_t k = 0; k < FRAMES; k++) {
		for (size_t n = 0; n < each; n++) {
			union act_body b = notice_of(i++);

			speak(&s, ACT_NOTICE, &b, &acts[n]);
		}
		sizes[k] = batch(&s, acts, each, frames[k]);
	}
}

enum stage {
	PARSED,
	VERIFIED,
	DECODED,
	CHAINED
};

static bool known(void *arg, const struct chain *c, uint64_t seq,
    struct chain_link *ret)
{
	return false;
}

static void must(enum act_fault e)
{
	if (e != ACT_OK)
		die("%s", act_fault_name(e));
}

static void go(enum stage to, struct chain *c)
{
	static union act_body b;

	for (size_t k = 0; k < FRAMES; k++) {
		must(frame_parse(&f, frames[k], sizes[k]));
		if (to >= VERIFIED)
			must(frame_verify(&f));
		for (size_t i = 0; i < f.n; i++) {
			struct frame_act *a = &f.acts[i];

			if (to >= DECODED) {
				must(frame_body_ok(a));
				must(body_decode(a->e.type, a->body, &b));
			}
			if (to >= CHAINED && chain_hear(c, &a->e, &a->hash,
						 known, NULL) != CHAIN_NEW)
				die("not new");
		}
	}
}

static double best_ns(enum stage to)
{
	double best = 1e18;

	for (int i = 0; i < ROUNDS; i++) {
		struct chain c;
		struct mono from;

		must(frame_parse(&f, frames[0], sizes[0]));
		chain_new(&c, &f.acts[0].e);
		from = mono_now();
		go(to, &c);
		best = MIN(best, (double)(mono_now().ns - from.ns));
	}
	return best;
}

static void run(size_t each)
{
	static const char *const names[] = { "parsed", "verified", "decoded",
		"chained" };
	double n = (double)(FRAMES * each);

	make(each);
	printf("%zu a frame, %zu bytes an act\n", each, sizes[0] / each);
	for (enum stage s = PARSED; s <= CHAINED; s++)
		printf("  %-9s %9.0f/s\n", names[s], n / best_ns(s) * 1e9);
}

static void sign(size_t each)
{
	struct speaker s = speaker_new(1, 1000);
	double best = 1e18;

	make(each);
	for (int i = 0; i < ROUNDS; i++) {
		struct mono from = mono_now();

		for (size_t k = 0; k < FRAMES; k++)
			sizes[k] = batch(&s, acts, each, frames[k]);
		best = MIN(best, (double)(mono_now().ns - from.ns));
	}
	printf("  %-9s %9.0f/s\n", "signed",
	    (double)(FRAMES * each) / best * 1e9);
}

int main(void)
{
	static const size_t sizes_of[] = { 1, 64 };

	act_init();
	for (size_t i = 0; i < countof(sizes_of); i++) {
		run(sizes_of[i]);
		sign(sizes_of[i]);
	}
	return 0;
}
