#include "f2b/core.h"

#include <stdio.h>

struct f2b_val val_text(const char *z)
{
	return z ? (struct f2b_val){ F2B_TEXT, z } : val_word("None");
}

struct f2b_val val_word(const char *z)
{
	return (struct f2b_val){ F2B_WORD, z };
}

struct f2b_val *val_insert(struct pool *p, struct f2b_val *list, size_t at,
    struct f2b_val v)
{
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 8;
		struct f2b_val *more = pool_new(p, size, sizeof(*more));

		if (list->n)
			memcpy(more, list->v, list->n * sizeof(*more));
		list->v = more;
		list->size = size;
	}
	memmove(list->v + at + 1, list->v + at,
	    (list->n - at) * sizeof(*list->v));
	list->v[at] = v;
	list->n++;
	return &list->v[at];
}

struct f2b_val *val_add(struct pool *p, struct f2b_val *list, struct f2b_val v)
{
	return val_insert(p, list, list->n, v);
}

static void show_char(char c, char quote, struct text *to)
{
	char hex[8];

	if (c == '\n')
		text_add(to, STR("\\n"));
	else if (c == '\t')
		text_add(to, STR("\\t"));
	else if (c == '\r')
		text_add(to, STR("\\r"));
	else if ((c >= 0 && c < 0x20) || c == 0x7f)
		text_add(to,
		    (struct str){ hex,
			(size_t)snprintf(hex, sizeof(hex), "\\x%02x", c) });
	else if (c == '\\' || c == quote)
		text_char(to, '\\'), text_char(to, c);
	else
		text_char(to, c);
}

static void show_text(const char *z, struct text *to)
{
	char quote = strchr(z, '\'') && !strchr(z, '"') ? '"' : '\'';

	text_char(to, quote);
	for (; *z; z++)
		show_char(*z, quote, to);
	text_char(to, quote);
}

static void show_many(const struct f2b_val *v, struct text *to)
{
	bool table = v->kind == F2B_TABLE;

	text_char(to, table ? '{' : '[');
	for (size_t i = 0; i < v->n; i++) {
		if (i)
			text_add(to, table && i % 2 ? STR(": ") : STR(", "));
		f2b_show(&v->v[i], to);
	}
	text_char(to, table ? '}' : ']');
}

void f2b_show(const struct f2b_val *v, struct text *to)
{
	if (v->kind == F2B_TEXT)
		show_text(v->text, to);
	else if (v->kind == F2B_WORD)
		text_add(to, str_of(v->text));
	else
		show_many(v, to);
}
