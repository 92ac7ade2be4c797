#include "charter/text.h"

#include <stdarg.h>
#include <stdio.h>

#include "charter/text_value.h"

enum {
	OUT_MAX = 64 << 20,
	MARGIN = 4
};

bool text_name(struct str s)
{
	if (s.n == 0 || s.n > TEXT_NAME_MAX || s.p[0] == '-' ||
	    s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
			(s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return true;
}

void text_begin(struct text_read *r, struct str text, struct text_fault *f)
{
	*r = (struct text_read){ text, 1, f };
	*f = (struct text_fault){ 0 };
}

bool text_wrong(struct text_read *r, const char *fmt, ...)
{
	va_list ap;

	r->fault->line = r->line;
	va_start(ap, fmt);
	(void)vsnprintf(r->fault->say, sizeof(r->fault->say), fmt, ap);
	va_end(ap);
	return false;
}

bool text_peek(const struct text_read *r, struct str *line)
{
	struct str rest = r->rest;

	if (rest.n == 0)
		return false;
	if (!str_cut(&rest, '\n', line))
		*line = rest;
	return true;
}

bool text_line(struct text_read *r, struct str *line)
{
	if (!text_peek(r, line))
		return false;
	r->rest = str_from(r->rest, line->n + 1);
	r->line++;
	return true;
}

static bool value_line(struct str line, struct str *key, struct str *value)
{
	size_t at;

	if (!str_starts(line, STR("    ")))
		return false;
	line = str_from(line, MARGIN);
	at = str_find(line, STR(": "));
	if (at == SIZE_MAX || line.p[0] == ' ')
		return false;
	*key = str_head(line, at);
	*value = str_from(line, at + 2);
	return true;
}

static bool at_key(const struct text_read *r, const char *key,
    struct str *value)
{
	struct str line, k;

	return text_peek(r, &line) && value_line(line, &k, value) &&
	       str_eq(k, str_of(key));
}

bool text_at_key(const struct text_read *r, const char *key)
{
	struct str value;

	return at_key(r, key, &value);
}

struct str text_prose(struct text_read *r)
{
	const char *from = NULL, *to = NULL;
	struct str line;

	while (text_peek(r, &line) && !str_starts(line, STR(" ")) &&
	       !str_starts(line, STR("#"))) {
		if (line.n > 0) {
			from = from ? from : line.p;
			to = line.p + line.n;
		}
		(void)text_line(r, &line);
	}
	return (struct str){ from, from ? (size_t)(to - from) : 0 };
}

void text_blanks(struct text_read *r)
{
	struct str line;

	while (text_peek(r, &line) && line.n == 0)
		(void)text_line(r, &line);
}

/* Skips empty lines; true if a value of this key follows: which. */
static bool next_is(struct text_read *r, const char *key, struct str *value)
{
	struct text_read ahead = *r;

	text_blanks(&ahead);
	if (!at_key(&ahead, key, value))
		return false;
	*r = ahead;
	return true;
}

/* What stands where something else should: for the fault. */
static bool unexpected(struct text_read *r, const struct text_item *it)
{
	struct str line;
	char shown[80];

	text_blanks(r);
	if (!text_peek(r, &line))
		line = STR("the end of the text");
	str_show(str_trim(line), shown, sizeof(shown));
	return text_wrong(r,
	    "here must stand \"    %s: %s\", but there is \"%s\"", it->key,
	    text_value_form(it->kind), shown);
}

static bool read_item(struct text_read *r, const struct text_item *it, void *to)
{
	size_t n = 0;
	struct str line, value;

	while (
	    (n == 0 || text_is_list(it->kind)) && next_is(r, it->key, &value)) {
		if (!text_value_read(r, it, value, (char *)to + it->at))
			return false;
		(void)text_line(r, &line);
		n++;
	}
	return n > 0 || it->optional || unexpected(r, it);
}

bool text_items(struct text_read *r, const struct text_item *items, void *to)
{
	for (const struct text_item *it = items; it->key; it++)
		if (!read_item(r, it, to))
			return false;
	return true;
}

void text_put_str(struct text_out *o, struct str s)
{
	if (o->n + s.n > OUT_MAX)
		die("a sealed text grows over 64 MB");
	if (o->n + s.n + 1 > o->room) {
		o->room = MAX(o->room * 2, o->n + s.n + 1024);
		o->p = mem_grow(o->p, o->room, 1);
	}
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
	o->p[o->n] = '\0';
}

void text_put(struct text_out *o, const char *fmt, ...)
{
	char buf[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < sizeof(buf));
	text_put_str(o, (struct str){ buf, (size_t)n });
}

void text_free(struct text_out *o)
{
	free(o->p);
	*o = (struct text_out){ 0 };
}

void text_put_items(struct text_out *o, const struct text_item *items,
    const void *from)
{
	for (const struct text_item *it = items; it->key; it++)
		text_value_put(o, it, (const char *)from + it->at);
}

bool text_same(struct str read, struct str printed, struct text_fault *f)
{
	struct text_read a, b;
	struct text_fault none;
	struct str x, y;
	char shown[160];

	if (str_eq(read, printed))
		return true;
	text_begin(&a, read, f);
	text_begin(&b, printed, &none);
	for (;;) {
		bool more = text_peek(&a, &x), want = text_peek(&b, &y);

		if (!want)
			return text_wrong(&a, "nothing may follow here");
		if (!more || !str_eq(x, y))
			break;
		(void)text_line(&a, &x);
		(void)text_line(&b, &y);
	}
	str_show(y, shown, sizeof(shown));
	return text_wrong(&a,
	    y.n ? "write this line as \"%s\"" : "an empty line belongs here%s",
	    y.n ? shown : "");
}

bool text_hex(struct str s, uint8_t *to, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (s.n != 2 * n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *d = memchr(digits, s.p[i], 16);

		if (!d)
			return false;
		to[i / 2] = (uint8_t)(to[i / 2] << 4 | (d - digits));
	}
	return true;
}

void text_show_hex(const uint8_t *p, size_t n, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		to[2 * i] = digits[p[i] >> 4];
		to[2 * i + 1] = digits[p[i] & 15];
	}
	to[2 * n] = '\0';
}
