#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "base/when.h"
#include "cli/cli.h"
#include "cli/form.h"
#include "cli/report.h"

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

static const char usage[] =
    "usage: liptako replay [options] FILE|FOLDER|-...\n"
    "\n"
    "  --json           one object per attacker and rule, then a summary\n"
    "  --html FILE      a page with plots, in one file\n"
    "  --immunity off   judge without the shields\n"
    "  --rules PATH     only the rules of this file or folder\n"
    "  --config FILE    instead of /etc/liptako/liptako.yaml\n"
    "  --format NAME    force a log format, or name the service\n"
    "  --zone ZONE      of dates without one (Europe/Paris, +02:00)\n"
    "  --year YEAR      of dates without one\n"
    "  --since WHEN     2026-11-22, or with T10:00:00 (UTC)\n"
    "  --until WHEN\n";

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
static int option(struct wanted *w, int c, const char *arg)
{
	struct play *p = &w->play;

	switch (c) {
	case 'j':
		w->json = true;
		return -1;
	case 'H':
		w->html = arg;
		return -1;
	case 'r':
		w->rules = arg;
		return -1;
	case 'c':
		w->conf = arg;
		return -1;
	case 'f':
		w->format = arg;
		return -1;
	case 'z':
		p->zone = arg;
		return -1;
	case 'i':
		if (strcmp(arg, "on") != 0 && strcmp(arg, "off") != 0)
			return cli_usage("replay",
			    "--immunity is on or off, not \"%s\"", arg);
		p->immunity = strcmp(arg, "on") == 0;
		return -1;
	case 'y':
		if (!year_end(arg, &p->now))
			return cli_usage("replay",
			    "--year takes a year, not \"%s\"", arg);
		return -1;
	case 's':
	case 'u':
		if (!form_time(arg, c == 's' ? &p->since : &p->until))
			return cli_usage("replay",
			    "\"%s\" is no time: 2026-11-22 or "
			    "2026-11-22T10:00:00",
			    arg);
		return -1;
	default:
		fputs(usage, stderr);
		return CLI_USAGE;
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

/* The pipe's other end: false at its end or if it was cut. */
static bool hear(int fd, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static void show_progress(const struct inputs *in,
    const struct play_progress *pr)
{
	enum {
		WIDTH = 30
	};
	uint64_t all = 0;
	int full;

	for (size_t i = 0; i < in->n; i++)
		all += in->v[i].size;
	full = all ? (int)MIN(pr->taken * WIDTH / all, WIDTH) : 0;
	fprintf(stderr, "\r[%.*s%*s] %3d %%  %.1f M lines ", full,
	    "##############################", WIDTH - full, "",
	    all ? (int)MIN(pr->taken * 100 / all, 100) : 0,
	    (double)pr->lines / 1e6);
}

static int by_ruled(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->ruled != y->ruled)
		return x->ruled < y->ruled ? -1 : 1;
	return memcmp(&x->who, &y->who, sizeof(x->who));
}

/* The child read strangers' bytes: what it says is taken only in shapes and
 * numbers that cannot hurt. */
static bool named_fits(const struct report *r, const struct named *v)
{
	return v->rule < r->play->book->rules->n &&
	       (v->who.family == 4 || v->who.family == 6) &&
	       v->verdict <= VERDICT_DENY && v->rung >= RUNG_NEVER &&
	       v->rung <= RUNG_NOTHING;
}

static void hear_named(struct report *r, const struct named *v)
{
	if (!named_fits(r, v))
		return;
	if ((r->n & (r->n - 1)) == 0)
		r->v = mem_grow(r->v, MAX(r->n * 2, 1), sizeof(*r->v));
	r->v[r->n++] = *v;
}

static void hear_trouble(const struct report *r, const struct play_trouble *t)
{
	if (t->input >= r->play->in->n)
		return;
	fprintf(stderr, "%s: %s; what could be read before was\n",
	    r->play->in->v[t->input].name,
	    t->error == -EBADMSG ? "a broken archive" : strerror(-t->error));
}

static void hear_all(struct report *r, int fd)
{
	bool tty = isatty(STDERR_FILENO);
	union {
		struct play_progress progress;
		struct play_trouble trouble;
		struct named named;
		struct play_end end;
	} body = { 0 };
	static const size_t sizes[] = { [PLAY_PROGRESS] = sizeof(body.progress),
		[PLAY_TROUBLE] = sizeof(body.trouble),
		[PLAY_NAMED] = sizeof(body.named),
		[PLAY_END] = sizeof(body.end) };
	uint32_t head[2];

	r->partial = true;
	while (hear(fd, head, sizeof(head))) {
		if (head[0] > PLAY_END || head[1] != sizes[head[0]] ||
		    !hear(fd, &body, head[1]))
			break;
		if (head[0] == PLAY_PROGRESS && tty) {
			show_progress(r->play->in, &body.progress);
		} else if (head[0] == PLAY_TROUBLE) {
			hear_trouble(r, &body.trouble);
		} else if (head[0] == PLAY_NAMED) {
			hear_named(r, &body.named);
		} else if (head[0] == PLAY_END) {
			r->end = body.end;
			r->partial = false;
			break;
		}
	}
	if (tty)
		fputs("\r\033[K", stderr);
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_ruled);
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

static int play(struct report *r)
{
	struct mono from = mono_now();
	int ends[2], status = 0;
	pid_t child;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return cli_fault("replay", "pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		return cli_fault("replay", "fork: %s", strerror(errno));
	if (child == 0) {
		close(ends[0]);
		play_child(r->play, ends[1]);
	}
	close(ends[1]);
	hear_all(r, ends[0]);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	r->seconds = (double)(mono_now().ns - from.ns) / (double)NS_PER_S;
	if (!r->partial)
		return CLI_OK;
	if (WIFSIGNALED(status))
		return cli_fault("replay", "the jailed reader ended: %s",
		    strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : CLI_FAULT;
}

static int replay(struct wanted *w)
{
	struct report r = { .play = &w->play };
	int code = play(&r);

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
	struct rulebook book = { 0 };
	struct inputs in = { 0 };
	int c, code;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		code = option(&w, c, optarg);
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
