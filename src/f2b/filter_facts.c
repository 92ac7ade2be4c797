#include "f2b/filter_parts.h"

#include <stdio.h>

/* One member of a tuple, as Python prints it. */
static void member(struct text *t, struct str s)
{
	bool single = s.p && memchr(s.p, '\'', s.n);
	char q = single && !memchr(s.p, '"', s.n) ? '"' : '\'', hex[8];

	if (!s.p) {
		text_add(t, STR("None"));
		return;
	}
	text_char(t, q);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == q || c == '\\')
			text_char(t, '\\');
		if ((unsigned char)c >= 0x20 && c != 0x7f) {
			text_char(t, c);
			continue;
		}
		snprintf(hex, sizeof(hex), "\\x%02x", c);
		text_add(t, str_of(hex));
	}
	text_char(t, q);
}

/* <F-TUPLE_X> behind what X holds: ('a', 'b'). more: that is one already. */
static void tuple_add(struct text *t, struct str *fact, struct str part,
    bool more)
{
	size_t from = t->n;

	if (t->n + fact->n + 4 * part.n + 16 > t->size)
		return;
	if (more) {
		text_add(t, str_head(*fact, fact->n - 1));
	} else {
		text_char(t, '(');
		member(t, *fact);
	}
	text_add(t, STR(", "));
	member(t, part);
	text_char(t, ')');
	*fact = str_from(text_str(t), from);
}

/* The address that a prefregex found gives way to the failregex's own. */
static void own_address(struct f2b_filter *f, const struct rx *x,
    const size_t *at, unsigned n)
{
	struct str *fact = f->view.fact;
	bool own = false;

	for (size_t i = 0; i < x->n_gives && !own; i++)
		own = x->gives[i].fact <= FACT_DNS && x->gives[i].group < n &&
		      at[2 * x->gives[i].group] != SIZE_MAX;
	if (own)
		fact[FACT_IP4] = fact[FACT_IP6] = fact[FACT_DNS] =
		    (struct str){ 0 };
}

void filter_take(struct f2b_filter *f, const struct rx *x)
{
	const char *subject;
	unsigned n;
	const size_t *at = expr_places(f->room, &n, &subject);
	uint64_t tuples = 0;

	if (f->pre.expr)
		own_address(f, x, at, n);
	for (size_t i = 0; i < x->n_gives; i++) {
		const struct gives *g = &x->gives[i];
		size_t from = g->group < n ? at[2 * g->group] : SIZE_MAX;
		struct str *to = &f->view.fact[g->fact], is = { 0 };

		if (from != SIZE_MAX)
			is = (struct str){ subject + from,
				at[2 * g->group + 1] - from };
		if (g->how == GIVES_MEMBER) {
			tuple_add(&f->tuples, to, is, tuples >> g->fact & 1);
			tuples |= UINT64_C(1) << g->fact;
		} else if (is.p && !(g->how == GIVES_OTHER && to->n)) {
			*to = is;
		}
	}
}
