#include <stdio.h>
#include <unistd.h>

#include "cli/f2b/import.h"

static const struct option longs[] = { ASK_LONG,
	{ "to", required_argument, NULL, 't' },
	{ "database", required_argument, NULL, 'd' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "watch", no_argument, NULL, 'w' },
	{ "take-over", no_argument, NULL, 'T' },
	{ "rollback", no_argument, NULL, 'b' }, { 0 } };

static bool option(struct import *im, int c)
{
	switch (c) {
	case 't':
		im->to = optarg;
		return true;
	case 'd':
		im->database = optarg;
		return true;
	case 'n':
		im->dry = true;
		return true;
	case 'w':
		im->watch = true;
		return true;
	case 'T':
		im->take_over = true;
		return true;
	case 'b':
		im->rollback = true;
		return true;
	default:
		return ask_option(&im->ask, c);
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

static int roll_back(struct import *im)
{
	int e;

	import_remove(im->to);
	e = reload(im);
	if (service_runs()) {
		puts("The jails are gone; fail2ban runs.");
		return e;
	}
	if (access("/usr/bin/fail2ban-client", X_OK) < 0) {
		puts("The jails are gone; fail2ban is not installed.");
		return e;
	}
	if (service_start() < 0)
		return cli_fault("import",
		    "the jails are gone, but fail2ban does not start: see "
		    "fail2ban-client -t");
	puts("The jails are gone; fail2ban is started and takes its bans up "
	     "again.");
	return e;
}

static void say_next(const struct import *im, bool runs)
{
	if (im->dry)
		puts("Nothing was changed (--dry-run).");
	else if (im->watch)
		puts("The jails are watched: nobody is shut out by them here, "
		     "fail2ban goes on.");
	else if (runs)
		puts("fail2ban still runs beside us; liptako import fail2ban "
		     "--take-over stops it.");
	if (!im->dry)
		puts("To go back: liptako import --rollback");
}

static int take_over(struct import *im)
{
	if (!service_runs()) {
		if (!im->ask.json)
			puts("fail2ban does not run.");
		return CLI_OK;
	}
	if (service_stop() < 0)
		return cli_fault("import",
		    "fail2ban could not be stopped; do it yourself: systemctl "
		    "disable --now fail2ban");
	if (!im->ask.json)
		puts("fail2ban is stopped.");
	return CLI_OK;
}

static int carry_out(struct import *im)
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
	if (!im->watch)
		e = import_bans(im);
	else
		im->bans_why = "fail2ban keeps them";
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
	bool runs = service_runs();
	int e = import_read(im);

	if (!e && !im->dry)
		e = carry_out(im);
	if (e && !im->f2b)
		return e;
	if (im->ask.json)
		import_json(im);
	else
		import_report(im);
	if (!e && im->take_over)
		e = take_over(im);
	else if (!e && !im->ask.json)
		say_next(im, runs);
	return e ? e : any_left_out(im) ? CLI_NO : CLI_OK;
}

int cmd_import_fail2ban(int argc, char **argv)
{
	struct import im = { .folder = "/etc/fail2ban",
		.to = "/etc/liptako/fail2ban",
		.ask = ask_defaults() };
	int c, e;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!option(&im, c))
			return cli_usage("import", "that option is not known");
	if (optind < argc && !strcmp(argv[optind], "fail2ban"))
		optind++;
	if (optind < argc)
		im.folder = argv[optind++];
	if (optind < argc)
		return cli_usage("import", "one folder at a time");
	if (im.take_over && (im.watch || im.dry))
		return cli_usage("import",
		    "--take-over goes with neither --watch nor --dry-run");
	e = im.rollback ? roll_back(&im) : import_all(&im);
	import_free(&im);
	return e;
}
