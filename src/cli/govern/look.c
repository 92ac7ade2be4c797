#include <sodium.h>

#include "charter/page.h"
#include "cli/govern/govern.h"

/* What a post answers to who has a token: over our own daemon's envoy. */

enum {
	LOOKS = 4096 /* pieces, also of one that changes while it is read */
};

/* Where that was tried, and what to do about it. */
static int unreached(const struct gov *g, const char *text, const char *why)
{
	char at[ADDR_MAX] = "";
	struct token t = { 0 };

	(void)token_parse(str_of(text), &t);
	(void)addr_print(&t.addr, at);
	sodium_memzero(t.secret, sizeof(t.secret));
	if (strstr(why, "login"))
		return cli_fault(g->command,
		    "the post at %s port %u does not know this token: it has "
		    "expired or was taken back there; ask for a new one",
		    at, t.port);
	if (strstr(why, "certificate"))
		return cli_fault(g->command,
		    "the post at %s port %u is another than the token's; ask "
		    "for a new one, and whether the address is right",
		    at, t.port);
	return cli_fault(g->command,
	    "the post of who invited you, %s port %u: %s; is liptakod up "
	    "there, is that its address, and does its firewall let this host "
	    "in?",
	    at, t.port, why);
}

int look_ask(struct gov *g, const char *token, size_t from, const char *said,
    char **ret)
{
	json_t *q, *end = NULL;
	int e;

	q = json_pack("{s:s,s:s}", "do", "join-look", "token", token);
	if (from)
		json_object_set_new(q, "from", json_integer((json_int_t)from));
	if (said)
		json_object_set_new(q, "text", json_string(said));
	e = ask(g->command, &g->ask, &q, NULL, NULL, &end);
	if (!e && g->quiet && !get_flag(end, "ok"))
		e = CLI_NO;
	if (!e && !strcmp(get_text(end, "code"), "none"))
		e = unreached(g, token, get_text(end, "text"));
	else if (!e && (e = ask_refused(g->command, end)) < 0) {
		*ret = str_dup(str_of(get_text(end, "text")));
		e = CLI_OK;
	}
	json_decref(end);
	return e;
}

int look_take(const struct gov *g, struct alliance *a, struct str bundle)
{
	while (bundle.n > 0) {
		struct str before = bundle;
		struct alliance_how how;
		struct sealed s;
		const char *why = sealed_next(&bundle, &s);

		if (why)
			return cli_fault(g->command, "the charter: %s", why);
		alliance_take(a, before.p, before.n - bundle.n, gov_now(),
		    &how);
	}
	return CLI_OK;
}

static int one(struct gov *g, const char *token, struct pages *p)
{
	auto_free char *text = NULL;
	char shown[160];
	int e = look_ask(g, token, p->n, NULL, &text);

	if (e || pages_take(p, str_of(text)))
		return e;
	if (g->quiet)
		return CLI_NO;
	str_show(str_of(text), shown, sizeof(shown));
	return cli_fault(g->command, "the post answers: %s", shown);
}

int look_whole(struct gov *g, const char *token, struct pages *ret)
{
	struct pages p = { 0 };
	int e = CLI_OK;

	for (int i = 0; !e && i < LOOKS && !pages_done(&p); i++)
		e = one(g, token, &p);
	if (!e && !pages_done(&p))
		e = cli_fault(g->command, "the post's answer never ends");
	if (e)
		pages_free(&p);
	else
		*ret = p;
	return e;
}

int look_hand_in(struct gov *g, const char *token, const char *text,
    const char *whose)
{
	const struct str refused = STR("liptako-refused v1 ");
	auto_free char *answer = NULL;
	char shown[160];
	struct str said;
	int e = look_ask(g, token, 0, text, &answer);

	said = str_of(answer ? answer : "");
	if (e || str_starts(said, STR("liptako-noted v1")))
		return e;
	if (str_starts(said, refused))
		said = str_from(said, refused.n);
	if (str_ends(said, STR("\n")))
		said.n--;
	str_show(said, shown, sizeof(shown));
	g->quiet = false;
	return cli_fault(g->command, "%s answers: %s", whose, shown);
}
