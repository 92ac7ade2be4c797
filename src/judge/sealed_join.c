#include "judge/judge.h"

#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "charter/joining.h"
#include "judge/sealed_keep.h"

/* Joining: as the newcomer, and as who is asked. */

enum {
	ASK_S = 20,      /* between two questions to who admits us */
	ASK_LOST_S = 60, /* then a question is thought lost */
};

static uint64_t now_ms(const struct judge *j)
{
	return (uint64_t)j->now * 1000;
}

static void joining_free(struct joining_held *h)
{
	alliance_free(&h->a);
	free(h->bundle);
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
		said = str_from(said, sizeof(LOOK) - 1);
		if (said.n < 2 || said.p[said.n - 1] != '\n' ||
		    !str_u32(str_head(said, said.n - 1), 100000, &k))
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
	why = use(j, alliance, join, said);
	if (!why)
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
