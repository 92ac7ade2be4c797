#include "conf/conf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/nearest.h"
#include "conf/entry.h"
#include "conf/item.h"
#include "conf/tree.h"

struct load {
	const char *file;
	conf_fault_fn *fault;
	void *arg;
	bool faulty;
};

static void say(struct load *l, const struct node *at, const char *fmt, ...)
    PRINTF(3, 4);
static void say_key(struct load *l, const struct node *at, const char *fmt, ...)
    PRINTF(3, 4);

static void vsay(struct load *l, unsigned line, unsigned column,
    const char *fmt, va_list ap) PRINTF(4, 0);

static void vsay(struct load *l, unsigned line, unsigned column,
    const char *fmt, va_list ap)
{
	char what[512];

	vsnprintf(what, sizeof(what), fmt, ap);
	l->faulty = true;
	l->fault(l->arg, l->file, line, column, what);
}

static void say(struct load *l, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(l, at->line, at->column, fmt, ap);
	va_end(ap);
}

/* Of the key before the value. */
static void say_key(struct load *l, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(l, at->key_line, at->key_column, fmt, ap);
	va_end(ap);
}

static bool walk(struct load *l, const struct node *map,
    const struct conf_item *items, void *base);

static void *place(const struct conf_item *it, void *base)
{
	return (char *)base + it->at;
}

static void clear(const struct conf_item *items, void *base)
{
	for (const struct conf_item *it = items; it->name; it++)
		if (it->kind != CONF_GROUP)
			item_clear(it, place(it, base));
}

static void fill(const struct conf_item *items, void *base)
{
	for (const struct conf_item *it = items; it->name; it++) {
		const char *bad;

		if (it->kind == CONF_GROUP)
			fill(it->inner, base);
		if (!it->fallback)
			continue;
		bad = item_set(it, str_of(it->fallback), place(it, base));
		if (bad)
			die("default of %s: %s", it->name, bad);
	}
}

/* Nor tabs and line ends: values are shown on one line. */
static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 127)
			return true;
	}
	return false;
}

static bool one(struct load *l, const struct conf_item *it,
    const struct node *n, void *base)
{
	const char *bad;

	if (n->kind != NODE_SCALAR) {
		say(l, n, "%s: a single value is wanted here", it->name);
		return false;
	}
	bad = has_control(n->text) ? "control bytes are no part of a value"
				   : item_set(it, n->text, place(it, base));
	if (bad)
		say(l, n, "%s: %s", it->name, bad);
	return !bad;
}

static bool set(struct load *l, const struct conf_item *it,
    const struct node *n, uint32_t *to)
{
	uint32_t bits = 0;

	if (n->kind != NODE_LIST || n->n == 0) {
		say(l, n, "%s: write a list such as [deny, open]", it->name);
		return false;
	}
	node_each(c, n)
	{
		int w =
		    c->kind == NODE_SCALAR ? item_word(it->words, c->text) : -1;

		if (w < 0) {
			say(l, c, "%s: unknown word: write some of %s",
			    it->name, it->words);
			return false;
		}
		bits |= UINT32_C(1) << w;
	}
	*to = bits;
	return true;
}

static bool argv(struct load *l, const struct conf_item *it,
    const struct node *n, struct strings *to)
{
	if (n->kind != NODE_LIST || n->n == 0 || n->n > (size_t)it->max ||
	    n->first->kind != NODE_SCALAR || n->first->text.n < 2 ||
	    n->first->text.p[0] != '/') {
		say(l, n,
		    "%s: write a list of at most %lld words that begins with "
		    "the program's absolute path",
		    it->name, (long long)it->max);
		return false;
	}
	to->v = mem_new(n->n, sizeof(*to->v));
	node_each(c, n)
	{
		if (c->kind != NODE_SCALAR || has_control(c->text)) {
			say(l, c, "%s: each word is a single value", it->name);
			return false;
		}
		to->v[to->n++] = str_dup(c->text);
	}
	return true;
}

/* A list of sockets; an empty one is none at all. */
static bool sockets(struct load *l, const struct conf_item *it,
    const struct node *n, void *to)
{
	char all[1024] = "";
	size_t at = 0;

	if (n->kind == NODE_SCALAR && n->text.n > 0)
		return one(l, it, n, (char *)to - it->at);
	if (n->kind != NODE_LIST) {
		say(l, n, "%s: write a list such as [127.0.0.1:7406]",
		    it->name);
		return false;
	}
	item_clear(it, to);
	node_each(c, n)
	{
		if (c->kind != NODE_SCALAR || c->text.n == 0 ||
		    memchr(c->text.p, ' ', c->text.n) ||
		    at + c->text.n + 2 > sizeof(all)) {
			say(l, c, "%s: each is a single socket", it->name);
			return false;
		}
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s" STR_F,
		    at ? " " : "", STR_A(c->text));
	}
	const char *bad = item_set(it, str_of(all), to);

	if (bad)
		say(l, n, "%s: %s", it->name, bad);
	return !bad;
}

static bool is_single(enum conf_kind k)
{
	switch (k) {
	case CONF_SET:
	case CONF_ARGV:
	case CONF_SOCKETS:
	case CONF_GROUP:
	case CONF_LIST:
	case CONF_ONOFF:
	case CONF_END:
		return false;
	default:
		return true;
	}
}

/* One entry of a list: a map, or the first key's value alone. */
static bool entry(struct load *l, const struct conf_item *it,
    const struct node *n, void *e)
{
	const char *bad;

	fill(it->inner, e);
	entry_note_line(it, e, n->line);
	if (n->kind == NODE_SCALAR && is_single(it->inner->kind)) {
		if (!one(l, it->inner, n, e))
			return false;
	} else if (n->kind != NODE_MAP) {
		say(l, n, "%s: an entry is a value or a map of keys", it->name);
		return false;
	} else if (!walk(l, n, it->inner, e)) {
		return false;
	}
	bad = entry_fault(it, e);
	if (bad)
		say(l, n, "%s: %s", it->name, bad);
	return !bad;
}

static void list(struct load *l, const struct conf_item *it,
    const struct node *n, void *base)
{
	size_t *count = (size_t *)((char *)base + it->n_at);
	void **at = place(it, base);

	if (n->kind == NODE_SCALAR && n->text.n == 0)
		return;
	if (n->kind != NODE_LIST) {
		say(l, n, "%s: write a list, each entry after \"- \"",
		    it->name);
		return;
	}
	if (n->n > (size_t)it->max) {
		say(l, n, "%s: more than %lld entries", it->name,
		    (long long)it->max);
		return;
	}
	*at = mem_new(n->n, it->size);
	node_each(c, n)
	{
		void *e = (char *)*at + *count * it->size;

		if (entry(l, it, c, e)) {
			++*count;
			continue;
		}
		clear(it->inner, e);
		memset(e, 0, it->size);
	}
}

static void onoff(struct load *l, const struct conf_item *it,
    const struct node *n, struct conf *c)
{
	if (n->kind == NODE_SCALAR && n->text.n == 0)
		return;
	if (n->kind != NODE_MAP || n->n > (size_t)it->max) {
		say(l, n, "%s: write NAME: on or NAME: off", it->name);
		return;
	}
	c->services = mem_new(n->n, sizeof(*c->services));
	node_each(s, n)
	{
		struct conf_service *to = &c->services[c->n_services];
		int w = s->kind == NODE_SCALAR
			    ? item_word("no|yes|off|on|false|true", s->text)
			    : -1;

		if (w < 0) {
			say(l, s, "%s: write on or off", it->name);
			continue;
		}
		to->name = str_dup(s->key);
		to->on = (uint8_t)(w & 1);
		to->line = s->line;
		c->n_services++;
	}
}

static const struct conf_item *item_of(const struct conf_item *items,
    struct str key)
{
	for (; items->name; items++)
		if (str_eq(str_of(items->name), key))
			return items;
	return NULL;
}

static void unknown(struct load *l, const struct node *n,
    const struct conf_item *items)
{
	const char *other;
	char key[80], known[320];
	struct nearest near;
	size_t at = 0;

	str_show(n->key, key, sizeof(key));
	other = entry_others_word(key);
	if (other) {
		say_key(l, n, "unknown key \"%s\": here it is %s", key, other);
		return;
	}
	near = nearest_to(key);
	for (const struct conf_item *i = items; i->name; i++)
		nearest_try(&near, i->name);
	if (near.best) {
		say_key(l, n, "unknown key \"%s\"; did you mean \"%s\"?", key,
		    near.best);
		return;
	}
	known[0] = 0;
	for (; items->name && at < sizeof(known); items++)
		at += (size_t)snprintf(known + at, sizeof(known) - at, " %s",
		    items->name);
	say_key(l, n, "unknown key \"%s\": the keys here are%s", key, known);
}

/* False if anything in it was wrong; in a list that drops the entry. */
static bool walk(struct load *l, const struct node *map,
    const struct conf_item *items, void *base)
{
	bool ok = true;

	node_each(n, map)
	{
		const struct conf_item *it = item_of(items, n->key);

		if (!it) {
			unknown(l, n, items);
			ok = false;
			continue;
		}
		switch (it->kind) {
		case CONF_GROUP:
			if (n->kind == NODE_MAP)
				ok &= walk(l, n, it->inner, base);
			else if (n->kind != NODE_SCALAR || n->text.n > 0) {
				say(l, n, "%s: a map of keys is wanted here",
				    it->name);
				ok = false;
			}
			break;
		case CONF_LIST:
			list(l, it, n, base);
			break;
		case CONF_ONOFF:
			onoff(l, it, n, base);
			break;
		case CONF_SET:
			ok &= set(l, it, n, place(it, base));
			break;
		case CONF_SOCKETS:
			ok &= sockets(l, it, n, place(it, base));
			break;
		case CONF_ARGV:
			ok &= argv(l, it, n, place(it, base));
			break;
		default: /* single values: item_set knows them all */
			ok &= one(l, it, n, base);
		}
	}
	return ok;
}

int conf_load(struct conf **ret, const char *file, struct str yaml,
    conf_fault_fn *fault, void *arg)
{
	struct load l = { file, fault, arg, false };
	struct conf *c = mem_new(1, sizeof(*c));
	struct tree *t = NULL;
	const struct node *root;

	fill(conf_items, c);
	*ret = c;
	if (tree_parse(&t, file, yaml, fault, arg) != TREE_OK)
		return CONF_E_FAULTS;
	root = tree_root(t);
	if (root && root->kind == NODE_MAP)
		walk(&l, root, conf_items, c);
	else if (root && (root->kind != NODE_SCALAR || root->text.n > 0))
		say(&l, root, "the file is a map: write KEY: VALUE lines");
	if (c->term_max < c->term) {
		const struct node *n = root ? node_get(root, "term-max") : NULL;

		if (n)
			say(&l, n,
			    "term-max: shorter than term: make it as "
			    "long, or term shorter");
		c->term_max = c->term;
	}
	tree_free(&t);
	return l.faulty ? CONF_E_FAULTS : CONF_OK;
}

static void free_list(const struct conf_item *it, struct conf *c)
{
	size_t n = *(size_t *)((char *)c + it->n_at);
	void **at = place(it, c);

	for (size_t i = 0; i < n; i++) {
		void *e = (char *)*at + i * it->size;

		if (it->kind == CONF_ONOFF)
			free(((struct conf_service *)e)->name);
		else
			clear(it->inner, e);
	}
	free(*at);
}

void conf_free(struct conf **cp)
{
	if (!*cp)
		return;
	for (const struct conf_item *it = conf_items; it->name; it++) {
		if (it->kind == CONF_LIST || it->kind == CONF_ONOFF)
			free_list(it, *cp);
		else if (it->kind == CONF_GROUP)
			clear(it->inner, *cp);
		else
			item_clear(it, place(it, *cp));
	}
	free(*cp);
	*cp = NULL;
}
