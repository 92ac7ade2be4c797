#include "judge/judge.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "charter/enrol.h"
#include "charter/joining.h"
#include "judge/sealed_keep.h"

/* Joining: as the newcomer, and as who is asked. */

enum {
	ASK_S = 20,      /* between two questions to who admits us, at most */
	ASK_PART = 8,    /* of the time that it takes so far; at least 1 s */
	ASK_LOST_S = 60, /* then a question is thought lost */
};

static uint64_t now_ms(const struct judge *j)
{
	return (uint64_t)j->now * 1000;
}

/* Whoever seals sits at it now, or comes to it tomorrow: the longer it takes
 * the less often it is asked for. */
static uint32_t ask_again(const struct judge *j, struct joining_held *h)
{
	if (!h->since)
		h->since = j->now; /* we were started anew */
	return j->now +
	       CLAMP((j->now - MIN(h->since, j->now)) / ASK_PART, 1, ASK_S);
}

static void joining_free(struct joining_held *h)
{
	alliance_free(&h->a);
	free(h->bundle);
	pages_free(&h->pages);
	sodium_memzero(h, sizeof(*h));
}

void sealed_joining_free(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = 0; i < c->n_joinings; i++)
		joining_free(&c->joinings[i]);
	c->n_joinings = 0;
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
	*h = (struct joining_held){ .token = *t,
		.since = j->now,
		.next = j->now };
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
	sealed_begin(j, a);
	joining_drop(j, i);
	sealed_changed(j, a);
}

/* By hand, or page by page. */
void sealed_joining_take(struct judge *j, size_t i, struct str act,
    struct alliance_how *how)
{
	alliance_take(j->charters.joinings[i].a, act.p, act.n, now_ms(j), how);
	if (how->answer == ALLIANCE_REFUSED)
		j->charters.refused[how->fault]++;
	sealed_say(how);
}

void sealed_joining_look(struct judge *j)
{
	for (size_t i = j->charters.n_joinings; i-- > 0;)
		joined(j, i);
}

#define NOTED   "liptako-noted v1\n"
#define REFUSED "liptako-refused v1 "

static void put_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	text_put_str(arg, bytes);
}

static void put_page(const struct alliance *a, size_t from, struct text_out *o)
{
	struct text_out acts = { 0 };

	alliance_acts(a, put_act, &acts);
	page_cut(text_of(&acts), from, o);
	text_free(&acts);
}

/* An invitation is for one newcomer, who may ask again. */
static const char *use(struct judge *j, const uint8_t alliance[static 32],
    const uint8_t join[static 8], struct str said)
{
	static const uint8_t nobody[32];
	struct charters *c = &j->charters;
	struct joining n;
	const char *why = joining_read(said, &n);

	for (size_t i = 0; !why && i < c->n_invites; i++) {
		struct invite *v = &c->invites[i];

		if (memcmp(v->alliance, alliance, 32) != 0 ||
		    memcmp(v->join, join, 8) != 0)
			continue;
		if (!memcmp(v->used, nobody, 32))
			memcpy(v->used, n.accession.party.id, 32);
		if (memcmp(v->used, n.accession.party.id, 32) != 0)
			why = "another party has used this invitation; ask "
			      "for one of your own";
	}
	return why;
}

/* Another host of our own party: its text waits for the seal as it came. The
 * same door asks for one host at a time. */
static const char *enrol(struct judge *j, const struct alliance *a,
    const uint8_t join[static 8], struct str said)
{
	struct charters *c = &j->charters;
	struct request_held *r = NULL;
	struct text_fault f;
	struct enrolment e;

	if (!enrol_parse(said, &e, &f) ||
	    memcmp(e.alliance, alliance_id(a), 32) != 0)
		return "it is no enrolment in this alliance";
	for (size_t i = 0; i < c->n_requests; i++)
		if (!memcmp(c->requests[i].join, join, 8))
			r = &c->requests[i];
	if (!r && c->n_requests == REQUESTS)
		return "too many wait; seal or drop some";
	if (!r) {
		r = &c->requests[c->n_requests++];
		*r = (struct request_held){ .at = j->now };
		log_note("enrolment host=%s alliance=%s", e.host,
		    alliance_charter(a)->name);
	}
	free(r->bundle);
	memcpy(r->alliance, e.alliance, 32);
	memcpy(r->join, join, 8);
	r->bundle = mem_dup(said.p, said.n);
	r->n = said.n;
	c->dirty = true;
	return NULL;
}

/* It asked, was admitted, and asks again: that is no fault. */
static bool is_in(const struct alliance *a, struct str said)
{
	struct joining n;
	uint16_t no;

	if (joining_read(said, &n) ||
	    memcmp(n.accession.alliance, alliance_id(a), 32) != 0)
		return false;
	no = alliance_party_of_id(a, n.accession.party.id);
	return no != ALLIANCE_NOBODY && alliance_party(a, no)->present;
}

bool sealed_joiner(struct judge *j, const uint8_t alliance[static 32],
    const uint8_t join[static 8], struct str said, struct text_out *answer)
{
	const struct invite *i = sealed_invite_find(j, alliance, join);
	struct alliance *a = i ? sealed_find(j, alliance) : NULL;
	struct request_held *r = NULL;
	const char *why;
	size_t from;

	if (!a)
		return false;
	if (page_asked(said, &from)) {
		put_page(a, from, answer);
		return true;
	}
	why = enrol_is(said) ? enrol(j, a, join, said)
			     : use(j, alliance, join, said);
	if (!why && !enrol_is(said) && !is_in(a, said))
		why = sealed_request(j, said, join, &r);
	if (why)
		text_put(answer, REFUSED "%s\n", why);
	else
		text_put(answer, NOTED);
	return true;
}

/* Once all pieces are here: their acts. False: it is no answer. */
static bool take_page(struct judge *j, size_t i, struct str tail)
{
	struct joining_held *h = &j->charters.joinings[i];
	struct str all;

	if (!pages_take(&h->pages, tail)) {
		pages_free(&h->pages);
		return false;
	}
	h->next = j->now;
	if (!pages_done(&h->pages))
		return true;
	h->next = ask_again(j, h);
	all = (struct str){ h->pages.p, h->pages.n };
	while (all.n > 0) {
		struct str before = all;
		struct alliance_how how;
		struct sealed s;

		if (sealed_next(&all, &s))
			break;
		sealed_joining_take(j, i, str_head(before, before.n - all.n),
		    &how);
	}
	pages_free(&h->pages);
	return all.n == 0;
}

/* It will not be admitted by this token; said once. */
static void refused(struct joining_held *h, struct str why)
{
	char shown[160];

	if (h->refused)
		return;
	h->refused = true;
	if (str_ends(why, STR("\n")))
		why.n--;
	str_show(why, shown, sizeof(shown));
	log_warn("join-refused why=\"%s\"", shown);
}

void sealed_joined(struct judge *j, uint64_t id, uint8_t why, struct str tail)
{
	for (size_t i = 0; i < j->charters.n_joinings; i++) {
		struct joining_held *h = &j->charters.joinings[i];

		if (h->asked != id)
			continue;
		h->asked = 0;
		h->why = why;
		h->next = ask_again(j, h);
		if (str_eq(tail, STR(NOTED)))
			h->noted = true;
		else if (str_starts(tail, STR(REFUSED)))
			refused(h, str_from(tail, STR(REFUSED).n));
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
	char look[PAGE_ASK];
	struct str said = { h->bundle, h->n };

	if (j->now < h->next)
		return;
	if (h->noted) {
		page_ask(h->pages.n, look);
		said = str_of(look);
	}
	h->asked = ++c->asks;
	h->next = j->now + ASK_LOST_S;
	(void)sealed_ask(j, &h->token, h->asked, said);
}

/* An hour after its token nobody will admit us by it. */
void sealed_joining_tick(struct judge *j)
{
	struct charters *c = &j->charters;

	for (size_t i = c->n_joinings; i-- > 0;)
		if (c->joinings[i].token.expires + 3600000 <= now_ms(j))
			joining_drop(j, i);
		else
			ask_on(j, &c->joinings[i]);
}
