#include "conf/conf.h"

#include <stdio.h>

#include "cli/ask.h"
#include "cli/rulebook.h"
#include "conf/tree.h"

/*
 * conf - the configuration in force: what the file says with every default
 * filled in, and of each value where it comes from. The printed YAML is
 * parsed again, so that its places can be looked up in the file's own tree.
 */
enum {
	PLACES = 65536
};

struct view {
	const char *file;
	unsigned faults;
	unsigned *from; /* by printed line: line in the file, 0: a default */
	unsigned lines;
};

static void fault(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	((struct view *)arg)->faults++;
	fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, what);
}

static void said_already(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
}

static void our_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	die("the printed configuration cannot be read: line %u: %s", line,
	    what);
}

/* Where each printed key stands in the file, if it does. */
static void place(struct view *v, const struct node *printed,
    const struct node *given)
{
	const struct node *g = given ? given->first : NULL;

	node_each(n, printed)
	{
		const struct node *found = g;

		if (printed->kind == NODE_MAP) {
			auto_free char *key = str_dup(n->key);

			found = given && given->kind == NODE_MAP
				    ? node_get(given, key)
				    : NULL;
		}
		if (found && n->line < v->lines)
			v->from[n->line] = found->line;
		if (n->kind != NODE_SCALAR)
			place(v, n, found);
		if (g && printed->kind == NODE_LIST)
			g = g->next;
	}
}

static json_t *to_json(const struct node *n, const struct view *v)
{
	json_t *o;

	if (n->kind == NODE_SCALAR)
		return json_stringn(n->text.p, n->text.n);
	o = n->kind == NODE_MAP ? json_object() : json_array();
	node_each(k, n)
	{
		auto_free char *key = str_dup(k->key);
		json_t *x = to_json(k, v);

		if (n->kind == NODE_LIST)
			json_array_append_new(o, x);
		else if (k->kind != NODE_SCALAR)
			json_object_set_new(o, key, x);
		else
			json_object_set_new(o, key,
			    json_pack("{s:o,s:I}", "value", x, "line",
				(json_int_t)(k->line < v->lines
						 ? v->from[k->line]
						 : 0)));
	}
	return o;
}

static void print_lines(const struct view *v, struct str text)
{
	struct str line;

	for (unsigned i = 1; str_cut(&text, '\n', &line); i++) {
		bool is_key = str_find(line, STR(":")) != SIZE_MAX;

		if (i < v->lines && v->from[i])
			printf("%-44.*s # %s:%u\n", STR_A(line), v->file,
			    v->from[i]);
		else if (is_key)
			printf("%-44.*s # default\n", STR_A(line));
		else
			printf(STR_F "\n", STR_A(line));
	}
}

static int show(struct view *v, struct str yaml, bool json)
{
	struct tree *given = NULL, *printed = NULL;
	auto_free char *text = NULL;
	struct conf *c;
	json_t *o;

	(void)conf_load(&c, v->file, yaml, fault, v);
	rulebook_check(c, v->file, fault, v);
	conf_print(c, false, &text);
	conf_free(&c);
	/* its faults were said a moment ago */
	(void)tree_parse(&given, v->file, yaml, said_already, NULL);
	if (tree_parse(&printed, "printed", str_of(text), our_fault, NULL))
		return CLI_FAULT;
	v->lines = PLACES;
	v->from = mem_new(PLACES, sizeof(*v->from));
	if (tree_root(printed))
		place(v, tree_root(printed), given ? tree_root(given) : NULL);
	if (json) {
		o = json_pack("{s:s,s:i,s:o}", "file", v->file, "faults",
		    (int)v->faults, "conf", to_json(tree_root(printed), v));
		ask_print(o);
		json_decref(o);
	} else {
		print_lines(v, str_of(text));
	}
	tree_free(&given);
	tree_free(&printed);
	free(v->from);
	return v->faults ? CLI_NO : CLI_OK;
}

int cmd_conf(int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL,
						   'j' },
		{ "file", required_argument, NULL, 'f' }, { 0 } };
	struct view v = { .file = "/etc/liptako/liptako.yaml" };
	auto_free char *yaml = NULL;
	bool json = false, named = false;
	size_t n = 0;
	int c, e;

	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'f')
			v.file = optarg, named = true;
		else
			return cli_bad_option(argv, c);
	}
	if (optind < argc)
		return cli_usage(argv[0], "it takes no argument");
	e = rulebook_text(v.file, &yaml, &n);
	if (e < 0 && (named || e != -ENOENT))
		return cli_fault(argv[0], "%s: %s", v.file, strerror(-e));
	return show(&v, (struct str){ yaml ? yaml : "", n }, json);
}
