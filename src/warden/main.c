#include "warden/warden.h"

#include "base/jail.h"
#include "base/log.h"

#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

enum {
	TICK_S = 30
};

static const char usage[] =
    "usage: liptakod [-f] [--watch] [--check] [--config FILE] [--rules DIR]\n"
    "                [--state DIR] [--run DIR] [--libexec DIR]\n"
    "  -f, --foreground  stay in the foreground, events to standard error\n"
    "      --watch       say whom it would shut out, touch no firewall\n"
    "      --check       read configuration and rules, say faults, end\n"
    "      --config FILE instead of /etc/liptako/liptako.yaml\n"
    "      --rules DIR   instead of the installed rules\n"
    "      --state DIR   where the ledger is kept\n"
    "      --run DIR     where the control socket is put\n"
    "      --libexec DIR where the other programs are\n"
    "      --version, --help\n";

enum {
	OPT_WATCH = 256,
	OPT_CHECK,
	OPT_CONFIG,
	OPT_RULES,
	OPT_STATE,
	OPT_RUN,
	OPT_LIBEXEC,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option options[] = {
	{ "foreground", no_argument, NULL, 'f' },
	{ "watch", no_argument, NULL, OPT_WATCH },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "run", required_argument, NULL, OPT_RUN },
	{ "libexec", required_argument, NULL, OPT_LIBEXEC },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* The exit status if there is nothing more to do, else -1. */
static int parse(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){ .config = "/etc/liptako/liptako.yaml" };
	while ((c = getopt_long(argc, argv, "f", options, NULL)) >= 0) {
		switch (c) {
		case 'f':
			o->foreground = true;
			break;
		case OPT_WATCH:
			o->watch = true;
			break;
		case OPT_CHECK:
			o->check = true;
			break;
		case OPT_CONFIG:
			o->config = optarg;
			break;
		case OPT_RULES:
			o->rules = optarg;
			break;
		case OPT_STATE:
			o->state = optarg;
			break;
		case OPT_RUN:
			o->run = optarg;
			break;
		case OPT_LIBEXEC:
			o->libexec = optarg;
			break;
		case OPT_VERSION:
			puts("liptakod " LPT_VERSION);
			return 0;
		case OPT_HELP:
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return 2;
}

/* Installed, or in the build folder: then rules and programs lie there. */
static void find_ourselves(struct warden *w)
{
	static char rules[400], self[300], reader[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *folder = n > 0 ? dirname(self) : self;
	struct str s = str_of(folder);

	snprintf(w->libexec, sizeof(w->libexec), "%s", LPT_LIBEXEC);
	snprintf(rules, sizeof(rules), "%s/rules", LPT_DATA);
	snprintf(reader, sizeof(reader), STR_F "/src/reader/reader", STR_A(s));
	if (access(reader, X_OK) == 0) {
		snprintf(w->libexec, sizeof(w->libexec), STR_F "/src",
		    STR_A(s));
		snprintf(rules, sizeof(rules), STR_F "/../rules", STR_A(s));
	}
	if (w->opt.libexec)
		snprintf(w->libexec, sizeof(w->libexec), "%s", w->opt.libexec);
	if (!w->opt.rules)
		w->opt.rules = rules;
}

/* The option, else the configuration; without root the caller's own place. */
static void find_folders(struct warden *w)
{
	const char *home = getenv("XDG_STATE_HOME"), *run;

	snprintf(w->state, sizeof(w->state), "%s",
	    w->opt.state ? w->opt.state : w->now.conf->state);
	snprintf(w->run, sizeof(w->run), "%s",
	    w->opt.run ? w->opt.run : w->now.conf->run);
	if (w->root)
		return;
	if (!w->opt.state && home)
		snprintf(w->state, sizeof(w->state), "%s/liptako", home);
	else if (!w->opt.state)
		snprintf(w->state, sizeof(w->state), "%s/.local/state/liptako",
		    getenv("HOME") ? getenv("HOME") : "/tmp");
	run = getenv("XDG_RUNTIME_DIR");
	if (!w->opt.run)
		snprintf(w->run, sizeof(w->run), "%s/%s", run ? run : w->state,
		    run ? "liptako" : "run");
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct warden *w = arg;

	if (sig == SIGCHLD)
		children_reap(w);
	else if (sig == SIGHUP)
		reload(w);
	else
		stop_begin(w);
}

/* What events may have missed: folders that were not there, old logs. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct warden *w = arg;

	sources_look(w, true);
	sources_age(w);
}

static int loop_make(struct warden *w)
{
	static const int signals[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT };
	const struct timeval often = { TICK_S, 0 };
	struct event_config *c = event_config_new();

	if (!c || event_config_avoid_method(c, "select") < 0)
		return -ENOMEM;
	w->base = event_base_new_with_config(c);
	event_config_free(c);
	if (!w->base)
		return -ENOMEM;
	for (size_t i = 0; i < countof(signals); i++) {
		struct event *e =
		    evsignal_new(w->base, signals[i], on_signal, w);

		if (!e || event_add(e, NULL) < 0)
			return -ENOMEM;
	}
	w->tick = event_new(w->base, -1, EV_PERSIST, on_tick, w);
	return w->tick && event_add(w->tick, &often) == 0 ? 0 : -ENOMEM;
}

static int start(struct warden *w)
{
	int e = state_open(w);

	children_seat(w);
	if (e == 0)
		doors_open(w);
	if (e == 0)
		e = loop_make(w);
	if (e == 0)
		e = folders_open(w);
	if (e == 0)
		e = jail_enter(WARDEN, NULL, &w->missing);
	if (e < 0)
		return e;
	sources_look(w, false);
	active_find(w, &w->now);
	children_start(w);
	return 0;
}

static int check(const struct warden *w)
{
	printf("%zu rules for %zu services, %u faults\n", w->now.rules->n,
	    w->now.rules->n_services, w->now.faults);
	return w->now.faults ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct warden w = { .watches = -1,
		.folders = -1,
		.listen = -1,
		.lock = -1,
		.next_id = 1,
		.next_instance = 1,
		.now = { .conf_fd = -1, .pack_fd = -1 },
		.was = { .conf_fd = -1, .pack_fd = -1 } };
	int e = parse(argc, argv, &w.opt);

	if (e >= 0)
		return e;
	log_open("warden");
	umask(077);
	w.root = geteuid() == 0;
	find_ourselves(&w);
	w.journal_is_live = journal_live();
	e = load_generation(&w, &w.now);
	if (e < 0) {
		log_err("start-failed error=\"%s\"", strerror(-e));
		return 1;
	}
	if (w.opt.check)
		return check(&w);
	w.watch_only =
	    w.opt.watch || !w.root || w.now.conf->mode == CONF_MODE_WATCH;
	find_folders(&w);
	if (start(&w) < 0)
		return 1;
	say_found(&w);
	say_to_manager("READY=1");
	event_base_dispatch(w.base);
	state_close(&w);
	return 0;
}
