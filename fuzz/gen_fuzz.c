/*
 * gen_fuzz - a log that grows in pieces: its lines, however it was cut up, are
 * those of the whole. The first byte of the input says how it grows.
 */
#include "reader/gen.h"

#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct whole {
	struct str left;
	uint64_t at;
	uint8_t refuse;
};

static bool check(void *arg, const struct gen_line *l)
{
	struct whole *w = arg;
	struct str want;

	if (w->refuse && w->refuse-- == 1)
		return false; /* it must come again */
	assert(l->at == w->at);
	assert(str_cut(&w->left, '\n', &want));
	w->at += want.n + 1;
	if (want.n > 0 && want.p[want.n - 1] == '\r')
		want.n--;
	assert(l->cut == (want.n > GEN_LINE) || want.n + 1 >= GEN_LINE);
	assert(str_eq(l->text, str_head(want, GEN_LINE)));
	assert(l->next == w->at);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char buf[GEN_BUFFER];
	struct whole w = { 0 };
	struct gen g = { .fd = memfd_create("log", 0) };
	size_t step, put = 1;

	if (n < 2) {
		close(g.fd);
		return 0;
	}
	w.left = (struct str){ (const char *)bytes + 1, n - 1 };
	step = 1 + (size_t)(bytes[0] & 63) * (bytes[0] & 64 ? 1024 : 7);
	w.refuse = bytes[0] & 128 ? 3 : 0;
	while (put < n) {
		size_t now = MIN(step, n - put);
		int e, turns = 0;

		assert(write(g.fd, bytes + put, now) == (ssize_t)now);
		put += now;
		do {
			e = gen_turn(&g, buf, check, &w);
			assert(
			    e == GEN_IDLE || e == GEN_MORE || e == GEN_STUCK);
		} while (e != GEN_IDLE && ++turns < 64);
		assert(g.offset == w.at);
	}
	assert(!memchr(w.left.p, '\n', w.left.n));
	close(g.fd);
	return 0;
}
