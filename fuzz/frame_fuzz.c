/*
 * frame_fuzz - any bytes in pieces of any size are the lines that cutting
 * them in one piece gives.
 */
#include "line/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char buf[FRAME_MIN];
	struct str all, rest, line;
	struct frame_line l;
	struct frame f;
	size_t step, fed = 0;
	uint64_t next = 0;
	bool more;

	if (n < 2)
		return 0;
	step = (size_t)bytes[0] * (bytes[1] + 1u) + 1;
	all = rest = (struct str){ (const char *)bytes + 2, n - 2 };
	frame_init(&f, buf, sizeof(buf), 0);
	do {
		size_t room;
		char *at = frame_room(&f, &room);
		size_t m = MIN(MIN(room, step), all.n - fed);

		if (m)
			memcpy(at, all.p + fed, m);
		frame_add(&f, m);
		fed += m;
		more = fed < all.n;
		while (frame_next(&f, &l) || (!more && frame_last(&f, &l))) {
			assert(l.at == next && l.next > l.at);
			next = l.next;
			assert(frame_cut(&rest, &line));
			assert(str_eq(line, l.text));
		}
	} while (more);
	assert(rest.n == 0 && next == all.n);
	return 0;
}
