/* rule_fuzz - the door of rule files. */
#include "rule/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	*(unsigned *)arg += 1;
	assert(what[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str yaml = { (const char *)bytes, n };
	struct rules *r = NULL;
	unsigned faults = 0;
	int e;

	rules_new(&r);
	e = rules_load(r, "fuzz", yaml, ignore, &faults);
	assert((e == RULES_OK) == (faults == 0));
	for (size_t i = 0; i < r->n; i++) {
		assert(r->rules[i].service < r->n_services);
		assert(r->rules[i].count > 0 && r->rules[i].span > 0);
		assert(r->rules[i].match.n + r->rules[i].field_keys.n +
			   r->rules[i].has_request >
		       0);
	}
	rules_free(&r);
	return 0;
}
