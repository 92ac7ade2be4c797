#include "conf/tree_tests.h"

#include "base/tests.h"

struct seen {
	unsigned n, line, column;
	char what[240];
};

static void note(void *arg, const char *file, unsigned line, unsigned column,
    const char *what)
{
	struct seen *s = arg;

	assert_string_equal(file, "t.yaml");
	s->n++;
	s->line = line;
	s->column = column;
	snprintf(s->what, sizeof(s->what), "%s", what);
}

static void nodes_know_their_places(void **state)
{
	struct tree *t = NULL;
	struct seen s = { 0 };
	const struct node *list, *n;

	assert_int_equal(tree_parse(&t, "t.yaml",
			     STR("a: 1\nb:\n- x\n- 'y'\nc: {d: e}\n"), note,
			     &s),
	    TREE_OK);
	assert_int_equal(tree_root(t)->n, 3);
	list = node_get(tree_root(t), "b");
	assert_int_equal(list->kind, NODE_LIST);
	assert_int_equal(list->n, 2);
	n = list->first->next;
	assert_true(str_eq(n->text, STR("y")));
	assert_true(n->quoted && !list->first->quoted);
	assert_int_equal(n->line, 4);
	assert_int_equal(n->column, 3);
	n = node_get(node_get(tree_root(t), "c"), "d");
	assert_true(str_eq(n->text, STR("e")));
	assert_null(node_get(tree_root(t), "none"));
	tree_free(&t);
	assert_int_equal(s.n, 0);
}

static void faults_name_place_and_cure(void **state)
{
	static const struct {
		const char *yaml;
		unsigned line, column;
		const char *says;
	} t[] = { { "a: 1\na: 2\n", 2, 1, "stands twice" },
		{ "a: &x 1\nb: *x\n", 1, 4, "anchors" },
		{ "a: !!int 1\n", 1, 4, "tags" },
		{ "a: [1\nb: 2\n", 2, 2, "not YAML" },
		{ "a: 1\n---\nb: 2\n", 2, 1, "second document" },
		{ "? [x]\n: y\n", 1, 3, "plain text" },
		{ "b: 1\na: \xff\n", 2, 4, "UTF-8" },
		{ "a:\n\tb: 1\n", 2, 1, "a tab" },
		{ "a:\n  b: 1\n  \tc: 2\n", 3, 3, "a tab" },
		{ "[[[[[[[[[[[[[[[[[", 1, 17, "deeper than 16" } };

	for (size_t i = 0; i < countof(t); i++) {
		struct tree *tree = NULL;
		struct seen s = { 0 };

		assert_int_equal(tree_parse(&tree, "t.yaml", str_of(t[i].yaml),
				     note, &s),
		    TREE_E_FAULT);
		assert_null(tree);
		assert_int_equal(s.n, 1);
		assert_non_null(strstr(s.what, t[i].says));
		assert_int_equal(s.line, t[i].line);
		assert_int_equal(s.column, t[i].column);
	}
}

static void empty_is_no_fault(void **state)
{
	static const char *const t[] = { "", "# only words\n", "\n\n" };

	for (size_t i = 0; i < countof(t); i++) {
		struct tree *tree = NULL;
		struct seen s = { 0 };

		assert_int_equal(tree_parse(&tree, "t.yaml", str_of(t[i]), note,
				     &s),
		    TREE_OK);
		assert_null(tree_root(tree));
		tree_free(&tree);
	}
}

static void what_is_plain_is_read_as_libyaml_does(void **state)
{
	static const char *const t[] = { "a: 1\n", "a: 1", "\n# c\n a: b  \n",
		"a:\n- b\n- 'c''d'\n- \"e: # f\"\ng: h # i\n",
		"a:   # b\n  - c\n  # d\n  - e: f\n    g: [h, 'i', \"j\"]\n",
		"a: [b c ,\n  'd',\n\n e,]\nf: []\n",
		"'a|b': c:d #e#\n\"f\": g  \n",
		"- a\n- b: c\n  d:\n    e: f\n  g:\n  - h\n- i\n",
		"a:\n  b: (c) [d] {e}, \"f\" 'g' & * !\n" };

	for (size_t i = 0; i < countof(t); i++) {
		struct tree *a = NULL, *b = NULL;
		struct seen s = { 0 };

		assert_true(tree_plain(&a, str_of(t[i])));
		assert_int_equal(tree_parse(&b, "t.yaml", str_of(t[i]), note,
				     &s),
		    TREE_OK);
		assert_true(tree_same(tree_root(a), tree_root(b)));
		tree_free(&a);
		tree_free(&b);
	}
}

/* Right or wrong, it is for libyaml. */
static void what_is_not_plain_is_left(void **state)
{
	static const char *const t[] = { "", "# a\n", "a\n", "a: b\n  c\n",
		"a: |\n  b\n", "a: b: c\n", "a: &b c\n", "a: *b\n",
		"a: {b: c}\n", "a: [b: c]\n", "a: [[b]]\n", "a: [b\n",
		"a: 'b\n", "a: 'b\n  c'\n", "a: \"b\\n\"\n", "a: 'b'c\n",
		"a: 'b'#c\n", "a: 1\na: 2\n", "a:\nb: c\n", "a:\n", "a:\tb\n",
		"a: b\r\n", "a: \xc3\xa4\n", "a: 1\n- b\n", "a: 1\n b: 2\n",
		" a: 1\nb: 2\n", "- a\n - b\n", "- - a\n", "-\n  a\n",
		"a: -b\n", "a: ?\n", "--- a: b\n", "---\na: b\n", "a: b\n---\n",
		"a: b\n...\n", "%YAML 1.1\n", "? a\n: b\n", "a : b\n",
		"a: !b c\n", "a: [b, -c]\n" };

	for (size_t i = 0; i < countof(t); i++) {
		struct tree *a = NULL;

		if (tree_plain(&a, str_of(t[i])))
			fail_msg("plain: %s", t[i]);
		assert_null(a);
	}
}

TESTS(cmocka_unit_test(nodes_know_their_places),
    cmocka_unit_test(faults_name_place_and_cure),
    cmocka_unit_test(empty_is_no_fault),
    cmocka_unit_test(what_is_plain_is_read_as_libyaml_does),
    cmocka_unit_test(what_is_not_plain_is_left))
