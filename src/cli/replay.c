#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <time.h>

#include "base/when.h"
#include "cli/cli.h"
#include "cli/form.h"
#include "cli/replay_run.h"

struct wanted {
	struct play play;
	const char *rules, *conf, *html, *format;
	bool json;
};

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "html", required_argument, NULL, 'H' },
	{ "immunity", required_argument, NULL, 'i' },
	{ "rules", required_argument, NULL, 'r' },
	{ "config", required_argument, NULL, 'c' },
	{ "format", required_argument, NULL, 'f' },
	{ "zone", required_argument, NULL, 'z' },
	{ "year", required_argument, NULL, 'y' },
	{ "since", required_argument, NULL, 's' },
	{ "until", required_argument, NULL, 'u' },
	{ 0 },
};

/* The last second of that year. */
static bool year_end(const char *text, uint32_t *ret)
{
	uint32_t year;
	struct tm tm = { .tm_mon = 11,
		.tm_mday = 31,
		.tm_hour = 23,
		.tm_min = 59,
		.tm_sec = 59 };

	if (!str_u32(str_of(text), 2105, &year) || year < 1970)
		return false;
	tm.tm_year = (int)year - 1900;
	*ret = (uint32_t)timegm(&tm);
	return true;
}

/* Returns -1 to go on, or the exit code. */
static int option(struct wanted *w, int c, char **argv)
{
	struct play *p = &w->play;

	switch (c) {
	case 'j':
		w->json = true;
		return -1;
	case 'H':
		w->html = optarg;
		return -1;
	case 'r':
		w->rules = optarg;
		return -1;
	case 'c':
		w->conf = optarg;
		return -1;
	case 'f':
		w->format = optarg;
		return -1;
	case 'z':
		p->zone = optarg;
		return -1;
	case 'i':
		if (strcmp(optarg, "on") != 0 && strcmp(optarg, "off") != 0)
			return cli_usage("replay",
			    "--immunity is on or off, not \"%s\"", optarg);
		p->immunity = strcmp(optarg, "on") == 0;
		return -1;
	case 'y':
		if (!year_end(optarg, &p->now))
			return cli_usage("replay",
			    "--year takes a year, not \"%s\"", optarg);
		return -1;
	case 's':
	case 'u':
		if (!form_time(optarg, c == 's' ? &p->since : &p->until))
			return cli_usage("replay",
			    "\"%s\" is no time: 2026-11-22 or "
			    "2026-11-22T10:00:00",
			    optarg);
		return -1;
	default:
		return cli_bad_option(argv, c);
	}
}

static int open_inputs(struct inputs *in, char **paths)
{
	for (; *paths; paths++) {
		int e = inputs_add(in, *paths);

		if (e < 0)
			return cli_fault("replay", "%s: %s", *paths,
			    e == -EMFILE ? "too many files" : strerror(-e));
	}
	if (in->n == 0)
		return cli_fault("replay", "no files there");
	return CLI_OK;
}

static int write_html(const struct report *r, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return cli_fault("replay", "%s: %s", path, strerror(errno));
	report_html(r, f);
	if (fflush(f) != 0 || ferror(f)) {
		fclose(f);
		return cli_fault("replay", "%s: %s", path, strerror(errno));
	}
	fclose(f);
	return CLI_OK;
}

static int replay(struct wanted *w)
{
	struct report r = { .play = &w->play };
	int code = replay_run(&r, &w->play);

	if (code == CLI_OK || r.n) {
		if (w->json)
			report_json(&r, stdout);
		else
			report_table(&r, stdout);
	}
	if (code == CLI_OK && w->html)
		code = write_html(&r, w->html);
	if (fflush(stdout) != 0)
		code = cli_fault("replay", "output: %s", strerror(errno));
	free(r.v);
	return code;
}

int cmd_replay(int argc, char **argv)
{
	struct wanted w = { .play = { .immunity = true, .service = -1 } };
	struct rulebook book = { .bare = true };
	struct inputs in = { 0 };
	int c, code;

	while ((c = cli_option(argc, argv, options)) != -1) {
		code = option(&w, c, argv);
		if (code >= 0)
			return code;
	}
	if (optind == argc)
		return cli_usage("replay", "which log?");
	if (rulebook_open(&book, w.rules, w.conf) < 0)
		return CLI_FAULT;
	form_find(w.format, &book, &w.play.form, &w.play.service);
	w.play.book = &book;
	w.play.in = &in;
	code = open_inputs(&in, argv + optind);
	if (code == CLI_OK)
		code = replay(&w);
	inputs_close(&in);
	rulebook_close(&book);
	return code;
}
