#include "f2b/lines.h"

enum {
	LINES_BYTES = 256 * 1024,
};

struct lines {
	size_t most, n;
	struct text all;
	struct one {
		size_t n;
		bool wide; /* not ASCII alone */
		bool gone; /* out with the next line */
	} * line;
};

void lines_new(struct lines **ret, size_t most)
{
	struct lines *l = mem_new(1, sizeof(*l));

	l->most = most;
	l->all = TEXT(LINES_BYTES);
	l->line = mem_new(most, sizeof(*l->line));
	*ret = l;
}

void lines_free(struct lines **lp)
{
	if (!*lp)
		return;
	text_drop(&(*lp)->all);
	free((*lp)->line);
	free_ptr(lp);
}

/* Out with the lines that are gone. */
static void sweep(struct lines *l)
{
	size_t from = 0, to = 0, k = 0;

	for (size_t i = 0; i < l->n; from += l->line[i++].n) {
		if (l->line[i].gone)
			continue;
		memmove(l->all.p + to, l->all.p + from, l->line[i].n);
		to += l->line[i].n;
		if (k != i)
			l->line[k] = l->line[i];
		k++;
	}
	l->n = k;
	l->all.n = to;
}

void lines_add(struct lines *l, struct str text, bool ascii)
{
	size_t n, i = 0;

	sweep(l);
	n = l->all.n;
	for (; i < l->n && (l->n - i == l->most || n + text.n >= LINES_BYTES);
	     i++) {
		l->line[i].gone = true;
		n -= l->line[i].n;
	}
	if (i)
		sweep(l);
	text_add(&l->all, text);
	l->line[l->n++] = (struct one){ text.n, !ascii, false };
}

struct str lines_text(struct lines *l, bool *ascii)
{
	*ascii = true;
	for (size_t i = 0; i < l->n; i++)
		*ascii &= !l->line[i].wide;
	return text_str(&l->all);
}

static bool skipped(const struct expr *e, const struct expr_room *room,
    const char *from, const char *to)
{
	const struct expr_name *names;
	size_t n = expr_names(e, &names);

	for (size_t i = 0; i < n; i++) {
		struct str s;

		if (strncmp(names[i].name, "skiplines", 9) != 0)
			continue;
		s = expr_found(room, names[i].group);
		if (s.n && from >= s.p && to <= s.p + s.n)
			return true;
	}
	return false;
}

size_t lines_take(struct lines *l, const struct expr *e,
    const struct expr_room *room)
{
	struct str hit = expr_found(room, 0);
	const char *p = l->all.p;
	size_t taken = 0;

	for (size_t i = 0; i < l->n; p += l->line[i++].n) {
		const char *end = p + l->line[i].n;

		if (end <= hit.p || p >= hit.p + MAX(hit.n, (size_t)1) ||
		    skipped(e, room, p, end))
			continue;
		l->line[i].gone = true;
		taken++;
	}
	return taken;
}
