/*
 * json - one object a line, flattened as it is read: no tree is built.
 *
 * Bounded in depth and in pairs; what is beyond is checked for its shape
 * only, as far as it decides where the line's own text goes on.
 */
#include "line/parser.h"

#include "line/scan.h"

#define DEPTH_MAX 8
#define KEY_MAX   256 /* longer joined keys are not seen */

struct json {
	const char *p, *end;
	struct fields *f;
	bool cut; /* the line ended where it may not */
};

static bool value(struct json *j, struct str prefix, unsigned depth);

/* The next byte that is no blank; 0 at the end. */
static char peek(struct json *j)
{
	while (j->p < j->end &&
	       (is_blank(*j->p) || *j->p == '\n' || *j->p == '\r'))
		j->p++;
	if (j->p < j->end)
		return *j->p;
	j->cut = true;
	return 0;
}

static bool expect(struct json *j, char c)
{
	if (peek(j) != c)
		return false;
	j->p++;
	return true;
}

static bool string(struct json *j, struct str *ret)
{
	const char *from, *close;

	if (!expect(j, '"'))
		return false;
	from = j->p;
	close = quote_end(from, j->end);
	if (!close) {
		j->p = j->end;
		j->cut = true;
		return false;
	}
	*ret = span_of(from, close);
	j->p = close + 1;
	return true;
}

/* "a.b" and "c" -> "a.b.c"; absent if it is too long or scratch is full. */
static struct str joined(struct json *j, struct str prefix, struct str key,
    unsigned depth)
{
	struct line_parser *p = j->f->p;
	char *to;

	if (depth == 0)
		return key;
	if (!prefix.p || prefix.n + 1 + key.n > KEY_MAX)
		return (struct str){ 0 };
	to = scratch_take(p, prefix.n + 1 + key.n);
	if (!to)
		return (struct str){ 0 };
	memcpy(to, prefix.p, prefix.n);
	to[prefix.n] = '.';
	if (key.n)
		memcpy(to + prefix.n + 1, key.p, key.n);
	return (struct str){ to, prefix.n + 1 + key.n };
}

static bool object(struct json *j, struct str prefix, unsigned depth)
{
	struct str key;

	j->p++;
	if (peek(j) == '}') {
		j->p++;
		return true;
	}
	do {
		if (!string(j, &key) || !expect(j, ':'))
			return false;
		if (!unescape(j->f->p, key, &key))
			key = (struct str){ 0 };
		key = joined(j, prefix, key, depth);
		if (!value(j, key, depth))
			return false;
	} while (peek(j) == ',' && j->p++);
	return expect(j, '}');
}

static bool array(struct json *j, struct str prefix, unsigned depth)
{
	unsigned i = 0;

	j->p++;
	if (peek(j) == ']') {
		j->p++;
		return true;
	}
	do {
		char text[12];
		size_t n = sizeof(text);

		for (unsigned v = i++; n == sizeof(text) || v; v /= 10)
			text[--n] = (char)('0' + v % 10);
		if (!value(j,
			joined(j, prefix,
			    (struct str){ text + n, sizeof(text) - n }, depth),
			depth))
			return false;
	} while (peek(j) == ',' && j->p++);
	return expect(j, ']');
}

/* Over an object or array that lies too deep, without looking into it. */
static bool skip(struct json *j)
{
	struct str s;
	size_t open = 0;

	do {
		char c = peek(j);

		if (j->cut)
			return false;
		if (c == '"') {
			if (!string(j, &s))
				return false;
			continue;
		}
		open += c == '{' || c == '[';
		open -= c == '}' || c == ']';
		j->p++;
	} while (open);
	return true;
}

/* A number, true, false, null: its text. */
static struct str bare(struct json *j)
{
	const char *from = j->p;

	while (j->p < j->end && (is_alnum(*j->p) || *j->p == '.' ||
				    *j->p == '-' || *j->p == '+'))
		j->p++;
	return span_of(from, j->p);
}

static bool value(struct json *j, struct str key, unsigned depth)
{
	char c = peek(j);
	struct str s;

	if (c == '{' || c == '[') {
		if (depth + 1 >= DEPTH_MAX)
			return skip(j);
		return c == '{' ? object(j, key, depth + 1)
				: array(j, key, depth + 1);
	}
	if (c == '"') {
		if (!string(j, &s))
			return false;
		if (!unescape(j->f->p, s, &s))
			return true;
	} else {
		s = bare(j);
		if (s.n == 0)
			return false;
	}
	if (key.p)
		fields_add(j->f, key, s, depth);
	return true;
}

bool json_parse(struct line_parser *p, struct str s, struct record *r)
{
	struct json j = { s.p, s.p + s.n };
	struct fields f;
	bool whole;

	if (peek(&j) != '{')
		return false;
	fields_begin(&f, p);
	j.f = &f;
	whole = object(&j, (struct str){ 0 }, 0);
	if (whole && peek(&j) != 0)
		return false;
	/* a line cut off in the middle still says what it says */
	if (!whole && (!j.cut || f.n < 3))
		return false;
	fields_end(&f, whole, s, r);
	return true;
}
