#include "charter/charter.h"

#include <stdio.h>

#include "charter/sealed.h"

void charter_free(struct charter **cp)
{
	struct charter *c = *cp;

	if (!c)
		return;
	for (size_t i = 0; i <= CHARTER_CLAUSES; i++)
		free(c->prose[i]);
	free(c->parties);
	free(c);
	*cp = NULL;
}

struct charter *charter_copy(const struct charter *c)
{
	struct charter *n = mem_dup(c, sizeof(*c));

	n->parties = mem_new(c->n + 1, sizeof(*n->parties));
	memcpy(n->parties, c->parties, c->n * sizeof(*n->parties));
	for (size_t i = 0; i <= CHARTER_CLAUSES; i++)
		n->prose[i] = str_dup(str_of(c->prose[i]));
	return n;
}

void charter_template(struct charter **ret, const char *name, uint64_t now_ms)
{
	struct charter *c = mem_new(1, sizeof(*c));

	assert(text_name(str_of(name)));
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->version = 1;
	c->issued = now_ms / 1000 * 1000;
	c->expires = c->issued + CHARTER_DAYS * UINT64_C(86400000);
	c->terms = charter_terms_usual;
	for (size_t i = 0; i <= CHARTER_CLAUSES; i++)
		c->prose[i] = str_dup(str_of(charter_prose[i]));
	*ret = c;
}

void charter_add(struct charter *c, const struct charter_party *p)
{
	c->parties = mem_grow(c->parties, c->n + 1, sizeof(*c->parties));
	c->parties[c->n++] = *p;
}

bool charter_drop(struct charter *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!str_eq(str_of(c->parties[i].name), name))
			continue;
		memmove(&c->parties[i], &c->parties[i + 1],
		    (--c->n - i) * sizeof(*c->parties));
		return true;
	}
	return false;
}

const struct charter_party *charter_find(const struct charter *c,
    struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(str_of(c->parties[i].name), name))
			return &c->parties[i];
	return NULL;
}

const struct charter_party *charter_find_id(const struct charter *c,
    const uint8_t id[static 32])
{
	for (size_t i = 0; i < c->n; i++)
		if (memcmp(c->parties[i].id, id, 32) == 0)
			return &c->parties[i];
	return NULL;
}

static void put_heading(struct text_out *o, size_t clause)
{
	text_put(o, "\n## %zu. %s\n", clause, charter_titles[clause]);
}

static void put_prose(struct text_out *o, const char *prose)
{
	if (!*prose)
		return;
	text_put(o, "\n");
	text_put_str(o, str_of(prose));
	text_put(o, "\n");
}

/* The clauses behind the parties: what a newcomer agrees to. */
static void put_terms(const struct charter *c, struct text_out *o)
{
	for (size_t i = 3; i <= CHARTER_CLAUSES; i++) {
		size_t before;

		put_heading(o, i);
		put_prose(o, c->prose[i]);
		if (!charter_terms_items[i])
			continue;
		before = o->n;
		text_put(o, "\n");
		text_put_items(o, charter_terms_items[i], &c->terms);
		if (o->n == before + 1)
			o->n = before; /* all of it was left out */
	}
}

void charter_print(const struct charter *c, struct text_out *o)
{
	text_put(o, "# Charter of the alliance %s\n", c->name);
	put_prose(o, c->prose[0]);
	put_heading(o, 1);
	put_prose(o, c->prose[1]);
	text_put(o, "\n");
	text_put_items(o, charter_name_items, c);
	put_heading(o, 2);
	put_prose(o, c->prose[2]);
	for (size_t i = 0; i < c->n; i++) {
		text_put(o, "\n");
		text_put_items(o, charter_party_items, &c->parties[i]);
	}
	put_terms(c, o);
}

void charter_terms_hash(const struct charter *c, uint8_t ret[static 32])
{
	struct text_out o = { 0 };

	put_terms(c, &o);
	sealed_hash(text_of(&o), ret);
	text_free(&o);
}

static bool read_heading(struct text_read *r, size_t clause)
{
	char want[80];
	struct str line = STR("");

	snprintf(want, sizeof(want), "## %zu. %s", clause,
	    charter_titles[clause]);
	text_blanks(r);
	if (!text_peek(r, &line) || !str_eq(line, str_of(want)))
		return text_wrong(r, "here must stand the heading \"%s\"",
		    want);
	return text_line(r, &line);
}

static bool read_prose(struct text_read *r, char **ret)
{
	*ret = str_dup(text_prose(r));
	return true;
}

static bool read_party(struct text_read *r, struct charter *c)
{
	struct charter_party p = { 0 };

	if (c->n == CHARTER_PARTIES)
		return text_wrong(r, "more than %d parties", CHARTER_PARTIES);
	if (!text_items(r, charter_party_items, &p))
		return false;
	if (p.threshold > p.seals.n)
		return text_wrong(r,
		    "%s has fewer seals than its threshold; lower that",
		    p.name);
	seal_party_id(p.founding.kind ? &p.founding : &p.seals.v[0], p.id);
	if ((c->n & (c->n - 1)) == 0)
		c->parties = mem_grow(c->parties, c->n ? c->n * 2 : 1,
		    sizeof(*c->parties));
	c->parties[c->n++] = p;
	return true;
}

static bool read_head(struct text_read *r, struct charter *c)
{
	struct str line = STR("");

	if (!text_peek(r, &line) ||
	    !str_starts(line, STR("# Charter of the alliance ")))
		return text_wrong(r, "a charter begins with \"# Charter of "
				     "the alliance NAME\"");
	(void)text_line(r, &line);
	return read_prose(r, &c->prose[0]) && read_heading(r, 1) &&
	       read_prose(r, &c->prose[1]) &&
	       text_items(r, charter_name_items, c);
}

static bool read_all(struct text_read *r, struct charter *c)
{
	if (!read_head(r, c) || !read_heading(r, 2) ||
	    !read_prose(r, &c->prose[2]))
		return false;
	for (text_blanks(r); text_at_key(r, "party"); text_blanks(r))
		if (!read_party(r, c))
			return false;
	for (size_t i = 3; i <= CHARTER_CLAUSES; i++)
		if (!read_heading(r, i) || !read_prose(r, &c->prose[i]) ||
		    (charter_terms_items[i] &&
			!text_items(r, charter_terms_items[i], &c->terms)))
			return false;
	return true;
}

bool charter_parse(struct str text, struct charter **ret, struct text_fault *f)
{
	struct charter *c = mem_new(1, sizeof(*c));
	struct text_out again = { 0 };
	struct text_read r;
	bool ok;

	text_begin(&r, text, f);
	if (text.n > SEALED_TEXT_MAX)
		ok = text_wrong(&r, "longer than 256 kB");
	else
		ok = text_allowed(text, f) && read_all(&r, c);
	if (ok) {
		charter_print(c, &again);
		ok = text_same(text, text_of(&again), f) && charter_sane(c, f);
		text_free(&again);
	}
	if (ok)
		*ret = take(c);
	charter_free(&c);
	return ok;
}

bool charter_set(struct charter *c, struct str key, struct str value,
    struct text_fault *f)
{
	struct text_out line = { 0 };
	bool known = false, ok = false;

	*f = (struct text_fault){ 0 };
	text_put(&line, "    " STR_F ": " STR_F "\n", STR_A(key),
	    STR_A(str_head(value, 1000)));
	for (size_t i = 0; i <= CHARTER_CLAUSES; i++) {
		const struct text_item *it = charter_terms_items[i];

		for (; it && it->key; it++) {
			struct text_item one[2] = { *it, TEXT_ITEMS_END };
			struct text_read r;

			if (!str_eq(key, str_of(it->key)))
				continue;
			known = true;
			text_begin(&r, text_of(&line), f);
			ok = text_allowed(text_of(&line), f) &&
			     text_items(&r, one, &c->terms);
		}
	}
	text_free(&line);
	if (!known)
		snprintf(f->say, sizeof(f->say),
		    "a charter has no such value; `liptako charter show` "
		    "lists them");
	return ok;
}
