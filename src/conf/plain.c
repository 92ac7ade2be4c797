/*
 * plain - the YAML that our own rules are written in, read line by line.
 *
 * Maps and lists by indentation, texts on one line each, as they are or in
 * quotes, lists in brackets. Of that little there is only one reading, and
 * libyaml's is the same to the line and column (tree_fuzz holds both against
 * each other); it takes a tenth of its time, which with two hundred files is
 * felt at each start. Whatever goes beyond is not read here, right or wrong:
 * the caller then asks libyaml, which knows what to complain of.
 */
#include "conf/build.h"

enum {
	KEY_LONGEST = 1000, /* libyaml's are at most 1024 */
	TEXT_LONGEST = 4096,
	END = -1, /* as an indentation: no more lines */
};

/* What a byte may be: of a text in brackets, of a text that begins something
 * or of a key. */
enum {
	BRACKETED = 1,
	FIRST = 2,
	KEY = 4,
};

static const uint8_t class_of[256] = {
	['0' ... '9'] = BRACKETED | FIRST | KEY,
	['A' ... 'Z'] = BRACKETED | FIRST | KEY,
	['a' ... 'z'] = BRACKETED | FIRST | KEY,
	['_'] = BRACKETED | FIRST | KEY,
	['/'] = BRACKETED | FIRST,
	['<'] = BRACKETED | FIRST,
	['('] = BRACKETED | FIRST,
	[')'] = BRACKETED,
	['>'] = BRACKETED,
	['*'] = BRACKETED,
	['+'] = BRACKETED,
	['='] = BRACKETED,
	['@'] = BRACKETED,
	['~'] = BRACKETED,
	['.'] = BRACKETED | KEY,
	['-'] = BRACKETED | KEY,
	['|'] = KEY,
};

struct plain {
	struct builder *b;
	const char *p, *end;
	const char *begin; /* of the line */
	unsigned line;
	int indent; /* of the next line that says something, or END */
};

static inline char at(const struct plain *s)
{
	return s->p < s->end ? *s->p : '\n';
}

static inline bool is(char c, uint8_t class)
{
	return class_of[(uint8_t)c] & class;
}

static struct spot spot(const struct plain *s, const char *p)
{
	return (struct spot){ s->line, (unsigned)(p - s->begin) + 1 };
}

static void skip_blanks(struct plain *s)
{
	while (s->p < s->end && *s->p == ' ')
		s->p++;
}

/* At the end of a line: to the next one's first byte. */
static void line_over(struct plain *s)
{
	if (s->p < s->end)
		s->p++;
	s->begin = s->p;
	s->line++;
}

/* To the line's end, over a comment if that is all that is left. */
static void skip_comment(struct plain *s)
{
	skip_blanks(s);
	if (at(s) != '#' || (s->p > s->begin && s->p[-1] != ' '))
		return;
	s->p = memchr(s->p, '\n', (size_t)(s->end - s->p));
	if (!s->p)
		s->p = s->end;
}

/* At the beginning of a line: to the first that is not blank or a comment. */
static void find_line(struct plain *s)
{
	while (s->p < s->end) {
		skip_comment(s);
		if (at(s) != '\n') {
			s->indent = (int)(s->p - s->begin);
			return;
		}
		line_over(s);
	}
	s->indent = END;
}

/* Nothing more stands in this line; on to the next. */
static bool line_ends(struct plain *s)
{
	skip_comment(s);
	if (at(s) != '\n')
		return false;
	line_over(s);
	find_line(s);
	return true;
}

static bool scalar(struct plain *s, const char *from, const char *to,
    bool quoted, const char *place)
{
	struct str text = { from, (size_t)(to - from) };

	return build_scalar(s->b, text, quoted, spot(s, place)) == TREE_OK;
}

/* The text in quotes whose apostrophes are doubled. */
static bool doubled(struct plain *s, const char *from, const char *to,
    const char *place)
{
	char text[TEXT_LONGEST];
	size_t n = 0;

	if (to - from > TEXT_LONGEST)
		return false;
	for (; from < to; from++) {
		text[n++] = *from;
		from += *from == '\'';
	}
	return scalar(s, text, text + n, true, place);
}

/* 'It''s' or "it": an apostrophe in the first is doubled; a backslash in the
 * second would begin something else. */
static bool quoted(struct plain *s)
{
	const char *place = s->p++, *from = s->p;
	bool any = false;

	for (; at(s) != '\n'; s->p++) {
		if (*s->p == '\\' && *place == '"')
			return false;
		if (*s->p != *place)
			continue;
		if (*s->p == '"' || s->p + 1 == s->end || s->p[1] != '\'') {
			s->p++;
			return any ? doubled(s, from, s->p - 1, place)
				   : scalar(s, from, s->p - 1, true, place);
		}
		any = true;
		s->p++;
	}
	return false;
}

/* A text without quotes up to the end of the line, or to a comment. */
static bool bare(struct plain *s)
{
	const char *from = s->p, *to;

	if (!is(at(s), FIRST))
		return false;
	for (; at(s) != '\n'; s->p++) {
		bool blank =
		    s->p + 1 == s->end || s->p[1] == ' ' || s->p[1] == '\n';

		if (*s->p == ':' && blank)
			return false;
		if (*s->p == '#' && s->p[-1] == ' ')
			break;
	}
	for (to = s->p; to[-1] == ' ';)
		to--;
	return scalar(s, from, to, false, from);
}

static bool bracketed(struct plain *s)
{
	const char *from = s->p, *to;

	if (at(s) == '\'' || at(s) == '"')
		return quoted(s);
	if (!is(at(s), FIRST))
		return false;
	while (is(at(s), BRACKETED) || at(s) == ' ')
		s->p++;
	for (to = s->p; to[-1] == ' ';)
		to--;
	return scalar(s, from, to, false, from);
}

/* Blanks and ends of lines between brackets. */
static void skip_space(struct plain *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n')) {
		if (*s->p == '\n')
			line_over(s);
		else
			s->p++;
	}
}

/* [one, 'two', three]: texts alone, over several lines if need be. */
static bool brackets(struct plain *s)
{
	if (build_open(s->b, NODE_LIST, spot(s, s->p)) != TREE_OK)
		return false;
	s->p++;
	skip_space(s);
	while (at(s) != ']') {
		if (!bracketed(s))
			return false;
		skip_space(s);
		if (at(s) == ',')
			s->p++;
		else if (at(s) != ']')
			return false;
		skip_space(s);
	}
	s->p++;
	build_close(s->b);
	return true;
}

/* "key:", and what follows is a blank or the line's end. */
static bool key(struct plain *s)
{
	const char *from = s->p;

	if (at(s) == '\'' || at(s) == '"') {
		if (!quoted(s))
			return false;
	} else {
		if (!is(at(s), FIRST) || !is(at(s), KEY))
			return false;
		while (is(at(s), KEY))
			s->p++;
		if (!scalar(s, from, s->p, false, from))
			return false;
	}
	if (at(s) != ':' || s->p - from > KEY_LONGEST)
		return false;
	s->p++;
	return at(s) == ' ' || at(s) == '\n';
}

static bool block(struct plain *s, int indent);

static bool is_item(const struct plain *s)
{
	return at(s) == '-' && s->p + 1 < s->end && s->p[1] == ' ';
}

/* Behind "key:" of a map so far to the right. */
static bool value(struct plain *s, int indent)
{
	skip_comment(s);
	if (at(s) == '\n') {
		line_ends(s);
		if (s->indent > indent || (s->indent == indent && is_item(s)))
			return block(s, s->indent);
		return false;
	}
	if (at(s) == '[')
		return brackets(s) && line_ends(s);
	if (at(s) == '\'' || at(s) == '"')
		return quoted(s) && line_ends(s);
	return bare(s) && line_ends(s);
}

/* Each line of it begins at the same place; what stands further to the right
 * goes on with something, and that is not read here. */
static bool map(struct plain *s, int indent)
{
	if (build_open(s->b, NODE_MAP, spot(s, s->p)) != TREE_OK)
		return false;
	do {
		if (!key(s) || !value(s, indent))
			return false;
	} while (s->indent == indent && !is_item(s));
	build_close(s->b);
	return s->indent < indent;
}

/* Whether "key:" begins an item: then it is a map. */
static bool begins_map(const struct plain *s)
{
	const char *end = memchr(s->p, '\n', (size_t)(s->end - s->p));
	struct str line = { s->p, (size_t)((end ? end : s->end) - s->p) };

	if (*s->p == '\'' || *s->p == '"') /* a text, or too rare a key */
		return false;
	return str_find(line, STR(": ")) != SIZE_MAX ||
	       str_ends(line, STR(":"));
}

static bool item(struct plain *s)
{
	s->p++;
	skip_blanks(s);
	if (at(s) == '\'' || at(s) == '"')
		return quoted(s) && line_ends(s);
	if (at(s) != '\n' && begins_map(s))
		return map(s, (int)(s->p - s->begin));
	return bare(s) && line_ends(s);
}

static bool list(struct plain *s, int indent)
{
	if (build_open(s->b, NODE_LIST, spot(s, s->p)) != TREE_OK)
		return false;
	do {
		if (!item(s))
			return false;
	} while (s->indent == indent && is_item(s));
	build_close(s->b);
	return s->indent <= indent;
}

static bool block(struct plain *s, int indent)
{
	return is_item(s) ? list(s, indent) : map(s, indent);
}

static bool is_ascii(struct str yaml)
{
	bool odd = false;

	for (size_t i = 0; i < yaml.n; i++) {
		uint8_t c = (uint8_t)yaml.p[i];

		odd |= (c < ' ' && c != '\n') || c > '~';
	}
	return !odd;
}

static void no_fault(void *arg, const char *file, unsigned line,
    unsigned column, const char *what)
{
	/* libyaml will be asked, and what it gives complained of */
}

bool tree_plain(struct tree **ret, struct str yaml)
{
	struct plain s = { .p = yaml.p,
		.end = yaml.p + yaml.n,
		.begin = yaml.p,
		.line = 1 };
	struct builder b;

	if (!yaml.n || yaml.n > TREE_BYTES || !is_ascii(yaml))
		return false;
	build_begin(&b, "", no_fault, NULL);
	s.b = &b;
	find_line(&s);
	if (s.indent == END || !block(&s, s.indent) || s.indent != END) {
		tree_free(&b.t);
		return false;
	}
	*ret = b.t;
	return true;
}
