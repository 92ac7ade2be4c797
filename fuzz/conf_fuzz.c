/* conf_fuzz - the configuration's door: faults are told, the rest runs. */
#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void count(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	*(unsigned *)arg += 1;
	assert(line >= 1 && column >= 1 && what[0]);
}

/* What was loaded without a fault is printed so that it loads again without
 * one, and prints the same. */
static void again(const struct conf *c)
{
	auto_free char *text = NULL, *same = NULL;
	struct conf *d = NULL;
	unsigned faults = 0;

	conf_print(c, false, &text);
	conf_load(&d, "again", str_of(text), count, &faults);
	conf_print(d, false, &same);
	assert(faults == 0 && strcmp(text, same) == 0);
	conf_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str yaml = { (const char *)bytes, n };
	struct conf *c = NULL;
	unsigned faults = 0;
	int e = conf_load(&c, "fuzz", yaml, count, &faults);

	assert(c && (e == CONF_OK) == (faults == 0));
	assert(c->term >= 1 && c->table && c->state && c->run);
	if (faults == 0)
		again(c);
	conf_free(&c);
	return 0;
}
