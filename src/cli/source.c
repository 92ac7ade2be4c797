#include <stdio.h>

#include "cli/ask.h"

/* source: lists of others that this host takes in. */

struct sourcing {
	struct ask_options ask;
	const char *verb, *what, *name;
	uint32_t every, cap;
	unsigned n;
};

static int take_options(struct sourcing *s, int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "cap", required_argument, NULL, 'c' },
		{ "every", required_argument, NULL, 'e' },
		{ "name", required_argument, NULL, 'n' }, { 0 } };
	int c;

	s->ask = ask_defaults();
	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'n')
			s->name = optarg;
		else if (c == 'c' && !str_u32(str_of(optarg), 1500000, &s->cap))
			return cli_usage("source",
			    "--cap is a number up to 1500000");
		else if (c == 'e' &&
			 !str_span(str_of(optarg), 30 * 86400, &s->every))
			return cli_usage("source",
			    "--every is a time such as 1h, up to 30d");
		else if (c != 'c' && c != 'e' && !ask_option(&s->ask, c))
			return cli_bad_option(argv, c);
	}
	if (optind < argc)
		s->verb = argv[optind++];
	if (optind < argc)
		s->what = argv[optind++];
	if (!s->verb || optind < argc)
		return cli_usage("source", "say add URL, list, or remove NAME");
	return CLI_OK;
}

/* "https://lists.example/drop.txt" is "lists-example-drop-txt". */
static void name_of(const char *url, char to[64])
{
	const char *from = strstr(url, "://");
	size_t n = 0;

	for (from = from ? from + 3 : url; *from && n < 60; from++) {
		char c = *from, low = (char)(c | 0x20);
		bool good =
		    (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');

		if (good)
			to[n++] = c;
		else if (n && to[n - 1] != '-')
			to[n++] = '-';
	}
	while (n && to[n - 1] == '-')
		n--;
	to[n] = '\0';
}

static int finish(const struct sourcing *s, json_t **q, const char *done)
{
	json_t *end = NULL;
	int e = ask("source", &s->ask, q, NULL, NULL, &end);

	if (!e && (e = ask_refused("source", end)) < 0)
		e = CLI_OK;
	if (!e && s->ask.json)
		ask_print(end);
	else if (!e)
		printf("%s %s\n", get_text(end, "name"), done);
	json_decref(end);
	return e;
}

static int add(struct sourcing *s)
{
	char name[64];
	json_t *q;

	name_of(s->what, name);
	q = json_pack("{s:s,s:s,s:s}", "do", "source-add", "url", s->what,
	    "name", s->name ? s->name : name);
	if (s->every)
		json_object_set_new(q, "every", json_integer(s->every));
	if (s->cap)
		json_object_set_new(q, "cap", json_integer(s->cap));
	return finish(s, &q,
	    "is fetched from now on; see liptako source list.");
}

static void say_row(void *arg, const json_t *row)
{
	struct sourcing *s = arg;
	char *text;

	s->n++;
	if (s->ask.json) {
		text = json_dumps(row, JSON_COMPACT);
		puts(text);
		free(text);
		return;
	}
	printf("%-24s %8lld nets  %s%s\n    %s\n", get_text(row, "name"),
	    (long long)get_num(row, "nets"), get_text(row, "status"),
	    get_flag(row, "changing") ? ", being ordered" : "",
	    get_text(row, "url"));
}

static int list(struct sourcing *s)
{
	json_t *q = json_pack("{s:s}", "do", "source-list"), *end = NULL;
	int e = ask("source", &s->ask, &q, say_row, s, &end);

	if (!e && (e = ask_refused("source", end)) < 0)
		e = s->n ? CLI_OK : CLI_NO;
	if (e == CLI_NO && !s->ask.json)
		puts("There is none; to take one in: liptako source add URL");
	json_decref(end);
	return e;
}

int cmd_source(int argc, char **argv)
{
	static const char *const verbs[] = { "add", "list", "remove", NULL };
	struct sourcing s = { 0 };
	int e = take_options(&s, argc, argv);
	json_t *q;

	if (e)
		return e;
	if (!strcmp(s.verb, "list") && !s.what)
		return list(&s);
	if (!strcmp(s.verb, "add") && s.what)
		return add(&s);
	if (strcmp(s.verb, "list") != 0 && strcmp(s.verb, "add") != 0 &&
	    strcmp(s.verb, "remove") != 0)
		return cli_not_among("source", s.verb, verbs);
	if (strcmp(s.verb, "remove") != 0 || !s.what)
		return cli_usage("source", "say add URL, list, or remove NAME");
	q = json_pack("{s:s,s:s}", "do", "source-remove", "name", s.what);
	return finish(&s, &q, "is taken in no more.");
}
