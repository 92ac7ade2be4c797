/*
 * The door of proofs of perjury: any bytes are a proof or have a reason. With
 * real keys none is ever right, so parsing is what is tried.
 */
#include "act/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *n, char ***arg);

int LLVMFuzzerInitialize(int *n, char ***arg)
{
	act_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct envelope who;

	if (perjury_check(bytes, n, &who) == ACT_OK)
		assert(who.run > 0 && who.seq > 0 && act_is_chained(who.type));
	return 0;
}
