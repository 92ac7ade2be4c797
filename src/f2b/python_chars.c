#include "f2b/python_parts.h"

#include <stdarg.h>
#include <stdio.h>

bool python_fail(struct read *r, const char *fmt, ...)
{
	char what[PYTHON_WHY - 32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(r->why, PYTHON_WHY, "%s (at character %zu)", what, r->at + 1);
	return false;
}

void literal_keep(struct python_holds *h, const struct python_literal *l)
{
	size_t at = h->n;

	if (l->n < 2)
		return;
	while (at > 0 && h->literal[at - 1].n < l->n)
		at--;
	if (at == PYTHON_LITERALS)
		return;
	if (h->n < PYTHON_LITERALS)
		h->n++;
	memmove(&h->literal[at + 1], &h->literal[at],
	    (h->n - 1 - at) * sizeof(*l));
	h->literal[at] = *l;
}

/* One byte as itself. */
void put_byte(struct read *r, unsigned char c)
{
	char hex[8];

	if (c >= 0x80 || word(c)) {
		text_char(&r->to->pcre, (char)c);
	} else if (c < 0x20 || c == 0x7f) {
		snprintf(hex, sizeof(hex), "\\x%02x", c);
		put(r, hex);
	} else {
		text_char(&r->to->pcre, '\\');
		text_char(&r->to->pcre, (char)c);
	}
}

static size_t utf8(uint32_t c, char to[4])
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

void literal_part(struct read *r, struct part *p, const char *s, size_t n)
{
	uint8_t c = (uint8_t)s[0];

	*p = (struct part){ .exact = true };
	if (n > 1 || c >= 0x80)
		r->to->ascii = false;
	byteset_add(&p->first, c);
	if (r->flags & CASELESS) {
		if (letter(c)) {
			byteset_add(&p->first, c ^ 32);
			all_above(&p->first);
			p->exact = false;
		} else if (c >= 0x80) {
			p->first = byteset_all;
			p->exact = false;
		}
	}
	if (p->exact) {
		memcpy(p->run.p, s, n);
		p->run.n = (uint8_t)n;
	}
}

/* A character in a class or outside of one, written as a number. */
bool put_coded(struct read *r, uint32_t c, char to[4], size_t *n)
{
	char hex[16];

	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return python_fail(r, "no such character: %#x", c);
	*n = utf8(c, to);
	if (c < 0x80) {
		put_byte(r, (uint8_t)c);
		return true;
	}
	r->to->ascii = false;
	snprintf(hex, sizeof(hex), "\\x{%x}", c);
	put(r, hex);
	return true;
}

static bool hex_escape(struct read *r, size_t digits, uint32_t *c)
{
	*c = 0;
	for (size_t i = 0; i < digits; i++) {
		int d = peek(r, 0);

		if (digit(d))
			d -= '0';
		else if ((d | 32) >= 'a' && (d | 32) <= 'f')
			d = (d | 32) - 'a' + 10;
		else
			return python_fail(r,
			    "%zu hexadecimal digits are wanted here", digits);
		*c = *c << 4 | (uint32_t)d;
		r->at++;
	}
	return true;
}

/* After the backslash. */
enum escape escape_read(struct read *r, bool in_class, uint32_t *c)
{
	int d = peek(r, 0);
	static const char names[] = "afnrtv", bytes[] = "\a\f\n\r\t\v";
	const char *simple;
	size_t n;

	if (d < 0) {
		python_fail(r, "a backslash stands at the end");
		return ESC_BAD;
	}
	r->at++;
	*c = (uint32_t)d;
	if (memchr("dDwWsS", d, 6))
		return ESC_CLASS;
	if (d == 'b' && in_class) {
		*c = '\b';
		return ESC_CHAR;
	}
	if (memchr("bBAZ", d, 4) && !in_class)
		return ESC_PLACE;
	simple = memchr(names, d, sizeof(names) - 1);
	if (simple) {
		*c = (uint8_t)bytes[simple - names];
		return ESC_CHAR;
	}
	if (d == 'x')
		return hex_escape(r, 2, c) ? ESC_CHAR : ESC_BAD;
	if (d == 'u')
		return hex_escape(r, 4, c) ? ESC_CHAR : ESC_BAD;
	if (d == 'U')
		return hex_escape(r, 8, c) ? ESC_CHAR : ESC_BAD;
	if (digit(d)) {
		/* octal: \0, three octal digits, and always in a class */
		bool three = d < '4' && peek(r, 0) >= '0' && peek(r, 0) < '8' &&
			     peek(r, 1) >= '0' && peek(r, 1) < '8';

		*c = (uint32_t)d - '0';
		if (d == '0' || in_class || three) {
			for (n = 0;
			     n < 2 && peek(r, 0) >= '0' && peek(r, 0) < '8';
			     n++)
				*c =
				    *c * 8 +
				    (uint32_t)(uint8_t)(r->in.p[r->at++] - '0');
			return ESC_CHAR;
		}
		if (digit(peek(r, 0)))
			*c = *c * 10 +
			     (uint32_t)(uint8_t)(r->in.p[r->at++] - '0');
		return ESC_BACK;
	}
	if (letter(d)) {
		python_fail(r, "\\%c means nothing in Python", d);
		return ESC_BAD;
	}
	if (d >= 0x80) { /* the rest of the character follows by itself */
		r->to->ascii = false;
	}
	return ESC_CHAR;
}

struct byteset escape_set(char name)
{
	struct byteset s = { { 0 } };

	byteset_named(name, &s);
	/* in Unicode some are above 127 and some are not */
	all_above(&s);
	return s;
}

static void set_range(struct byteset *s, uint32_t from, uint32_t to)
{
	if (to >= 0x80)
		all_above(s);
	for (uint32_t c = from; c <= to && c < 0x80; c++)
		byteset_add(s, (uint8_t)c);
}

/* One character of a class: ESC_CHAR or ESC_CLASS, else ESC_BAD. */
static int class_item(struct read *r, uint32_t *c)
{
	char utf[4];
	size_t n;
	int d = peek(r, 0), e;
	char name[3] = "\\";

	r->at++;
	*c = (uint32_t)d;
	if (d != '\\') {
		if (d >= 0x80)
			r->to->ascii = false;
		put_byte(r, (uint8_t)d);
		return ESC_CHAR;
	}
	e = escape_read(r, true, c);
	if (e == ESC_CLASS) {
		name[1] = (char)*c;
		put(r, name);
	} else if (e == ESC_CHAR && *c >= 0x80 && r->in.p[r->at - 1] < 0) {
		text_char(&r->to->pcre, (char)*c);
	} else if (e == ESC_CHAR && !put_coded(r, *c, utf, &n)) {
		return ESC_BAD;
	}
	return e;
}

static void fold_set(struct byteset *s)
{
	bool any = false;

	for (unsigned c = 'a'; c <= 'z'; c++) {
		if (!byteset_has(s, (uint8_t)c) &&
		    !byteset_has(s, (uint8_t)(c ^ 32)))
			continue;
		byteset_add(s, (uint8_t)c);
		byteset_add(s, (uint8_t)(c ^ 32));
		any = true;
	}
	if (any)
		all_above(s);
}

bool read_class(struct read *r, struct part *p)
{
	bool inverted = peek(r, 0) == '^', any = false;
	struct byteset s = { { 0 } };
	uint32_t from, to;
	int e;

	*p = (struct part){ 0 };
	text_char(&r->to->pcre, '[');
	if (inverted) {
		text_char(&r->to->pcre, '^');
		r->at++;
	}
	for (; peek(r, 0) != ']' || !any; any = true) {
		if (peek(r, 0) < 0)
			return python_fail(r, "a [ is not closed");
		e = class_item(r, &from);
		if (e == ESC_BAD)
			return false;
		if (e == ESC_CLASS) {
			struct byteset n = escape_set((char)from);

			set_or(&s, &n);
			continue;
		}
		to = from;
		if (peek(r, 0) == '-' && peek(r, 1) != ']' && peek(r, 1) >= 0) {
			r->at++;
			text_char(&r->to->pcre, '-');
			e = class_item(r, &to);
			if (e == ESC_BAD)
				return false;
			if (e == ESC_CLASS || (to < from && from < 0x80))
				return python_fail(r,
				    "a range in [] runs backwards");
		}
		set_range(&s, from, to);
	}
	r->at++;
	text_char(&r->to->pcre, ']');
	if (r->flags & CASELESS)
		fold_set(&s);
	if (inverted) {
		s = byteset_not(s);
		all_above(&s);
	}
	p->first = s;
	return true;
}
