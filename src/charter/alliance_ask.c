#include "charter/alliance_priv.h"

/* What is asked of an alliance: no state changes here but the suspension. */

const uint8_t *alliance_id(const struct alliance *a)
{
	return a->id;
}

const struct charter *alliance_charter(const struct alliance *a)
{
	const struct version *t = tip_of(a);

	return t ? t->charter : NULL;
}

const uint8_t *alliance_hash(const struct alliance *a)
{
	const struct version *t = tip_of(a);

	return t ? t->hash : NULL;
}

const uint8_t *alliance_rival(const struct alliance *a)
{
	return a->rival ? a->rival->hash : NULL;
}

uint32_t alliance_version(const struct alliance *a)
{
	return (uint32_t)a->n_line;
}

/* With rivals, the later one: both keep defending. */
uint64_t alliance_expires(const struct alliance *a)
{
	const struct version *t = tip_of(a);
	uint64_t e = t ? t->charter->expires : 0;

	return a->rival ? MAX(e, a->rival->charter->expires) : e;
}

enum alliance_state alliance_state(const struct alliance *a, uint64_t now_ms)
{
	if (!a->n_line)
		return ALLIANCE_EMPTY;
	if (now_ms >= alliance_expires(a))
		return ALLIANCE_LAPSED;
	return a->rival ? ALLIANCE_RIVALS : ALLIANCE_ALIVE;
}

void alliance_limits(const struct alliance *a, struct allied_conf *ret)
{
	const struct charter *c = alliance_charter(a);
	const struct charter_terms *t = c ? &c->terms : &charter_terms_usual;

	*ret = allied_defaults;
	for (size_t i = 0; i < ALLIED_TERMS; i++)
		ret->term[i] = t->term[i];
	ret->witness_span = t->witness_span;
	ret->alone_most = t->alone_most;
	ret->alone_span = t->alone_span;
	ret->week_most = t->week_most;
	ret->week_span = t->week_span;
	ret->slots = t->slots;
	ret->per_minute = t->per_minute;
	ret->burst = t->burst;
	ret->per_48 = t->per_48;
	ret->per_32 = t->per_32;
	ret->bits_v4 = (uint8_t)t->widest_v4;
	ret->bits_v6 = (uint8_t)t->widest_v6;
}

size_t alliance_parties(const struct alliance *a)
{
	return a->n_members;
}

const struct alliance_party *alliance_party(const struct alliance *a,
    uint16_t no)
{
	return no < a->n_members ? &a->members[no]->p : NULL;
}

uint16_t alliance_party_named(const struct alliance *a, struct str name)
{
	for (size_t i = 0; i < a->n_members; i++)
		if (str_eq(str_of(a->members[i]->p.name), name))
			return (uint16_t)i;
	return ALLIANCE_NOBODY;
}

uint16_t alliance_party_of_id(const struct alliance *a,
    const uint8_t id[static 32])
{
	for (size_t i = 0; i < a->n_members; i++)
		if (!memcmp(a->members[i]->p.id, id, 32))
			return (uint16_t)i;
	return ALLIANCE_NOBODY;
}

bool alliance_probation(const struct alliance *a, uint16_t no, uint64_t now_ms)
{
	return no < a->n_members && now_ms < a->members[no]->entry.probation;
}

void alliance_suspend(struct alliance *a, uint16_t no, uint64_t since_ms)
{
	if (no < a->n_members)
		a->members[no]->p.suspended = since_ms;
}

/* The first place of this key among the envoys. */
static size_t seek(const struct alliance *a, const uint8_t key[static 32])
{
	size_t low = 0, high = a->n_envoys;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (memcmp(a->envoys[mid].key, key, 32) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_revoked(const struct alliance *a, uint16_t party,
    const uint8_t key[static 32])
{
	for (size_t i = 0; i < a->n_revoked; i++)
		if (a->revoked[i].party == party &&
		    !memcmp(a->revoked[i].key, key, 32))
			return true;
	return false;
}

enum envoy_standing alliance_envoy(const struct alliance *a,
    const uint8_t party[static 32], const uint8_t key[static 32],
    uint64_t now_ms, struct alliance_envoy *ret)
{
	const struct roll_envoy *e = NULL;
	const struct member *m = NULL;

	*ret = (struct alliance_envoy){ .party = ALLIANCE_NOBODY };
	for (size_t i = seek(a, key);
	     i < a->n_envoys && !e && !memcmp(a->envoys[i].key, key, 32); i++) {
		m = a->members[a->envoys[i].party];
		if (memcmp(m->p.id, party, 32) != 0)
			continue;
		e = &m->roll->envoys[a->envoys[i].at];
		ret->party = a->envoys[i].party;
	}
	if (!e)
		return ENVOY_UNKNOWN;
	ret->rights = e->rights;
	ret->not_after = e->not_after;
	ret->host = e->host;
	if (is_revoked(a, ret->party, key))
		return ENVOY_REVOKED;
	if (!m->p.present)
		return ENVOY_LEFT;
	if (m->p.suspended)
		return ENVOY_SUSPENDED;
	if (alliance_state(a, now_ms) == ALLIANCE_LAPSED)
		return ENVOY_LAPSED;
	return now_ms < e->not_after ? ENVOY_OK : ENVOY_EXPIRED;
}

static bool meet(const struct net *x, const struct net *y)
{
	return net_has(x, &y->addr) || net_has(y, &x->addr);
}

static bool given_up(const struct member *m, const struct net *n)
{
	for (size_t i = 0; m->record && i < m->record->given_up.n; i++) {
		const struct net *g = &m->record->given_up.v[i];

		if (g->bits <= n->bits && net_has(g, &n->addr))
			return true;
	}
	return false;
}

/* Who withdrew keeps his immunity for a day, so that nobody is shut out for
 * having left. */
static bool immune(const struct alliance *a, const struct claim *c,
    uint64_t now_ms)
{
	const struct member *m = a->members[c->party];

	if (m->p.withdrawn)
		return now_ms < m->p.withdrawn + GRACE_MS;
	return c->live && m->p.present;
}

/* An earlier sealed claim to the same addresses, that still holds. */
static bool overlapped(const struct alliance *a, const struct claim *c,
    uint64_t now_ms)
{
	for (size_t i = 0; i < a->n_claims; i++) {
		const struct claim *o = &a->claims[i];

		if (o->party == c->party || !meet(&o->net, &c->net) ||
		    !immune(a, o, now_ms))
			continue;
		if (o->version < c->version ||
		    (o->version == c->version && o < c))
			return true;
	}
	return false;
}

uint16_t alliance_territory(const struct alliance *a, const struct net *n,
    uint64_t now_ms)
{
	for (size_t i = 0; i < a->n_claims; i++) {
		const struct claim *c = &a->claims[i];

		if (meet(&c->net, n) && immune(a, c, now_ms) &&
		    !given_up(a->members[c->party], n) &&
		    !overlapped(a, c, now_ms))
			return c->party;
	}
	return ALLIANCE_NOBODY;
}

bool alliance_is_post(const struct alliance *a, const struct net *n)
{
	for (size_t i = 0; i < a->n_members; i++) {
		const struct member *m = a->members[i];

		if (!m->p.present || !m->record)
			continue;
		for (size_t k = 0; k < m->record->n_posts; k++) {
			const struct text_hosts *h = &m->record->posts[k].at;

			for (size_t j = 0; j < h->n; j++)
				if (net_has(n, &h->v[j]))
					return true;
		}
	}
	return false;
}

static void hand(alliance_act_fn *fn, void *arg, enum sealed_type type,
    const struct held_act *h)
{
	if (h->n)
		fn(arg, type, h->hash, (struct str){ h->bytes, h->n });
}

static void hand_version(alliance_act_fn *fn, void *arg,
    const struct version *v)
{
	fn(arg, SEALED_CHARTER, v->hash, (struct str){ v->bytes, v->n_bytes });
}

void alliance_acts(const struct alliance *a, alliance_act_fn *fn, void *arg)
{
	for (size_t i = 0; i < a->n_line; i++)
		hand_version(fn, arg, a->line[i]);
	if (a->rival)
		hand_version(fn, arg, a->rival);
	for (size_t i = 0; i < a->n_members; i++)
		hand(fn, arg, SEALED_WITHDRAW, &a->members[i]->withdrawal_act);
	for (size_t i = 0; i < a->n_waiting; i++)
		hand_version(fn, arg, a->waiting[i]);
	for (size_t i = 0; i < a->n_members; i++) {
		hand(fn, arg, SEALED_RECORD, &a->members[i]->record_act);
		hand(fn, arg, SEALED_ROLL, &a->members[i]->roll_act);
	}
	for (size_t i = 0; i < a->n_revoked; i++)
		hand(fn, arg, SEALED_REVOKE, &a->revoked[i].act);
}

size_t alliance_waiting(const struct alliance *a)
{
	return a->n_waiting;
}

bool alliance_waits(const struct alliance *a, size_t i,
    struct alliance_waiting *ret)
{
	const struct version *v;
	struct tally t;

	if (i >= a->n_waiting)
		return false;
	v = a->waiting[i];
	versions_tally(a, v, &t);
	*ret = (struct alliance_waiting){ .charter = v->charter,
		.have = t.have,
		.need = t.need,
		.have_own = t.have_own,
		.need_own = t.need_own,
		.since = v->taken };
	memcpy(ret->hash, v->hash, 32);
	memcpy(ret->missing, t.missing, sizeof(ret->missing));
	return true;
}

bool alliance_waits_sealed_by(const struct alliance *a, size_t i,
    const uint8_t party[static 32])
{
	const struct member *m = member_of(a, party);
	const struct charter_party *p =
	    i < a->n_waiting ? charter_find_id(a->waiting[i]->charter, party)
			     : NULL;

	return i < a->n_waiting &&
	       ((p && version_acceded(a->waiting[i], p)) ||
		   (m && version_sealed_by(a->waiting[i], &m->entry)));
}
