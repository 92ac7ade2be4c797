#include "cli/simulate.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/wait.h>

#include "base/jail.h"
#include "cli/cli.h"

enum {
	PARTIES = 9,
	PARTIES_MOST = 32,
	DAYS = 14,
	DAYS_MOST = 60,
	SEED = 1,
};

struct wanted {
	const char *trace; /* NULL: a made one */
	bool json, all;
	uint32_t parties, days, seed;
};

/* What the jailed child says, once. */
struct answer {
	int32_t error; /* of the trace: -errno */
	uint32_t hosts, sources, from, to;
	uint64_t events, skipped, bad_line;
	bool clients; /* the trace has some */
	struct sim_sum sum[SIM_RULES];
};

static const struct option options[] = {
	{ "trace", required_argument, NULL, 't' },
	{ "all-protocols", no_argument, NULL, 'a' },
	{ "parties", required_argument, NULL, 'p' },
	{ "days", required_argument, NULL, 'd' },
	{ "seed", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'j' },
	{ 0 },
};

static int number(const char *name, const char *arg, uint32_t least,
    uint32_t most, uint32_t *ret)
{
	if (str_u32(str_of(arg), most, ret) && *ret >= least)
		return -1;
	return cli_usage("simulate", "--%s is a number from %u to %u", name,
	    least, most);
}

/* Returns -1 to go on, or the exit code. */
static int option(struct wanted *w, int c, char **argv)
{
	switch (c) {
	case 't':
		w->trace = optarg;
		return -1;
	case 'a':
		w->all = true;
		return -1;
	case 'j':
		w->json = true;
		return -1;
	case 'p':
		return number("parties", optarg, 2, PARTIES_MOST, &w->parties);
	case 'd':
		return number("days", optarg, 1, DAYS_MOST, &w->days);
	case 's':
		return number("seed", optarg, 0, UINT32_MAX, &w->seed);
	default:
		return cli_bad_option(argv, c);
	}
}

/* Fits in a pipe, so it is written at once. */
_Static_assert(sizeof(struct answer) <= 4096, "more than a pipe takes");

_Noreturn static void child(const struct wanted *w, int trace, int to)
{
	struct sim_trace t = { 0 };
	struct answer a = { 0 };
	uint32_t missing;
	int e = jail_enter(READER, NULL, &missing);

	if (e < 0)
		die("the reader's jail: %s", strerror(-e));
	if (w->trace)
		a.error = sim_trace_read(&t, trace, w->all);
	else
		sim_trace_make(&t, w->parties, w->days, w->seed);
	a.hosts = t.hosts;
	a.sources = t.sources;
	a.events = t.n;
	a.skipped = t.skipped;
	a.bad_line = t.bad_line;
	a.clients = t.good_from > 0;
	if (a.error == 0 && t.n > 0) {
		a.from = t.v[0].at;
		a.to = t.v[t.n - 1].at;
		for (enum sim_rule r = 0; r < SIM_RULES; r++)
			sim_run(&t, r, &a.sum[r]);
	}
	_exit(write(to, &a, sizeof(a)) == sizeof(a) ? CLI_OK : CLI_FAULT);
}

static double part(uint64_t n, uint64_t of)
{
	return of ? 100.0 * (double)n / (double)of : 0;
}

static double per_day(const struct answer *a, uint64_t n)
{
	double days = (double)(a->to - a->from) / 86400;

	return (double)n / (double)a->hosts / (days > 1 ? days : 1);
}

static double hours(const struct sim_sum *s)
{
	return s->sources ? (double)s->allied_s / 3600 / (double)s->sources : 0;
}

static void innocent_json(const struct answer *a, const struct sim_sum *s)
{
	if (!a->clients)
		printf("\"innocent_address_minutes\":null,"
		       "\"innocent_events_stopped\":null");
	else
		printf("\"innocent_address_minutes\":%llu,"
		       "\"innocent_events_stopped\":%llu",
		    (unsigned long long)(s->innocent_s / 60),
		    (unsigned long long)s->innocent_events);
}

static void show_json(const struct answer *a)
{
	fputs("{\"runs\":[", stdout);
	for (enum sim_rule r = 0; r < SIM_RULES; r++) {
		const struct sim_sum *s = &a->sum[r];

		printf("%s{\"name\":\"%s\",\"prewarned_percent\":%.2f,"
		       "\"stopped_percent\":%.2f,"
		       "\"allied_hours_per_source\":%.2f,",
		    r ? "," : "", sim_rule_name(r), part(s->warned, s->later),
		    part(s->stopped, s->attacks), hours(s));
		innocent_json(a, s);
		printf(",\"messages_per_party_day\":%.1f,"
		       "\"notices\":%llu,\"over_budget\":%llu}",
		    per_day(a, s->notices), (unsigned long long)s->notices,
		    (unsigned long long)s->refused);
	}
	printf("],\"parties\":%u,\"sources\":%llu,\"events\":%llu,"
	       "\"skipped\":%llu}\n",
	    a->hosts, (unsigned long long)a->sum[0].sources,
	    (unsigned long long)a->events, (unsigned long long)a->skipped);
}

static void show_table(const struct answer *a)
{
	printf("%u parties, %llu attackers, %llu events; %llu of other "
	       "protocols left out\n\n"
	       "%-11s %9s %8s %7s %9s %9s  %s\n",
	    a->hosts, (unsigned long long)a->sum[0].sources,
	    (unsigned long long)a->events, (unsigned long long)a->skipped,
	    "RULE", "PREWARNED", "STOPPED", "HOURS", "INNOCENT", "MESSAGES",
	    "WHAT IT IS");
	for (enum sim_rule r = 0; r < SIM_RULES; r++) {
		const struct sim_sum *s = &a->sum[r];
		char innocent[24] = "-";

		if (a->clients)
			snprintf(innocent, sizeof(innocent), "%llu",
			    (unsigned long long)(s->innocent_s / 60));
		printf("%-11s %7.1f %% %6.1f %% %7.1f %9s %9.1f  %s\n",
		    sim_rule_name(r), part(s->warned, s->later),
		    part(s->stopped, s->attacks), hours(s), innocent,
		    per_day(a, s->notices), sim_rule_about(r));
	}
	fputs("\nPREWARNED: later victims that were closed before the first "
	      "contact.\nSTOPPED: of all attacks. HOURS: on allies' word, per "
	      "attacker.\nINNOCENT: address-minutes of clients. MESSAGES: per "
	      "party and day.\n",
	    stdout);
}

static int trouble(const struct wanted *w, const struct answer *a)
{
	const char *why = a->error == -EBADMSG ? "a broken archive"
			  : a->error == -EFBIG ? "more than 64 hosts or 67 "
						 "million pairs or events"
					       : strerror(-a->error);

	if (a->error == -EBADMSG && a->bad_line)
		return cli_fault("simulate",
		    "%s: line %llu is not \"epoch host source protocol port\"",
		    w->trace, (unsigned long long)a->bad_line);
	if (a->error < 0)
		return cli_fault("simulate", "%s: %s", w->trace, why);
	if (a->events == 0)
		return cli_fault("simulate", "%s: no events", w->trace);
	return CLI_OK;
}

static int simulate(const struct wanted *w, int trace, struct answer *a)
{
	int ends[2], status = 0;
	ssize_t got;
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return cli_fault("simulate", "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return cli_fault("simulate", "fork: %s", strerror(errno));
	if (pid == 0) {
		close(ends[0]);
		child(w, trace, ends[1]);
	}
	close(ends[1]);
	do
		got = read(ends[0], a, sizeof(*a));
	while (got < 0 && errno == EINTR);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (got != sizeof(*a))
		return cli_fault("simulate", "the jailed reader ended: %s",
		    WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
					: "it gave no answer");
	return trouble(w, a);
}

int cmd_simulate(int argc, char **argv)
{
	struct wanted w = { .parties = PARTIES, .days = DAYS, .seed = SEED };
	auto_close int trace = -1;
	struct answer a = { 0 };
	int c, code;

	while ((c = cli_option(argc, argv, options)) != -1) {
		code = option(&w, c, argv);
		if (code >= 0)
			return code;
	}
	if (optind < argc)
		return cli_usage("simulate", "what is \"%s\"?", argv[optind]);
	if (w.trace) {
		trace = open(w.trace, O_RDONLY | O_CLOEXEC);
		if (trace < 0)
			return cli_fault("simulate", "%s: %s", w.trace,
			    strerror(errno));
	}
	code = simulate(&w, trace, &a);
	if (code != CLI_OK)
		return code;
	if (w.json)
		show_json(&a);
	else
		show_table(&a);
	return fflush(stdout) == 0
		   ? CLI_OK
		   : cli_fault("simulate", "output: %s", strerror(errno));
}
