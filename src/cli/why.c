#include <stdio.h>

#include "base/addr.h"
#include "cli/ask.h"
#include "cli/lines.h"
#include "cli/term.h"

static void say_line(const json_t *place, const struct hash_key *key)
{
	const char *why = "";
	size_t n = 0;
	auto_free char *line = key ? lines_get(place, key, &n, &why) : NULL;

	printf("  %s  ", show_time(get_num(place, "at")));
	term_say(TONE_DIM, "%s",
	    get_flag(place, "journal") ? "journal" : get_text(place, "path"));
	if (line)
		printf("\n      %s\n",
		    show_text((struct str){ line, MIN(n, (size_t)600) }));
	else
		term_say(TONE_DIM, "  (%s)\n", why);
}

static void say_lines(const json_t *lines, const json_t *answer)
{
	struct hash_key key;
	bool known = lines_key(answer, &key);
	const json_t *place;
	size_t i;

	if (json_array_size(lines) == 0)
		return;
	puts("The lines, as they stand in the logs:");
	json_array_foreach(lines, i, place)
	    say_line(place, known ? &key : NULL);
}

static void say_events(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "events"), *e;
	struct hash_key key;
	bool known = lines_key(answer, &key);
	size_t i, n = json_array_size(a);

	if (n == 0)
		return;
	printf("What was seen of it lately (%zu):\n", n);
	for (i = n; i-- > 0;) {
		e = json_array_get(a, i);
		printf("  %s\n", get_text(e, "rule"));
		say_line(json_object_get(e, "line"), known ? &key : NULL);
	}
}

static void say_history(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "history"), *h;
	size_t i;

	if (json_array_size(a) == 0)
		return;
	puts("Before:");
	json_array_foreach(a, i, h)
	{
		printf("  %s  %s", show_time(get_num(h, "at")),
		    get_text(h, "what"));
		if (strcmp(get_text(h, "rule"), "-") != 0)
			printf("  %s", get_text(h, "rule"));
		if (get_num(h, "count") > 1)
			printf(" (%lld times)", (long long)get_num(h, "count"));
		putchar('\n');
	}
}

static void say_words(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "words"), *w;
	size_t i;

	json_array_foreach(a, i, w)
	{
		if (!strcmp(get_text(w, "what"), "proxy")) {
			printf("It was taken for a proxy at %s (log %s).\n",
			    show_time(get_num(w, "at")), get_text(w, "note"));
			continue;
		}
		if (!strcmp(get_text(w, "what"), "sensor")) {
			printf("At %s: %s.\n", show_time(get_num(w, "at")),
			    get_text(w, "note"));
			continue;
		}
		printf("The operator (uid %lld) said %s at %s",
		    (long long)get_num(w, "uid"), get_text(w, "what"),
		    show_time(get_num(w, "at")));
		if (get_num(w, "until") > 0)
			printf(" until %s", show_time(get_num(w, "until")));
		if (*get_text(w, "note"))
			printf(": %s", get_text(w, "note"));
		puts(".");
	}
}

/* What allies said of it, each with what decided here. */
static void say_allies(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "allies"), *s, *c;
	size_t i;

	json_array_foreach(a, i, s)
	{
		printf("Ally %s (%s, charter version %lld) gave notice at %s: "
		       "%s evidence%s%s, %s seen; signature %s.\n",
		    get_text(s, "party"), get_text(s, "alliance"),
		    (long long)get_num(s, "version"),
		    show_time(get_num(s, "at")), get_text(s, "evidence"),
		    *get_text(s, "service") ? " of " : "",
		    get_text(s, "service"),
		    show_count((uint64_t)get_num(s, "count")),
		    get_text(s, "signature"));
		printf("  %s Rung %s, by %s.%s\n", get_text(s, "reason"),
		    get_text(s, "rung"), get_text(s, "clause"),
		    get_flag(s, "pardoned") ? " It was taken back since." : "");
	}
	c = json_object_get(answer, "safe_conduct");
	if (c)
		printf("Safe-conduct of %s until %s.\n", get_text(c, "party"),
		    show_time(get_num(c, "until")));
}

/* What we told, and who answered. */
static void say_told(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "told"), *t;
	size_t i;

	json_array_foreach(a, i, t)
	    printf("Allies in %s were told at %s (%s).\n",
		get_text(t, "alliance"), show_time(get_num(t, "at")),
		get_text(t, "evidence"));
	a = json_object_get(answer, "replies");
	json_array_foreach(a, i, t)
	{
		printf("  %s: %s", get_text(t, "party"),
		    get_text(t, "verdict"));
		if (get_num(t, "until") > 0)
			printf(" by %s until %s", get_text(t, "measure"),
			    show_time(get_num(t, "until")));
		else if (strcmp(get_text(t, "rung"), "-") != 0)
			printf(" (%s)", get_text(t, "rung"));
		puts(".");
	}
}

static const char *acted(const char *act)
{
	if (!strcmp(act, "limit"))
		return "is limited";
	if (!strcmp(act, "reject"))
		return "is shut out (rejected)";
	return "is shut out";
}

static void say_term(const json_t *m, const json_t *answer)
{
	int64_t now = get_num(answer, "now"), until = get_num(m, "until");

	term_say(TONE_BOLD, "%s %s", get_text(m, "net"),
	    get_flag(answer, "watch_only") ? "would be shut out (watch only)"
	    : get_flag(answer, "disarmed") ? "would be shut out (disarmed)"
					   : acted(get_text(m, "act")));
	printf(" since %s (%s)", show_time(get_num(m, "at")),
	    show_ago(now, get_num(m, "at")));
	if (until == 0)
		puts(", until it is pardoned.");
	else
		printf(" until %s (%s left).\n", show_time(until),
		    show_span(until - now));
}

static void say_evidence(const json_t *m)
{
	printf("Why: %s\n", get_text(m, "reason"));
	if (get_flag(m, "word") || !strcmp(get_text(m, "rung"), "allied"))
		return;
	printf("Rule: %s", get_text(m, "rule"));
	if (*get_text(m, "about"))
		printf(" (%s", get_text(m, "about"));
	if (*get_text(m, "attack"))
		printf(", ATT&CK %s", get_text(m, "attack"));
	puts(*get_text(m, "about") ? ")" : "");
	printf("Counted: %s, where %s suffice%s",
	    show_count((uint64_t)get_num(m, "count")),
	    show_count((uint64_t)get_num(m, "need")),
	    get_num(m, "need") == 1 ? "s" : "");
	if (get_num(m, "span") > 0 && get_num(m, "need") > 1)
		printf(" within %s", show_span(get_num(m, "span")));
	printf("; first %s, last %s\n", show_time(get_num(m, "first")),
	    show_time(get_num(m, "last")));
	if (get_num(m, "repeats") > 0)
		printf("Repeater: its term was doubled %lld time%s.\n",
		    (long long)get_num(m, "repeats"),
		    get_num(m, "repeats") == 1 ? "" : "s");
}

static void say_ports(const json_t *m)
{
	if (*get_text(m, "ports"))
		printf("Ports: closed on %s only; every other port is open to "
		       "it.\n",
		    get_text(m, "ports"));
}

static void say_kernel(const json_t *m, const json_t *answer)
{
	fputs("Kernel: ", stdout);
	if (get_flag(m, "proxied"))
		term_say(TONE_WARN,
		    "cannot stop it here, for it comes through a proxy; a "
		    "bouncer on the proxy is needed.\n");
	else if (!get_flag(answer, "kernel_read"))
		term_say(TONE_BAD, "could not be read back.\n");
	else if (get_flag(answer, "disarmed"))
		term_say(TONE_BAD, "holds nothing: this host is disarmed until "
				   "liptakod starts again.\n");
	else if (!get_flag(m, "in_kernel"))
		term_say(TONE_BAD, "does not hold it%s.\n",
		    get_flag(m, "refused") ? ": the enforcer refused" : "");
	else
		printf("holds it; %s packets (%s) dropped so far.\n",
		    show_count((uint64_t)get_num(m, "packets")),
		    show_bytes((uint64_t)get_num(m, "bytes")));
}

static void say_protected(const json_t *answer)
{
	const json_t *p = json_object_get(answer, "protected");

	if (!json_is_object(p))
		return;
	printf("It is protected: %s (%s%s", get_text(p, "why"),
	    get_text(p, "net"), "");
	if (!strcmp(get_text(p, "why"), "allow list") && get_num(p, "ref") > 0)
		printf(", liptako.yaml line %lld",
		    (long long)get_num(p, "ref"));
	if (get_num(p, "until") > 0)
		printf(", until %s", show_time(get_num(p, "until")));
	puts(").");
}

/* Of a range. */
static void say_within(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "within"), *net;
	int64_t n = get_num(answer, "within_n");
	size_t i;

	if (n == 0)
		return;
	printf("Within it %lld %s shut out:", (long long)n,
	    n == 1 ? "is" : "are");
	json_array_foreach(a, i, net)
	    printf("%s %s", i ? "," : "", json_string_value(net));
	puts((size_t)n > json_array_size(a) ? ", ..." : "");
}

static int say_why(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "measures"), *m;
	size_t i;

	if (json_array_size(a) == 0) {
		term_say(TONE_BOLD, "%s is not shut out.\n",
		    get_text(answer, "net"));
		say_within(answer);
		say_words(answer);
		say_protected(answer);
		say_allies(answer);
		say_history(answer);
		printf("What is missing: liptako why-not %s\n",
		    get_text(answer, "net"));
		return CLI_NO;
	}
	json_array_foreach(a, i, m)
	{
		say_term(m, answer);
		say_evidence(m);
		say_ports(m);
		say_kernel(m, answer);
		say_lines(json_object_get(m, "lines"), answer);
	}
	say_within(answer);
	say_allies(answer);
	say_told(answer);
	say_words(answer);
	say_history(answer);
	printf("To open it again: liptako pardon %s\n",
	    get_text(json_array_get(a, 0), "net"));
	return CLI_OK;
}

static void say_window(const json_t *w)
{
	int64_t have = get_num(w, "have"), need = get_num(w, "need");

	printf("  %-32s %lld of %lld", get_text(w, "rule"), (long long)have,
	    (long long)need);
	if (get_num(w, "span") > 0)
		printf(" within %s", show_span(get_num(w, "span")));
	if (get_num(w, "last") > 0)
		printf(", last %s", show_time(get_num(w, "last")));
	printf("  (%s)\n", get_text(w, "about"));
}

static int say_why_not(const json_t *answer)
{
	const json_t *a = json_object_get(answer, "windows"), *w;
	size_t i;

	if (get_flag(answer, "shut_out")) {
		printf("%s is shut out: liptako why %s\n",
		    get_text(answer, "net"), get_text(answer, "net"));
		return CLI_NO;
	}
	term_say(TONE_BOLD, "%s is not shut out.\n", get_text(answer, "net"));
	say_protected(answer);
	if (get_flag(answer, "good_client"))
		puts("It is a good client: own evidence limits it first, and "
		     "denies at twice the threshold.");
	say_words(answer);
	say_allies(answer);
	if (json_array_size(a) > 0)
		puts("How far each rule is:");
	else
		puts("No rule has anything of it in its window.");
	json_array_foreach(a, i, w) say_window(w);
	say_events(answer);
	say_history(answer);
	if (json_array_size(a) == 0)
		puts("If its lines are in a log: liptako test FILE says which "
		     "rule hits them; liptako doctor, whether the log is "
		     "read and its dates are right.");
	return CLI_OK;
}

/* Is it as was asked: shut out, or not? */
static bool is_yes(const char *what, const json_t *answer)
{
	if (!strcmp(what, "why"))
		return json_array_size(json_object_get(answer, "measures")) > 0;
	return !get_flag(answer, "shut_out");
}

static int story(int argc, char **argv, const char *what,
    int (*say)(const json_t *answer))
{
	static const struct option longs[] = { ASK_LONG, { 0 } };
	struct ask_options o = ask_defaults();
	json_t *q, *end = NULL;
	struct net n;
	int c, e;

	while ((c = cli_option(argc, argv, longs)) != -1)
		if (!ask_option(&o, c))
			return cli_bad_option(argv, c);
	if (optind + 1 != argc)
		return cli_usage(argv[0], "it takes one address");
	if (!net_parse(str_of(argv[optind]), true, &n))
		return cli_usage(argv[0], "\"%s\" is no address or prefix",
		    argv[optind]);
	q = json_pack("{s:s,s:s}", "do", what, "net", argv[optind]);
	e = ask(argv[0], &o, &q, NULL, NULL, &end);
	if (e)
		return e;
	e = ask_refused(argv[0], end);
	if (e < 0 && o.json) {
		ask_print(end);
		e = is_yes(what, end) ? CLI_OK : CLI_NO;
	} else if (e < 0) {
		e = say(end);
	}
	json_decref(end);
	return e;
}

int cmd_why(int argc, char **argv)
{
	return story(argc, argv, "why", say_why);
}

int cmd_why_not(int argc, char **argv)
{
	return story(argc, argv, "why-not", say_why_not);
}
