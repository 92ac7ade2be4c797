#include <stdio.h>

#include "base/addr.h"
#include "cli/ask.h"
#include "cli/term.h"

/* One address, and at most one option of its own. */
struct order {
	const char *what;
	struct ask_options ask;
	json_t *request, *end;
};

static int take_option(struct order *w, int c, char **argv)
{
	uint32_t term;

	if (c == 'r' && !strcmp(w->what, "settle")) {
		json_object_set_new(w->request, "remove", json_true());
		return CLI_OK;
	}
	if (c == 't' && !strcmp(w->what, "safe-conduct")) {
		if (!str_span(str_of(optarg), 86400, &term) || term == 0)
			return cli_usage(argv[0],
			    "--term is a time up to 24h, not \"%s\"", optarg);
		json_object_set_new(w->request, "term", json_integer(term));
		return CLI_OK;
	}
	return ask_option(&w->ask, c) ? CLI_OK : cli_bad_option(argv, c);
}

static int take_words(struct order *w, int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "refuse", no_argument, NULL, 'r' },
		{ "term", required_argument, NULL, 't' }, { 0 } };
	struct net n;
	int c, e = CLI_OK;

	while (!e && (c = cli_option(argc, argv, longs)) != -1)
		e = take_option(w, c, argv);
	if (e)
		return e;
	if (optind + 1 != argc)
		return cli_usage(argv[0], "it takes one address");
	if (!net_parse(str_of(argv[optind]), true, &n))
		return cli_usage(argv[0], "\"%s\" is no address or prefix",
		    argv[optind]);
	json_object_set_new(w->request, "net", json_string(argv[optind]));
	return CLI_OK;
}

/* How many acts it came to, or -1 with *code. */
static int64_t order(struct order *w, int argc, char **argv, int *code)
{
	w->ask = ask_defaults();
	w->request = json_pack("{s:s}", "do", w->what);
	*code = take_words(w, argc, argv);
	if (*code) {
		json_decref(w->request);
		return -1;
	}
	*code = ask(argv[0], &w->ask, &w->request, NULL, NULL, &w->end);
	if (*code || (*code = ask_refused(argv[0], w->end)) >= 0)
		return -1;
	if (w->ask.json)
		ask_print(w->end);
	*code = get_num(w->end, "acts") > 0 ? CLI_OK : CLI_NO;
	return get_num(w->end, "acts");
}

int cmd_settle(int argc, char **argv)
{
	struct order w = { .what = "settle" };
	int code;
	int64_t n = order(&w, argc, argv, &code);

	if (n > 0 && !w.ask.json)
		printf("%s: %s referral%s answered.\n", get_text(w.end, "net"),
		    show_count((uint64_t)n), n == 1 ? "" : "s");
	else if (n == 0 && !w.ask.json)
		printf("No ally has an open referral of %s to us.\n",
		    get_text(w.end, "net"));
	json_decref(w.end);
	return code;
}

int cmd_safe_conduct(int argc, char **argv)
{
	struct order w = { .what = "safe-conduct" };
	int code;
	int64_t n = order(&w, argc, argv, &code);

	if (n > 0 && !w.ask.json)
		printf("Allies are told that %s is a proven good client of "
		       "ours.\n",
		    get_text(w.end, "net"));
	else if (n == 0 && !w.ask.json)
		printf("No ally's notice stands against %s: there is nothing "
		       "to answer.\n",
		    get_text(w.end, "net"));
	json_decref(w.end);
	return code;
}
