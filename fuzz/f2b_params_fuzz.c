/* f2b_params_fuzz - lists of name[key=value] and quoted words: what is cut
 * off lies within the input and every turn gets on. */
#include "f2b/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str all = { (const char *)bytes, n }, list = all, one;
	struct pool p = { 0 };
	const char *name, *why, *w;
	struct opts o;

	while (params_next(&list, &one)) {
		assert(one.n && one.p >= all.p && one.p + one.n == list.p &&
		       list.p <= all.p + all.n);
		if (params_read(&p, one, &name, &o, &why))
			assert(strlen(name) <= one.n && o.n <= one.n);
		else
			assert(why[0]);
	}
	while (words_next(&p, &all, &w) > 0)
		assert(strlen(w) <= n);
	pool_drop(&p);
	return 0;
}
