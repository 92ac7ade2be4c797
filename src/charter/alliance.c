#include "charter/alliance_priv.h"

#include <stdarg.h>
#include <stdio.h>

const char *alliance_fault_name(enum alliance_fault f)
{
	static const char *const names[ALLIANCE_FAULTS] = {
		[ALLIANCE_OK] = "ok",
		[ALLIANCE_E_SHAPE] = "shape",
		[ALLIANCE_E_TEXT] = "text",
		[ALLIANCE_E_SEAL] = "seal",
		[ALLIANCE_E_FEW] = "few-seals",
		[ALLIANCE_E_STRANGER] = "stranger",
		[ALLIANCE_E_OTHER] = "other-alliance",
		[ALLIANCE_E_OLD] = "old",
		[ALLIANCE_E_RULE] = "rule",
		[ALLIANCE_E_FULL] = "full",
	};

	assert(f < ALLIANCE_FAULTS);
	return names[f];
}

void how_say(struct alliance_how *how, enum alliance_answer answer,
    enum alliance_fault fault, const char *fmt, ...)
{
	va_list ap;

	how->answer = answer;
	how->fault = fault;
	va_start(ap, fmt);
	(void)vsnprintf(how->why, sizeof(how->why), fmt, ap);
	va_end(ap);
}

void act_hold(struct held_act *h, struct str bytes,
    const uint8_t hash[static 32])
{
	free(h->bytes);
	h->bytes = mem_dup(bytes.p, bytes.n);
	h->n = bytes.n;
	memcpy(h->hash, hash, 32);
}

void act_release(struct held_act *h)
{
	free(h->bytes);
	*h = (struct held_act){ 0 };
}

void alliance_new(struct alliance **ret, const uint8_t id[static 32])
{
	struct alliance *a = mem_new(1, sizeof(*a));

	memcpy(a->id, id, 32);
	*ret = a;
}

static void member_free(struct member *m)
{
	record_free(&m->record);
	roll_free(&m->roll);
	act_release(&m->record_act);
	act_release(&m->roll_act);
	act_release(&m->withdrawal_act);
	free(m);
}

void alliance_free(struct alliance **ap)
{
	struct alliance *a = *ap;

	if (!a)
		return;
	for (size_t i = 0; i < a->n_line; i++)
		version_free(&a->line[i]);
	version_free(&a->rival);
	for (size_t i = 0; i < a->n_waiting; i++)
		version_free(&a->waiting[i]);
	for (size_t i = 0; i < a->n_orphans; i++)
		act_release(&a->orphans[i]);
	for (size_t i = 0; i < a->n_members; i++)
		member_free(a->members[i]);
	for (size_t i = 0; i < a->n_revoked; i++)
		act_release(&a->revoked[i].act);
	free(a->line);
	free(a->members);
	free(a->revoked);
	free(a->claims);
	free(a->envoys);
	free(a);
	*ap = NULL;
}

struct member *member_of(const struct alliance *a, const uint8_t id[static 32])
{
	for (size_t i = 0; i < a->n_members; i++)
		if (!memcmp(a->members[i]->p.id, id, 32))
			return a->members[i];
	return NULL;
}

/* A withdrawal ends the membership that it was written in. */
bool has_withdrawn(const struct alliance *a, const struct charter_party *p)
{
	const struct member *m = member_of(a, p->id);

	return m && m->withdrew && m->withdrew >= p->since;
}

static int by_key(const void *a, const void *b)
{
	const struct envoy_ref *x = a, *y = b;
	int c = memcmp(x->key, y->key, 32);

	return c ? c : (int)x->party - (int)y->party;
}

static void envoys_again(struct alliance *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_members; i++)
		n += a->members[i]->roll ? a->members[i]->roll->n : 0;
	a->envoys = mem_grow(a->envoys, n + 1, sizeof(*a->envoys));
	a->n_envoys = 0;
	for (size_t i = 0; i < a->n_members; i++) {
		const struct roll *r = a->members[i]->roll;

		for (size_t k = 0; r && k < r->n; k++) {
			struct envoy_ref *e = &a->envoys[a->n_envoys++];

			memcpy(e->key, r->envoys[k].key, 32);
			e->party = (uint16_t)i;
			e->at = (uint32_t)k;
		}
	}
	qsort(a->envoys, a->n_envoys, sizeof(*a->envoys), by_key);
}

static void claim(struct alliance *a, uint16_t party, const struct net *n,
    uint32_t version)
{
	uint32_t first = version;
	struct claim *c;

	for (size_t i = 0; i < a->n_claims; i++) {
		c = &a->claims[i];
		if (c->party != party || c->net.bits > n->bits ||
		    !net_has(&c->net, &n->addr))
			continue;
		if (c->net.bits == n->bits) {
			c->live = true;
			return;
		}
		first = MIN(first, c->version); /* part of an earlier one */
	}
	a->claims = mem_grow(a->claims, a->n_claims + 1, sizeof(*a->claims));
	a->claims[a->n_claims++] = (struct claim){ *n, party, first, true };
}

static void member_now(struct alliance *a, const struct charter_party *p,
    uint32_t version)
{
	struct member *m = member_of(a, p->id);
	uint16_t no;

	if (!m) {
		if (a->n_members == ALLIED_PARTIES_MOST)
			return;
		m = mem_new(1, sizeof(*m));
		memcpy(m->p.id, p->id, 32);
		a->members = mem_grow(a->members, a->n_members + 1,
		    sizeof(struct member *));
		a->members[a->n_members++] = m;
	}
	m->entry = *p;
	memcpy(m->p.name, p->name, sizeof(m->p.name));
	m->p.entry = &m->entry;
	m->p.present = !has_withdrawn(a, p);
	if (m->p.present)
		m->p.withdrawn = 0;
	no = alliance_party_of_id(a, p->id);
	for (size_t i = 0; i < p->territory.n; i++)
		claim(a, no, &p->territory.v[i], version);
}

static void see_all(struct alliance *a, const struct version *v)
{
	for (size_t i = 0; i < v->charter->n; i++)
		member_now(a, &v->charter->parties[i], v->no);
}

/* Whoever changed his seals seals his record and roll anew. */
static void check_again(struct alliance *a)
{
	for (size_t i = 0; i < a->n_members; i++) {
		struct member *m = a->members[i];
		struct sealed s;
		size_t wrong = 0;

		if (m->record &&
		    (sealed_parse((struct str){ m->record_act.bytes,
				      m->record_act.n },
			 &s) ||
			!party_sealed(&m->entry, &s, &wrong))) {
			record_free(&m->record);
			act_release(&m->record_act);
		}
		if (m->roll && (sealed_parse((struct str){ m->roll_act.bytes,
						 m->roll_act.n },
				    &s) ||
				   !party_sealed(&m->entry, &s, &wrong))) {
			roll_free(&m->roll);
			act_release(&m->roll_act);
		}
		m->p.record = m->record;
		m->p.roll = m->roll;
	}
}

/* Claims of before are kept, dead, so that an old one stays the elder. */
void members_adopt(struct alliance *a)
{
	for (size_t i = 0; i < a->n_members; i++)
		a->members[i]->p.present = false;
	for (size_t i = 0; i < a->n_claims; i++)
		a->claims[i].live = false;
	if (a->rival)
		see_all(a, a->rival);
	see_all(a, tip_of(a));
	check_again(a);
	envoys_again(a);
}

static struct member *whose(struct alliance *a, const uint8_t id[static 32],
    struct alliance_how *how)
{
	struct member *m = member_of(a, id);

	if (!m) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_STRANGER,
		    "it is of no party of this alliance");
		return NULL;
	}
	how->party = alliance_party_of_id(a, id);
	return m;
}

static bool is_sealed(const struct member *m, const struct sealed *s,
    struct alliance_how *how)
{
	size_t wrong = 0;

	if (party_sealed(&m->entry, s, &wrong))
		return true;
	if (wrong)
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_SEAL,
		    "a seal under it is wrong");
	else
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_FEW,
		    "it is not sealed by %s with the seals that the charter "
		    "names",
		    m->p.name);
	return false;
}

/* Is this number newer? Of two under one number the lower hash holds, so that
 * all who see both agree. */
static bool newer(const struct sealed *s, uint32_t number, uint32_t held,
    const struct held_act *act, const char *what, struct alliance_how *how)
{
	int c = act->n ? memcmp(s->hash, act->hash, 32) : -1;

	if (!act->n || number > held || (number == held && c < 0))
		return true;
	if (c == 0)
		how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK, "%s %u is known",
		    what, number);
	else
		how_say(how, ALLIANCE_KNOWN, ALLIANCE_E_OLD,
		    "%s %u is here already, %u is older", what, held, number);
	return false;
}

static void wrong_text(struct alliance_how *how, const struct text_fault *f)
{
	how->line = f->line;
	how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_TEXT, "%s", f->say);
}

static void take_record(struct alliance *a, const struct sealed *s,
    struct str bytes, struct alliance_how *how)
{
	struct party_record *r = NULL;
	struct text_fault f;
	struct member *m;

	if (!record_parse(s->text, &r, &f)) {
		wrong_text(how, &f);
		return;
	}
	m = whose(a, r->party, how);
	if (m && is_sealed(m, s, how) &&
	    newer(s, r->number, m->record ? m->record->number : 0,
		&m->record_act, "record", how)) {
		record_free(&m->record);
		m->record = take(r);
		m->p.record = m->record;
		act_hold(&m->record_act, bytes, s->hash);
		how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK,
		    "record %u of %s holds now", m->record->number, m->p.name);
	}
	record_free(&r);
}

static void take_roll(struct alliance *a, const struct sealed *s,
    struct str bytes, struct alliance_how *how)
{
	struct roll *r = NULL;
	struct text_fault f;
	struct member *m;

	if (!roll_parse(s->text, &r, &f)) {
		wrong_text(how, &f);
		return;
	}
	m = whose(a, r->party, how);
	if (m && is_sealed(m, s, how) &&
	    newer(s, r->number, m->roll ? m->roll->number : 0, &m->roll_act,
		"roll", how)) {
		roll_free(&m->roll);
		m->roll = take(r);
		m->p.roll = m->roll;
		act_hold(&m->roll_act, bytes, s->hash);
		envoys_again(a);
		how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK,
		    "roll %u of %s holds now, with %zu envoy%s",
		    m->roll->number, m->p.name, m->roll->n,
		    m->roll->n == 1 ? "" : "s");
	}
	roll_free(&r);
}

static void take_revocation(struct alliance *a, const struct sealed *s,
    struct str bytes, struct alliance_how *how)
{
	struct revocation v;
	struct text_fault f;
	struct member *m;
	struct revoked *r;

	if (!revocation_parse(s->text, &v, &f)) {
		wrong_text(how, &f);
		return;
	}
	m = whose(a, v.party, how);
	if (!m || !is_sealed(m, s, how))
		return;
	for (size_t i = 0; i < a->n_revoked; i++)
		if (a->revoked[i].party == how->party &&
		    !memcmp(a->revoked[i].key, v.envoy, 32)) {
			how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK,
			    "this envoy is revoked already");
			return;
		}
	if (a->n_revoked == REVOKED_MAX) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_FULL,
		    "4,096 envoys are revoked already");
		return;
	}
	a->revoked =
	    mem_grow(a->revoked, a->n_revoked + 1, sizeof(*a->revoked));
	r = &a->revoked[a->n_revoked++];
	*r = (struct revoked){ .party = how->party };
	memcpy(r->key, v.envoy, 32);
	act_hold(&r->act, bytes, s->hash);
	how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK,
	    "an envoy of %s is revoked, for ever", m->p.name);
}

static void take_withdrawal(struct alliance *a, const struct sealed *s,
    struct str bytes, struct alliance_how *how)
{
	struct withdrawal w;
	struct text_fault f;
	struct member *m;

	if (!withdrawal_parse(s->text, &w, &f)) {
		wrong_text(how, &f);
		return;
	}
	if (memcmp(w.alliance, a->id, 32) != 0) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_OTHER,
		    "it is from another alliance that this party withdraws");
		return;
	}
	m = whose(a, w.party, how);
	if (!m || !is_sealed(m, s, how))
		return;
	if (m->withdrawal_act.n && m->withdrew >= w.issued) {
		how_say(how, ALLIANCE_KNOWN, ALLIANCE_OK,
		    "%s has withdrawn already", m->p.name);
		return;
	}
	act_hold(&m->withdrawal_act, bytes, s->hash);
	m->withdrew = w.issued;
	if (!has_withdrawn(a, &m->entry)) {
		how_say(how, ALLIANCE_STORED, ALLIANCE_OK,
		    "%s withdrew once, and was admitted again since",
		    m->p.name);
		return;
	}
	m->p.present = false;
	m->p.withdrawn = a->now;
	how_say(how, ALLIANCE_TAKEN, ALLIANCE_OK, "%s has withdrawn",
	    m->p.name);
	versions_again(a);
}

void alliance_take(struct alliance *a, const void *p, size_t n, uint64_t now_ms,
    struct alliance_how *how)
{
	struct str bytes = { p, n };
	struct sealed s;
	const char *why = sealed_parse(bytes, &s);

	*how = (struct alliance_how){ .party = ALLIANCE_NOBODY };
	if (why) {
		how_say(how, ALLIANCE_REFUSED, ALLIANCE_E_SHAPE, "%s", why);
		return;
	}
	a->now = now_ms;
	how->type = s.type;
	memcpy(how->hash, s.hash, 32);
	switch (s.type) {
	case SEALED_CHARTER:
		take_charter(a, &s, bytes, how);
		return;
	case SEALED_RECORD:
		take_record(a, &s, bytes, how);
		return;
	case SEALED_ROLL:
		take_roll(a, &s, bytes, how);
		return;
	case SEALED_REVOKE:
		take_revocation(a, &s, bytes, how);
		return;
	case SEALED_WITHDRAW:
		take_withdrawal(a, &s, bytes, how);
		return;
	case SEALED_JOIN:
	case SEALED_SUSPEND:
	case SEALED_COUP:
	case SEALED_RESTORATION:
	case SEALED_PERJURY:
		how_say(how, ALLIANCE_STORED, ALLIANCE_OK,
		    "this version does not act on it");
		return;
	case SEALED_NONE:
	case SEALED_TYPES:
		break;
	}
	die("no such sealed act");
}
