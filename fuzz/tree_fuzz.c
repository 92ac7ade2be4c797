/* tree_fuzz - the door of every YAML file: configuration and rules. */
#include "conf/tree_tests.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void ignore(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	*(unsigned *)arg += 1;
	assert(line >= 1 && column >= 1 && what[0]);
}

static size_t count(const struct node *n)
{
	size_t sum = 1;

	assert(n->line >= 1 && n->column >= 1);
	for (const struct node *c = n->first; c; c = c->next)
		sum += count(c);
	return sum;
}

/* What is plain is read as libyaml reads it. */
static void plain(struct str yaml, const struct tree *t)
{
	struct tree *p = NULL;

	if (!tree_plain(&p, yaml))
		return;
	assert(t && tree_same(tree_root(p), tree_root(t)));
	tree_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str yaml = { (const char *)bytes, n };
	struct tree *t = NULL;
	unsigned faults = 0;
	int e = tree_parse(&t, "fuzz", yaml, ignore, &faults);

	assert((e == TREE_OK) == (faults == 0));
	if (e == TREE_OK && tree_root(t))
		assert(count(tree_root(t)) <= 200001);
	plain(yaml, t);
	tree_free(&t);
	return 0;
}
