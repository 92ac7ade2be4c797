#include <sodium.h>
#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/secret.h"

static int see_charter(struct gov *g, const char *token, struct alliance *a)
{
	struct pages all = { 0 };
	int e;

	if (!g->file)
		e = look_whole(g, token, &all);
	else
		e = read_whole(g->command, g->file, &all.p, &all.n);
	if (!e)
		e = look_take(g, a, (struct str){ all.p, all.n });
	pages_free(&all);
	if (!e && !alliance_version(a))
		e = cli_fault(g->command,
		    "no version of this alliance's charter came; ask for the "
		    "file of `liptako charter export --bundle FILE` and name "
		    "it by --charter");
	if (!e && alliance_state(a, gov_now()) == ALLIANCE_LAPSED)
		e = cli_fault(g->command,
		    "the charter has lapsed; its parties must renew it first");
	return e;
}

/* Whose guest we would be must have a post there. */
static int check_host(const struct gov *g, const struct alliance *a)
{
	uint16_t no = g->guest ? alliance_party_named(a, str_of(g->guest))
			       : ALLIANCE_NOBODY;
	const struct alliance_party *p =
	    no == ALLIANCE_NOBODY ? NULL : alliance_party(a, no);

	if (!g->guest || (p && p->present && p->record && p->record->n_posts))
		return CLI_OK;
	if (p)
		return cli_usage(g->command,
		    "%s has no post of its own to have guests at", g->guest);
	return cli_usage(g->command, "there is no party %s in %s", g->guest,
	    alliance_charter(a)->name);
}

static bool is_taken(const struct own *o, const struct alliance *a)
{
	const struct charter_party *p =
	    charter_find(alliance_charter(a), str_of(o->party.name));

	return p && memcmp(p->id, o->party.id, 32) != 0;
}

/* One alliance has no two parties of one name: many hosts are called alike. */
static int check_name(struct gov *g, struct own *o, const struct held *h,
    const struct alliance *a)
{
	const char *name = alliance_charter(a)->name;
	char typed[80], question[120];
	int e = CLI_OK;

	if (!is_taken(o, a))
		return CLI_OK;
	snprintf(question, sizeof(question),
	    "There is a party %s in %s already. The name of yours:",
	    o->party.name, name);
	gov_typed(g, question, typed, sizeof(typed));
	if (*typed) {
		g->party = typed;
		e = own_again(g, o, h);
		g->party = NULL;
	}
	if (e || !is_taken(o, a))
		return e;
	return cli_usage(g->command,
	    "there is a party %s in %s already; choose another name for yours: "
	    "--party NAME",
	    o->party.name, name);
}

static bool agreed(const struct gov *g, const struct alliance *a)
{
	const struct charter *c = alliance_charter(a);

	if (!g->ask.json) {
		printf("The alliance %s, version %u of its charter:\n", c->name,
		    c->version);
		say_parties(a);
		puts("Its terms:");
		say_terms(c);
		puts("Its whole text is shown by `liptako charter show` on a "
		     "host that is in it.");
	}
	return gov_agreed(g, "Do you seal these terms for your party?");
}

static int compose(struct gov *g, const struct own *o, const struct held *h,
    const struct alliance *a, const struct token *t, struct text_out *bundle)
{
	struct text_out joins = { 0 };
	struct post_of post;
	const struct own_news news = { .joined = a,
		.posts = &post,
		.n_posts = 1 };
	struct accession acc;
	int e;

	memcpy(post.alliance, t->alliance, 32);
	memcpy(post.post, t->post, 32);
	charter_accession(alliance_charter(a), alliance_id(a), &o->party, &acc);
	accession_print(&acc, &joins);
	e = sign_act(g, o, SEALED_JOIN, text_of(&joins), bundle);
	if (!e)
		e = sign_own(g, o, h, &news, bundle);
	text_free(&joins);
	return e;
}

static int hand_in(struct gov *g, const char *token, struct str bundle)
{
	json_t *q, *end = NULL;
	int e = g->file ? CLI_OK
			: look_hand_in(g, token, bundle.p, "who invited you");

	if (e)
		return e;
	q = json_pack("{s:s,s:s,s:o}", "do", "join", "token", token, "text",
	    json_stringn(bundle.p, bundle.n));
	e = ask(g->command, &g->ask, &q, NULL, NULL, &end);
	if (!e && (e = ask_refused(g->command, end)) < 0)
		e = CLI_OK;
	json_decref(end);
	return e;
}

static void say(const struct gov *g, const struct alliance *a,
    const struct own *o, const char *code)
{
	json_t *j;

	if (g->ask.json) {
		j = json_pack("{s:s,s:s,s:s}", "alliance",
		    alliance_charter(a)->name, "party", o->party.name, "code",
		    code);
		ask_print(j);
		json_decref(j);
		return;
	}
	printf("%s asks to join %s. Read these words to who invited you, by "
	       "voice:\n\n    %s\n\n",
	    o->party.name, alliance_charter(a)->name, code);
	if (g->out)
		printf("Hand them %s; there: liptako import %s, then liptako "
		       "charter seal.\n",
		    g->out, g->out);
	else
		puts("There: liptako charter seal. Then this host is in; "
		     "liptako party list shows it.");
}

static int join(struct gov *g, const char *text, const struct token *t,
    struct alliance *a)
{
	struct text_out bundle = { 0 };
	struct held h = { 0 };
	struct joining n;
	struct own o;
	const char *why = NULL;
	int e = own_open(g, true, &o);

	if (!e)
		e = own_is_first(g, &o);
	if (!e)
		e = held_fetch(g, &h);
	if (!e)
		e = own_again(g, &o, &h);
	if (!e)
		e = see_charter(g, text, a);
	if (!e)
		e = check_host(g, a);
	if (!e)
		e = check_name(g, &o, &h, a);
	if (!e && !agreed(g, a))
		e = CLI_NO;
	if (!e)
		e = compose(g, &o, &h, a, t, &bundle);
	if (!e && (why = joining_read(text_of(&bundle), &n)))
		e = cli_fault(g->command, "the request: %s", why);
	if (!e)
		e = hand_in(g, text, text_of(&bundle));
	if (!e && g->out)
		e = write_whole(g->command, g->out, text_of(&bundle), 0644);
	if (!e)
		say(g, a, &o, n.code);
	text_free(&bundle);
	held_free(&h);
	return e;
}

int cmd_join(int argc, char **argv)
{
	struct alliance *a = NULL;
	enum token_fault f;
	char text[TOKEN_TEXT_MAX];
	struct token t;
	struct gov g;
	int e = gov_options(&g, argc, argv, "sxmplcCtPgnfo");

	if (e)
		return e;
	if (g.argc != 1)
		return cli_usage(argv[0],
		    "the token is missing; - reads it from standard input, "
		    "where ps does not show it");
	e = secret_take(argv[0], g.argv[0], "the token", text, sizeof(text));
	if (e)
		return e;
	if (enrol_token_is(str_of(text)))
		return cli_usage(argv[0],
		    "this token is for another host of the same party: "
		    "liptako enrol TOKEN");
	f = token_parse(str_of(text), &t);
	if (f != TOKEN_OK)
		return cli_usage(argv[0], "the token: %s", token_fault_name(f));
	if (t.expires <= gov_now())
		return cli_fault(argv[0],
		    "the token has expired; ask for a new one (liptako "
		    "invite)");
	(void)token_print(&t, text);
	alliance_new(&a, t.alliance);
	e = join(&g, text, &t, a);
	alliance_free(&a);
	sodium_memzero(&t, sizeof(t));
	sodium_memzero(text, sizeof(text));
	return e;
}
