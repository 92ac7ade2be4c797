#include "judge/request.h"

/* Whatever an operator's socket says: read whole or refused with a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct request r = { .what = ASKS };
	const char *why =
	    request_read((struct str){ (const char *)bytes, n }, &r);

	if (why) {
		assert(r.what == ASKS); /* untouched */
		return 0;
	}
	assert(r.what < ASKS && n <= REQUEST_MAX);
	assert(r.net.addr.family == 0 || r.net.bits <= addr_bits(&r.net.addr));
	assert(memchr(r.note, '\0', sizeof(r.note)));
	request_drop(&r);
	return 0;
}
