#include "charter/joining.h"

/* A token, and what a newcomer hands in with it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str s = { (const char *)bytes, n };
	char text[TOKEN_TEXT_MAX];
	struct token t, again;
	struct joining j;

	if (token_parse(s, &t) == TOKEN_OK) {
		struct str printed = { text, token_print(&t, text) };

		assert(token_parse(printed, &again) == TOKEN_OK);
		assert(addr_eq(&t.addr, &again.addr) && t.port == again.port);
		assert(!memcmp(t.secret, again.secret, sizeof(t.secret)));
	}
	(void)joining_read(s, &j);
	return 0;
}
