/*
 * tree - YAML as a small bounded tree with places.
 *
 * libyaml's events become nodes that know their line and column, so that
 * every later complaint can name them. Refused, with place and cure: anchors,
 * aliases, tags, a second document, duplicate keys, keys that are not plain
 * scalars, depth over 16, more than 200,000 nodes, more than 4 MB, bytes that
 * are not UTF-8.
 */
#ifndef LPT_TREE_H
#define LPT_TREE_H

#include "base/str.h"

enum node_kind {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP
};

struct node {
	enum node_kind kind;
	unsigned line, column; /* from 1 */
	struct str key;        /* of a map's entry; else absent */
	unsigned key_line, key_column;
	struct str text;    /* NODE_SCALAR; NUL-ended in memory */
	bool quoted;        /* NODE_SCALAR: was '...' or "..." */
	struct node *first; /* NODE_LIST, NODE_MAP: entries in order */
	struct node *next;
	size_t n; /* entries */
};

/* Called for each fault: where, and what with its cure. */
typedef void tree_fault_fn(void *arg, const char *file, unsigned line,
    unsigned column, const char *what);

struct tree;

enum {
	TREE_OK,
	TREE_E_FAULT
};
/* On TREE_OK *ret is the caller's; an empty document has root NULL. On
 * TREE_E_FAULT the fault was called once and *ret is untouched. */
int tree_parse(struct tree **ret, const char *file, struct str yaml,
    tree_fault_fn *fault, void *arg);
/* The same tree, if the text is YAML of the plainest; else false, and *ret is
 * untouched: tree_parse then knows what it is. For our own files, of which
 * there are many; see plain.c. */
bool tree_plain(struct tree **ret, struct str yaml);
void tree_free(struct tree **tp);
const struct node *tree_root(const struct tree *t);

/* The map's entry of that name, or NULL. */
const struct node *node_get(const struct node *map, const char *key);

#define node_each(child, parent) \
	for (const struct node *child = (parent)->first; child; \
	     child = child->next)

#endif
