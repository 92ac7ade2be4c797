#include "charter/charter.h"

#include <stdio.h>

#define DAY_MS UINT64_C(86400000)

size_t charter_majority(size_t n)
{
	return n / 2 + 1;
}

size_t charter_threshold(size_t n)
{
	return n == 1 ? 1 : MAX(n / 2 + 1, (2 * n + 2) / 3);
}

static bool wrong(struct text_fault *f, const char *name, const char *what)
{
	f->line = 0;
	snprintf(f->say, sizeof(f->say), "%s %s", name, what);
	return false;
}

static int by_seal(const void *a, const void *b)
{
	return memcmp(*(const struct seal *const *)a,
	    *(const struct seal *const *)b, sizeof(struct seal));
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct charter_party *const *)a)->name,
	    (*(const struct charter_party *const *)b)->name);
}

/* Each key counts once, for one party. */
static bool seals_once(const struct charter *c, struct text_fault *f)
{
	auto_free const struct seal **v =
	    mem_new(c->n * TEXT_SEALS_MAX + 1, sizeof(*v));
	size_t n = 0;
	char shown[SEAL_SHOW_MAX];

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->parties[i].seals.n; k++)
			v[n++] = &c->parties[i].seals.v[k];
	qsort(v, n, sizeof(struct seal *), by_seal);
	for (size_t i = 1; i < n; i++)
		if (seal_eq(v[i - 1], v[i])) {
			seal_show(v[i], shown);
			return wrong(f, shown,
			    "is a seal twice; each key counts once");
		}
	return true;
}

static bool names_once(const struct charter *c, struct text_fault *f)
{
	auto_free const struct charter_party **v =
	    mem_new(c->n + 1, sizeof(*v));

	for (size_t i = 0; i < c->n; i++)
		v[i] = &c->parties[i];
	qsort(v, c->n, sizeof(struct charter_party *), by_name);
	for (size_t i = 1; i < c->n; i++)
		if (!by_name(&v[i - 1], &v[i]))
			return wrong(f, v[i]->name, "is a party twice");
	return true;
}

static bool sized(const struct charter *c, const struct charter_party *p,
    struct text_fault *f)
{
	uint64_t v4 = 0, v6 = 0;

	for (size_t i = 0; i < p->territory.n; i++) {
		const struct net *n = &p->territory.v[i];

		if (n->addr.family == 4)
			v4 += UINT64_C(1) << (32 - n->bits);
		else if (n->bits <= 24)
			return wrong(f, p->name, "claims too wide a territory");
		else
			v6 += n->bits >= 56 ? 1 : UINT64_C(1) << (56 - n->bits);
	}
	if (v4 > c->terms.territory_v4 || v6 > c->terms.territory_v6)
		return wrong(f, p->name,
		    "claims more territory than clause 6 allows; declare "
		    "less of it");
	return true;
}

bool charter_sane(const struct charter *c, struct text_fault *f)
{
	if (c->n == 0)
		return wrong(f, "clause 2", "names no party");
	if (c->expires <= c->issued ||
	    c->expires > c->issued + CHARTER_DAYS * DAY_MS)
		return wrong(f, "the charter",
		    "must expire after it was issued, within 13 months");
	if ((c->version == 1) != (c->previous.n == 0))
		return wrong(f, "version 1, and no other,",
		    "names no previous version");
	if (c->previous.n == 2 &&
	    memcmp(c->previous.v[0], c->previous.v[1], 32) >= 0)
		return wrong(f, "the previous versions",
		    "must be two, the lower hash first");
	for (size_t i = 0; i < c->n; i++)
		if (!sized(c, &c->parties[i], f))
			return false;
	return names_once(c, f) && seals_once(c, f);
}

bool charter_is_renewal(const struct charter *a, const struct charter *b)
{
	struct charter n = *b;
	struct text_out x = { 0 }, y = { 0 };
	bool same;

	n.version = a->version;
	n.previous = a->previous;
	n.issued = a->issued;
	n.expires = a->expires;
	charter_print(a, &x);
	charter_print(&n, &y);
	same = str_eq(text_of(&x), text_of(&y));
	text_free(&x);
	text_free(&y);
	return same;
}

/* Who was in keeps his name and identity. */
static const char *kept(const struct charter *a, const struct charter *b)
{
	for (size_t i = 0; a && i < b->n; i++) {
		const struct charter_party *n = &b->parties[i];
		const struct charter_party *o =
		    charter_find(a, str_of(n->name));
		const struct charter_party *same = charter_find_id(a, n->id);

		if (o && memcmp(o->id, n->id, 32) != 0)
			return "it gives the name of a party to another; the "
			       "founding key of a party never changes";
		if (same && same != o)
			return "it renames a party; names are for life";
		if (o && o->since != n->since)
			return "it changes since when a party is a member";
	}
	return NULL;
}

static const char *sponsored(const struct charter *a,
    const struct charter_party *p)
{
	size_t need = MIN(a->terms.sponsors, a->n < 3 ? 1u : 2u);
	size_t n = 0;

	if (*p->sponsor && charter_find(a, str_of(p->sponsor)))
		n++;
	if (*p->sponsor2 && strcmp(p->sponsor, p->sponsor2) != 0 &&
	    charter_find(a, str_of(p->sponsor2)))
		n++;
	return n >= need ? NULL
	       : need == 1
		   ? "who is added needs a sponsor out of the parties before"
		   : "who is added needs two sponsors out of the parties before";
}

/* A newcomer has its sponsors and its probation. */
static const char *added(const struct charter *a, const struct charter *a2,
    const struct charter *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct charter_party *n = &b->parties[i];
		const char *why;

		if (charter_find(a, str_of(n->name)) ||
		    (a2 && charter_find(a2, str_of(n->name))))
			continue;
		if (n->since != b->issued)
			return "who is added is a member since the day this "
			       "version was issued";
		if (n->probation <
		    b->issued + a->terms.probation * UINT64_C(1000))
			return "who is added is on probation as long as "
			       "clause 8 says";
		why = sponsored(a, n);
		if (why)
			return why;
	}
	return NULL;
}

const char *charter_follows(const struct charter *a, const struct charter *a2,
    const struct charter *b)
{
	const char *why;

	if (b->version != a->version + 1)
		return "it is not the next version";
	if (strcmp(a->name, b->name) != 0)
		return "it renames the alliance";
	if (b->issued < a->issued)
		return "it is older than the version before";
	why = kept(a, b);
	if (!why)
		why = kept(a2, b);
	return why ? why : added(a, a2, b);
}
