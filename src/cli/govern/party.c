#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

static void say_own(const struct own *o)
{
	char shown[SEAL_SHOW_MAX], net[NET_MAX], addr[ADDR_MAX], id[65];

	say_hash(o->party.id, id);
	printf("Party %s (%.16s), host %s.\n", o->party.name, id, o->host);
	for (size_t i = 0; i < o->party.seals.n; i++) {
		seal_show(&o->party.seals.v[i], shown);
		printf("  seal       %s%s\n", shown,
		    o->party.seals.v[i].kind == SEAL_SK_ED25519 ? " (FIDO)"
								: "");
	}
	printf("  signs with %s\n", o->seal);
	if (o->post.at.n > 0) {
		(void)addr_print(&o->post.at.v[0], addr);
		printf("  post       %s port %u\n", addr, o->post.at.port);
	} else {
		puts("  post       none: a guest");
	}
	for (size_t i = 0; i < o->party.territory.n; i++) {
		(void)net_print(&o->party.territory.v[i], net);
		printf("  territory  %s\n", net);
	}
}

static json_t *own_json(const struct own *o)
{
	char shown[SEAL_SHOW_MAX], id[65], envoy[65], net[NET_MAX];
	json_t *seals = json_array(), *nets = json_array();

	say_hash(o->party.id, id);
	say_hash(o->envoy, envoy);
	for (size_t i = 0; i < o->party.seals.n; i++) {
		seal_show(&o->party.seals.v[i], shown);
		json_array_append_new(seals, json_string(shown));
	}
	for (size_t i = 0; i < o->party.territory.n; i++) {
		(void)net_print(&o->party.territory.v[i], net);
		json_array_append_new(nets, json_string(net));
	}
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:i}", "party",
	    o->party.name, "id", id, "host", o->host, "envoy", envoy, "seal",
	    o->seal, "seals", seals, "territory", nets, "port",
	    (int)o->post.at.port);
}

static int init(struct gov *g)
{
	struct own o;
	bool had = own_is_there(g);
	int e;

	if (g->argc > 1)
		g->party = g->argv[1];
	e = own_open(g, true, &o);
	if (e)
		return e;
	if (g->ask.json) {
		json_t *j = own_json(&o);

		ask_print(j);
		json_decref(j);
		return CLI_OK;
	}
	say_own(&o);
	if (had)
		puts("It was there already; nothing was changed.");
	else
		puts("Next: liptako found NAME, or liptako join TOKEN.");
	return CLI_OK;
}

static const char *state_name(enum alliance_state s)
{
	switch (s) {
	case ALLIANCE_EMPTY:
		return "empty";
	case ALLIANCE_ALIVE:
		return "alive";
	case ALLIANCE_RIVALS:
		return "rivals";
	case ALLIANCE_LAPSED:
		return "lapsed";
	}
	die("no such state");
}

json_t *roll_json(const struct alliance_party *p)
{
	json_t *envoys = json_array();
	char hex[65];

	for (size_t i = 0; p->roll && i < p->roll->n; i++) {
		say_hash(p->roll->envoys[i].key, hex);
		json_array_append_new(envoys,
		    json_pack("{s:s,s:s,s:I}", "key", hex, "host",
			p->roll->envoys[i].host, "until",
			(json_int_t)(p->roll->envoys[i].not_after / 1000)));
	}
	return envoys;
}

static json_t *party_json(const struct alliance *a, uint16_t no)
{
	const struct alliance_party *p = alliance_party(a, no);
	json_t *nets = json_array();
	char hex[65], net[NET_MAX];

	for (size_t i = 0; i < p->entry->territory.n; i++) {
		(void)net_print(&p->entry->territory.v[i], net);
		json_array_append_new(nets, json_string(net));
	}
	say_hash(p->id, hex);
	return json_pack("{s:s,s:s,s:b,s:b,s:I,s:I,s:i,s:i,s:o,s:o}", "party",
	    p->name, "id", hex, "present", p->present, "probation",
	    alliance_probation(a, no, gov_now()), "withdrawn",
	    (json_int_t)(p->withdrawn / 1000), "suspended",
	    (json_int_t)(p->suspended / 1000), "record",
	    p->record ? (int)p->record->number : 0, "roll",
	    p->roll ? (int)p->roll->number : 0, "envoys", roll_json(p),
	    "territory", nets);
}

json_t *alliance_json(const struct alliance *a)
{
	json_t *parties = json_array(), *waits = json_array();
	const struct charter *c = alliance_charter(a);
	struct alliance_waiting w;
	char id[65], hash[65];

	for (size_t i = 0; i < alliance_parties(a); i++)
		json_array_append_new(parties, party_json(a, (uint16_t)i));
	for (size_t i = 0; alliance_waits(a, i, &w); i++) {
		say_hash(w.hash, hash);
		json_array_append_new(waits,
		    json_pack("{s:i,s:s,s:s,s:i,s:i}", "version",
			(int)w.charter->version, "hash", hash, "missing",
			w.missing, "have", (int)w.have, "need", (int)w.need));
	}
	say_hash(alliance_id(a), id);
	say_hash(alliance_hash(a) ? alliance_hash(a) : alliance_id(a), hash);
	return json_pack("{s:s,s:s,s:s,s:i,s:s,s:I,s:o,s:o}", "alliance",
	    c ? c->name : "", "id", id, "state",
	    state_name(alliance_state(a, gov_now())), "version",
	    (int)alliance_version(a), "hash", hash, "expires",
	    (json_int_t)(alliance_expires(a) / 1000), "parties", parties,
	    "waiting", waits);
}

static int list(struct gov *g)
{
	struct held h = { 0 };
	int e = held_fetch(g, &h);

	if (e)
		return e;
	if (g->ask.json) {
		json_t *o = json_array();

		for (size_t i = 0; i < h.n; i++)
			json_array_append_new(o, alliance_json(h.a[i]));
		ask_print(o);
		json_decref(o);
	}
	for (size_t i = 0; !g->ask.json && i < h.n; i++) {
		const struct charter *c = alliance_charter(h.a[i]);

		printf("%s, version %u, %s\n", c ? c->name : "?",
		    alliance_version(h.a[i]),
		    state_name(alliance_state(h.a[i], gov_now())));
		say_parties(h.a[i]);
	}
	if (!g->ask.json && h.n == 0)
		puts("This host is in no alliance.");
	if (!g->ask.json && h.n_joinings > 0)
		printf("%zu more wait%s for others to admit us.\n",
		    h.n_joinings, h.n_joinings == 1 ? "s" : "");
	held_free(&h);
	return CLI_OK;
}

int cmd_party(int argc, char **argv)
{
	struct gov g;
	int e = gov_options(&g, argc, argv, "sxmplcCtPgn");

	if (e)
		return e;
	if (g.argc >= 1 && g.argc <= 2 && !strcmp(g.argv[0], "init"))
		return init(&g);
	if (g.argc == 1 && !strcmp(g.argv[0], "list"))
		return list(&g);
	return cli_usage(argv[0], "say init [NAME], or list");
}
