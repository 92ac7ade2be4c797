#include "judge/judge.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "charter/joining.h"
#include "judge/sealed_keep.h"

static uint64_t now_ms(const struct judge *j)
{
	return (uint64_t)j->now * 1000;
}

struct alliance *sealed_find(const struct judge *j, const uint8_t id[static 32])
{
	for (size_t i = 0; i < j->charters.n; i++)
		if (!memcmp(alliance_id(j->charters.v[i]), id, 32))
			return j->charters.v[i];
	return NULL;
}

void sealed_free(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; i < c->n; i++)
		alliance_free(&c->v[i]);
	for (size_t i = 0; i < c->n_requests; i++)
		free(c->requests[i].bundle);
	sealed_joining_free(j);
	sealed_questions_free(j);
}

void sealed_tell(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; c->changed && i < c->n; i++)
		c->changed(j, c->v[i]);
	if (c->invited)
		c->invited(j);
}

void sealed_say(const struct alliance_how *how)
{
	char why[340];

	str_show(str_of(how->why), why, sizeof(why));
	if (how->answer == ALLIANCE_REFUSED)
		log_warn("sealed-refused type=%s fault=%s line=%u why=\"%s\"",
		    sealed_type_name(how->type),
		    alliance_fault_name(how->fault), how->line, why);
	else if (how->answer != ALLIANCE_KNOWN)
		log_note("sealed type=%s why=\"%s\"",
		    sealed_type_name(how->type), why);
}

/* Who asked to be admitted and is: his record and roll hold from now on. */
static void admit_waiting(struct judge *j, struct alliance *a)
{
	struct charters *c = &j->charters;

	for (size_t i = c->n_requests; i-- > 0;) {
		struct request_held *r = &c->requests[i];
		struct alliance_how how;
		struct joining n;
		uint16_t no;

		if (memcmp(r->alliance, alliance_id(a), 32) != 0 ||
		    joining_read((struct str){ r->bundle, r->n }, &n))
			continue;
		no = alliance_party_of_id(a, n.accession.party.id);
		if (no == ALLIANCE_NOBODY || !alliance_party(a, no)->present)
			continue;
		for (size_t k = 0; k < 2; k++) {
			const struct sealed *s = k ? &n.roll : &n.record;
			size_t size;
			auto_free char *act =
			    sealed_make(s->type, s->text, s->seals, &size);

			alliance_take(a, act, size, now_ms(j), &how);
			sealed_say(&how);
		}
		sealed_request_drop(j, i);
	}
}

void sealed_changed(struct judge *j, struct alliance *a)
{
	struct charters *c = &j->charters;

	admit_waiting(j, a);
	c->dirty = true;
	if (c->changed)
		c->changed(j, a);
}

/* Found, or joined. */
void sealed_begin(struct judge *j, struct alliance *a)
{
	j->charters.v[j->charters.n++] = a;
	log_note("alliance-begun name=%s", alliance_charter(a)->name);
}

static struct alliance *found_one(struct judge *j, struct str act,
    struct alliance_how *how)
{
	struct alliance *a;
	struct sealed s;

	if (sealed_parse(act, &s) || s.type != SEALED_CHARTER ||
	    j->charters.n == CHARTERS)
		return NULL;
	alliance_new(&a, s.hash);
	alliance_take(a, act.p, act.n, now_ms(j), how);
	if (how->answer == ALLIANCE_TAKEN) {
		sealed_begin(j, a);
		sealed_changed(j, a);
		return a;
	}
	alliance_free(&a);
	return NULL;
}

/* What it does not fit is not asked: a version of another alliance would lie
 * there waiting for its predecessor. */
static bool fits(const struct alliance *a, const struct sealed *s)
{
	static const char head[] = "# Charter of the alliance ";
	const struct charter *c = alliance_charter(a);
	struct str rest = s->text, line = STR("");

	if (s->type != SEALED_CHARTER || !c)
		return true;
	(void)str_cut(&rest, '\n', &line);
	return str_starts(line, STR(head)) &&
	       str_eq(str_from(line, sizeof(head) - 1), str_of(c->name));
}

static bool better(const struct alliance_how *a, const struct alliance_how *b)
{
	return a->answer < b->answer;
}

/* A record or a roll is the same in every charter: each gets it. */
static struct alliance *put_all(struct judge *j, const struct sealed *s,
    struct str act, struct alliance_how *how)
{
	struct alliance *took = NULL;

	for (size_t i = 0; i < j->charters.n; i++) {
		struct alliance *a = j->charters.v[i];
		struct alliance_how h;

		if (!fits(a, s))
			continue;
		alliance_take(a, act.p, act.n, now_ms(j), &h);
		if (h.answer == ALLIANCE_TAKEN || h.answer == ALLIANCE_WAITS)
			sealed_changed(j, a);
		if (!took || better(&h, how)) {
			*how = h;
			took = a;
		}
	}
	return took;
}

struct alliance *sealed_put(struct judge *j, struct alliance *a, struct str act,
    bool found, struct alliance_how *how)
{
	struct sealed s;
	const char *why = sealed_parse(act, &s);

	*how = (struct alliance_how){ .party = ALLIANCE_NOBODY,
		.answer = ALLIANCE_REFUSED,
		.fault = ALLIANCE_E_OTHER,
		.why = "it is of no alliance that this host is in" };
	if (why) {
		how->fault = ALLIANCE_E_SHAPE;
		snprintf(how->why, sizeof(how->why), "%s", why);
	} else if (a) {
		alliance_take(a, act.p, act.n, now_ms(j), how);
		if (how->answer == ALLIANCE_TAKEN ||
		    how->answer == ALLIANCE_WAITS)
			sealed_changed(j, a);
	} else {
		how->type = s.type;
		memcpy(how->hash, s.hash, 32);
		a = put_all(j, &s, act, how);
		if (found && (!a || how->fault == ALLIANCE_E_OTHER))
			a = found_one(j, act, how);
	}
	if (how->answer == ALLIANCE_REFUSED)
		j->charters.refused[how->fault]++;
	sealed_say(how);
	return how->answer == ALLIANCE_REFUSED ? NULL : a;
}

void sealed_request_drop(struct judge *j, size_t i)
{
	struct charters *c = &j->charters;

	free(c->requests[i].bundle);
	c->requests[i] = c->requests[--c->n_requests];
	c->dirty = true;
}

/* The same newcomer again takes the place of what he asked before. */
static struct request_held *request_place(struct judge *j,
    const struct joining *n)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; i < c->n_requests; i++) {
		struct joining old;
		struct str b = { c->requests[i].bundle, c->requests[i].n };

		if (!joining_read(b, &old) &&
		    !memcmp(old.accession.party.id, n->accession.party.id,
			32) &&
		    !memcmp(old.accession.alliance, n->accession.alliance,
			32)) {
			free_ptr(&c->requests[i].bundle);
			return &c->requests[i];
		}
	}
	return c->n_requests < REQUESTS ? &c->requests[c->n_requests++] : NULL;
}

const char *sealed_request(struct judge *j, struct str bundle,
    const uint8_t *join, struct request_held **ret)
{
	struct joining n;
	struct request_held *r;
	struct alliance *a;
	const char *why = joining_read(bundle, &n);
	uint16_t no;

	if (why)
		return why;
	a = sealed_find(j, n.accession.alliance);
	if (!a)
		return "it asks to join an alliance that this host is not in";
	no = alliance_party_of_id(a, n.accession.party.id);
	if (no != ALLIANCE_NOBODY && alliance_party(a, no)->present)
		return "this party is in the alliance already";
	r = request_place(j, &n);
	if (!r)
		return "too many newcomers wait; seal or drop some";
	memcpy(r->alliance, n.accession.alliance, 32);
	memset(r->join, 0, sizeof(r->join));
	if (join)
		memcpy(r->join, join, sizeof(r->join));
	r->at = j->now;
	r->bundle = mem_dup(bundle.p, bundle.n);
	r->n = bundle.n;
	j->charters.dirty = true;
	log_note("newcomer party=%s alliance=%s code=\"%s\"",
	    n.accession.party.name, alliance_charter(a)->name, n.code);
	*ret = r;
	return NULL;
}

const char *sealed_invite(struct judge *j, const struct invite *i)
{
	struct charters *c = &j->charters;

	if (!sealed_find(j, i->alliance))
		return "this host is not in that alliance";
	if (c->n_invites == INVITES)
		return "64 invitations are open; wait until some expire";
	c->invites[c->n_invites++] = *i;
	c->dirty = true;
	if (c->invited)
		c->invited(j);
	return NULL;
}

const struct invite *sealed_invite_find(const struct judge *j,
    const uint8_t alliance[static 32], const uint8_t join[static 8])
{
	for (size_t i = 0; i < j->charters.n_invites; i++) {
		const struct invite *v = &j->charters.invites[i];

		if (!memcmp(v->alliance, alliance, 32) &&
		    !memcmp(v->join, join, 8) && v->expires > now_ms(j))
			return v;
	}
	return NULL;
}

void sealed_suspend(struct judge *j, struct alliance *a, uint16_t party,
    bool on)
{
	alliance_suspend(a, party, on ? now_ms(j) : 0);
	log_note("party-suspended party=%s on=%s",
	    alliance_party(a, party)->name, on ? "yes" : "no");
	sealed_changed(j, a);
}

/* 30, 14, 7 and 1 day before. */
static void warn_of(struct judge *j, const char *what, const char *alliance,
    const char *party, const char *host, uint64_t until)
{
	uint64_t days = until > now_ms(j) ? (until - now_ms(j)) / 86400000 : 0;

	if (days == 30 || days == 14 || days == 7 || days <= 1)
		log_warn("expires what=%s alliance=%s party=%s host=%s "
			 "days=%llu",
		    what, alliance, *party ? party : "-", *host ? host : "-",
		    (unsigned long long)days);
}

/* Once a day, and at start. */
static void warn_all(struct judge *j)
{
	struct charters *c = &j->charters;

	if (j->now / 86400 == c->warned)
		return;
	c->warned = j->now / 86400;
	for (size_t i = 0; i < c->n; i++) {
		const struct alliance *a = c->v[i];
		const char *name = alliance_charter(a)->name;

		warn_of(j, "charter", name, "", "", alliance_expires(a));
		for (size_t k = 0; k < alliance_parties(a); k++) {
			const struct alliance_party *p =
			    alliance_party(a, (uint16_t)k);

			for (size_t e = 0;
			     p->present && p->roll && e < p->roll->n; e++)
				warn_of(j, "envoy", name, p->name,
				    p->roll->envoys[e].host,
				    p->roll->envoys[e].not_after);
		}
	}
}

void sealed_tick(struct judge *j)
{
	struct charters *c = &j->charters;
	size_t had = c->n_invites;

	for (size_t i = c->n_invites; i-- > 0;)
		if (c->invites[i].expires <= now_ms(j))
			c->invites[i] = c->invites[--c->n_invites];
	if (c->n_invites != had) {
		c->dirty = true;
		if (c->invited)
			c->invited(j);
	}
	sealed_joining_tick(j);
	if (c->dirty)
		sealed_keep(j);
	sealed_wanted(j);
	warn_all(j);
}

void sealed_refill(struct judge *j)
{
	j->charters.dirty = true;
}
