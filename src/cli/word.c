#include <stdio.h>

#include "base/addr.h"
#include "cli/ask.h"
#include "cli/me.h"
#include "cli/term.h"

enum {
	TERM_MAX = 10 * 365 * 86400
};

struct word {
	const char *command;
	struct ask_options ask;
	char net[NET_MAX];
	struct net parsed;
	uint32_t term;
	bool for_ever, dry, remove, yes;
	const char *note;
};

static int take_address(struct word *w, const char *text)
{
	struct addr me;

	if (!strcmp(text, "me")) {
		if (!me_find(&me))
			return cli_fault(w->command,
			    "it is not known where you come from: this is no "
			    "SSH session; name the address");
		w->parsed = addr_unit(me);
		(void)net_print(&w->parsed, w->net);
		return CLI_OK;
	}
	if (!net_parse(str_of(text), true, &w->parsed))
		return cli_usage(w->command, "\"%s\" is no address or prefix",
		    text);
	snprintf(w->net, sizeof(w->net), "%s", text);
	return CLI_OK;
}

static int take_term(struct word *w, const char *text)
{
	if (!strcmp(text, "forever")) {
		w->for_ever = true;
		return CLI_OK;
	}
	if (!str_span(str_of(text), TERM_MAX, &w->term) || w->term == 0)
		return cli_usage(w->command,
		    "\"%s\" is no term: 90s, 10m, 24h, 7d, 2w, forever", text);
	return CLI_OK;
}

static int take_options(struct word *w, int argc, char **argv, bool has_term)
{
	static const struct option longs[] = { ASK_LONG,
		{ "dry-run", no_argument, NULL, 'n' },
		{ "note", required_argument, NULL, 'N' },
		{ "remove", no_argument, NULL, 'r' },
		{ "yes", no_argument, NULL, 'y' }, { 0 } };
	int c, e;

	w->command = argv[0];
	w->ask = ask_defaults();
	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'n')
			w->dry = true;
		else if (c == 'N' && has_term && strlen(optarg) < 200)
			w->note = optarg;
		else if (c == 'N' && has_term)
			return cli_usage(w->command,
			    "--note is longer than 199 bytes");
		else if (c == 'r' && !strcmp(w->command, "allow"))
			w->remove = true;
		else if (c == 'y')
			w->yes = true;
		else if (!ask_option(&w->ask, c))
			return cli_bad_option(argv, c);
	}
	if (optind >= argc)
		return cli_usage(w->command, "an address is missing");
	e = take_address(w, argv[optind++]);
	if (!e && has_term && optind < argc)
		e = take_term(w, argv[optind++]);
	if (!e && optind < argc)
		return cli_usage(w->command, "\"%s\" is one word too many",
		    argv[optind]);
	return e;
}

/* Only where a slip of the hand would hurt. */
static bool confirmed(const struct word *w, const char *question)
{
	char line[16];

	if (w->yes || w->dry)
		return true;
	if (!isatty(STDIN_FILENO)) {
		(void)cli_fault(w->command, "%s Say --yes to do it.", question);
		return false;
	}
	printf("%s [y/N] ", question);
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) &&
	       (line[0] == 'y' || line[0] == 'Y');
}

static int send_word(struct word *w, const char *what, json_t **end)
{
	json_t *q = json_pack("{s:s,s:s}", "do", what, "net", w->net);
	int e;

	if (w->term)
		json_object_set_new(q, "term", json_integer(w->term));
	if (w->for_ever)
		json_object_set_new(q, "forever", json_true());
	if (w->dry)
		json_object_set_new(q, "dry", json_true());
	if (w->remove)
		json_object_set_new(q, "remove", json_true());
	if (w->note)
		json_object_set_new(q, "note", json_string(w->note));
	if (w->note && !json_object_get(q, "note")) {
		json_decref(q);
		return cli_usage(w->command, "--note is not UTF-8");
	}
	e = ask(w->command, &w->ask, &q, NULL, NULL, end);
	if (!e && (e = ask_refused(w->command, *end)) < 0)
		e = CLI_OK;
	return e;
}

static void say_until(const json_t *o)
{
	if (get_num(o, "until") > 0)
		printf(" until %s", show_time(get_num(o, "until")));
	else
		fputs(" until you take it back", stdout);
}

static const char *would(const json_t *o)
{
	return get_flag(o, "dry") ? "would be" : "is";
}

static void say_deny(const json_t *o)
{
	printf("%s %s shut out", get_text(o, "net"), would(o));
	say_until(o);
	if (get_flag(o, "watch_only"))
		fputs(" (not really: liptakod only watches)", stdout);
	else if (get_flag(o, "disarmed"))
		fputs(", but not before liptakod starts again: this host is "
		      "disarmed",
		    stdout);
	else if (!get_flag(o, "dry") && !get_flag(o, "in_kernel"))
		fputs(" as soon as the enforcer is back", stdout);
	puts(".");
}

static void say_allow(const json_t *o)
{
	if (!strcmp(get_text(o, "what"), "disallow")) {
		printf("%s %s no longer allowed by the operator.\n",
		    get_text(o, "net"), would(o));
		return;
	}
	printf("%s %s never shut out", get_text(o, "net"), would(o));
	say_until(o);
	puts(".");
	if (get_num(o, "opened") > 0)
		printf("%s measure%s opened.\n",
		    show_count((uint64_t)get_num(o, "opened")),
		    get_num(o, "opened") == 1 ? " was" : "s were");
}

static int say_pardon(const json_t *o)
{
	if (get_num(o, "opened") == 0) {
		printf("%s was not shut out; what was counted of it is "
		       "forgotten.\n",
		    get_text(o, "net"));
		return CLI_NO;
	}
	printf("%s %s open again; what was counted of it is forgotten.\n",
	    get_text(o, "net"), would(o));
	return CLI_OK;
}

int cmd_deny(int argc, char **argv)
{
	struct word w = { 0 };
	json_t *end = NULL;
	struct addr me;
	int e = take_options(&w, argc, argv, true);

	if (!e && me_find(&me) && net_has(&w.parsed, &me) &&
	    !confirmed(&w, "Your own session comes from there."))
		e = CLI_NO;
	if (!e)
		e = send_word(&w, "deny", &end);
	if (!e && w.ask.json)
		ask_print(end);
	else if (!e)
		say_deny(end);
	json_decref(end);
	return e;
}

int cmd_allow(int argc, char **argv)
{
	struct word w = { 0 };
	json_t *end = NULL;
	int e = take_options(&w, argc, argv, true);

	if (!e)
		e = send_word(&w, "allow", &end);
	if (!e && w.ask.json)
		ask_print(end);
	else if (!e)
		say_allow(end);
	json_decref(end);
	return e;
}

int cmd_pardon(int argc, char **argv)
{
	struct word w = { 0 };
	json_t *end = NULL;
	int e = take_options(&w, argc, argv, false);

	if (!e)
		e = send_word(&w, "pardon", &end);
	if (!e && w.ask.json) {
		ask_print(end);
		e = get_num(end, "opened") > 0 ? CLI_OK : CLI_NO;
	} else if (!e) {
		e = say_pardon(end);
	}
	json_decref(end);
	return e;
}
