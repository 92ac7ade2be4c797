#include "judge/control_priv.h"

#include <stdio.h>

#include "charter/enrol.h"
#include "charter/joining.h"
#include "judge/sealed_keep.h"

enum {
	LOOK_S = 30 /* a post answers within, or not at all */
};

static json_t *json_hex(const uint8_t *p, size_t n)
{
	char hex[65];

	text_show_hex(p, n, hex);
	return json_string(hex);
}

static json_t *json_str_of(struct str s)
{
	return json_stringn_nocheck(s.p, s.n);
}

static void say_row(struct client *c, json_t *row)
{
	json_t *o = json_pack("{s:o}", "row", row);

	client_say(c, &o);
}

static const char *answer_name(enum alliance_answer a)
{
	switch (a) {
	case ALLIANCE_TAKEN:
		return "taken";
	case ALLIANCE_KNOWN:
		return "known";
	case ALLIANCE_WAITS:
		return "waits";
	case ALLIANCE_STORED:
		return "stored";
	case ALLIANCE_REFUSED:
		return "refused";
	}
	die("no such answer");
}

static void say_how(struct client *c, const struct alliance *a,
    const struct alliance_how *how)
{
	const struct charter *is = a ? alliance_charter(a) : NULL;

	say_row(c,
	    json_pack("{s:s,s:s,s:s,s:i,s:s,s:s,s:o}", "type",
		sealed_type_name(how->type), "answer", answer_name(how->answer),
		"fault", alliance_fault_name(how->fault), "line",
		(int)how->line, "why", how->why, "alliance", is ? is->name : "",
		"hash", json_hex(how->hash, 32)));
}

/* A newcomer's request that came by hand. */
static void put_request(struct client *c, struct str bundle)
{
	struct request_held *r = NULL;
	const char *why = sealed_request(c->all->j, bundle, NULL, &r);
	struct joining n;
	json_t *o;

	if (why) {
		client_fail(c, "refused", why);
		return;
	}
	(void)joining_read((struct str){ r->bundle, r->n }, &n);
	say_row(c,
	    json_pack("{s:s,s:s,s:s,s:s}", "type", "request", "answer", "waits",
		"party", n.accession.party.name, "code", n.code));
	o = json_object();
	client_end(c, &o);
}

/* Of an alliance that we wait to be admitted to? */
static bool put_joining(struct client *c, struct str act,
    struct alliance_how *how)
{
	struct judge *j = c->all->j;

	for (size_t i = 0; i < j->charters.n_joinings; i++) {
		struct alliance_how h;

		sealed_joining_take(j, i, act, &h);
		if (h.answer == ALLIANCE_REFUSED)
			continue;
		*how = h;
		return true;
	}
	return false;
}

static void put_one(struct client *c, struct str act, bool *refused)
{
	struct alliance_how how;
	struct alliance *a =
	    sealed_put(c->all->j, NULL, act, c->request.force, &how);

	if (!a && how.fault != ALLIANCE_E_SHAPE && put_joining(c, act, &how))
		a = NULL;
	*refused |= how.answer == ALLIANCE_REFUSED;
	say_how(c, a, &how);
}

static void sealed_put_all(struct client *c)
{
	struct judge *j = c->all->j;
	struct str rest = { c->request.text, c->request.n_text };
	bool refused = false;
	struct sealed s;
	json_t *o;

	if (!rest.n) {
		client_fail(c, "request", "\"text\" is missing");
		return;
	}
	if (str_starts(rest, STR("liptako-sealed v1 join "))) {
		put_request(c, rest);
		sealed_keep(j);
		return;
	}
	while (rest.n > 0) {
		struct str before = rest;
		const char *why = sealed_next(&rest, &s);

		if (why) {
			client_fail(c, "refused", why);
			return;
		}
		put_one(c, str_head(before, before.n - rest.n), &refused);
	}
	sealed_joining_look(j);
	sealed_keep(j);
	o = json_pack("{s:b,s:b}", "ok", 1, "refused", refused);
	client_end(c, &o);
}

struct lister {
	struct client *c;
	const struct alliance *a;
};

static void list_act(void *arg, enum sealed_type type,
    const uint8_t hash[static 32], struct str bytes)
{
	struct lister *l = arg;

	say_row(l->c,
	    json_pack("{s:s,s:o,s:o,s:o}", "type", sealed_type_name(type),
		"alliance", json_hex(alliance_id(l->a), 32), "hash",
		json_hex(hash, 32), "text", json_str_of(bytes)));
}

static void list_alliance(struct client *c, const struct alliance *a)
{
	struct lister l = { c, a };

	alliance_acts(a, list_act, &l);
	for (size_t i = 0; i < alliance_parties(a); i++) {
		const struct alliance_party *p = alliance_party(a, (uint16_t)i);

		if (p->suspended)
			say_row(c,
			    json_pack("{s:s,s:o,s:s,s:I}", "type", "suspended",
				"alliance", json_hex(alliance_id(a), 32),
				"party", p->name, "since",
				(json_int_t)(p->suspended / 1000)));
	}
}

static void list_all(struct client *c)
{
	const struct charters *h = &c->all->j->charters;
	json_t *o;

	for (size_t i = 0; i < h->n; i++)
		list_alliance(c, h->v[i]);
	for (size_t i = 0; i < h->n_requests; i++) {
		const struct request_held *r = &h->requests[i];

		struct str text = { r->bundle, r->n };

		say_row(c, json_pack("{s:s,s:o,s:I,s:o}", "type",
			       enrol_is(text) ? "enrolment" : "request",
			       "alliance", json_hex(r->alliance, 32), "at",
			       (json_int_t)r->at, "text", json_str_of(text)));
	}
	for (size_t i = 0; i < h->n_joinings; i++) {
		const struct joining_held *r = &h->joinings[i];

		say_row(c, json_pack("{s:s,s:o,s:b,s:i,s:o}", "type", "joining",
			       "alliance", json_hex(r->token.alliance, 32),
			       "noted", r->noted, "why", (int)r->why, "text",
			       json_str_of((struct str){ r->bundle, r->n })));
	}
	o = json_pack("{s:i,s:I}", "invitations", (int)h->n_invites, "now",
	    (json_int_t)c->all->j->now);
	client_end(c, &o);
}

static void end_or_fail(struct client *c, const char *why)
{
	json_t *o;

	if (why) {
		client_fail(c, "refused", why);
		return;
	}
	sealed_keep(c->all->j);
	o = json_object();
	client_end(c, &o);
}

static void invite(struct client *c)
{
	const struct request *r = &c->request;
	struct invite i = { .expires =
				((uint64_t)c->all->j->now + r->term) * 1000 };

	memcpy(i.alliance, r->alliance, 32);
	memcpy(i.join, r->join, 8);
	memcpy(i.login, r->login, 32);
	end_or_fail(c,
	    r->term ? sealed_invite(c->all->j, &i) : "\"term\" is missing");
}

static void join(struct client *c)
{
	const struct request *r = &c->request;
	struct token t;

	if (token_parse(str_of(r->token), &t) != TOKEN_OK || !r->n_text) {
		client_fail(c, "request", "\"token\" or \"text\" is wrong");
		return;
	}
	end_or_fail(c,
	    sealed_join(c->all->j, &t, (struct str){ r->text, r->n_text }));
}

static void look(struct client *c)
{
	struct charters *h = &c->all->j->charters;
	struct token t;
	char piece[PAGE_ASK];
	struct str said = { c->request.text, c->request.n_text };
	struct joining n;

	if (token_parse(str_of(c->request.token), &t) != TOKEN_OK ||
	    (said.n > 0 && !enrol_is(said) && joining_read(said, &n))) {
		client_fail(c, "request", "\"token\" or \"text\" is wrong");
		return;
	}
	if (said.n == 0) {
		page_ask(c->request.from, piece);
		said = str_of(piece);
	}
	c->order = ++h->asks;
	(void)sealed_ask(c->all->j, &t, c->order, said);
	client_wait(c, WAITS_LOOK, LOOK_S);
}

void answer_looked(struct client *c, uint8_t why, struct str tail)
{
	json_t *o;

	if (tail.n == 0) {
		client_fail(c, "none", line_why_name(why));
		return;
	}
	o = json_pack("{s:o}", "text", json_str_of(tail));
	client_end(c, &o);
}

static void suspend(struct client *c)
{
	const struct request *r = &c->request;
	struct alliance *a = sealed_find(c->all->j, r->alliance);
	uint16_t no =
	    a ? alliance_party_named(a, str_of(r->name)) : ALLIANCE_NOBODY;

	if (no == ALLIANCE_NOBODY) {
		client_fail(c, "refused", "there is no such party");
		return;
	}
	sealed_suspend(c->all->j, a, no, !r->remove);
	end_or_fail(c, NULL);
}

static void drop(struct client *c)
{
	struct charters *h = &c->all->j->charters;

	for (size_t i = 0; i < h->n_requests; i++) {
		struct str b = { h->requests[i].bundle, h->requests[i].n };
		uint8_t hash[32];

		sealed_hash(b, hash);
		if (memcmp(hash, c->request.hash, 32) != 0)
			continue;
		sealed_request_drop(c->all->j, i);
		end_or_fail(c, NULL);
		return;
	}
	client_fail(c, "refused", "there is no such request");
}

void answer_sealed(struct client *c)
{
	if (c->request.what == ASK_SEALED_PUT)
		sealed_put_all(c);
	else if (c->request.what == ASK_SEALED_LIST)
		list_all(c);
	else if (c->request.what == ASK_INVITE)
		invite(c);
	else if (c->request.what == ASK_JOIN_LOOK)
		look(c);
	else if (c->request.what == ASK_JOIN)
		join(c);
	else if (c->request.what == ASK_SUSPEND)
		suspend(c);
	else
		drop(c);
}
