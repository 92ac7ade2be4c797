#include "rule/prefix.h"

#include "rule/byteset.h"

struct entry {
	struct str literal;
	uint16_t id;
};

/* What stands between the parent and this node is text; ids are those of all
 * literals on the way down to here. */
struct node {
	const char *text;
	uint32_t n;
	char first;                       /* of the text */
	uint32_t first_child, n_children; /* by their first byte */
	uint32_t first_id, n_ids;
};

struct prefixes {
	size_t n;
	struct entry *entries;
	size_t n_nodes;
	struct node *nodes;
	size_t n_ids;
	uint16_t *ids;
	uint16_t root[256]; /* node + 1, or 0 */
};

void prefixes_new(struct prefixes **ret)
{
	*ret = mem_new(1, sizeof(**ret));
}

void prefixes_free(struct prefixes **pp)
{
	struct prefixes *p = *pp;

	if (!p)
		return;
	free(p->entries);
	free(p->nodes);
	free(p->ids);
	free(p);
	*pp = NULL;
}

void prefixes_add(struct prefixes *p, struct str literal, uint16_t id)
{
	assert(literal.n > 0);
	p->entries = mem_grow(p->entries, p->n + 1, sizeof(*p->entries));
	p->entries[p->n++] = (struct entry){ literal, id };
}

static int by_literal(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c =
	    memcmp(x->literal.p, y->literal.p, MIN(x->literal.n, y->literal.n));

	if (c)
		return c;
	return x->literal.n < y->literal.n ? -1 : x->literal.n > y->literal.n;
}

static int by_id(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The ids that end at depth among entries from..to, added to the parent's,
 * sorted, each once. */
static void set_ids(struct prefixes *p, uint32_t node, size_t from, size_t to,
    size_t depth, uint32_t parent_first, uint32_t parent_n)
{
	uint32_t first = (uint32_t)p->n_ids, n = parent_n, kept = 0;

	p->ids = mem_grow(p->ids, p->n_ids + parent_n + (to - from) + 1,
	    sizeof(*p->ids));
	if (parent_n)
		memcpy(p->ids + first, p->ids + parent_first,
		    parent_n * sizeof(*p->ids));
	for (size_t i = from; i < to; i++) {
		if (p->entries[i].literal.n == depth)
			p->ids[first + n++] = p->entries[i].id;
	}
	qsort(p->ids + first, n, sizeof(*p->ids), by_id);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || p->ids[first + i] != p->ids[first + kept - 1])
			p->ids[first + kept++] = p->ids[first + i];
	}
	p->nodes[node].first_id = first;
	p->nodes[node].n_ids = kept;
	p->n_ids += kept;
}

/* How many bytes after depth the entries from..to share. */
static size_t shared(const struct prefixes *p, size_t from, size_t to,
    size_t depth)
{
	struct str a = p->entries[from].literal, b = p->entries[to - 1].literal;
	size_t n = depth, most = MIN(a.n, b.n);

	while (n < most && a.p[n] == b.p[n])
		n++;
	return n - depth;
}

static size_t same_byte(const struct prefixes *p, size_t from, size_t to,
    size_t depth)
{
	size_t i = from;

	while (i < to && p->entries[i].literal.p[depth] ==
			     p->entries[from].literal.p[depth])
		i++;
	return i;
}

static uint32_t node_new(struct prefixes *p, uint32_t n)
{
	uint32_t first = (uint32_t)p->n_nodes;

	if (p->n_nodes + n >= UINT16_MAX)
		die("too many leading literals together");
	p->nodes = mem_grow(p->nodes, p->n_nodes + n, sizeof(*p->nodes));
	memset(p->nodes + first, 0, n * sizeof(*p->nodes));
	p->n_nodes += n;
	return first;
}

/* Entries from..to share all bytes before depth and the one at it. */
static void fill(struct prefixes *p, uint32_t node, size_t from, size_t to,
    size_t depth, uint32_t parent_first, uint32_t parent_n)
{
	size_t n = shared(p, from, to, depth), end = depth + n, i, next;
	uint32_t children = 0, child;

	p->nodes[node].text = p->entries[from].literal.p + depth;
	p->nodes[node].n = (uint32_t)n;
	p->nodes[node].first = p->nodes[node].text[0];
	set_ids(p, node, from, to, end, parent_first, parent_n);
	for (i = from; i < to && p->entries[i].literal.n == end;)
		i++;
	from = i;
	for (; i < to; i = same_byte(p, i, to, end))
		children++;
	child = node_new(p, children);
	p->nodes[node].first_child = child;
	p->nodes[node].n_children = children;
	for (i = from; i < to; i = next) {
		next = same_byte(p, i, to, end);
		fill(p, child++, i, next, end, p->nodes[node].first_id,
		    p->nodes[node].n_ids);
	}
}

void prefixes_ready(struct prefixes *p)
{
	size_t next;

	if (p->n)
		qsort(p->entries, p->n, sizeof(*p->entries), by_literal);
	for (size_t i = 0; i < p->n; i = next) {
		uint32_t node = node_new(p, 1);

		next = same_byte(p, i, p->n, 0);
		p->root[(uint8_t)p->entries[i].literal.p[0]] =
		    (uint16_t)(node + 1);
		fill(p, node, i, next, 0, 0, 0);
	}
}

static const struct node *child_of(const struct prefixes *p,
    const struct node *n, char c)
{
	const struct node *child = p->nodes + n->first_child;

	for (uint32_t i = 0; i < n->n_children; i++, child++) {
		if (child->first == c)
			return child;
	}
	return NULL;
}

const uint16_t *prefixes_find(const struct prefixes *p, struct str s, size_t *n)
{
	const struct node *at = NULL, *next;
	uint32_t root = s.n ? p->root[(uint8_t)s.p[0]] : 0;

	next = root ? &p->nodes[root - 1] : NULL;
	while (next && next->n <= s.n && same_bytes(s.p, next->text, next->n)) {
		s = str_from(s, next->n);
		at = next;
		next = s.n ? child_of(p, at, s.p[0]) : NULL;
	}
	*n = at ? at->n_ids : 0;
	return at ? p->ids + at->first_id : NULL;
}
