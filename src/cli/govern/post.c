#include <stdio.h>

#include "cli/govern/govern.h"

/*
 * post - the configuration of a NATS server that is our post. What warden
 * writes for its own nats-server is printed for yours, whole or its accounts
 * alone, and tells by its exit code whether it changed.
 */
static const char accounts[] = "\naccounts {";

static const char advice[] =
    "# For a NATS server of yours that is this party's post (`post: url:`).\n"
    "# It must listen with this certificate, which the record names, and with\n"
    "# nothing else on that port; no `authorization` block, no no_auth_user.\n"
    "# Copy key and certificate to where your server may read them, and change\n"
    "# their paths, store_dir and log_file. Who may log in changes with the\n"
    "# charter: repeat this command, and have the server reload if it exits 0:\n"
    "#   liptako post recipe --out FILE && nats-server --signal reload\n";

static bool same_file(const char *path, struct str s)
{
	auto_free char *old = NULL;
	size_t n = 0;

	return access(path, R_OK) == 0 &&
	       read_whole("post", path, &old, &n) == CLI_OK &&
	       str_eq((struct str){ old, n }, s);
}

static int put(const struct gov *g, struct str s)
{
	char fresh[GOV_PATH];
	int e;

	if (!g->out) {
		(void)fwrite(s.p, 1, s.n, stdout);
		return CLI_OK;
	}
	if (same_file(g->out, s))
		return CLI_NO;
	snprintf(fresh, sizeof(fresh), "%s.new", g->out);
	e = write_whole(g->command, fresh, s, 0640);
	if (!e && rename(fresh, g->out) < 0)
		e = cli_fault(g->command, "%s: %s", g->out, strerror(errno));
	return e;
}

/* What of the text is wanted; the first lines are warden's own. */
static int print(const struct gov *g, const char *text)
{
	const char *at = strstr(text, accounts),
		   *first = strstr(text, "\nserver");
	struct text_out o = { 0 };
	int e;

	if (!at || !first)
		return cli_fault(g->command, "the post's recipe is no recipe");
	if (g->accounts) {
		text_put_str(&o, str_of(at + 1));
	} else {
		text_put_str(&o, STR(advice));
		text_put_str(&o, str_of(first + 1));
	}
	if (g->ask.json && !g->out) {
		json_t *j = json_pack("{s:s}", "recipe", o.p);

		ask_print(j);
		json_decref(j);
		e = CLI_OK;
	} else {
		e = put(g, text_of(&o));
	}
	text_free(&o);
	return e;
}

static int recipe(const struct gov *g)
{
	char path[GOV_PATH];
	auto_free char *text = NULL;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/post/nats.conf", g->state);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return cli_fault(g->command,
		    "there is no recipe yet: it follows from a charter "
		    "(liptako found, or join), a moment later; a guest and a "
		    "host of a fleet have none");
	if (read_whole(g->command, path, &text, &n))
		return CLI_FAULT;
	return print(g, text);
}

int cmd_post(int argc, char **argv)
{
	struct gov g;
	int e = gov_options(&g, argc, argv, "oA");

	if (e)
		return e;
	if (g.argc != 1 || strcmp(g.argv[0], "recipe") != 0)
		return cli_usage(argv[0], "say recipe");
	return recipe(&g);
}
