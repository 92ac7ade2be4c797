#include "f2b/lines.h"

enum {
	LINES_BYTES = 256 * 1024,
};

struct lines {
	size_t most, n;
	struct text all;
	struct text taken; /* what the last hit took */
	struct text only;  /* of prefregex; what is there, if has_only */
	bool has_only, only_wide;
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
	l->all = l->taken = l->only = TEXT(LINES_BYTES);
	l->line = mem_new(most, sizeof(*l->line));
	*ret = l;
}

void lines_free(struct lines **lp)
{
	if (!*lp)
		return;
	text_drop(&(*lp)->all);
	text_drop(&(*lp)->taken);
	text_drop(&(*lp)->only);
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
	if (l->has_only) { /* and nothing took it */
		l->all.n = 0;
		text_add(&l->all, text_str(&l->only));
		l->line[0] = (struct one){ l->only.n, l->only_wide, false };
		l->n = 1;
		l->has_only = false;
	}
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

void lines_only(struct lines *l, struct str text, bool ascii)
{
	l->only.n = 0;
	text_add(&l->only, text);
	l->only_wide = !ascii;
	l->has_only = true;
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

/* From the line in which the hit begins, or that begins with it if it begins
 * with a line end, up to that in which it ends. */
size_t lines_take(struct lines *l, struct str text, const struct expr *e,
    const struct expr_room *room)
{
	struct str hit = expr_found(room, 0);
	const char *p = text.p, *q = l->all.p;
	const char *from = hit.p + (hit.n && *hit.p == '\n');
	const char *to = hit.p + hit.n - (hit.n > 0);
	size_t taken = 0;

	l->taken.n = 0;
	l->has_only = false;
	for (size_t i = 0; i < l->n; q += l->line[i++].n) {
		const char *end =
		    memchr(p, '\n', (size_t)(text.p + text.n - p));

		if (!end || p > to)
			break;
		if (end >= from && !skipped(e, room, p, end + 1)) {
			text_add(&l->taken, (struct str){ q, l->line[i].n });
			l->line[i].gone = true;
			taken++;
		}
		p = end + 1;
	}
	return taken;
}

struct str lines_taken(const struct lines *l)
{
	return text_str(&l->taken);
}
