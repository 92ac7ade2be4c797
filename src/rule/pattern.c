#include "rule/pattern_read.h"

enum {
	DEPTH = 20
};

static int read_alternatives(struct pattern_reader *r, struct sequence **ret,
    size_t *n);

static int read_verb(struct pattern_reader *r, struct sequence *s)
{
	const char *end = memchr(r->in.p, ')', r->in.n);

	if (!end)
		return reader_bad(r, "a ( without its )");
	r->opaque = true;
	reader_raw(r, s, (size_t)(end - r->in.p) + 1);
	return 0;
}

/* "(?i:" and the like: its length, or 0. */
static size_t option_opening(struct str in)
{
	size_t i = 2;

	while (i < in.n && (strchr("^-", in.p[i]) || (in.p[i] | 32) >= 'a') &&
	       (in.p[i] | 32) <= 'z' && in.p[i])
		i++;
	return i > 2 && i < in.n && in.p[i] == ':' ? i + 1 : 0;
}

/* How a group opens: the length of that, 0 if we do not take it. */
static size_t group_opening(struct pattern_reader *r, bool *plain,
    bool *comment)
{
	static const char *const looks[] = { "(?=", "(?!", "(?>",
		"(?<=", "(?<!", "(?|" };

	*plain = true;
	*comment = false;
	if (!str_starts(r->in, STR("(?")))
		return 1;
	if (str_starts(r->in, STR("(?:")))
		return 3;
	*plain = false;
	for (size_t i = 0; i < countof(looks); i++) {
		if (str_starts(r->in, str_of(looks[i])))
			return strlen(looks[i]);
	}
	if (option_opening(r->in)) {
		r->opaque = true;
		return option_opening(r->in);
	}
	*comment = !strchr("<P'&RC(", reader_peek(r, 2)) && reader_peek(r, 2);
	return 0;
}

static int read_group(struct pattern_reader *r, struct sequence *s)
{
	struct sequence *alternatives = NULL;
	size_t n = 0, len;
	bool plain, option;
	struct times t;
	struct part *g;
	int e;

	if (reader_peek(r, 1) == '*')
		return read_verb(r, s);
	len = group_opening(r, &plain, &option);
	if (len == 0 && option)
		return read_verb(r, s);
	if (len == 0)
		return reader_bad(r,
		    "no named groups, calls or conditions here; a "
		    "field is <name>");
	reader_text(&r->out, r->in.p, len);
	reader_skip(r, len);
	r->after_literal = false;
	if (++r->depth > DEPTH)
		return reader_bad(r, "groups nest deeper than %d", DEPTH);
	e = read_alternatives(r, &alternatives, &n);
	r->depth--;
	g = sequence_add(s, PART_GROUP);
	g->alternatives = alternatives;
	g->n_alternatives = n;
	if (e < 0)
		return e;
	if (reader_peek(r, 0) != ')')
		return reader_bad(r, "a ( without its )");
	reader_emit(r, ")");
	reader_skip(r, 1);
	t = reader_quantifier(r);
	g->optional = t.min == 0;
	if (!plain || !t.plain || t.max != 1)
		g->kind = PART_RAW;
	r->after_literal = false;
	return 0;
}

static int read_part(struct pattern_reader *r, struct sequence *s)
{
	char c = reader_peek(r, 0);

	switch (c) {
	case '<':
		return reader_field(r, s);
	case '\\':
		return reader_escape(r, s);
	case '[':
		return reader_class(r, s);
	case '(':
		return read_group(r, s);
	case '.':
		reader_emit(r, ".");
		reader_skip(r, 1);
		reader_set(r, s, &byteset_all);
		return 0;
	case '^':
	case '$':
		reader_raw(r, s, 1);
		return 0;
	case '?':
	case '*':
	case '+':
		return reader_bad(r,
		    "a %c that repeats nothing; literally it is "
		    "\\%c",
		    c, c);
	default:
		reader_text(&r->out, r->in.p, 1);
		reader_skip(r, 1);
		reader_byte(r, s, c);
		return 0;
	}
}

/* Up to the closing bracket or the end. What was read belongs to *ret, also
 * after a fault. */
static int read_alternatives(struct pattern_reader *r, struct sequence **ret,
    size_t *n)
{
	int e = 0;

	for (;;) {
		*ret = mem_grow(*ret, *n + 1, sizeof(**ret));
		(*ret)[(*n)++] = (struct sequence){ 0 };
		while (e == 0 && reader_more(r) && reader_peek(r, 0) != '|' &&
		       reader_peek(r, 0) != ')')
			e = read_part(r, &(*ret)[*n - 1]);
		if (e < 0 || reader_peek(r, 0) != '|')
			return e;
		reader_emit(r, "|");
		reader_skip(r, 1);
		r->after_literal = false;
	}
}

/* The anchors are implied; people write them all the same. */
static struct str without_anchors(struct str s)
{
	if (s.n && s.p[0] == '^')
		s = str_from(s, 1);
	if (s.n > 1 && s.p[s.n - 1] == '$' && s.p[s.n - 2] != '\\')
		s.n--;
	return s;
}

/* Options and verbs change what the rest means: then we know nothing. */
static void make_opaque(struct pattern *p)
{
	for (size_t i = 0; i < p->n_alternatives; i++)
		sequence_drop(&p->alternatives[i]);
	p->n_alternatives = 1;
	p->alternatives[0] = (struct sequence){ 0 };
	sequence_add(&p->alternatives[0], PART_RAW);
}

int pattern_parse(struct pattern **ret, struct str text,
    char why[static WHY_MAX])
{
	struct pattern *p = mem_new(1, sizeof(*p));
	struct pattern_reader r = { .p = p, .why = why };
	int e;

	r.in = without_anchors(text);
	reader_text(&r.out, "", 0);
	e = read_alternatives(&r, &p->alternatives, &p->n_alternatives);
	if (e == 0 && reader_more(&r))
		e = reader_bad(&r,
		    "a ) without its (; a literal ) is written \\)");
	p->regex = r.out.p;
	p->n = r.out.n;
	if (e < 0) {
		pattern_free(&p);
		return e;
	}
	if (r.opaque)
		make_opaque(p);
	*ret = p;
	return 0;
}

void pattern_free(struct pattern **pp)
{
	struct pattern *p = *pp;

	if (!p)
		return;
	for (size_t i = 0; i < p->n_alternatives; i++)
		sequence_drop(&p->alternatives[i]);
	free(p->alternatives);
	free(p->regex);
	free(p->fields);
	free(p);
	*pp = NULL;
}

void pattern_forget_regex(struct pattern *p)
{
	free_ptr(&p->regex);
	p->n = 0;
}

int pattern_field(const struct pattern *p, struct str name)
{
	for (size_t i = 0; i < p->n_fields; i++) {
		if (str_eq(name, str_of(p->fields[i])))
			return (int)i;
	}
	return NO_FIELD;
}
