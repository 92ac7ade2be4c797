#include "charter/charter.h"

#include <stdio.h>

/* What changes, as people say it. */

static void seals_of(const struct charter_party *p, struct text_out *o)
{
	char shown[SEAL_SHOW_MAX];

	for (size_t i = 0; i < p->seals.n; i++) {
		seal_show(&p->seals.v[i], shown);
		text_put(o, "%s %s%s", i ? "," : "", shown,
		    p->seals.v[i].kind == SEAL_SK_ED25519 ? " (FIDO)" : "");
	}
}

static void nets_of(const struct charter_party *p, struct text_out *o)
{
	char net[NET_MAX];

	if (p->territory.n == 0)
		text_put(o, " none");
	for (size_t i = 0; i < p->territory.n; i++) {
		(void)net_print(&p->territory.v[i], net);
		text_put(o, "%s %s", i ? "," : "", net);
	}
}

static void describe(const struct charter_party *p, struct text_out *o)
{
	text_put(o, "  %s%s%s joins: %u of these seals:", p->name,
	    *p->country ? ", " : "", p->country, p->threshold);
	seals_of(p, o);
	text_put(o, "; territory:");
	nets_of(p, o);
	if (*p->sponsor)
		text_put(o, "; brought in by %s%s%s", p->sponsor,
		    *p->sponsor2 ? " and " : "", p->sponsor2);
	if (*p->contact)
		text_put(o, "; contact: %s", p->contact);
	text_put(o, "\n");
}

/* Line by line, what only one of two printed texts has. */
static void lines_missing(struct str from, struct str in, const char *sign,
    const char *name, struct text_out *o)
{
	struct str line, other, rest;

	while (str_cut(&from, '\n', &line)) {
		bool there = false;

		rest = in;
		while (!there && str_cut(&rest, '\n', &other))
			there = str_eq(line, other);
		if (!there)
			text_put(o, "  %s: %s " STR_F "\n", name, sign,
			    STR_A(str_trim(line)));
	}
}

static void compare(struct text_out *a, struct text_out *b, const char *name,
    struct text_out *o)
{
	lines_missing(text_of(a), text_of(b), "no longer", name, o);
	lines_missing(text_of(b), text_of(a), "now", name, o);
	text_free(a);
	text_free(b);
}

static void parties(const struct charter *a, const struct charter *b,
    struct text_out *o)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct charter_party *n = &b->parties[i];
		const struct charter_party *was =
		    a ? charter_find(a, str_of(n->name)) : NULL;
		struct text_out x = { 0 }, y = { 0 };

		if (!was) {
			describe(n, o);
			continue;
		}
		text_put_items(&x, charter_party_items, was);
		text_put_items(&y, charter_party_items, n);
		compare(&x, &y, n->name, o);
	}
	for (size_t i = 0; a && i < a->n; i++)
		if (!charter_find(b, str_of(a->parties[i].name)))
			text_put(o, "  %s is a party no longer\n",
			    a->parties[i].name);
}

static void terms(const struct charter *a, const struct charter *b,
    struct text_out *o)
{
	for (size_t i = 0; i <= CHARTER_CLAUSES; i++) {
		struct text_out x = { 0 }, y = { 0 };
		const struct text_item *items = charter_terms_items[i];
		char name[16];

		if (strcmp(a->prose[i], b->prose[i]) != 0)
			text_put(o,
			    i ? "  the words of clause %zu change\n"
			      : "  the preamble changes\n",
			    i);
		if (!items)
			continue;
		text_put_items(&x, items, &a->terms);
		text_put_items(&y, items, &b->terms);
		snprintf(name, sizeof(name), "clause %zu", i);
		compare(&x, &y, name, o);
	}
}

void charter_diff(const struct charter *a, const struct charter *b,
    struct text_out *o)
{
	size_t before = o->n;

	parties(a, b, o);
	if (a)
		terms(a, b, o);
	if (a && o->n == before)
		text_put(o, "  nothing but the dates: it is renewed\n");
}
