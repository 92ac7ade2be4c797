#include <stdio.h>

#include "cli/govern/govern.h"
#include "cli/term.h"

static int show(struct gov *g)
{
	struct held h = { 0 };
	struct alliance *a;
	struct text_out o = { 0 };
	int e = held_fetch(g, &h);

	a = e ? NULL : held_choose(g, &h, g->argc > 1 ? g->argv[1] : NULL);
	if (!e && !a)
		e = CLI_NO;
	if (!e && g->ask.json) {
		json_t *j = alliance_json(a);

		charter_print(alliance_charter(a), &o);
		json_object_set_new(j, "text", json_string(o.p));
		ask_print(j);
		json_decref(j);
	} else if (!e) {
		charter_print(alliance_charter(a), &o);
		(void)fwrite(o.p, 1, o.n, stdout);
	}
	text_free(&o);
	held_free(&h);
	return e;
}

static void say_waiting(const struct alliance *a)
{
	struct alliance_waiting w;

	for (size_t i = 0; alliance_waits(a, i, &w); i++)
		printf("  version %u waits for seals: %s\n", w.charter->version,
		    w.missing);
}

static void say_one(const struct alliance *a)
{
	uint64_t now = gov_now();
	const struct charter *c = alliance_charter(a);
	char id[65];

	say_hash(alliance_id(a), id);
	printf("%s: every version from 1 to %u has its seals.\n  id       "
	       "%s\n  expires  %s (%s)\n",
	    c->name, alliance_version(a), id,
	    show_time((int64_t)(alliance_expires(a) / 1000)),
	    alliance_state(a, now) == ALLIANCE_LAPSED ? "lapsed"
	    : alliance_state(a, now) == ALLIANCE_RIVALS
		? "two rivals: governance waits"
		: "it holds");
	say_parties(a);
	say_waiting(a);
}

/* Of a file: version 1 says which alliance it is. */
static int verify_file(struct gov *g, const char *path)
{
	struct alliance *a = NULL;
	auto_free char *text = NULL;
	struct alliance_how how;
	struct str rest;
	size_t n;
	int e = read_whole(g->command, path, &text, &n);

	rest = (struct str){ text, n };
	while (!e && rest.n > 0) {
		struct str before = rest;
		struct sealed s;
		const char *why = sealed_next(&rest, &s);

		if (why) {
			e = cli_fault(g->command, "%s: %s", path, why);
			break;
		}
		if (!a)
			alliance_new(&a, s.hash);
		alliance_take(a, before.p, before.n - rest.n, gov_now(), &how);
		if (how.answer == ALLIANCE_REFUSED) {
			fprintf(stderr,
			    "liptako charter: %s refused%s%.0u: %s\n",
			    sealed_type_name(s.type), how.line ? ", line " : "",
			    how.line, how.why);
			e = CLI_NO;
		}
	}
	if (!e && (!a || !alliance_version(a)))
		e = cli_fault(g->command,
		    "%s holds no version 1 with its seals", path);
	if (!e && g->ask.json) {
		json_t *j = alliance_json(a);

		ask_print(j);
		json_decref(j);
	} else if (!e) {
		say_one(a);
	}
	alliance_free(&a);
	return e;
}

/* What judge holds was verified while it was fetched. */
static int verify(struct gov *g)
{
	struct held h = { 0 };
	json_t *all = json_array();
	int e = CLI_OK;

	if (g->argc > 1) {
		json_decref(all);
		return verify_file(g, g->argv[1]);
	}
	e = held_fetch(g, &h);
	for (size_t i = 0; !e && i < h.n; i++) {
		if (!alliance_version(h.a[i]))
			e = cli_fault(g->command,
			    "what judge holds does not verify");
		else if (g->ask.json)
			json_array_append_new(all, alliance_json(h.a[i]));
		else
			say_one(h.a[i]);
	}
	if (!e && h.n == 0)
		e = cli_fault(g->command, "this host is in no alliance");
	if (!e && g->ask.json)
		ask_print(all);
	json_decref(all);
	held_free(&h);
	return e;
}

int cmd_charter(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(struct gov *g);
	} subs[] = { { "show", show }, { "verify", verify },
		{ "amend", charter_amend }, { "seal", charter_seal },
		{ "renew", charter_renew }, { "export", charter_export } };
	struct gov g;
	int e = gov_options(&g, argc, argv, "sedftkabnoWDmc");

	if (e)
		return e;
	for (size_t i = 0; g.argc > 0 && i < countof(subs); i++)
		if (!strcmp(g.argv[0], subs[i].name)) {
			if (g.argc > 2)
				return cli_usage(argv[0],
				    "\"%s\" is one word too many", g.argv[2]);
			return subs[i].fn(&g);
		}
	return cli_usage(argv[0],
	    "say show, verify, amend, seal, renew or export");
}
