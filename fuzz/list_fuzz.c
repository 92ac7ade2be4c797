#include "herald/fetch.h"

/* A list from anywhere, in two pieces: nets, sorted, each once, none wider
 * than an order may be, none special, never more than was allowed. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct fetch_list *l = mem_new(1, sizeof(*l));
	size_t half = n ? bytes[0] % n : 0;

	l->cap = 1000;
	fetch_text(l, (struct str){ (const char *)bytes, half });
	fetch_text(l, (struct str){ (const char *)bytes + half, n - half });
	fetch_end(l);
	assert(l->n <= l->cap);
	for (size_t i = 0; i < l->n; i++) {
		const struct net *x = &l->v[i];

		assert(net_ok(x) && !addr_is_special(&x->addr));
		assert(x->bits >= (x->addr.family == 4 ? 24 : 48));
		assert(i == 0 || memcmp(x - 1, x, sizeof(*x)) < 0);
	}
	fetch_free(l);
	free(l);
	return 0;
}
