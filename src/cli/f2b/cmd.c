#include <stdio.h>

#include "cli/f2b/watch.h"

static const struct option longs[] = { ASK_LONG,
	{ "to", required_argument, NULL, 't' },
	{ "database", required_argument, NULL, 'd' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "watch", no_argument, NULL, 'w' },
	{ "for", required_argument, NULL, 'f' },
	{ "log", required_argument, NULL, 'l' },
	{ "count", required_argument, NULL, 'C' },
	{ "client", required_argument, NULL, 'c' },
	{ "all-ports", no_argument, NULL, 'a' },
	{ "take-over", no_argument, NULL, 'T' },
	{ "rollback", no_argument, NULL, 'b' }, { 0 } };

static int watch_for(struct import *im, const char *z)
{
	int64_t s;

	if (!f2b_seconds(str_of(z), &s) || s < 0 || s > 366 * 86400)
		return cli_usage("import",
		    "--for is a time such as 10m, not \"%s\"", z);
	im->watch_for = s ? s : -1;
	return CLI_OK;
}

static int count_by(struct import *im, const char *how)
{
	if (strcmp(how, "fail2ban") != 0 && strcmp(how, "window") != 0)
		return cli_usage("import",
		    "--count is window or fail2ban, not \"%s\"", how);
	im->count = how;
	return CLI_OK;
}

static int option(struct import *im, int c, char **argv)
{
	switch (c) {
	case 't':
		im->to = optarg;
		return CLI_OK;
	case 'd':
		im->database = optarg;
		return CLI_OK;
	case 'n':
		im->dry = true;
		return CLI_OK;
	case 'w':
		im->watch = true;
		return CLI_OK;
	case 'f':
		return watch_for(im, optarg);
	case 'C':
		return count_by(im, optarg);
	case 'l':
		im->log = optarg;
		return CLI_OK;
	case 'c':
		im->client = optarg;
		return CLI_OK;
	case 'a':
		im->all_ports = true;
		return CLI_OK;
	case 'T':
		im->take_over = true;
		return CLI_OK;
	case 'b':
		im->rollback = true;
		return CLI_OK;
	default:
		return ask_option(&im->ask, c) ? CLI_OK
					       : cli_bad_option(argv, c);
	}
}

/* The new jails are in force after this; said if they are not. */
static int reload(struct import *im)
{
	json_t *q = json_pack("{s:s}", "do", "reload"), *end = NULL;
	int e = ask("import", &im->ask, &q, NULL, NULL, &end);

	if (e)
		return e;
	if (!get_flag(end, "ok")) {
		e = ask_refused("import", end);
		if (e < 0)
			e = cli_fault("import",
			    "the daemon keeps its old rules: %s",
			    get_text(end, "text"));
	}
	json_decref(end);
	return e;
}

static void say_next(const struct import *im, bool runs)
{
	if (im->dry)
		puts("Nothing was changed (--dry-run).");
	else if (im->watch)
		puts("The jails are watched: nobody is shut out by them here, "
		     "fail2ban goes on.");
	else if (im->stopped)
		puts("fail2ban is stopped.");
	else if (im->take_over)
		puts("fail2ban does not run.");
	else if (runs)
		puts("fail2ban still runs beside us; liptako import fail2ban "
		     "--take-over stops it.");
	if (!im->dry)
		puts("To go back: liptako import --rollback");
}

static int carry_out(struct import *im, bool runs)
{
	int e = import_write(im);

	if (!e)
		e = reload(im);
	if (e) {
		fprintf(stderr,
		    "liptako: import: the jails are written to %s and will be "
		    "in force when the daemon runs; bans were not taken over: "
		    "import again then\n",
		    im->to);
		return e;
	}
	if (im->watch)
		im->bans_why = "fail2ban keeps them";
	else if (im->take_over && runs)
		e = take_over(im);
	else
		e = import_bans(im);
	return e;
}

static bool any_left_out(const struct import *im)
{
	for (size_t i = 0; i < im->n; i++)
		if (im->jails[i].works == LEFT_OUT)
			return true;
	return false;
}

static int import_all(struct import *im)
{
	bool runs = service_runs(im);
	int e = import_read(im);

	if (!e && !im->dry)
		e = carry_out(im, runs);
	if (e && !im->f2b)
		return e;
	if (im->ask.json && !im->watch)
		import_json(im);
	else if (!im->ask.json)
		import_report(im);
	if (!e && !im->ask.json)
		say_next(im, runs);
	if (!e && im->watch && im->watch_for >= 0)
		e = import_watch(im, im->watch_for);
	return e ? e : any_left_out(im) ? CLI_NO : CLI_OK;
}

int cmd_import_fail2ban(int argc, char **argv)
{
	struct import im = { .folder = "/etc/fail2ban",
		.to = "/etc/liptako/fail2ban",
		.client = "/usr/bin/fail2ban-client",
		.ask = ask_defaults() };
	int c, e = CLI_OK;

	while (!e && (c = cli_option(argc, argv, longs)) != -1)
		e = option(&im, c, argv);
	if (e)
		return e;
	if (optind < argc && !strcmp(argv[optind], "fail2ban"))
		optind++;
	if (optind < argc)
		im.folder = argv[optind++];
	if (optind < argc)
		return cli_usage("import", "one folder at a time");
	if (im.take_over && (im.watch || im.dry))
		return cli_usage("import",
		    "--take-over goes with neither --watch nor --dry-run");
	e = im.rollback ? roll_back(&im, reload) : import_all(&im);
	import_free(&im);
	return e;
}
