#include "judge/control_priv.h"

#include <stdio.h>

/* Answers that the desk brought with it: keys, and what happened of late. */

enum {
	HISTORY_ROWS = 200,
	HISTORY_ROWS_MOST = 5000,
	HISTORY_BACK = 30 * 86400
};

static void say_history(void *arg, const struct ledger_history *h)
{
	struct client *c = arg;
	json_t *o = json_pack("{s:o}", "row", json_history(c->all->j, h));

	client_say(c, &o);
}

void answer_history(struct client *c)
{
	struct judge *j = c->all->j;
	uint32_t back = c->request.term ? c->request.term : HISTORY_BACK;
	size_t rows = c->request.limit ? c->request.limit : HISTORY_ROWS;
	json_t *o = json_object();

	judge_commit(j);
	rows = MIN(rows, HISTORY_ROWS_MOST);
	if (j->ledger && c->request.net.addr.family)
		(void)ledger_history_of(j->ledger, &c->request.net, rows,
		    say_history, c);
	else if (j->ledger)
		(void)ledger_histories(j->ledger,
		    j->now > back ? j->now - back : 0, rows, say_history, c);
	client_end(c, &o);
}

static void say_key(struct client *c, const struct wire_key *k)
{
	json_t *row = json_pack("{s:s,s:s,s:I,s:b,s:b}", "name", k->name,
	    "kind", key_kind_name((enum key_kind)k->kind), "at",
	    (json_int_t)k->at, "expands", k->flags & KEY_EXPANDS, "waits",
	    k->flags & KEY_WAITS);
	json_t *o = json_pack("{s:o}", "row", row);

	client_say(c, &o);
}

static void list_keys(struct client *c)
{
	const struct desk_keys *k = &c->all->j->keys;
	json_t *o = json_object();

	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].kind != KEY_SESSION &&
		    (!c->request.kind || c->request.kind == k->v[i].kind))
			say_key(c, &k->v[i]);
	client_end(c, &o);
}

/* Who waited is let in by what he chose himself; else here is the key. */
static const char *put_key(struct client *c)
{
	const struct request *r = &c->request;
	struct judge *j = c->all->j;
	const struct wire_key *was = desk_key_find(j, r->name, r->kind);
	static const uint8_t none[32];
	struct wire_key k = { .kind = r->kind,
		.flags = r->flags & (uint8_t)~KEY_WAITS,
		.at = j->now };

	memcpy(k.name, r->name, sizeof(k.name));
	memcpy(k.hash, r->hash, sizeof(k.hash));
	memcpy(k.salt, r->salt, sizeof(k.salt));
	if (memcmp(k.hash, none, sizeof(none)) == 0) {
		if (!was || !(was->flags & KEY_WAITS))
			return "nobody of that name waits to be let in";
		k = *was;
		k.flags &= (uint8_t)~KEY_WAITS;
	} else if (was && !(was->flags & KEY_WAITS) && !r->force) {
		return "there is one of that name: remove it first";
	}
	return desk_key_put(j, &k);
}

void answer_keys(struct client *c)
{
	const struct request *r = &c->request;
	json_t *o = json_object();
	const char *why;

	if (r->what == ASK_KEY_LIST) {
		json_decref(o);
		list_keys(c);
		return;
	}
	if (!r->name[0] || !r->kind)
		why = "\"name\" and \"kind\" are needed";
	else if (r->what == ASK_KEY_ADD)
		why = put_key(c);
	else
		why = desk_key_drop(c->all->j, r->name, r->kind);
	if (why) {
		json_decref(o);
		client_fail(c, "none", why);
		return;
	}
	json_object_set_new(o, "name", json_string(r->name));
	json_object_set_new(o, "kind",
	    json_string(key_kind_name((enum key_kind)r->kind)));
	client_end(c, &o);
}

static void say_source(struct client *c, const struct taken_list *l)
{
	json_t *row = json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:s,s:i,s:I,s:b}",
	    "name", l->name, "url", l->url, "nets", (json_int_t)l->now.n,
	    "every", (json_int_t)l->every, "cap", (json_int_t)l->cap, "good_at",
	    (json_int_t)l->good_at, "next_at", (json_int_t)l->next_at, "status",
	    l->good_at || l->bad_at ? fetched_name((enum fetched)l->status)
				    : "not fetched yet",
	    "code", (int)l->code, "skipped", (json_int_t)l->skipped, "changing",
	    l->changing);
	json_t *o;

	json_object_set_new(row, "spared", json_integer(l->spared));
	json_object_set_new(row, "well",
	    json_boolean(l->good_at && !l->bad_at));
	o = json_pack("{s:o}", "row", row);
	client_say(c, &o);
}

void answer_sources(struct client *c)
{
	const struct request *r = &c->request;
	struct judge *j = c->all->j;
	const char *why = NULL;
	json_t *o;

	if (r->what == ASK_SOURCE_LIST) {
		for (size_t i = 0; i < j->lists.n; i++)
			say_source(c, j->lists.v[i]);
	} else if (!r->name[0]) {
		why = "\"name\" is needed";
	} else if (r->what == ASK_SOURCE_ADD) {
		why = desk_list_add(j, r->name, r->url, r->every, r->cap);
	} else {
		why = desk_list_remove(j, r->name);
	}
	if (why) {
		client_fail(c, "none", why);
		return;
	}
	o = json_pack("{s:s,s:I}", "name", r->name, "nets",
	    (json_int_t)desk_lists_elements(j));
	client_end(c, &o);
}
