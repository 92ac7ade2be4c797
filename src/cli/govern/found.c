#include <sodium.h>
#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

static int compose(struct gov *g, struct own *o, const struct held *h,
    struct text_out *bundle)
{
	const struct own_news news = { 0 };
	struct text_out charter = { 0 };
	struct charter *c = NULL, *again = NULL;
	struct text_fault f;
	int e = CLI_OK;

	charter_template(&c, g->argv[0], gov_now());
	o->party.since = c->issued;
	charter_add(c, &o->party);
	for (size_t i = 0; !e && i < g->n_sets; i++) {
		struct str value = str_of(g->sets[i]), key;

		if (!str_cut(&value, '=', &key) ||
		    !charter_set(c, key, value, &f))
			e = cli_usage(g->command, "--set %s: %s", g->sets[i],
			    *f.say ? f.say : "write KEY=VALUE");
	}
	charter_print(c, &charter);
	if (!e && !charter_parse(text_of(&charter), &again, &f))
		e = cli_fault(g->command, "%s", f.say);
	if (!e)
		e = sign_act(g, o, SEALED_CHARTER, text_of(&charter), bundle);
	if (!e)
		e = sign_own(g, o, h, &news, bundle);
	charter_free(&c);
	charter_free(&again);
	text_free(&charter);
	return e;
}

/* No key is made for what nobody could keep. */
static int daemon_is_there(const struct gov *g)
{
	int code = CLI_OK;
	auto_close int fd = ask_connect(g->command, &g->ask, &code);

	return fd < 0 ? code : CLI_OK;
}

int cmd_found(int argc, char **argv)
{
	struct text_out bundle = { 0 };
	struct held h = { 0 };
	struct own o;
	struct gov g;
	int e = gov_options(&g, argc, argv, "sxmplcCtPgne");

	if (e)
		return e;
	if (g.argc != 1 || !text_name(str_of(g.argv[0])))
		return cli_usage(argv[0],
		    "name the alliance: a-z, 0-9 and -, at most 31");
	if (g.guest)
		return cli_usage(argv[0],
		    "who founds needs a post of its own; a guest joins");
	e = daemon_is_there(&g);
	if (!e)
		e = own_open(&g, true, &o);
	if (!e)
		e = own_is_first(&g, &o);
	if (!e)
		e = held_fetch(&g, &h);
	if (!e)
		e = own_again(&g, &o, &h);
	if (!e)
		e = compose(&g, &o, &h, &bundle);
	if (!e)
		e = held_put(&g, text_of(&bundle), true, true);
	if (!e && g.ask.json) {
		json_t *j = json_pack("{s:s,s:s,s:i}", "alliance", g.argv[0],
		    "party", o.party.name, "version", 1);

		ask_print(j);
		json_decref(j);
	} else if (!e) {
		printf("The alliance %s is founded; %s is its one party.\n"
		       "Next: liptako invite, and hand the token to who shall "
		       "join.\n",
		    g.argv[0], o.party.name);
	}
	text_free(&bundle);
	held_free(&h);
	return e;
}

/* Our own post, as our record in that alliance says. */
int token_fill(const struct gov *g, const struct own *o,
    const struct alliance *a, struct token *t)
{
	uint16_t no = alliance_party_of_id(a, o->party.id);
	const struct party_record *r =
	    no == ALLIANCE_NOBODY ? NULL : alliance_party(a, no)->record;

	if (!r || r->n_posts == 0)
		return cli_fault(g->command,
		    "%s has no post in its record (a guest cannot invite; let "
		    "an ally do it)",
		    o->party.name);
	t->addr = r->posts[0].at.v[0];
	t->port = r->posts[0].at.port;
	memcpy(t->post, r->posts[0].cert.sha256, 32);
	memcpy(t->alliance, alliance_id(a), 32);
	randombytes_buf(t->secret, sizeof(t->secret));
	t->expires = gov_now() + (uint64_t)g->hours * 3600000;
	return CLI_OK;
}

int token_open(struct gov *g, const struct token *t)
{
	uint8_t seed[32], login[32];
	char join[17], alliance[65], key[65];
	json_t *q, *end = NULL;
	int e;

	login_joiner(t->secret, t->alliance, seed, login);
	token_id(t, join);
	say_hash(t->alliance, alliance);
	say_hash(login, key);
	q = json_pack("{s:s,s:s,s:s,s:s,s:I}", "do", "invite", "alliance",
	    alliance, "join", join, "login", key, "term",
	    (json_int_t)g->hours * 3600);
	e = ask(g->command, &g->ask, &q, NULL, NULL, &end);
	if (!e && (e = ask_refused(g->command, end)) < 0)
		e = CLI_OK;
	json_decref(end);
	return e;
}

static int say_token(const struct gov *g, const struct token *t,
    const char *name)
{
	char text[TOKEN_TEXT_MAX];
	json_t *j;

	(void)token_print(t, text);
	if (g->out)
		return write_whole(g->command, g->out, str_of(text), 0600);
	if (g->ask.json) {
		j = json_pack("{s:s,s:s,s:I}", "token", text, "alliance", name,
		    "expires", (json_int_t)(t->expires / 1000));
		ask_print(j);
		json_decref(j);
		return CLI_OK;
	}
	printf("%s\n", text);
	fprintf(stderr,
	    "Hand this to one new party, by a way that others do not read; it "
	    "holds until %s.\nThere: liptako join TOKEN. Then here: liptako "
	    "charter seal.\n",
	    show_time((int64_t)(t->expires / 1000)));
	return CLI_OK;
}

int cmd_invite(int argc, char **argv)
{
	struct token t = { 0 };
	struct held h = { 0 };
	struct alliance *a;
	struct own o;
	struct gov g;
	int e = gov_options(&g, argc, argv, "ho");

	if (e)
		return e;
	if (g.argc > 1)
		return cli_usage(argv[0], "\"%s\" is one word too many",
		    g.argv[1]);
	g.hours = g.hours ? g.hours : TOKEN_HOURS;
	e = own_open(&g, false, &o);
	if (!e)
		e = own_is_first(&g, &o);
	if (!e)
		e = held_fetch(&g, &h);
	a = e ? NULL : held_choose(&g, &h, g.argc ? g.argv[0] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e)
		e = token_fill(&g, &o, a, &t);
	if (!e)
		e = token_open(&g, &t);
	if (!e)
		e = say_token(&g, &t, alliance_charter(a)->name);
	sodium_memzero(&t, sizeof(t));
	held_free(&h);
	return e;
}
