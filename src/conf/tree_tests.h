/*
 * tree_tests - what the tests and the fuzzer of trees share.
 */
#ifndef LPT_TREE_TESTS_H
#define LPT_TREE_TESTS_H

#include "conf/tree.h"

/* The same text was read, to the line and column. */
static inline bool tree_same(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->line != b->line ||
	    a->column != b->column || a->key_line != b->key_line ||
	    a->key_column != b->key_column || a->quoted != b->quoted ||
	    a->n != b->n || !a->key.p != !b->key.p || !str_eq(a->key, b->key) ||
	    !str_eq(a->text, b->text))
		return false;
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next) {
		if (!tree_same(a, b))
			return false;
	}
	return !a && !b;
}

#endif
