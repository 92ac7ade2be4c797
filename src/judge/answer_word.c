#include "judge/control_priv.h"

#include <stdio.h>

enum {
	DENY_TERM = 86400, /* s, if none is said */
	ALLOW_TERM = 0     /* for ever */
};

static uint32_t until_of(const struct client *c, uint32_t fallback)
{
	const struct request *r = &c->request;
	uint32_t term = r->term ? r->term : fallback;

	return r->for_ever || term == 0 ? 0 : c->all->j->now + term;
}

static json_t *word_json(struct client *c, const char *what, uint32_t until)
{
	return json_pack("{s:s,s:o,s:I,s:b,s:b,s:b}", "what", what, "net",
	    json_net(&c->request.net), "until", (json_int_t)until, "dry",
	    c->request.dry, "watch_only", c->all->j->watch_only, "disarmed",
	    is_disarmed(c->all->j));
}

static void await(struct client *c, uint64_t order)
{
	c->order = order;
	if (order && c->all->j->enforcer_up) {
		client_wait(c, WAITS_DONE, KERNEL_S);
		return;
	}
	answer_word_done(c, &(struct wire_done){ .status = DONE_OK });
}

static bool too_wide(const struct net *n, bool closes)
{
	uint8_t v4 = closes ? 24 : 16, v6 = closes ? 48 : 32;

	return n->bits < (n->addr.family == 4 ? v4 : v6);
}

static void deny(struct client *c)
{
	struct judge *j = c->all->j;
	const struct net *n = &c->request.net;
	uint32_t until = until_of(c, DENY_TERM);
	const struct guarded *g = protect_within(&j->protect, n, j->now);
	char text[200], net[NET_MAX];
	json_t *o;

	if (too_wide(n, true)) {
		client_fail(c, "too-wide",
		    "wider than /24 (IPv4) or /48 (IPv6) is never shut out");
		return;
	}
	if (g) {
		net_print(&g->net, net);
		snprintf(text, sizeof(text), "%s is protected: %s", net,
		    never_name(g->cause));
		client_fail(c, "protected", text);
		return;
	}
	if (c->request.dry) {
		o = word_json(c, "deny", until);
		client_end(c, &o);
		return;
	}
	await(c,
	    judge_deny(j, n, &c->request.who, until, c->uid, c->request.note));
}

static size_t would_open(const struct judge *j, const struct net *n)
{
	size_t k = 0;

	for (size_t i = 0; i < j->measures.n; i++) {
		const struct net *m = &j->measures.v[i].net;

		k += net_has(m, &n->addr) || net_has(n, &m->addr);
	}
	return k;
}

static void pardon(struct client *c)
{
	struct judge *j = c->all->j;
	bool of_jail = c->request.name[0] != 0;
	uint16_t rule =
	    of_jail ? book_find(j->book, str_of(c->request.name)) : UINT16_MAX;
	uint64_t order = 0;
	json_t *o;

	c->opened = would_open(j, &c->request.net);
	if (c->request.dry) {
		o = word_json(c, "pardon", 0);
		json_object_set_new(o, "opened",
		    json_integer((json_int_t)c->opened));
		client_end(c, &o);
		return;
	}
	if (!of_jail ||
	    !holding_let_go(j, &c->request.net, rule, c->uid, &order))
		(void)judge_pardon(j, &c->request.net, c->uid, &order);
	await(c, order);
}

static void disallow(struct client *c)
{
	json_t *o;

	if (!c->request.dry && !judge_disallow(c->all->j, &c->request.net)) {
		client_fail(c, "none",
		    "it was not allowed by the operator (the allow list of "
		    "the configuration is changed there)");
		return;
	}
	o = word_json(c, "disallow", 0);
	client_end(c, &o);
}

static void allow(struct client *c)
{
	uint32_t until = until_of(c, ALLOW_TERM);
	json_t *o;

	if (c->request.remove) {
		disallow(c);
		return;
	}
	if (too_wide(&c->request.net, false)) {
		client_fail(c, "too-wide",
		    "wider than /16 (IPv4) or /32 (IPv6) is not allowed by "
		    "a word; use the allow list of the configuration");
		return;
	}
	c->opened = would_open(c->all->j, &c->request.net);
	if (c->request.dry) {
		o = word_json(c, "allow", until);
		client_end(c, &o);
		return;
	}
	await(c, judge_allow(c->all->j, &c->request.net, until, c->uid,
		     c->request.note));
}

void answer_word(struct client *c)
{
	if (c->request.what == ASK_DENY)
		deny(c);
	else if (c->request.what == ASK_PARDON)
		pardon(c);
	else
		allow(c);
}

void answer_word_done(struct client *c, const struct wire_done *d)
{
	static const char *const names[ASKS] = { [ASK_DENY] = "deny",
		[ASK_PARDON] = "pardon",
		[ASK_ALLOW] = "allow" };
	uint32_t until = c->request.what == ASK_DENY ? until_of(c, DENY_TERM)
			 : c->request.what == ASK_ALLOW
			     ? until_of(c, ALLOW_TERM)
			     : 0;
	json_t *o;

	if (d->status != DONE_OK && c->request.what != ASK_PARDON) {
		client_fail(c, "refused", done_name(d->status));
		return;
	}
	judge_commit(c->all->j);
	o = word_json(c, names[c->request.what], until);
	json_object_set_new(o, "opened", json_integer((json_int_t)c->opened));
	json_object_set_new(o, "in_kernel",
	    json_boolean(c->all->j->enforcer_up && d->status == DONE_OK &&
			 !c->all->j->ready.dry));
	client_end(c, &o);
}
