#include "conf/tree.h"

#include <stdio.h>
#include <yaml.h>

enum {
	TREE_DEPTH = 16,
	TREE_NODES = 200000,
	TREE_BYTES = 4 << 20,
	ARENA = 16 << 10,
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

struct builder {
	struct tree *t;
	yaml_parser_t parser;
	const char *file;
	struct str yaml;
	tree_fault_fn *fault;
	void *arg;
	struct {
		struct node *node;
		struct node **end;
		struct str key; /* of a map: the key whose value comes next */
		unsigned key_line, key_column;
	} open[TREE_DEPTH];
	size_t depth;
};

static void *arena_new(struct tree *t, size_t n)
{
	struct chunk *c = t->chunks;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!c || c->size - c->used < n) {
		size_t size = n > ARENA ? n : ARENA;

		c = mem_new(1, sizeof(*c) + size);
		c->size = size;
		c->next = t->chunks;
		t->chunks = c;
	}
	p = c->bytes + c->used;
	c->used += n;
	return p;
}

static struct str arena_str(struct tree *t, const void *p, size_t n)
{
	char *z = arena_new(t, n + 1);

	memcpy(z, p, n);
	z[n] = '\0';
	return (struct str){ z, n };
}

static int fault_at(struct builder *b, const yaml_mark_t *m, const char *what)
{
	b->fault(b->arg, b->file, (unsigned)m->line + 1,
	    (unsigned)m->column + 1, what);
	return TREE_E_FAULT;
}

/* Puts n into the open list or map, or makes it the root. */
static int put(struct builder *b, struct node *n, const yaml_mark_t *m)
{
	size_t top = b->depth - 1;

	if (b->t->n_nodes++ >= TREE_NODES)
		return fault_at(b, m,
		    "more than 200,000 values: split the file");
	if (b->depth == 0) {
		b->t->root = n;
		return TREE_OK;
	}
	n->key = b->open[top].key;
	n->key_line = b->open[top].key_line;
	n->key_column = b->open[top].key_column;
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

static int take_key(struct builder *b, struct str text, const yaml_mark_t *m)
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
		return fault_at(b, m, what);
	}
	b->open[b->depth - 1].key = text;
	b->open[b->depth - 1].key_line = (unsigned)m->line + 1;
	b->open[b->depth - 1].key_column = (unsigned)m->column + 1;
	return TREE_OK;
}

static struct node *node_new(struct builder *b, enum node_kind kind,
    const yaml_mark_t *m)
{
	struct node *n = arena_new(b->t, sizeof(*n));

	n->kind = kind;
	n->line = (unsigned)m->line + 1;
	n->column = (unsigned)m->column + 1;
	return n;
}

static int open_node(struct builder *b, enum node_kind kind,
    const yaml_event_t *ev)
{
	const yaml_mark_t *m = &ev->start_mark;
	struct node *n;
	int e;

	if (wants_key(b))
		return fault_at(b, m, "a key must be plain text");
	if (b->depth == TREE_DEPTH)
		return fault_at(b, m, "nested deeper than 16");
	n = node_new(b, kind, m);
	e = put(b, n, m);
	if (e)
		return e;
	b->open[b->depth].node = n;
	b->open[b->depth].end = &n->first;
	b->open[b->depth].key = (struct str){ 0 };
	b->depth++;
	return TREE_OK;
}

static int take_scalar(struct builder *b, const yaml_event_t *ev)
{
	const yaml_mark_t *m = &ev->start_mark;
	struct str text =
	    arena_str(b->t, ev->data.scalar.value, ev->data.scalar.length);
	struct node *n;

	if (wants_key(b))
		return take_key(b, text, m);
	n = node_new(b, NODE_SCALAR, m);
	n->text = text;
	n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return put(b, n, m);
}

static bool has_tag_or_anchor(const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ev->data.scalar.tag || ev->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return ev->data.sequence_start.tag ||
		       ev->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return ev->data.mapping_start.tag ||
		       ev->data.mapping_start.anchor;
	default:
		return false;
	}
}

static int take_event(struct builder *b, const yaml_event_t *ev)
{
	if (ev->type == YAML_ALIAS_EVENT || has_tag_or_anchor(ev))
		return fault_at(b, &ev->start_mark,
		    "anchors (&), aliases (*) and tags (!) are not read here: "
		    "write the value out, or quote it");
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(b, ev);
	case YAML_SEQUENCE_START_EVENT:
		return open_node(b, NODE_LIST, ev);
	case YAML_MAPPING_START_EVENT:
		return open_node(b, NODE_MAP, ev);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return TREE_OK;
	case YAML_DOCUMENT_START_EVENT:
		if (b->t->root)
			return fault_at(b, &ev->start_mark,
			    "a second document: one a file");
		return TREE_OK;
	default:
		return TREE_OK;
	}
}

/* The byte that libyaml would not read: it names no line. */
static yaml_mark_t mark_of(struct str yaml, size_t offset)
{
	yaml_mark_t m = { .index = offset };

	for (size_t i = 0; i < MIN(offset, yaml.n); i++) {
		m.column++;
		if (yaml.p[i] == '\n') {
			m.line++;
			m.column = 0;
		}
	}
	return m;
}

/* Is the line of the mark indented by a tab? Then *m becomes the tab's. */
static bool finds_tab(struct str yaml, yaml_mark_t *m)
{
	struct str line = { 0 };
	size_t at = 0;

	for (size_t i = 0; i <= m->line; i++)
		if (!str_cut(&yaml, '\n', &line))
			line = yaml;
	while (at < line.n && line.p[at] == ' ')
		at++;
	if (at == line.n || line.p[at] != '\t')
		return false;
	m->column = at;
	return true;
}

static int syntax_fault(struct builder *b)
{
	const yaml_parser_t *p = &b->parser;
	yaml_mark_t at = p->problem_mark;
	char what[240];

	if (p->error == YAML_READER_ERROR) {
		at = mark_of(b->yaml, p->problem_offset);
		snprintf(what, sizeof(what),
		    "not UTF-8 text (%s): save it as UTF-8", p->problem);
		return fault_at(b, &at, what);
	}
	if (finds_tab(b->yaml, &at))
		return fault_at(b, &at,
		    "a tab: YAML is indented by spaces alone");
	snprintf(what, sizeof(what), "not YAML: %s%s%s",
	    p->problem ? p->problem : "unreadable", p->context ? " " : "",
	    p->context ? p->context : "");
	return fault_at(b, &at, what);
}

static int build(struct builder *b)
{
	bool end = false;
	int e = TREE_OK;

	while (e == TREE_OK && !end) {
		yaml_event_t ev;

		if (!yaml_parser_parse(&b->parser, &ev))
			return syntax_fault(b);
		end = ev.type == YAML_STREAM_END_EVENT;
		e = take_event(b, &ev);
		yaml_event_delete(&ev);
	}
	return e;
}

int tree_parse(struct tree **ret, const char *file, struct str yaml,
    tree_fault_fn *fault, void *arg)
{
	struct builder b = { .file = file,
		.yaml = yaml,
		.fault = fault,
		.arg = arg };
	int e;

	if (yaml.n > TREE_BYTES)
		return fault_at(&b, &(yaml_mark_t){ 0 },
		    "larger than 4 MB: split the file");
	if (!yaml_parser_initialize(&b.parser))
		die("out of memory");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser,
	    (const unsigned char *)(yaml.n ? yaml.p : ""), yaml.n);
	b.t = mem_new(1, sizeof(*b.t));
	e = build(&b);
	yaml_parser_delete(&b.parser);
	if (e)
		tree_free(&b.t);
	else
		*ret = b.t;
	return e;
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
