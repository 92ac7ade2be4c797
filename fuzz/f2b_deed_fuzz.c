/* A line of fail2ban's log, as import --watch reads it. */
#include "f2b/deed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct deed d;

	if (deed_read((struct str){ (const char *)bytes, n }, &d))
		assert(d.jail[0] && memchr(d.jail, 0, sizeof(d.jail)) &&
		       (d.who.family == 4 || d.who.family == 6));
	return 0;
}
