#include <getopt.h>
#include <stdio.h>

#include "base/when.h"
#include "cli/apart.h"
#include "cli/form.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/near.h"
#include "cli/stream.h"
#include "cli/test_f2b.h"

enum {
	FIELDS_MOST = 32,
	BUFFER = 160 << 10
};

struct testing {
	struct rulebook book;
	struct inputs in;
	const char *rules, *conf, *zone, *format;
	bool json;
	enum line_form form;
	int service;
	struct matcher *matcher;
	struct stream stream;
	struct test_f2b f2b;
	uint64_t ambiguous, over_limit; /* seen so far */
};

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "rules", required_argument, NULL, 'r' },
	{ "config", required_argument, NULL, 'c' },
	{ "format", required_argument, NULL, 'f' },
	{ "zone", required_argument, NULL, 'z' },
	{ "fail2ban", required_argument, NULL, 'F' },
	{ "filter", required_argument, NULL, 'i' },
	{ "logtype", required_argument, NULL, 'l' },
	{ "year", required_argument, NULL, 'y' },
	{ "timezone", required_argument, NULL, 'z' },
	{ "now", required_argument, NULL, 'n' },
	{ 0 },
};

static const char *kind_of(const struct record *r)
{
	switch (r->kind) {
	case RECORD_PLAIN:
		return "plain";
	case RECORD_SYSLOG:
		return "syslog";
	case RECORD_ACCESS:
		return "access";
	case RECORD_ERROR:
		return "error";
	case RECORD_FIELDS:
		return "fields";
	}
	die("no such kind of record");
}

/* Why a line that hit nothing did not. */
static const char *why_none(struct testing *t)
{
	const struct match_stats *m = matcher_stats(t->matcher);
	bool ambiguous = m->ambiguous > t->ambiguous;
	bool over = m->over_limit > t->over_limit;

	t->ambiguous = m->ambiguous;
	t->over_limit = m->over_limit;
	if (over)
		return "matching took too long and was given up";
	if (ambiguous)
		return "it can be read in two ways, so it blames nobody";
	return NULL;
}

static void hit_text(struct testing *t, const struct stream *s,
    const struct hit *h)
{
	const struct rule *r = &t->book.rules->rules[h->rule];
	struct pair fields[FIELDS_MOST];
	size_t n = match_fields(t->matcher, &s->rec, h, fields, FIELDS_MOST);
	char who[ADDR_MAX], shown[256];

	addr_print(&h->who, who);
	printf("    %s%s: %s", r->name, r->off ? " (off)" : "", who);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(fields[i].key, STR("ip")))
			continue;
		str_show(fields[i].value, shown, sizeof(shown));
		printf(" " STR_F "=\"%s\"", STR_A(fields[i].key), shown);
	}
	putchar('\n');
}

static void line_text(struct testing *t, const struct stream *s,
    const struct hit *hits, size_t n)
{
	const char *why = why_none(t);
	char shown[512], at[WHEN_MAX];
	struct near near;

	str_show(s->rec.line, shown, sizeof(shown));
	if (s->rec.has_time)
		when_show(s->at, at);
	else
		memcpy(at, "no date", 8);
	printf("%llu: %s\n    %s, %s", (unsigned long long)s->lines, shown,
	    kind_of(&s->rec), at);
	if (s->rec.program.n) {
		str_show(s->rec.program, shown, sizeof(shown));
		printf(", of %s", shown);
	}
	putchar('\n');
	for (size_t i = 0; i < n; i++)
		hit_text(t, s, &hits[i]);
	if (n)
		return;
	printf("    no rule hits%s%s\n", why ? ": " : "", why ? why : "");
	if (!why && near_find(t->book.rules, &s->rec, t->service, &near)) {
		str_show(str_of(near.pattern), shown, sizeof(shown));
		printf("    nearest is %s: %s\n",
		    t->book.rules->rules[near.rule].name, shown);
		if (near.missing[0])
			printf("    but \"%s\" is not there\n", near.missing);
		else
			puts("    all its words are there, but a field or "
			     "their order does not fit,\n    or the line's "
			     "program is not of that service");
	}
}

static void hit_json(struct testing *t, const struct stream *s,
    const struct hit *h)
{
	const struct rule *r = &t->book.rules->rules[h->rule];
	struct pair fields[FIELDS_MOST];
	size_t n = match_fields(t->matcher, &s->rec, h, fields, FIELDS_MOST);
	char who[ADDR_MAX];

	addr_print(&h->who, who);
	printf("{\"rule\":\"%s\",\"address\":\"%s\",\"fields\":{", r->name,
	    who);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", stdout);
		json_str(fields[i].key, stdout);
		putchar(':');
		json_str(fields[i].value, stdout);
	}
	fputs("}}", stdout);
}

static void line_json(struct testing *t, const struct stream *s,
    const struct hit *hits, size_t n)
{
	const char *why = why_none(t);
	char at[WHEN_MAX];
	struct near near;

	when_show(s->at, at);
	printf("{\"line\":%llu,\"form\":\"%s\"", (unsigned long long)s->lines,
	    kind_of(&s->rec));
	if (s->rec.has_time)
		printf(",\"time\":\"%s\"", at);
	if (s->rec.program.n) {
		fputs(",\"program\":", stdout);
		json_str(s->rec.program, stdout);
	}
	fputs(",\"hits\":[", stdout);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", stdout);
		hit_json(t, s, &hits[i]);
	}
	putchar(']');
	if (!n && why) {
		printf(",\"why\":\"%s\"", why);
	} else if (!n && near_find(t->book.rules, &s->rec, t->service, &near)) {
		printf(",\"near\":{\"rule\":\"%s\",\"missing\":",
		    t->book.rules->rules[near.rule].name);
		json_str(str_of(near.missing), stdout);
		putchar('}');
	}
	puts("}");
}

/* Inside the jail. */
static int within(void *arg)
{
	struct hit hits[MATCH_HITS];
	struct testing *t = arg;
	struct stream *s = &t->stream;
	uint64_t found = 0;

	for (stream_start(s, BUFFER); !s->ended; stream_next(s)) {
		size_t n = match_record(t->matcher, &s->rec, t->service, hits);

		found += n > 0;
		if (t->json)
			line_json(t, s, hits, n);
		else
			line_text(t, s, hits, n);
	}
	if (!t->json)
		printf("%llu lines, %llu hit by a rule\n",
		    (unsigned long long)s->lines, (unsigned long long)found);
	return CLI_OK;
}

/* Patterns are compiled and zones read before the jail closes. */
static int run(struct testing *t)
{
	const struct input *in = &t->in.v[0];
	int code;

	matcher_new(&t->matcher, t->book.rules, rulebook_fault, &t->book);
	if (stream_init(&t->stream, in, t->form, t->zone, in->mtime) < 0)
		code =
		    cli_usage("test", "no time zone is called \"%s\"", t->zone);
	else
		code = apart("test", within, t);
	stream_fini(&t->stream);
	matcher_free(&t->matcher);
	return code;
}

static int option(struct testing *t, int c, char **argv)
{
	switch (c) {
	case 'j':
		t->json = true;
		return CLI_OK;
	case 'r':
		t->rules = optarg;
		return CLI_OK;
	case 'c':
		t->conf = optarg;
		return CLI_OK;
	case 'f':
		t->format = optarg;
		return CLI_OK;
	case 'z':
		t->zone = t->f2b.zone = optarg;
		return CLI_OK;
	case 'F':
		t->f2b.folder = optarg;
		return CLI_OK;
	case 'i':
		t->f2b.filter = optarg;
		return CLI_OK;
	case 'l':
		t->f2b.logtype = optarg;
		return CLI_OK;
	case 'y':
		t->f2b.year = optarg;
		return CLI_OK;
	case 'n':
		t->f2b.now = optarg;
		return CLI_OK;
	default:
		return cli_bad_option(argv, c);
	}
}

int cmd_test(int argc, char **argv)
{
	struct testing t = { .service = -1 };
	int c, e, code = CLI_OK;

	while (!code && (c = cli_option(argc, argv, options)) != -1)
		code = option(&t, c, argv);
	if (code)
		return code;
	if (t.f2b.folder) {
		t.f2b.json = t.json;
		t.f2b.log = optind < argc ? argv[optind] : "-";
		return test_f2b(&t.f2b);
	}
	if (optind + 1 != argc)
		return cli_usage("test", "which file? (- for standard input)");
	code = CLI_FAULT;
	if (rulebook_open(&t.book, t.rules, t.conf) == 0) {
		form_find(t.format, &t.book, &t.form, &t.service);
		e = inputs_add(&t.in, argv[optind]);
		if (e < 0)
			cli_fault("test", "%s: %s", argv[optind], strerror(-e));
		else if (t.in.n != 1)
			cli_fault("test", "%s: one file at a time",
			    argv[optind]);
		else
			code = run(&t);
	}
	inputs_close(&t.in);
	rulebook_close(&t.book);
	return code;
}
