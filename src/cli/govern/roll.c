#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

static void say_roll(const struct alliance_party *p)
{
	char key[65];

	for (size_t i = 0; p->roll && i < p->roll->n; i++) {
		const struct roll_envoy *v = &p->roll->envoys[i];

		say_hash(v->key, key);
		printf("  %-16s %.16s until %s\n", v->host, key,
		    show_time((int64_t)(v->not_after / 1000)));
	}
}

static const struct alliance_party *ours(const struct gov *g,
    const struct own *o, const struct held *h)
{
	for (size_t i = 0; i < h->n; i++) {
		uint16_t no = alliance_party_of_id(h->a[i], o->party.id);

		if (no != ALLIANCE_NOBODY)
			return alliance_party(h->a[i], no);
	}
	(void)cli_fault(g->command, "%s is in no alliance yet", o->party.name);
	return NULL;
}

static int renew(struct gov *g, struct own *o, const struct held *h)
{
	struct text_out text = { 0 }, act = { 0 };
	bool anew = own_is_revoked(o, h);
	int e = anew ? own_new_key(g, o) : CLI_OK;

	own_roll(o, h, NULL, &text);
	if (!e)
		e = sign_act(g, o, SEALED_ROLL, text_of(&text), &act);
	if (!e)
		e = held_put(g, text_of(&act), false, false);
	if (!e && anew)
		fputs("The key of this host was revoked, so it has another "
		      "now; start the daemon anew: systemctl restart "
		      "liptako\n",
		    stderr);
	text_free(&text);
	text_free(&act);
	return e;
}

int cmd_roll(int argc, char **argv)
{
	const struct alliance_party *p = NULL;
	struct held h = { 0 };
	struct own o;
	struct gov g;
	int e = gov_options(&g, argc, argv, "sn");

	if (e)
		return e;
	if (g.argc > 1 || (g.argc == 1 && strcmp(g.argv[0], "renew") != 0))
		return cli_usage(argv[0], "say nothing, or renew");
	e = own_open(&g, false, &o);
	if (!e)
		e = held_fetch(&g, &h);
	if (!e && !(p = ours(&g, &o, &h)))
		e = CLI_NO;
	if (!e && g.argc == 1) {
		e = renew(&g, &o, &h);
	} else if (!e && g.ask.json) {
		json_t *j = roll_json(p);

		ask_print(j);
		json_decref(j);
	} else if (!e) {
		printf("Roll %u of %s:\n", p->roll ? p->roll->number : 0,
		    p->name);
		say_roll(p);
	}
	held_free(&h);
	return e;
}

/* A host's name on the roll, or a key of 64 hex. */
static bool find_envoy(const struct alliance_party *p, const char *what,
    uint8_t ret[static 32])
{
	if (text_hex(str_of(what), ret, 32))
		return true;
	for (size_t i = 0; p->roll && i < p->roll->n; i++)
		if (!strcmp(p->roll->envoys[i].host, what)) {
			memcpy(ret, p->roll->envoys[i].key, 32);
			return true;
		}
	return false;
}

static int seal_and_put(struct gov *g, const struct own *o, enum sealed_type t,
    struct text_out *text)
{
	struct text_out act = { 0 };
	int e = sign_act(g, o, t, text_of(text), &act);

	if (!e && g->out)
		e = write_whole(g->command, g->out, text_of(&act), 0644);
	if (!e)
		e = held_put(g, text_of(&act), false, false);
	text_free(&act);
	text_free(text);
	return e;
}

static int copy_why(const struct gov *g, char *to)
{
	if (g->why && strlen(g->why) > TEXT_WORDS_MAX)
		return cli_usage(g->command, "--why is longer than %d bytes",
		    TEXT_WORDS_MAX);
	snprintf(to, TEXT_WORDS_MAX + 1, "%s", g->why ? g->why : "");
	return CLI_OK;
}

int cmd_revoke(int argc, char **argv)
{
	struct revocation v = { .issued = gov_now() };
	const struct alliance_party *p = NULL;
	struct text_out text = { 0 };
	struct held h = { 0 };
	struct own o;
	struct gov g;
	int e = gov_options(&g, argc, argv, "swo");

	if (e)
		return e;
	if (g.argc != 1)
		return cli_usage(argv[0], "name a host on the roll, or a key");
	e = own_open(&g, false, &o);
	if (!e)
		e = held_fetch(&g, &h);
	if (!e && !(p = ours(&g, &o, &h)))
		e = CLI_NO;
	if (!e && !find_envoy(p, g.argv[0], v.envoy))
		e = cli_fault(argv[0],
		    "no host %s is on the roll; `liptako roll` lists them",
		    g.argv[0]);
	if (!e)
		e = copy_why(&g, v.why);
	if (!e && !gov_agreed(&g,
		      "A revoked envoy never speaks for us again; its host "
		      "needs a new key (there: liptako roll renew). Revoke "
		      "it?"))
		e = CLI_NO;
	if (!e) {
		memcpy(v.name, p->name, sizeof(v.name));
		memcpy(v.party, p->id, 32);
		revocation_print(&v, &text);
		e = seal_and_put(&g, &o, SEALED_REVOKE, &text);
	}
	held_free(&h);
	return e;
}

int cmd_withdraw(int argc, char **argv)
{
	struct withdrawal w = { .issued = gov_now() };
	struct text_out text = { 0 };
	struct held h = { 0 };
	struct alliance *a;
	struct own o;
	struct gov g;
	char question[160];
	int e = gov_options(&g, argc, argv, "swo");

	if (e)
		return e;
	e = own_open(&g, false, &o);
	if (!e)
		e = held_fetch(&g, &h);
	a = e ? NULL : held_choose(&g, &h, g.argc ? g.argv[0] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e)
		e = copy_why(&g, w.why);
	if (e) {
		held_free(&h);
		return e;
	}
	snprintf(question, sizeof(question),
	    "%s leaves %s at once, for all its hosts. Withdraw?", o.party.name,
	    alliance_charter(a)->name);
	if (gov_agreed(&g, question)) {
		memcpy(w.name, o.party.name, sizeof(w.name));
		memcpy(w.party, o.party.id, 32);
		memcpy(w.alliance, alliance_id(a), 32);
		withdrawal_print(&w, &text);
		e = seal_and_put(&g, &o, SEALED_WITHDRAW, &text);
	} else {
		e = CLI_NO;
	}
	held_free(&h);
	return e;
}

static int suspend(int argc, char **argv, bool on)
{
	struct held h = { 0 };
	struct alliance *a;
	json_t *q, *end = NULL;
	struct gov g;
	char id[65];
	int e = gov_options(&g, argc, argv, "");

	if (e)
		return e;
	if (g.argc < 1 || g.argc > 2)
		return cli_usage(argv[0], "name the party");
	e = held_fetch(&g, &h);
	a = e ? NULL : held_choose(&g, &h, g.argc > 1 ? g.argv[1] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e && alliance_party_named(a, str_of(g.argv[0])) == ALLIANCE_NOBODY)
		e = cli_fault(argv[0],
		    "%s is no party; `liptako party list` lists them",
		    g.argv[0]);
	if (!e) {
		say_hash(alliance_id(a), id);
		q = json_pack("{s:s,s:s,s:s,s:b}", "do", "suspend", "name",
		    g.argv[0], "alliance", id, "remove", !on);
		e = ask(argv[0], &g.ask, &q, NULL, NULL, &end);
		if (!e && (e = ask_refused(argv[0], end)) < 0)
			e = CLI_OK;
	}
	if (!e && g.ask.json)
		ask_print(end);
	else if (!e)
		printf(on ? "%s is heard no more here; the others hear it as "
			    "before.\n"
			  : "%s is heard here again.\n",
		    g.argv[0]);
	json_decref(end);
	held_free(&h);
	return e;
}

int cmd_suspend(int argc, char **argv)
{
	return suspend(argc, argv, true);
}

int cmd_unsuspend(int argc, char **argv)
{
	return suspend(argc, argv, false);
}
