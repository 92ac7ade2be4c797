#include <stdarg.h>
#include <stdio.h>

#include "base/file.h"
#include "base/when.h"
#include "conf/conf.h"

static const char *const forms[] = { "auto", "syslog", "access", "error",
	"json", "logfmt", "plain" };

static void span(FILE *f, uint32_t s)
{
	static const struct {
		uint32_t s;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };

	for (size_t i = 0; i < countof(units); i++)
		if (s % units[i].s == 0 && (s || units[i].s == 1)) {
			fprintf(f, "%u%c", s / units[i].s, units[i].unit);
			return;
		}
}

/* Single-quoted YAML; a quote inside is doubled. */
static void quoted(FILE *f, const char *s)
{
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			fputc('\'', f);
		fputc(*s, f);
	}
	fputc('\'', f);
}

static void word(FILE *f, const char *words, uint32_t i)
{
	struct str left = str_of(words), w = left;

	for (uint32_t k = 0; k <= i; k++)
		if (!str_cut(&left, '|', &w))
			w = left;
	fprintf(f, STR_F, STR_A(w));
}

static void set(FILE *f, const char *words, uint32_t bits)
{
	const char *comma = "[";

	for (uint32_t i = 0; i < 32; i++)
		if (bits & UINT32_C(1) << i) {
			fputs(comma, f);
			word(f, words, i);
			comma = ", ";
		}
	fputc(']', f);
}

/* Was it given at all? Unset values are not printed. */
static bool is_set(const struct conf_item *it, const void *v)
{
	switch (it->kind) {
	case CONF_FLAG:
		return it->fallback || *(const uint8_t *)v;
	case CONF_COUNT:
	case CONF_RATE:
	case CONF_TIME:
	case CONF_SET:
		return *(const uint32_t *)v;
	case CONF_WORD:
		return *(const uint32_t *)v >= it->min;
	case CONF_SPAN:
	case CONF_FORM:
		return true;
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_PATH:
	case CONF_SOCKET:
		return *(char *const *)v;
	case CONF_NET:
	case CONF_HOST:
		return true;
	case CONF_ARGV:
		return ((const struct strings *)v)->n;
	case CONF_SOCKETS:
		return true;
	case CONF_GROUP:
	case CONF_LIST:
	case CONF_ONOFF:
	case CONF_END:
		return false;
	}
	die("no such kind");
}

static void value(FILE *f, const struct conf_item *it, const void *v)
{
	const uint32_t *n = v;
	char text[NET_MAX];

	switch (it->kind) {
	case CONF_FLAG:
		fputs(*(const uint8_t *)v ? "yes" : "no", f);
		break;
	case CONF_COUNT:
		fprintf(f, "%u", *n);
		break;
	case CONF_SPAN:
		span(f, *n);
		break;
	case CONF_RATE:
		fprintf(f, "%u in ", n[0]);
		span(f, n[1]);
		break;
	case CONF_WORD:
		word(f, it->words, (uint32_t)(*n - it->min));
		break;
	case CONF_SET:
		set(f, it->words, *n);
		break;
	case CONF_FORM:
		fputs(forms[*n % countof(forms)], f);
		break;
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_PATH:
	case CONF_SOCKET:
		quoted(f, *(char *const *)v);
		break;
	case CONF_HOST:
		if (((const struct conf_allow *)v)->name) {
			quoted(f, ((const struct conf_allow *)v)->name);
			break;
		}
		/* fallthrough */
	case CONF_NET:
		net_print(v, text);
		quoted(f, text);
		break;
	case CONF_TIME:
		when_show(*n, text);
		fputs(text, f);
		break;
	case CONF_ARGV:
	case CONF_SOCKETS: {
		const struct strings *s = v;

		fputc('[', f);
		for (size_t i = 0; i < s->n; i++) {
			fputs(i ? ", " : "", f);
			quoted(f, s->v[i]);
		}
		fputc(']', f);
		break;
	}
	case CONF_GROUP:
	case CONF_LIST:
	case CONF_ONOFF:
	case CONF_END:
		break;
	}
}

/* The sentence as comment lines of at most 78 columns. */
static void comment(FILE *f, const char *man, const char *indent)
{
	size_t room = 76 - strlen(indent), at = 0;

	for (struct str left = str_of(man), w; left.n > 0; at += w.n + 1) {
		if (!str_cut(&left, ' ', &w)) {
			w = left;
			left.n = 0;
		}
		if (at == 0 || at + w.n > room) {
			fprintf(f, "%s%s# ", at ? "\n" : "", indent);
			at = 0;
		} else {
			fputc(' ', f);
		}
		fprintf(f, STR_F, STR_A(w));
	}
	fputc('\n', f);
}

static void list(FILE *f, const struct conf_item *it, const struct conf *c)
{
	size_t n = *(const size_t *)((const char *)c + it->n_at);
	const char *at = *(char *const *)((const char *)c + it->at);

	if (n == 0) {
		fprintf(f, "%s: %s\n", it->name,
		    it->kind == CONF_ONOFF ? "{}" : "[]");
		return;
	}
	fprintf(f, "%s:\n", it->name);
	for (size_t i = 0; i < n; i++, at += it->size) {
		const char *lead = "-";

		if (it->kind == CONF_ONOFF) {
			const struct conf_service *s = (const void *)at;

			fputs("  ", f);
			quoted(f, s->name);
			fprintf(f, ": %s\n", s->on ? "on" : "off");
			continue;
		}
		for (const struct conf_item *k = it->inner; k->name; k++) {
			if (!is_set(k, at + k->at))
				continue;
			fprintf(f, "%s %s: ", lead, k->name);
			value(f, k, at + k->at);
			fputc('\n', f);
			lead = " ";
		}
	}
}

static void items(FILE *f, const struct conf_item *it, const struct conf *c,
    bool comments, const char *indent)
{
	for (; it->name; it++) {
		const void *v = (const char *)c + it->at;

		if (comments)
			comment(f, it->man, indent);
		if (it->kind == CONF_LIST || it->kind == CONF_ONOFF) {
			list(f, it, c);
		} else if (it->kind == CONF_GROUP) {
			fprintf(f, "%s:\n", it->name);
			items(f, it->inner, c, comments, "  ");
		} else if (is_set(it, v)) {
			fprintf(f, "%s%s: ", indent, it->name);
			value(f, it, v);
			fputc('\n', f);
		} else if (comments) {
			fprintf(f, "%s# %s:\n", indent, it->name);
		}
	}
}

void conf_print(const struct conf *c, bool comments, char **ret)
{
	size_t n;
	FILE *f = file_in_memory(ret, &n);

	items(f, conf_items, c, comments, "");
	fclose(f);
}
