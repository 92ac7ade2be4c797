#include "charter/charter.h"

#include "charter/sealed.h"

#define A(field) offsetof(struct accession, field)

static const struct text_item head_items[] = { { "alliance", TEXT_HASH,
						   A(alliance) },
	{ "terms", TEXT_HASH, A(terms) }, TEXT_ITEMS_END };

/* What admission decides is not the newcomer's to say. */
static void strip(struct charter_party *p)
{
	p->since = p->probation = 0;
	memset(p->sponsor, 0, sizeof(p->sponsor));
	memset(p->sponsor2, 0, sizeof(p->sponsor2));
}

void charter_accession(const struct charter *c,
    const uint8_t alliance[static 32], const struct charter_party *p,
    struct accession *ret)
{
	*ret = (struct accession){ .party = *p };
	memcpy(ret->name, c->name, sizeof(ret->name));
	memcpy(ret->alliance, alliance, 32);
	charter_terms_hash(c, ret->terms);
	strip(&ret->party);
}

void accession_print(const struct accession *a, struct text_out *o)
{
	text_put(o,
	    "# Accession of %s to the alliance %s\n\n"
	    "This party knows the terms of the charter, clauses 3 to 13, "
	    "whose hash stands\n"
	    "below, and is a party to it from the version on that admits it "
	    "with these\n"
	    "words.\n\n",
	    a->party.name, a->name);
	text_put_items(o, head_items, a);
	text_put(o, "\n");
	text_put_items(o, charter_party_items, &a->party);
}

static bool read_entry(struct text_read *r, struct charter_party *p)
{
	if (!text_items(r, charter_party_items, p))
		return false;
	if (p->threshold > p->seals.n)
		return text_wrong(r, "fewer seals than the threshold");
	if (p->since || p->probation || *p->sponsor || *p->sponsor2)
		return text_wrong(r, "since, probation and sponsors are for "
				     "those to say who admit; leave them out");
	seal_party_id(p->founding.kind ? &p->founding : &p->seals.v[0], p->id);
	return true;
}

/* "# Accession of NAME to the alliance NAME" */
static bool read_title(struct text_read *r, struct accession *a)
{
	struct str line = STR("");
	size_t at;

	(void)text_peek(r, &line);
	at = str_find(line, STR(" to the alliance "));
	if (!str_starts(line, STR("# Accession of ")) || at == SIZE_MAX ||
	    !text_name(str_from(line, at + 17)))
		return text_wrong(r, "an accession begins with \"# Accession "
				     "of NAME to the alliance NAME\"");
	line = str_from(line, at + 17);
	memcpy(a->name, line.p, line.n);
	(void)text_line(r, &line);
	(void)text_prose(r);
	return true;
}

bool accession_parse(struct str text, struct accession *ret,
    struct text_fault *f)
{
	struct accession a = { 0 };
	struct text_out again = { 0 };
	struct text_read r;
	bool ok;

	text_begin(&r, text, f);
	ok = text_allowed(text, f) && read_title(&r, &a) &&
	     text_items(&r, head_items, &a) && read_entry(&r, &a.party);
	if (!ok)
		return false;
	accession_print(&a, &again);
	ok = text_same(text, text_of(&again), f);
	text_free(&again);
	if (ok)
		*ret = a;
	return ok;
}

void charter_party_print(const struct charter_party *p, struct text_out *o)
{
	struct charter_party own = *p;

	strip(&own);
	text_put(o,
	    "# Party %s\n\n"
	    "Who we are in every charter; made by `liptako party init`.\n\n",
	    p->name);
	text_put_items(o, charter_party_items, &own);
}

bool charter_party_parse(struct str text, struct charter_party *ret,
    struct text_fault *f)
{
	struct charter_party p = { 0 };
	struct text_out again = { 0 };
	struct text_read r;
	struct str line = STR("");
	bool ok;

	text_begin(&r, text, f);
	if (!text_allowed(text, f))
		return false;
	if (!text_peek(&r, &line) || !str_starts(line, STR("# Party ")))
		return text_wrong(&r, "it begins with \"# Party NAME\"");
	(void)text_line(&r, &line);
	(void)text_prose(&r);
	if (!read_entry(&r, &p))
		return false;
	charter_party_print(&p, &again);
	ok = text_same(text, text_of(&again), f);
	text_free(&again);
	if (ok)
		*ret = p;
	return ok;
}
