/*
 * build - a tree as it grows, node by node, in the order of the text.
 *
 * Whoever reads a text says what it meets: a map or list opens, one closes, a
 * scalar. In a map every other scalar is a key. Duplicate keys, keys that are
 * none, depth and number of nodes are refused here, by the fault function.
 */
#ifndef LPT_BUILD_H
#define LPT_BUILD_H

#include "conf/tree.h"

enum {
	TREE_DEPTH = 16,
	TREE_NODES = 200000,
	TREE_BYTES = 4 << 20,
};

/* Where something stands, both from 1. */
struct spot {
	unsigned line, column;
};

struct builder {
	struct tree *t;
	const char *file;
	tree_fault_fn *fault;
	void *arg;
	struct {
		struct node *node;
		struct node **end;
		struct str key; /* of a map: the key whose value comes next */
		struct spot key_at;
	} open[TREE_DEPTH];
	size_t depth;
};

/* The tree is the caller's to take out of b, or to free. */
void build_begin(struct builder *b, const char *file, tree_fault_fn *fault,
    void *arg);
/* All of them: TREE_OK, or TREE_E_FAULT, told. */
int build_fault(struct builder *b, struct spot at, const char *what);
int build_open(struct builder *b, enum node_kind kind, struct spot at);
int build_scalar(struct builder *b, struct str text, bool quoted,
    struct spot at);
void build_close(struct builder *b);

#endif
