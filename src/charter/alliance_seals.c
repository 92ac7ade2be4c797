#include "charter/alliance_priv.h"

#include <stdio.h>

void version_free(struct version **vp)
{
	struct version *v = *vp;

	if (!v)
		return;
	for (size_t i = 0; i < v->n_seals; i++)
		free(v->seals[i].armor);
	free(v->seals);
	free(v->text);
	free(v->bytes);
	charter_free(&v->charter);
	free(v);
	*vp = NULL;
}

void version_bytes(struct version *v)
{
	struct text_out seals = { 0 };

	for (size_t i = 0; i < v->n_seals; i++)
		text_put_str(&seals,
		    (struct str){ v->seals[i].armor, v->seals[i].n });
	free(v->bytes);
	v->bytes = sealed_make(SEALED_CHARTER,
	    (struct str){ v->text, v->n_text }, text_of(&seals), &v->n_bytes);
	text_free(&seals);
}

static bool is_seal_of(const struct charter_party *p, const struct seal *s)
{
	for (size_t i = 0; i < p->seals.n; i++)
		if (seal_eq(&p->seals.v[i], s))
			return true;
	return p->founding.kind && seal_eq(&p->founding, s);
}

static const struct charter_party *owner(const struct charter *c,
    const struct seal *s)
{
	for (size_t i = 0; c && i < c->n; i++)
		if (is_seal_of(&c->parties[i], s))
			return &c->parties[i];
	return NULL;
}

static bool holds(const struct version *v, const struct seal *s, bool joins)
{
	for (size_t i = 0; i < v->n_seals; i++)
		if (v->seals[i].joins == joins && seal_eq(&v->seals[i].seal, s))
			return true;
	return false;
}

static void add(struct version *v, const struct seal *s, bool joins,
    struct str armor)
{
	if (v->n_seals == SEALED_SEALS_MAX)
		return;
	v->seals = mem_grow(v->seals, v->n_seals + 1, sizeof(*v->seals));
	v->seals[v->n_seals++] =
	    (struct held_seal){ *s, joins, mem_dup(armor.p, armor.n), armor.n };
}

/* A newcomer's seal is over his accession, made anew from this version. */
static enum seal_fault check_joining(const struct alliance *a,
    const struct version *v, const struct sshsig *s)
{
	const struct charter_party *p = owner(v->charter, &s->seal);
	struct seal_text text = { 0 };
	struct text_out o = { 0 };
	struct accession acc;
	enum seal_fault f;

	if (!p)
		return SEAL_E_KIND;
	charter_accession(v->charter, a->id, p, &acc);
	accession_print(&acc, &o);
	text.text = text_of(&o);
	f = sshsig_check(s, str_of(sealed_namespace(SEALED_JOIN)), &text);
	text_free(&o);
	return f;
}

size_t version_gather(const struct alliance *a, struct version *v,
    const struct charter *base, struct str seals)
{
	struct seal_text text = { .text = { v->text, v->n_text } };
	const char *joining = sealed_namespace(SEALED_JOIN);
	size_t wrong = 0;

	while (seals.n > 0) {
		struct str before = seals;
		struct sshsig s;
		enum seal_fault f = sshsig_next(&seals, &s);
		bool joins;

		if (f != SEAL_OK)
			return wrong + 1;
		joins = !strcmp(s.namespace_, joining);
		if (holds(v, &s.seal, joins))
			continue;
		if (joins)
			f = check_joining(a, v, &s);
		else if (owner(v->charter, &s.seal) || owner(base, &s.seal))
			f = sshsig_check(&s,
			    str_of(sealed_namespace(SEALED_CHARTER)), &text);
		else
			f = SEAL_E_KIND;
		if (f == SEAL_OK)
			add(v, &s.seal, joins,
			    str_head(before, before.n - seals.n));
		else
			wrong++;
	}
	return wrong;
}

static size_t count(const struct version *v, const struct charter_party *p,
    bool joins)
{
	size_t n = 0;

	for (size_t i = 0; i < p->seals.n; i++)
		n += holds(v, &p->seals.v[i], joins);
	return n;
}

bool version_sealed_by(const struct version *v, const struct charter_party *p)
{
	return count(v, p, false) >= p->threshold;
}

/* Whoever claims a founding key that is none of his seals shows that he has
 * it: else he could take another's identity, and his budget with it. */
bool version_acceded(const struct version *v, const struct charter_party *p)
{
	if (p->founding.kind && !holds(v, &p->founding, true) &&
	    !holds(v, &p->founding, false))
		return false;
	return count(v, p, true) >= p->threshold || version_sealed_by(v, p);
}

static const struct charter_party *before(const struct charter *base,
    const struct charter *tip, const struct charter *rival, const uint8_t *id)
{
	const struct charter_party *p = base ? charter_find_id(base, id) : NULL;

	if (!p && tip)
		p = charter_find_id(tip, id);
	return p || !rival ? p : charter_find_id(rival, id);
}

static bool same_seals(const struct charter_party *a,
    const struct charter_party *b)
{
	return a->threshold == b->threshold && a->seals.n == b->seals.n &&
	       !memcmp(a->seals.v, b->seals.v,
		   a->seals.n * sizeof(a->seals.v[0])) &&
	       seal_eq(&a->founding, &b->founding);
}

static void must(struct tally *t, bool sealed, const char *name,
    const char *why)
{
	if (sealed)
		return;
	t->all = false;
	if (!*t->missing)
		snprintf(t->missing, sizeof(t->missing), "%s must seal it: %s",
		    name, why);
}

static void sponsors_must(const struct version *v, const struct charter *base,
    const struct charter_party *p, struct tally *t)
{
	const char *const names[] = { p->sponsor, p->sponsor2 };

	for (size_t i = 0; base && i < countof(names); i++) {
		const struct charter_party *s =
		    *names[i] ? charter_find(base, str_of(names[i])) : NULL;

		if (s)
			must(t, version_sealed_by(v, s), s->name,
			    "it brings the newcomer in");
	}
}

/* Newcomers, and who changes his seals, with the old and the new ones. */
static void who_must(const struct version *v, const struct charter *base,
    const struct charter *tip, const struct charter *rival, struct tally *t)
{
	for (size_t i = 0; i < v->charter->n; i++) {
		const struct charter_party *p = &v->charter->parties[i];
		const struct charter_party *o = before(base, tip, rival, p->id);

		if (!o) {
			must(t, version_acceded(v, p), p->name,
			    "it is new in it");
			sponsors_must(v, base, p, t);
		} else if (!same_seals(o, p))
			must(t,
			    version_sealed_by(v, o) && version_sealed_by(v, p),
			    p->name,
			    "its seals change, and both the former and the "
			    "new ones are needed");
	}
}

static void too_few(struct tally *t)
{
	if (t->have < t->need)
		snprintf(t->missing, sizeof(t->missing),
		    "%zu of %zu parties of the version before sealed it",
		    t->have, t->need);
	else if (t->have_own < t->need_own)
		snprintf(t->missing, sizeof(t->missing),
		    "%zu of %zu parties that are in it sealed it", t->have_own,
		    t->need_own);
	t->all &= t->have >= t->need && t->have_own >= t->need_own;
}

void version_tally(const struct alliance *a, const struct version *v,
    const struct charter *base, const struct charter *tip,
    const struct charter *rival, struct tally *ret)
{
	const struct charter *c = v->charter;
	bool renews = base && !rival && charter_is_renewal(base, c);
	size_t n = 0, own = 0;

	*ret = (struct tally){ .all = true };
	for (size_t i = 0; base && i < base->n; i++) {
		if (has_withdrawn(a, &base->parties[i]))
			continue;
		n++;
		ret->have += version_sealed_by(v, &base->parties[i]);
	}
	for (size_t i = 0; i < c->n; i++) {
		if (has_withdrawn(a, &c->parties[i]))
			continue;
		own++;
		ret->have_own += version_acceded(v, &c->parties[i]);
	}
	if (n > 0)
		ret->need = renews ? charter_majority(n) : charter_threshold(n);
	ret->need_own = own == 0 ? 0
			: !base  ? own
			: renews ? charter_majority(own)
				 : charter_threshold(own);
	too_few(ret);
	who_must(v, base, tip, rival, ret);
}

bool party_sealed(const struct charter_party *p, const struct sealed *s,
    size_t *wrong)
{
	struct seal_text text = { .text = s->text };
	struct str rest = s->seals;
	bool seen[TEXT_SEALS_MAX] = { 0 };
	size_t n = 0;

	while (rest.n > 0) {
		struct sshsig sig;

		if (sshsig_next(&rest, &sig) != SEAL_OK ||
		    sshsig_check(&sig, str_of(sealed_namespace(s->type)),
			&text) != SEAL_OK) {
			(*wrong)++;
			return false;
		}
		for (size_t i = 0; i < p->seals.n; i++)
			if (!seen[i] && seal_eq(&p->seals.v[i], &sig.seal)) {
				seen[i] = true;
				n++;
			}
	}
	return n >= p->threshold;
}
