/*
 * fail2ban-regex, for hands and scripts that know it: the same arguments, the
 * same pages. With -v each missed line says why it was missed.
 */
#include <getopt.h>
#include <stdio.h>

#include "base/when.h"
#include "cli/apart.h"
#include "cli/f2b/regex.h"
#include "cli/unpack.h"
#include "line/frame.h"

enum {
	SHOWN = 20,    /* lines of a kind, unless all are wanted */
	KEPT = 100000, /* even then */
};

static void keep(struct pile *p, struct str line)
{
	if (p->n++ >= (p->all ? (uint64_t)KEPT : (uint64_t)SHOWN) || !p->show)
		return;
	p->kept = mem_grow(p->kept, p->n_kept + 1, sizeof(*p->kept));
	p->kept[p->n_kept++] = str_dup(line);
}

/* What -o asks for: a word, or text with <tags>. */
static void out_value(const struct regex_run *r, struct str tag,
    const struct f2b_failure *x, struct str line)
{
	struct str name = tag;
	char at[DATES_SHOW];

	if (str_eq(tag, STR("id")) || str_eq(tag, STR("ip")) ||
	    str_eq(tag, STR("host")) || str_eq(tag, STR("fid"))) {
		printf(STR_F, STR_A(x->id));
		return;
	}
	if (str_eq(tag, STR("msg")) || str_eq(tag, STR("matches"))) {
		printf(STR_F, STR_A(line));
		return;
	}
	if (str_eq(tag, STR("time"))) {
		dates_show(&r->options.clock, x->utc, at);
		fputs(x->dated ? at : "", stdout);
		return;
	}
	if (str_starts(name, STR("F-")))
		name = str_from(name, 2);
	for (size_t i = 0; i < x->n_fields; i++)
		if (str_eq_nocase(str_of(x->fields[i].name), name))
			printf(STR_F, STR_A(x->fields[i].value));
}

static void out_line(const struct regex_run *r, const struct f2b_failure *x,
    struct str line)
{
	struct str rest = str_of(r->out), tag;

	if (str_find(rest, STR("<")) == SIZE_MAX) {
		out_value(r, rest, x, line);
		putchar('\n');
		return;
	}
	while (rest.n) {
		size_t at = str_find(rest, STR("<"));
		size_t end = str_find(str_from(rest, at), STR(">"));

		printf(STR_F, STR_A(str_head(rest, at)));
		if (at == SIZE_MAX || end == SIZE_MAX)
			break;
		tag = (struct str){ rest.p + at + 1, end - 1 };
		out_value(r, tag, x, line);
		rest = str_from(rest, at + end + 1);
	}
	putchar('\n');
}

static const char *why_text(enum f2b_why why)
{
	switch (why) {
	case F2B_NO_PREFREGEX:
		return "prefregex does not match";
	case F2B_OVER_LIMIT:
		return "an expression ran for too long on it";
	case F2B_NO_FAILREGEX:
	case F2B_MATCHED:
	case F2B_IGNORED:
	case F2B_NO_FAILURE:
	case F2B_PENDING:
	case F2B_TOO_OLD:
		break;
	}
	return "no failregex matches";
}

/* A missed line, and with -v why it was missed. */
static void missed(struct regex_run *r, struct str text)
{
	auto_text struct text t = TEXT(F2B_LINE_MAX * 2);
	int near = f2b_filter_near(r->filter);
	char n[32];

	text_add(&t, text);
	if (r->verbose) {
		text_add(&t, STR("\n|      why: "));
		text_add(&t, str_of(why_text(f2b_filter_why(r->filter))));
		if (near >= 0) {
			snprintf(n, sizeof(n), "%d", near + 1);
			text_add(&t, STR("; its words are those of "
					 "failregex "));
			text_add(&t, str_of(n));
		}
		text_add(&t, STR("; seen: "));
		text_add(&t, str_trim(f2b_filter_seen(r->filter)));
	}
	keep(&r->pile[MISSED], text_str(&t));
}

/* Lines before this one that match now as well. */
static void late(struct regex_run *r, const struct f2b_failure *x)
{
	uint64_t n = MIN((uint64_t)x->attempts - 1, r->pile[MISSED].n);

	r->pile[MATCHED].n += n;
	r->pile[MISSED].n -= n;
}

static void one_line(void *arg, struct str text)
{
	struct regex_run *r = arg;
	const struct f2b_failure *x;
	enum f2b_why why;
	int64_t utc;
	int hit;

	if (text.n == 0 || text.p[0] == '#') /* fail2ban skips them too */
		return;
	x = f2b_filter_feed(r->filter, &(struct f2b_line){ text });
	why = f2b_filter_why(r->filter);
	hit = f2b_filter_hit(r->filter);
	r->lines++;
	r->prefixed += why != F2B_NO_PREFREGEX;
	r->dated += f2b_filter_date(r->filter, &utc);
	if (hit >= 0 && (x || !r->few)) {
		r->hits[hit]++;
		r->n_hits++;
	}
	if (x && r->out)
		out_line(r, x, text);
	if (x && r->plan.maxlines > 1)
		late(r, x);
	if (x || (!r->few && why == F2B_PENDING))
		keep(&r->pile[MATCHED], text);
	else if (why == F2B_IGNORED || (!r->few && why == F2B_NO_FAILURE))
		keep(&r->pile[IGNORED], text);
	else
		missed(r, text);
}

static void show_head(const struct regex_run *r)
{
	puts("\nRunning tests\n=============\n");
	if (r->filter_name)
		printf("Use   failregex filter file : %s, basedir: %s\n",
		    r->filter_name, r->folder);
	else
		printf("Use   failregex line : %s\n", r->regex);
	if (r->ignore)
		printf("Use ignoreregex line : %s\n", r->ignore);
	if (r->plan.maxlines > 1 || r->filter_name)
		printf("Use         maxlines : %u\n", r->plan.maxlines);
	if (r->plan.datepattern.text)
		printf("Use      datepattern : %s\n", r->plan.datepattern.text);
	if (r->in.n)
		printf("Use         log file : %s\n"
		       "Use         encoding : UTF-8\n",
		    r->log);
	else
		printf("Use      single line : %s\n", r->log);
	puts("\n");
}

static void show_pile(const struct pile *p)
{
	if (!p->show || p->n == 0)
		return;
	if (p->n > p->n_kept) {
		printf("%s line(s): too many to print.  Use --print-all-%s to "
		       "print all %llu lines\n",
		    p->name,
		    p->name[0] == 'I'   ? "ignored"
		    : p->name[1] == 'i' ? "missed"
					: "matched",
		    (unsigned long long)p->n);
		return;
	}
	printf("|- %s line(s):\n", p->name);
	for (size_t i = 0; i < p->n_kept; i++)
		printf("|  %s\n", p->kept[i]);
	puts("`-");
}

static void show_regexes(const struct regex_run *r)
{
	if (r->plan.prefregex.text)
		printf("Prefregex: %llu total\n|  %s\n`-\n\n",
		    (unsigned long long)r->prefixed, r->plan.prefregex.text);
	printf("Failregex: %llu total\n", (unsigned long long)r->n_hits);
	if (r->n_hits || r->verbose)
		puts("|-  #) [# of hits] regular expression");
	for (size_t i = 0; i < f2b_filter_count(r->filter); i++)
		if (r->hits[i] || r->verbose)
			printf("|  %2zu) [%llu] %s\n", i + 1,
			    (unsigned long long)r->hits[i],
			    f2b_filter_regex(r->filter, i)->text);
	if (r->n_hits || r->verbose)
		puts("`-");
	printf("\nIgnoreregex: %llu total\n\nDate template hits:\n",
	    (unsigned long long)(r->few ? r->pile[IGNORED].n : 0));
	if (r->dated)
		printf("|- [# of hits] date format\n|  [%llu] %s\n`-\n",
		    (unsigned long long)r->dated,
		    r->plan.datepattern.text ? r->plan.datepattern.text
					     : "{DEFAULT}");
}

static void show(const struct regex_run *r, double seconds)
{
	puts("Results\n=======\n");
	show_regexes(r);
	printf("\nLines: %llu lines, %llu ignored, %llu matched, %llu missed\n"
	       "[processed in %.2f sec]\n\n",
	    (unsigned long long)r->lines,
	    (unsigned long long)r->pile[IGNORED].n,
	    (unsigned long long)r->pile[MATCHED].n,
	    (unsigned long long)r->pile[MISSED].n, seconds);
	show_pile(&r->pile[MATCHED]);
	show_pile(&r->pile[IGNORED]);
	show_pile(&r->pile[MISSED]);
}

static int read_log(struct regex_run *r)
{
	int n = unpack_lines(r->in.v[0].fd, one_line, r);

	return n < 0
		   ? cli_fault("fail2ban-regex", "%s: %s", r->log, strerror(-n))
		   : CLI_OK;
}

/* Inside the jail. */
static int within(void *arg)
{
	struct regex_run *r = arg;
	struct mono from = mono_now();
	int code = CLI_OK;

	if (!r->out)
		show_head(r);
	if (r->in.n)
		code = read_log(r);
	else
		one_line(r, str_of(r->log));
	if (!r->out && !code)
		show(r, (double)(mono_now().ns - from.ns) / (double)NS_PER_S);
	return code;
}

enum {
	O_CHECK = 256,
	O_MISSED,
	O_IGNORED,
	O_ALL_MATCHED,
	O_ALL_MISSED,
	O_ALL_IGNORED,
	O_USEDNS,
	O_ZONE,
	O_NONE, /* takes no value and changes nothing here */
	O_ONE,  /* takes one */
};

static const struct option longs[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "datepattern", required_argument, NULL, 'd' },
	{ "timezone", required_argument, NULL, O_ZONE },
	{ "TZ", required_argument, NULL, O_ZONE },
	{ "encoding", required_argument, NULL, O_ONE },
	{ "raw", no_argument, NULL, O_NONE },
	{ "usedns", required_argument, NULL, O_USEDNS },
	{ "maxlines", required_argument, NULL, 'L' },
	{ "journalmatch", required_argument, NULL, O_ONE },
	{ "log-level", required_argument, NULL, O_ONE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "verbosity", required_argument, NULL, O_ONE },
	{ "verbose-date", no_argument, NULL, O_NONE },
	{ "VD", no_argument, NULL, O_NONE },
	{ "no-check-all", no_argument, NULL, O_CHECK },
	{ "out", required_argument, NULL, 'o' },
	{ "print-no-missed", no_argument, NULL, O_MISSED },
	{ "print-no-ignored", no_argument, NULL, O_IGNORED },
	{ "print-all-matched", no_argument, NULL, O_ALL_MATCHED },
	{ "print-all-missed", no_argument, NULL, O_ALL_MISSED },
	{ "print-all-ignored", no_argument, NULL, O_ALL_IGNORED },
	{ "log-traceback", no_argument, NULL, O_NONE },
	{ "full-traceback", no_argument, NULL, O_NONE },
	{ 0 },
};

static int option(struct regex_run *r, int c, char **argv)
{
	switch (c) {
	case 'c':
		r->folder = optarg;
		return CLI_OK;
	case 'd':
		r->date.text = optarg;
		return CLI_OK;
	case 'L':
		if (str_u32(str_of(optarg), F2B_LINES_MAX, &r->maxlines))
			return CLI_OK;
		return cli_usage(argv[0], "--maxlines is a number up to %d",
		    F2B_LINES_MAX);
	case 'v':
		r->verbose = true;
		return CLI_OK;
	case 'o':
		r->out = optarg;
		return CLI_OK;
	case O_ZONE:
		r->zone = optarg;
		return CLI_OK;
	case O_USEDNS:
		r->usedns = optarg;
		return CLI_OK;
	case O_CHECK:
		r->few = true;
		return CLI_OK;
	case O_MISSED:
		r->pile[MISSED].show = false;
		return CLI_OK;
	case O_IGNORED:
		r->pile[IGNORED].show = false;
		return CLI_OK;
	case O_ALL_MATCHED:
		r->pile[MATCHED].show = r->pile[MATCHED].all = true;
		return CLI_OK;
	case O_ALL_MISSED:
		r->pile[MISSED].all = true;
		return CLI_OK;
	case O_ALL_IGNORED:
		r->pile[IGNORED].all = true;
		return CLI_OK;
	case '?':
	case ':':
		return cli_bad_option(argv, c);
	default: /* of no meaning here */
		return CLI_OK;
	}
}

static void drop(struct regex_run *r)
{
	for (size_t i = 0; i < PILES; i++) {
		for (size_t k = 0; k < r->pile[i].n_kept; k++)
			free(r->pile[i].kept[k]);
		free(r->pile[i].kept);
	}
	f2b_filter_free(&r->filter);
	f2b_free(&r->conf);
	free(r->hits);
	pool_drop(&r->pool);
	zone_free(&r->options.clock.zone);
	inputs_close(&r->in);
}

int cmd_fail2ban_regex(int argc, char **argv)
{
	struct regex_run r = { .folder = "/etc/fail2ban",
		.pile = { [MATCHED] = { "Matched" },
		    [MISSED] = { "Missed", true },
		    [IGNORED] = { "Ignored", true } } };
	int c, code = CLI_OK;

	while (!code && (c = getopt_long(argc, argv, ":c:d:e:rL:m:l:vDo:t",
			     longs, NULL)) != -1)
		code = option(&r, c, argv);
	if (code)
		return code;
	if (argc - optind < 2 || argc - optind > 3)
		return cli_usage("fail2ban-regex",
		    "[options] LOG REGEX [IGNOREREGEX]; LOG is a file or a "
		    "line, REGEX an expression, a filter's name or its file");
	r.log = argv[optind];
	r.regex = argv[optind + 1];
	r.ignore = optind + 2 < argc ? argv[optind + 2] : NULL;
	code = regex_prepare(&r);
	if (!code)
		code = apart("fail2ban-regex", within, &r);
	drop(&r);
	return code;
}
