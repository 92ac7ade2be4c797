#include <sodium.h>

#include "charter/page.h"
#include "cli/govern/govern.h"

/* What a post answers to who has a token: over our own daemon's envoy. */

enum {
	LOOKS = 4096 /* pieces, also of one that changes while it is read */
};

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
	if (!e && (e = ask_refused(g->command, end)) < 0) {
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
