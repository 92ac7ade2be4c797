/*
 * fail2ban-client, for scripts that call it: the same verbs, output and exit
 * status, answered by the daemon. What changes a jail is refused with the way
 * to do it; everything else that is not known is "Invalid command", as there.
 */
#include "cli/f2b/client.h"

#include <stdio.h>

#include "base/when.h"
#include "cli/f2b/import.h"

enum {
	NETS = 1 << 20 /* bans shown of a jail at most */
};

static struct shown *by_rule(struct client *c, const char *rule)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(rule_of(&c->jails[i])->name, rule) == 0)
			return &c->jails[i];
	return NULL;
}

/* row: of the measure; of: the jail's share in it, or all of it. */
static void add_ban(struct client *c, const json_t *row, const json_t *of)
{
	struct shown *s = by_rule(c, get_text(of, "rule"));
	struct banned *b;
	size_t n;

	if (!s || s->n == NETS)
		return;
	s->v = mem_grow(s->v, s->n + 1, sizeof(*s->v));
	b = &s->v[s->n++];
	n = (size_t)snprintf(b->net, sizeof(b->net), "%s",
	    get_text(row, "net"));
	if (n > 3 && strcmp(b->net + n - 3, "/32") == 0)
		b->net[n - 3] = 0;
	b->since = get_num(of, "since");
	b->until = get_num(of, "until");
}

static void on_ban(void *arg, const json_t *row)
{
	const json_t *held = json_object_get(row, "held");

	for (size_t i = 0; i < json_array_size(held); i++)
		add_ban(arg, row, json_array_get(held, i));
	if (!held)
		add_ban(arg, row, row);
}

static void on_jail(void *arg, const json_t *row)
{
	struct shown *s = by_rule(arg, get_text(row, "rule"));

	if (!s)
		return;
	s->failing = get_num(row, "failing");
	s->failed = get_num(row, "failed");
	s->total = get_num(row, "banned");
	s->check_failed = get_num(row, "check_failed");
	s->check_late = get_num(row, "check_late");
	s->check_over = get_num(row, "check_over");
	s->unnamed = get_num(row, "unnamed");
}

static int by_since(const void *a, const void *b)
{
	const struct banned *x = a, *y = b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return strcmp(x->net, y->net);
}

static int asked(struct client *c, const char *what, ask_row_fn *row)
{
	json_t *q = json_pack("{s:s}", "do", what), *end = NULL;
	int e = ask("fail2ban-client", &c->ask, &q, row, c, &end);

	if (e)
		return NOK;
	e = ask_refused("fail2ban-client", end);
	json_decref(end);
	return e >= 0 ? NOK : 0;
}

int client_ask(struct client *c)
{
	int e = asked(c, "jails", on_jail);

	if (!e)
		e = asked(c, "list", on_ban);
	for (size_t i = 0; i < c->n; i++)
		if (c->jails[i].n)
			qsort(c->jails[i].v, c->jails[i].n,
			    sizeof(*c->jails[i].v), by_since);
	return e;
}

static struct shown *jail_named(struct client *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->jails[i].jail->name, name) == 0)
			return &c->jails[i];
	printf("Sorry but the jail '%s' does not exist\n", name);
	return NULL;
}

static void files_of(const struct shown *s, bool with_heading)
{
	const struct service *v = &s->rules->services[rule_of(s)->service];

	if (with_heading)
		fputs(v->files.n ? "File list:\t" : "Journal matches:\t",
		    stdout);
	for (size_t i = 0; i < v->files.n; i++)
		printf("%s%s", i ? " " : "", v->files.v[i]);
	for (size_t i = 0; v->files.n == 0 && i < v->units.n; i++)
		printf("%s_SYSTEMD_UNIT=%s", i ? " + " : "", v->units.v[i]);
	putchar('\n');
}

static void jail_status(const struct shown *s)
{
	printf("Status for the jail: %s\n"
	       "|- Filter\n"
	       "|  |- Currently failed:\t%lld\n"
	       "|  |- Total failed:\t%lld\n"
	       "|  `- ",
	    s->jail->name, (long long)s->failing, (long long)s->failed);
	files_of(s, true);
	printf("`- Actions\n"
	       "   |- Currently banned:\t%zu\n"
	       "   |- Total banned:\t%lld\n"
	       "   `- Banned IP list:\t",
	    s->n, (long long)MAX(s->total, (int64_t)s->n));
	for (size_t i = 0; i < s->n; i++)
		printf("%s%s", i ? " " : "", s->v[i].net);
	putchar('\n');
}

static int status(struct client *c, int argc, char **argv)
{
	const struct shown *s;
	bool all = argc > 0 && !strcmp(argv[0], "--all");

	if (argc > 0 && !all) {
		s = jail_named(c, argv[0]);
		if (s)
			jail_status(s);
		return s ? 0 : NOK;
	}
	printf("Status\n|- Number of jail:\t%zu\n`- Jail list:\t", c->n);
	for (size_t i = 0; i < c->n; i++)
		printf("%s%s", i ? ", " : "", c->jails[i].jail->name);
	putchar('\n');
	for (size_t i = 0; all && i < c->n; i++) {
		putchar('\n');
		jail_status(&c->jails[i]);
	}
	return 0;
}

static bool has(const struct shown *s, const char *net)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].net, net) == 0)
			return true;
	return false;
}

/* As Python prints lists: scripts read it so. */
static int banned(const struct client *c, int argc, char **argv)
{
	bool first;

	putchar('[');
	for (size_t i = 0; argc == 0 && i < c->n; i++) {
		const struct shown *s = &c->jails[i];

		printf("%s{'%s': [", i ? ", " : "", s->jail->name);
		for (size_t k = 0; k < s->n; k++)
			printf("%s'%s'", k ? ", " : "", s->v[k].net);
		fputs("]}", stdout);
	}
	for (int a = 0; a < argc; a++) {
		fputs(a ? ", [" : "[", stdout);
		first = true;
		for (size_t i = 0; i < c->n; i++) {
			if (!has(&c->jails[i], argv[a]))
				continue;
			printf("%s'%s'", first ? "" : ", ",
			    c->jails[i].jail->name);
			first = false;
		}
		putchar(']');
	}
	puts("]");
	return 0;
}

static int send(struct client *c, json_t *q, json_t **end)
{
	int e = ask("fail2ban-client", &c->ask, &q, NULL, NULL, end);

	return e ? NOK : ask_refused("fail2ban-client", *end) >= 0 ? NOK : 0;
}

static int ban(struct client *c, const struct shown *s, int argc, char **argv)
{
	int64_t now = wall_now().ns / NS_PER_S, n = 0;

	for (int i = 0; i < argc; i++) {
		json_t *end = NULL;
		char line[200];
		struct net net;
		int e;

		if (has(s, argv[i]))
			continue;
		if (!net_parse(str_of(argv[i]), true, &net)) {
			printf("'%.60s' is no address or prefix\n", argv[i]);
			return NOK;
		}
		snprintf(line, sizeof(line), "%.60s %s %lld %lld 1\n", argv[i],
		    rule_of(s)->name, (long long)now,
		    (long long)(now + rule_of(s)->term));
		e = send(c,
		    json_pack("{s:s,s:s,s:b}", "do", "adopt", "text", line,
			"force", 1),
		    &end);
		n += get_num(end, "taken");
		json_decref(end);
		if (e)
			return e;
	}
	printf("%lld\n", (long long)n);
	return 0;
}

static bool is_banned(const struct client *c, const char *net)
{
	for (size_t i = 0; i < c->n; i++)
		if (has(&c->jails[i], net))
			return true;
	return false;
}

int client_pardon(struct client *c, const struct shown *s, const char *net)
{
	json_t *end = NULL;
	int e = send(c,
	    json_pack("{s:s,s:s,s:s*}", "do", "pardon", "net", net, "name",
		s ? rule_of(s)->name : NULL),
	    &end);

	json_decref(end);
	return e;
}

/* s: only what this jail banned; NULL: any of them. */
static int unban(struct client *c, const struct shown *s, int argc, char **argv)
{
	bool report = argc > 0 && strcmp(argv[0], "--report-absent") == 0;
	long n = 0;

	for (int i = report; i < argc; i++) {
		if (s ? has(s, argv[i]) : is_banned(c, argv[i])) {
			if (client_pardon(c, s, argv[i]))
				return NOK;
			n++;
		} else if (report) {
			printf("not banned: ['%.60s']\n", argv[i]);
			return NOK;
		}
	}
	printf("%ld\n", n);
	return 0;
}

static int unban_all(struct client *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->jails[i].n; k++, n++)
			if (client_pardon(c, NULL, c->jails[i].v[k].net))
				return NOK;
	printf("%zu\n", n);
	return 0;
}

static int set(struct client *c, const struct shown *s, int argc, char **argv)
{
	const char *key = argc ? argv[0] : "";

	if (!strcmp(key, "banip"))
		return ban(c, s, argc - 1, argv + 1);
	if (!strcmp(key, "unbanip"))
		return unban(c, s, argc - 1, argv + 1);
	if (client_sets(key))
		return client_set(c, s, argc, argv);
	printf("'%.40s' is set in fail2ban's configuration: change it there, "
	       "then liptako import fail2ban\n",
	    key);
	return NOK;
}

int client_reload(struct client *c)
{
	json_t *end = NULL;
	int e = send(c, json_pack("{s:s}", "do", "reload"), &end);

	json_decref(end);
	return e;
}

static int reload(struct client *c, const char *said)
{
	int e = client_reload(c);

	if (!e)
		puts(said);
	return e;
}

static int of_jail(struct client *c, int argc, char **argv)
{
	const struct shown *s = jail_named(c, argv[1]);

	if (!s)
		return NOK;
	if (!strcmp(argv[0], "get"))
		return client_get(s, argc - 2, argv + 2);
	return set(c, s, argc - 2, argv + 2);
}

/* What changes the daemon as a whole, or one of its jails. */
static int run_daemon(struct client *c, int argc, char **argv)
{
	const char *verb = argv[0];
	const char *last = argc > 1 ? argv[argc - 1] : "-";

	if (*last != '-' && !jail_named(c, last))
		return NOK;
	if (!strcmp(verb, "reload") || !strcmp(verb, "restart"))
		return reload(c, "OK");
	if (!strcmp(verb, "flushlogs")) /* a reload opens its log anew */
		return reload(c, "logs: rolled over");
	if (!strcmp(verb, "start") || !strcmp(verb, "stop")) {
		printf("that is not for fail2ban-client any more: systemctl "
		       "%s liptako, or liptako import --rollback\n",
		    verb);
		return NOK;
	}
	return client_invalid("");
}

static int run(struct client *c, int argc, char **argv)
{
	const char *verb = argv[0];
	int e = client_ask(c);

	if (e)
		return e;
	if (!strcmp(verb, "ping"))
		puts("Server replied: pong");
	else if (!strcmp(verb, "status"))
		return status(c, argc - 1, argv + 1);
	else if (!strcmp(verb, "banned"))
		return banned(c, argc - 1, argv + 1);
	else if (!strcmp(verb, "unban") && argc > 1 &&
		 !strcmp(argv[1], "--all"))
		return unban_all(c);
	else if (!strcmp(verb, "unban"))
		return unban(c, NULL, argc - 1, argv + 1);
	else if ((!strcmp(verb, "get") || !strcmp(verb, "set")) && argc > 2)
		return of_jail(c, argc, argv);
	else if (!strcmp(verb, "get") && argc == 2)
		return client_get_server(argv[1]);
	else if (!strncmp(verb, "stat", 4)) /* stats, statistics */
		client_stats(c);
	else
		return run_daemon(c, argc, argv);
	return 0;
}

static int dump(const char *folder, bool test)
{
	struct import im = { .folder = folder };
	int e = import_read(&im);

	if (e)
		return NOK;
	for (size_t i = 0; i < f2b_stream(im.f2b)->n && !test; i++) {
		auto_text struct text t = TEXT(F2B_TEXT_MAX * 8);

		f2b_show(&f2b_stream(im.f2b)->v[i], &t);
		printf(STR_F "\n", STR_A(text_str(&t)));
	}
	for (size_t i = 0; i < im.n && test; i++)
		if (im.jails[i].works == LEFT_OUT)
			e = NOK;
	if (test && e)
		import_report(&im);
	else if (test)
		puts("OK: configuration test is successful");
	import_free(&im);
	return e;
}

static int str2sec(const char *z)
{
	int64_t s;

	if (!f2b_seconds(str_of(z), &s))
		return NOK;
	printf("%lld\n", (long long)s);
	return 0;
}

int cmd_fail2ban_client(int argc, char **argv)
{
	static const struct option longs[] = { { "version", no_argument, NULL,
						   'V' },
		{ "test", no_argument, NULL, 't' },
		{ "dump", no_argument, NULL, 'd' },
		{ "str2sec", required_argument, NULL, 'S' },
		{ "conf", required_argument, NULL, 'c' },
		{ "loglevel", required_argument, NULL, 'l' },
		{ "logtarget", required_argument, NULL, 'l' },
		{ "timeout", required_argument, NULL, 'l' }, { 0 } };
	struct client c = { .ask = ask_defaults() };
	const char *folder = "/etc/fail2ban";
	bool dumps = false, tests = false;
	int o, e;

	while ((o = getopt_long(argc, argv, "+:c:s:p:dtvqxbfV", longs, NULL)) !=
	       -1) {
		if (o == '?' || o == ':') {
			(void)cli_bad_option(argv, o);
			return NOK;
		}
		if (o == 'S')
			return str2sec(optarg);
		if (o == 'c')
			folder = optarg;
		dumps |= o == 'd';
		tests |= o == 't';
		if (o == 'V') {
			puts(LPT_VERSION);
			return 0;
		}
	}
	if (dumps || tests)
		return dump(folder, tests);
	if (optind < argc && !strcmp(argv[optind], "version")) {
		puts(LPT_VERSION);
		return 0;
	}
	if (optind == argc)
		return cli_usage("fail2ban-client",
		    "status [JAIL], banned, set JAIL banip|unbanip ADDRESS, "
		    "unban ADDRESS, get JAIL KEY, reload, ping, version, -t, "
		    "-d");
	jails_open(&c, NULL);
	e = run(&c, argc - optind, argv + optind);
	jails_close(&c);
	return e;
}
