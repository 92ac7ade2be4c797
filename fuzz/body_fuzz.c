/*
 * The door of what an act says: a type and any bytes. What is taken encodes,
 * in no more bytes than it came in, and says the same again.
 */
#include "act/body.h"
#include "act/body_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static union act_body b, again;
	static uint8_t out[ACT_BODY_MOST];
	uint8_t type = n ? bytes[0] : 0;
	size_t size = 0;

	if (n == 0 ||
	    body_decode(type, (struct str){ (const char *)bytes + 1, n - 1 },
		&b) != ACT_OK)
		return 0;
	assert(body_encode(type, &b, out, sizeof(out), &size) == ACT_OK);
	assert(size <= n - 1);
	assert(body_decode(type, (struct str){ (char *)out, size }, &again) ==
	       ACT_OK);
	assert(memcmp(&b, &again, body_kind(type)->size) == 0);
	return 0;
}
