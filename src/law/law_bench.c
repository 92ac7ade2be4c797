/*
 * How many events a second the law sees: from a thousand addresses, and from
 * a million in random order. Prints one line each.
 */
#include <stdio.h>

#include "base/when.h"
#include "law/law.h"
#include "rule/rule.h"

static const struct law_rule rule = { 5, 600, 0, 0, false, KIND_BRUTEFORCE,
	EV_OWN_ACT, OUTCOME_FAILURE, LOGIN_NONE, MEASURE_DENY };

static void bench(const char *what, uint32_t addresses, uint32_t gap)
{
	const struct hash_key key = { { 3, 4 } };
	struct law_event e = { .who.family = 4 };
	uint32_t n = 10000000, x = 1;
	uint64_t rulings = 0;
	struct mono from;
	struct ruling r;
	struct law *l;
	double s;

	law_new(&l, &law_defaults, &rule, 1, &key, NULL, NULL);
	for (uint32_t round = 0; round < 2; round++) {
		from = mono_now();
		rulings = 0;
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v;

			x = x * 1664525 + 1013904223;
			v = (uint32_t)(((uint64_t)x * addresses) >> 32) *
			    2654435761u;
			memcpy(e.who.b, &v, 4);
			e.at = 1000000 + (round * n + i) / gap;
			law_see(l, &e, &r);
			rulings += r.verdict != VERDICT_NONE;
		}
	}
	s = (double)(mono_now().ns - from.ns) / (double)NS_PER_S;
	printf("law_see %s: %.1f M/s, %llu rulings\n", what, n / s / 1e6,
	    (unsigned long long)rulings);
	law_free(&l);
}

int main(void)
{
	bench("1,000 addresses", 1000, 100);
	bench("1,000,000 addresses", 1000000, 1000);
	return 0;
}
