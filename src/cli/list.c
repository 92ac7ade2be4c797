#include <stdio.h>

#include "base/addr.h"
#include "cli/ask.h"
#include "cli/term.h"

enum sort {
	SORT_SINCE,
	SORT_LEFT,
	SORT_PACKETS,
	SORT_NET,
	SORT_RULE,
	SORTS
};
static const char *const sort_names[SORTS] = { "since", "left", "packets",
	"net", "rule" };

struct entry {
	struct net net;
	char *text, *act, *rule;
	int64_t since, left, packets, bytes;
	bool endless, kernel, list, refused, proxied, word;
};

struct listing {
	size_t n, room;
	struct entry *v;
	const char *rule; /* only these, or NULL */
	bool all;
	json_t *rows; /* for --json */
};

static enum sort sort_by;

static int order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int d = 0;

	switch (sort_by) {
	case SORT_SINCE:
		d = order(b->since, a->since);
		break;
	case SORT_LEFT:
		d = order(a->left, b->left);
		break;
	case SORT_PACKETS:
		d = order(b->packets, a->packets);
		break;
	case SORT_RULE:
		d = strcmp(a->rule, b->rule);
		break;
	case SORT_NET:
	case SORTS:
		break;
	}
	return d ? d : memcmp(&a->net, &b->net, sizeof(a->net));
}

/* "openssh" finds all its rules, "openssh/auth-failure" one. */
static bool rule_fits(const char *want, const char *rule)
{
	size_t n = strlen(want);

	return !strncmp(rule, want, n) && (rule[n] == '\0' || rule[n] == '/');
}

/* "deny", or "deny 22/tcp" */
static char *act_of(const json_t *row)
{
	const char *act = get_text(row, "act"), *ports = get_text(row, "ports");
	char z[300];

	snprintf(z, sizeof(z), "%s%s%s", act, *ports ? " " : "", ports);
	return str_dup(str_of(z));
}

static void take_row(void *arg, const json_t *row)
{
	struct listing *l = arg;
	struct entry e = { .since = get_num(row, "since"),
		.left = get_num(row, "left"),
		.packets = get_num(row, "packets"),
		.bytes = get_num(row, "bytes"),
		.endless = json_is_integer(json_object_get(row, "until")) &&
			   get_num(row, "until") == 0,
		.kernel = get_flag(row, "kernel"),
		.list = get_flag(row, "list"),
		.refused = get_flag(row, "refused"),
		.proxied = get_flag(row, "proxied"),
		.word = get_flag(row, "word") };

	if (l->rule && !rule_fits(l->rule, get_text(row, "rule")))
		return;
	if (!l->all && (!e.kernel || e.list))
		return;
	if (l->rows) {
		json_t *copy = json_copy((json_t *)(uintptr_t)row);

		json_array_append_new(l->rows, copy);
		return;
	}
	(void)net_parse(str_of(get_text(row, "net")), true, &e.net);
	e.text = str_dup(str_of(get_text(row, "net")));
	e.act = act_of(row);
	e.rule = str_dup(str_of(e.word ? "operator" : get_text(row, "rule")));
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 256;
		l->v = mem_grow(l->v, l->room, sizeof(*l->v));
	}
	l->v[l->n++] = e;
}

/* The kernel's longest term is renewed every day. */
static const char *left_of(const struct entry *e)
{
	if (!e->kernel)
		return "-";
	return e->endless && !e->list ? "for ever" : show_span(e->left);
}

static const char *note_of(const struct entry *e)
{
	if (e->proxied)
		return "(behind a proxy: not for the kernel)";
	if (e->refused)
		return "(refused by the enforcer)";
	if (!e->kernel)
		return "(not in the kernel)";
	return e->list ? "(imported list)" : "";
}

static void print(struct listing *l, const json_t *end)
{
	static const char *const heads[] = { "NET", "ACT", "SINCE", ">LEFT",
		">PACKETS", "RULE", "" };
	struct table t;

	qsort(l->v, l->n, sizeof(*l->v), compare);
	table_new(&t, countof(heads), heads);
	for (size_t i = 0; i < l->n; i++) {
		const struct entry *e = &l->v[i];
		const char *cells[] = { e->text, e->act, show_time(e->since),
			left_of(e), show_count((uint64_t)e->packets), e->rule,
			note_of(e) };

		table_row(&t, cells);
	}
	if (l->n > 0)
		table_print(&t, "");
	table_free(&t);
	if (!get_flag(end, "kernel"))
		term_say(TONE_BAD, "The kernel could not be read back%s.\n",
		    l->all ? "; this is what was ordered" : "");
	if (get_flag(end, "disarmed")) {
		term_say(TONE_BAD,
		    "None of them is in the kernel: this host is disarmed "
		    "until liptakod starts again.\n");
		return;
	}
	if (l->n == 0 && l->rule)
		printf("No measure is by the rule or service \"%s\".\n",
		    l->rule);
	if (get_flag(end, "watch_only")) {
		term_say(TONE_WARN, "It only watches: this is what it would "
				    "do.\n");
		return;
	}
	printf("%s of %s in the kernel.\n", show_count(l->n),
	    show_count((uint64_t)get_num(end, "elements")));
}

static void free_all(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].text);
		free(l->v[i].act);
		free(l->v[i].rule);
	}
	free(l->v);
}

static int answer(struct listing *l, json_t *end, bool json)
{
	size_t n = l->rows ? json_array_size(l->rows) : l->n;

	if (json) {
		json_object_set(end, "measures", l->rows);
		ask_print(end);
	} else {
		print(l, end);
	}
	return n > 0 ? CLI_OK : CLI_NO;
}

static bool take_sort(const char *name)
{
	for (size_t i = 0; i < SORTS; i++)
		if (!strcmp(name, sort_names[i])) {
			sort_by = (enum sort)i;
			return true;
		}
	return false;
}

int cmd_list(int argc, char **argv)
{
	static const struct option longs[] = { ASK_LONG,
		{ "sort", required_argument, NULL, 's' },
		{ "rule", required_argument, NULL, 'r' },
		{ "all", no_argument, NULL, 'a' }, { 0 } };
	struct ask_options o = ask_defaults();
	struct listing l = { 0 };
	json_t *q, *end = NULL;
	int c, e;

	while ((c = cli_option(argc, argv, longs)) != -1) {
		if (c == 'a')
			l.all = true;
		else if (c == 'r')
			l.rule = optarg;
		else if (c == 's' && take_sort(optarg))
			continue;
		else if (c == 's')
			return cli_usage(argv[0],
			    "--sort is since, left, packets, net or rule");
		else if (!ask_option(&o, c))
			return cli_bad_option(argv, c);
	}
	if (optind < argc)
		return cli_usage(argv[0], "it takes no argument");
	l.rows = o.json ? json_array() : NULL;
	q = json_pack("{s:s}", "do", "list");
	e = ask(argv[0], &o, &q, take_row, &l, &end);
	if (!e && (e = ask_refused(argv[0], end)) < 0)
		e = answer(&l, end, o.json);
	json_decref(l.rows);
	json_decref(end);
	free_all(&l);
	return e;
}
