#include "conf/build.h"

#include <stdio.h>

enum {
	ARENA = 16 << 10
};

/* Nodes and texts come from chunks that live as long as the tree. */
struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

struct tree {
	struct chunk *chunks;
	struct node *root;
	size_t n_nodes;
};

/* Not zeroed. */
static void *arena_new(struct tree *t, size_t n)
{
	struct chunk *c = t->chunks;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!c || c->size - c->used < n) {
		size_t size = n > ARENA ? n : ARENA;

		c = mem_grow(NULL, 1, sizeof(*c) + size);
		c->used = 0;
		c->size = size;
		c->next = t->chunks;
		t->chunks = c;
	}
	p = c->bytes + c->used;
	c->used += n;
	return p;
}

static struct str arena_str(struct tree *t, struct str s)
{
	char *z = arena_new(t, s.n + 1);

	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return (struct str){ z, s.n };
}

void build_begin(struct builder *b, const char *file, tree_fault_fn *fault,
    void *arg)
{
	b->t = mem_new(1, sizeof(*b->t));
	b->file = file;
	b->fault = fault;
	b->arg = arg;
	b->depth = 0;
}

int build_fault(struct builder *b, struct spot at, const char *what)
{
	b->fault(b->arg, b->file, at.line, at.column, what);
	return TREE_E_FAULT;
}

/* Puts n into the open list or map, or makes it the root. */
static int put(struct builder *b, struct node *n, struct spot at)
{
	size_t top = b->depth - 1;

	if (b->t->n_nodes++ >= TREE_NODES)
		return build_fault(b, at,
		    "more than 200,000 values: split the file");
	if (b->depth == 0) {
		b->t->root = n;
		return TREE_OK;
	}
	n->key = b->open[top].key;
	n->key_line = b->open[top].key_at.line;
	n->key_column = b->open[top].key_at.column;
	b->open[top].key = (struct str){ 0 };
	b->open[top].node->n++;
	*b->open[top].end = n;
	b->open[top].end = &n->next;
	return TREE_OK;
}

static bool wants_key(const struct builder *b)
{
	return b->depth > 0 && b->open[b->depth - 1].node->kind == NODE_MAP &&
	       !b->open[b->depth - 1].key.p;
}

static int take_key(struct builder *b, struct str text, struct spot at)
{
	struct node *map = b->open[b->depth - 1].node;
	char what[200], shown[80];

	for (const struct node *n = map->first; n; n = n->next) {
		if (!str_eq(n->key, text))
			continue;
		str_show(text, shown, sizeof(shown));
		snprintf(what, sizeof(what),
		    "key '%s' stands twice in one map (first in line %u): "
		    "remove one",
		    shown, n->key_line);
		return build_fault(b, at, what);
	}
	b->open[b->depth - 1].key = text;
	b->open[b->depth - 1].key_at = at;
	return TREE_OK;
}

static struct node *node_new(struct builder *b, enum node_kind kind,
    struct spot at)
{
	struct node *n = arena_new(b->t, sizeof(*n));

	*n =
	    (struct node){ .kind = kind, .line = at.line, .column = at.column };
	return n;
}

int build_open(struct builder *b, enum node_kind kind, struct spot at)
{
	struct node *n;
	int e;

	if (wants_key(b))
		return build_fault(b, at, "a key must be plain text");
	if (b->depth == TREE_DEPTH)
		return build_fault(b, at, "nested deeper than 16");
	n = node_new(b, kind, at);
	e = put(b, n, at);
	if (e)
		return e;
	b->open[b->depth].node = n;
	b->open[b->depth].end = &n->first;
	b->open[b->depth].key = (struct str){ 0 };
	b->open[b->depth].key_at = (struct spot){ 0 };
	b->depth++;
	return TREE_OK;
}

int build_scalar(struct builder *b, struct str text, bool quoted,
    struct spot at)
{
	struct node *n;

	text = arena_str(b->t, text);
	if (wants_key(b))
		return take_key(b, text, at);
	n = node_new(b, NODE_SCALAR, at);
	n->text = text;
	n->quoted = quoted;
	return put(b, n, at);
}

void build_close(struct builder *b)
{
	b->depth--;
}

void tree_free(struct tree **tp)
{
	struct chunk *c, *next;

	if (!*tp)
		return;
	for (c = (*tp)->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	free(*tp);
	*tp = NULL;
}

const struct node *tree_root(const struct tree *t)
{
	return t->root;
}

const struct node *node_get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	node_each(n, map)
	{
		if (str_eq(n->key, str_of(key)))
			return n;
	}
	return NULL;
}
