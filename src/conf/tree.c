#include "conf/tree.h"

#include <stdio.h>
#include <yaml.h>

#include "conf/build.h"

static struct spot spot_of(const yaml_mark_t *m)
{
	return (struct spot){ (unsigned)m->line + 1, (unsigned)m->column + 1 };
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

static int take_scalar(struct builder *b, const yaml_event_t *ev)
{
	struct str text = { (const char *)ev->data.scalar.value,
		ev->data.scalar.length };

	return build_scalar(b, text,
	    ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE,
	    spot_of(&ev->start_mark));
}

static int take_event(struct builder *b, const yaml_event_t *ev)
{
	struct spot at = spot_of(&ev->start_mark);

	if (ev->type == YAML_ALIAS_EVENT || has_tag_or_anchor(ev))
		return build_fault(b, at,
		    "anchors (&), aliases (*) and tags (!) are not read here: "
		    "write the value out, or quote it");
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(b, ev);
	case YAML_SEQUENCE_START_EVENT:
		return build_open(b, NODE_LIST, at);
	case YAML_MAPPING_START_EVENT:
		return build_open(b, NODE_MAP, at);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		build_close(b);
		return TREE_OK;
	case YAML_DOCUMENT_START_EVENT:
		if (tree_root(b->t))
			return build_fault(b, at,
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

static int syntax_fault(struct builder *b, const yaml_parser_t *p,
    struct str yaml)
{
	yaml_mark_t at = p->problem_mark;
	char what[240];

	if (p->error == YAML_READER_ERROR) {
		at = mark_of(yaml, p->problem_offset);
		snprintf(what, sizeof(what),
		    "not UTF-8 text (%s): save it as UTF-8", p->problem);
		return build_fault(b, spot_of(&at), what);
	}
	if (finds_tab(yaml, &at))
		return build_fault(b, spot_of(&at),
		    "a tab: YAML is indented by spaces alone");
	snprintf(what, sizeof(what), "not YAML: %s%s%s",
	    p->problem ? p->problem : "unreadable", p->context ? " " : "",
	    p->context ? p->context : "");
	return build_fault(b, spot_of(&at), what);
}

static int build(struct builder *b, yaml_parser_t *parser, struct str yaml)
{
	bool end = false;
	int e = TREE_OK;

	while (e == TREE_OK && !end) {
		yaml_event_t ev;

		if (!yaml_parser_parse(parser, &ev))
			return syntax_fault(b, parser, yaml);
		end = ev.type == YAML_STREAM_END_EVENT;
		e = take_event(b, &ev);
		yaml_event_delete(&ev);
	}
	return e;
}

int tree_parse(struct tree **ret, const char *file, struct str yaml,
    tree_fault_fn *fault, void *arg)
{
	yaml_parser_t parser;
	struct builder b;
	int e;

	if (yaml.n > TREE_BYTES) {
		fault(arg, file, 1, 1, "larger than 4 MB: split the file");
		return TREE_E_FAULT;
	}
	if (!yaml_parser_initialize(&parser))
		die("out of memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser,
	    (const unsigned char *)(yaml.n ? yaml.p : ""), yaml.n);
	build_begin(&b, file, fault, arg);
	e = build(&b, &parser, yaml);
	yaml_parser_delete(&parser);
	if (e)
		tree_free(&b.t);
	else
		*ret = b.t;
	return e;
}
