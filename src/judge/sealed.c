#include "judge/judge.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "charter/joining.h"
#include "judge/sealed_keep.h"

enum {
	ASK_S = 20,      /* between two questions to who admits us */
	ASK_LOST_S = 60, /* then a question is thought lost */
};

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

static void joining_free(struct joining_held *h)
{
	alliance_free(&h->a);
	free(h->bundle);
	sodium_memzero(h, sizeof(*h));
}

void sealed_free(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; i < c->n; i++)
		alliance_free(&c->v[i]);
	for (size_t i = 0; i < c->n_requests; i++)
		free(c->requests[i].bundle);
	for (size_t i = 0; i < c->n_joinings; i++)
		joining_free(&c->joinings[i]);
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

static void say(const struct alliance_how *how)
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
			say(&how);
		}
		sealed_request_drop(j, i);
	}
}

static void changed(struct judge *j, struct alliance *a)
{
	struct charters *c = &j->charters;

	admit_waiting(j, a);
	c->dirty = true;
	if (c->changed)
		c->changed(j, a);
}

/* Found, or joined. */
static void begin(struct judge *j, struct alliance *a)
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
		begin(j, a);
		changed(j, a);
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
			changed(j, a);
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
			changed(j, a);
	} else {
		how->type = s.type;
		memcpy(how->hash, s.hash, 32);
		a = put_all(j, &s, act, how);
		if (found && (!a || how->fault == ALLIANCE_E_OTHER))
			a = found_one(j, act, how);
	}
	if (how->answer == ALLIANCE_REFUSED)
		j->charters.refused[how->fault]++;
	say(how);
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

const char *sealed_join(struct judge *j, const struct token *t,
    struct str bundle)
{
	struct charters *c = &j->charters;
	struct joining_held *h;
	struct joining n;
	const char *why = joining_read(bundle, &n);

	if (why)
		return why;
	if (memcmp(n.accession.alliance, t->alliance, 32) != 0)
		return "the request is for another alliance than the token";
	if (sealed_find(j, t->alliance))
		return "this host is in that alliance already";
	for (size_t i = c->n_joinings; i-- > 0;)
		if (!memcmp(c->joinings[i].token.alliance, t->alliance, 32)) {
			joining_free(&c->joinings[i]);
			c->joinings[i] = c->joinings[--c->n_joinings];
		}
	if (c->n_joinings == JOININGS)
		return "four alliances are being joined already";
	h = &c->joinings[c->n_joinings++];
	*h = (struct joining_held){ .token = *t, .next = j->now };
	alliance_new(&h->a, t->alliance);
	memcpy(h->party, n.accession.party.id, 32);
	h->bundle = mem_dup(bundle.p, bundle.n);
	h->n = bundle.n;
	c->dirty = true;
	return NULL;
}

static void joining_drop(struct judge *j, size_t i)
{
	struct charters *c = &j->charters;

	joining_free(&c->joinings[i]);
	c->joinings[i] = c->joinings[--c->n_joinings];
	c->dirty = true;
}

/* Are we in it now? */
static void joined(struct judge *j, size_t i)
{
	struct charters *c = &j->charters;
	struct joining_held *h = &c->joinings[i];
	uint16_t no = alliance_party_of_id(h->a, h->party);
	struct alliance *a = h->a;
	struct alliance_how how;
	struct joining n;

	if (no == ALLIANCE_NOBODY || !alliance_party(a, no)->present ||
	    c->n == CHARTERS)
		return;
	if (!joining_read((struct str){ h->bundle, h->n }, &n))
		for (size_t k = 0; k < 2; k++) {
			const struct sealed *s = k ? &n.roll : &n.record;
			size_t size;
			auto_free char *act =
			    sealed_make(s->type, s->text, s->seals, &size);

			alliance_take(a, act, size, now_ms(j), &how);
		}
	h->a = NULL;
	begin(j, a);
	joining_drop(j, i);
	changed(j, a);
}

/* By hand, or page by page. */
void sealed_joining_take(struct judge *j, size_t i, struct str act,
    struct alliance_how *how)
{
	alliance_take(j->charters.joinings[i].a, act.p, act.n, now_ms(j), how);
	if (how->answer == ALLIANCE_REFUSED)
		j->charters.refused[how->fault]++;
	say(how);
}

void sealed_joining_look(struct judge *j)
{
	for (size_t i = j->charters.n_joinings; i-- > 0;)
		joined(j, i);
}

void sealed_suspend(struct judge *j, struct alliance *a, uint16_t party,
    bool on)
{
	alliance_suspend(a, party, on ? now_ms(j) : 0);
	log_note("party-suspended party=%s on=%s",
	    alliance_party(a, party)->name, on ? "yes" : "no");
	changed(j, a);
}

#define LOOK    "liptako-look v1 "
#define PAGE    "liptako-page v1 "
#define NOTED   "liptako-noted v1\n"
#define REFUSED "liptako-refused v1 "
#define PAGE_F  PAGE "%zu %zu\n"

struct page {
	struct text_out *o;
	size_t from, at, next;
};

static void put_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct page *p = arg;

	if (p->at >= p->from && p->next == p->at &&
	    (p->o->n == 0 || p->o->n + bytes.n <= PAGE_MAX)) {
		text_put_str(p->o, bytes);
		p->next++;
	}
	p->at++;
}

/* The acts from the k-th on, as many as one answer holds. */
static void put_page(const struct alliance *a, uint32_t k, struct text_out *o)
{
	struct text_out acts = { 0 };
	struct page p = { &acts, k, 0, k };

	alliance_acts(a, put_act, &p);
	text_put(o, PAGE_F, p.next, p.at);
	text_put_str(o, text_of(&acts));
	text_free(&acts);
}

bool sealed_joiner(struct judge *j, const uint8_t alliance[static 32],
    const uint8_t join[static 8], struct str said, struct text_out *answer)
{
	const struct invite *i = sealed_invite_find(j, alliance, join);
	struct alliance *a = i ? sealed_find(j, alliance) : NULL;
	struct request_held *r = NULL;
	const char *why;
	uint32_t k;

	if (!a)
		return false;
	if (str_starts(said, STR(LOOK))) {
		if (!str_u32(str_trim(str_from(said, sizeof(LOOK) - 1)), 100000,
			&k))
			return false;
		put_page(a, k, answer);
		if (answer->n > PAGE_MAX + 100) {
			answer->n = 0;
			text_put(answer, REFUSED "the charter is too long for "
						 "an answer; ask for it as a "
						 "file\n");
		}
		return true;
	}
	why = sealed_request(j, said, join, &r);
	if (why)
		text_put(answer, REFUSED "%s\n", why);
	else
		text_put(answer, NOTED);
	return true;
}

/* "liptako-page v1 NEXT ALL" and acts. */
static bool take_page(struct judge *j, size_t i, struct str tail)
{
	struct joining_held *h = &j->charters.joinings[i];
	struct str line, next;
	uint32_t n, all;

	if (!str_starts(tail, STR(PAGE)) || !str_cut(&tail, '\n', &line))
		return false;
	line = str_from(line, sizeof(PAGE) - 1);
	if (!str_cut(&line, ' ', &next) || !str_u32(next, 100000, &n) ||
	    !str_u32(line, 100000, &all))
		return false;
	while (tail.n > 0) {
		struct str before = tail;
		struct alliance_how how;
		struct sealed s;

		if (sealed_next(&tail, &s))
			return false;
		sealed_joining_take(j, i, str_head(before, before.n - tail.n),
		    &how);
	}
	h->page = n < all && n > h->page ? n : 0;
	h->next = h->page ? j->now : j->now + ASK_S;
	return true;
}

void sealed_joined(struct judge *j, uint64_t id, uint8_t why, struct str tail)
{
	for (size_t i = 0; i < j->charters.n_joinings; i++) {
		struct joining_held *h = &j->charters.joinings[i];

		if (h->asked != id)
			continue;
		h->asked = 0;
		h->why = why;
		h->next = j->now + ASK_S;
		if (str_eq(tail, STR(NOTED)))
			h->noted = true;
		else if (tail.n > 0 && !take_page(j, i, tail))
			log_warn("join-answer text=\"not understood\"");
		joined(j, i);
		return;
	}
	if (j->charters.answered)
		j->charters.answered(j, id, why, tail);
}

static void ask_on(struct judge *j, struct joining_held *h)
{
	struct charters *c = &j->charters;
	char look[40];
	struct str said = { h->bundle, h->n };

	if (j->now < h->next)
		return;
	if (h->noted) {
		snprintf(look, sizeof(look), LOOK "%u\n", h->page);
		said = str_of(look);
	}
	h->asked = ++c->asks;
	h->next = j->now + ASK_LOST_S;
	(void)sealed_ask(j, &h->token, h->asked, said);
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
	for (size_t i = c->n_joinings; i-- > 0;)
		if (c->joinings[i].token.expires + 3600000 <= now_ms(j))
			joining_drop(j, i);
		else
			ask_on(j, &c->joinings[i]);
	if (c->dirty)
		sealed_keep(j);
	sealed_wanted(j);
}

void sealed_refill(struct judge *j)
{
	j->charters.dirty = true;
}
