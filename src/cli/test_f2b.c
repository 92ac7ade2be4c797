#include "cli/test_f2b.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/jail.h"
#include "base/when.h"
#include "cli/apart.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/unpack.h"
#include "f2b/filter.h"
#include "line/frame.h"

struct run {
	const struct test_f2b *t;
	struct inputs in;
	struct f2b *conf;
	struct pool pool;
	struct f2b_options options;
	struct f2b_filter *filter;
	bool journal;
	bool told; /* a fault */
	uint64_t lines, found;
};

static void tell(void *arg, const struct f2b_fault *fault)
{
	struct run *r = arg;

	r->told = true;
	fprintf(stderr, "liptako test: ");
	if (fault->file)
		fprintf(stderr, "%s:%u: ", fault->file, fault->line);
	fprintf(stderr, "%s\n", fault->what);
}

static void text_field(const char *name, struct str value, bool *first)
{
	printf("%s\"%s\":", *first ? "" : ",", name);
	json_text(value, stdout);
	*first = false;
}

static void fields_json(const struct f2b_failure *x)
{
	bool first = true;

	fputs(",\"fields\":{", stdout);
	for (size_t i = 0; i < x->n_fields; i++)
		text_field(x->fields[i].name, x->fields[i].value, &first);
	if (x->n_users) {
		printf("%s\"users\":[", first ? "" : ",");
		for (size_t i = 0; i < x->n_users; i++) {
			fputs(i ? "," : "", stdout);
			json_text(x->users[i], stdout);
		}
		putchar(']');
	}
	putchar('}');
}

static struct str host_of(const struct f2b_failure *x)
{
	for (size_t i = 0; i < x->n_fields; i++)
		if (strcmp(x->fields[i].name, "host") == 0)
			return x->fields[i].value;
	return x->id;
}

static const char *why_text(enum f2b_why why)
{
	switch (why) {
	case F2B_MATCHED:
		return "it matches";
	case F2B_NO_PREFREGEX:
		return "prefregex does not match";
	case F2B_NO_FAILREGEX:
		return "no failregex matches";
	case F2B_IGNORED:
		return "an ignoreregex matches";
	case F2B_NO_FAILURE:
		return "it belongs to a session, but is no failure by itself";
	case F2B_PENDING:
		return "a failure whose address another line must name";
	case F2B_OVER_LIMIT:
		return "an expression ran for too long";
	case F2B_TOO_OLD:
		return "it is older than findtime";
	}
	die("no such reason");
}

static void line_json(const struct run *r, const struct f2b_failure *x)
{
	char at[DATES_SHOW];
	int64_t utc;

	printf("{\"line\":%llu,\"match\":%s", (unsigned long long)r->lines,
	    x ? "true" : "false");
	if (x) {
		fputs(",\"host\":", stdout);
		json_text(host_of(x), stdout);
	}
	if (f2b_filter_date(r->filter, &utc)) {
		dates_show(&r->options.clock, utc, at);
		printf(",\"time\":\"%s\"", at);
	} else {
		fputs(",\"time\":null", stdout);
	}
	if (x) {
		fields_json(x);
		printf(",\"attempts\":%u,\"failregex\":%u", x->attempts,
		    x->regex + 1);
	} else {
		printf(",\"why\":\"%s\"", why_text(f2b_filter_why(r->filter)));
	}
	puts("}");
}

/* The failregex whose words the line holds. */
static void show_near(const struct f2b_filter *f)
{
	int near = f2b_filter_near(f);
	char shown[400];

	if (near < 0 || f2b_filter_hit(f) >= 0)
		return;
	str_show(str_of(f2b_filter_regex(f, (size_t)near)->text), shown,
	    sizeof(shown));
	printf("    its words are those of failregex %d, but the rest does "
	       "not fit:\n    %s\n",
	    near + 1, shown);
}

static void line_text(const struct run *r, struct str line,
    const struct f2b_failure *x)
{
	char shown[512], at[DATES_SHOW] = "no date";
	int64_t utc;

	str_show(line, shown, sizeof(shown));
	if (f2b_filter_date(r->filter, &utc))
		dates_show(&r->options.clock, utc, at);
	printf("%llu: %s\n    %s", (unsigned long long)r->lines, shown, at);
	if (!x) {
		str_show(f2b_filter_seen(r->filter), shown, sizeof(shown));
		printf(", no: %s\n    seen by failregex: %s\n",
		    why_text(f2b_filter_why(r->filter)), shown);
		show_near(r->filter);
		return;
	}
	str_show(host_of(x), shown, sizeof(shown));
	printf(", failregex %u: %s", x->regex + 1, shown);
	for (size_t i = 0; i < x->n_fields; i++) {
		str_show(x->fields[i].value, shown, sizeof(shown));
		printf(" %s=\"%s\"", x->fields[i].name, shown);
	}
	if (x->attempts > 1)
		printf(", %u lines", x->attempts);
	putchar('\n');
}

static void one_line(void *arg, struct str text)
{
	struct run *r = arg;
	struct f2b_line line = { .text = text,
		.dated = r->journal,
		.utc = r->options.clock.now };
	const struct f2b_failure *x;

	r->lines++;
	x = f2b_filter_feed(r->filter, &line);
	r->found += x != NULL;
	if (r->t->json)
		line_json(r, x);
	else
		line_text(r, text, x);
}

/* Inside the jail. */
static int within(void *arg)
{
	struct run *r = arg;
	int n = unpack_lines(r->in.v[0].fd, one_line, r);

	if (!r->t->json)
		printf("%llu lines, %llu matched\n",
		    (unsigned long long)r->lines, (unsigned long long)r->found);
	if (n < 0)
		return cli_fault("test", "%s: %s", r->t->log, strerror(-n));
	return CLI_OK;
}

static int clock_set(struct run *r)
{
	struct dates_clock *c = &r->options.clock;
	uint64_t n;

	c->now = wall_now().ns / NS_PER_S;
	r->options.explain = true;
	if (zone_new(&c->zone, r->t->zone) < 0)
		return cli_usage("test", "no time zone is called \"%s\"",
		    r->t->zone);
	if (r->t->year) {
		uint32_t year;

		if (!str_u32(str_of(r->t->year), 9999, &year) || year < 1970)
			return cli_usage("test", "--year %s: 1970 or later",
			    r->t->year);
		c->year = (int32_t)year;
		c->now = dates_in_year(c, c->year);
	}
	if (r->t->now) {
		if (!str_u64(str_of(r->t->now), UINT64_C(1) << 40, &n))
			return cli_usage("test", "--now %s: seconds since 1970",
			    r->t->now);
		c->now = (int64_t)n;
	}
	return CLI_OK;
}

static int filter_set(struct run *r)
{
	struct f2b_plan plan;
	int e = f2b_read_filter(&r->conf, &f2b_disk, r->t->folder, LPT_VERSION,
	    r->t->filter, r->t->logtype ? r->t->logtype : NULL, tell, r);

	if (e || !f2b_plan(f2b_stream(r->conf), F2B_LONE, &r->pool, &plan))
		return CLI_FAULT;
	if (f2b_filter_new(&r->filter, &plan, &r->options, tell, r) < 0)
		return cli_fault("test", "nothing is left of %s", r->t->filter);
	r->journal = (r->t->logtype && !strcmp(r->t->logtype, "journal")) ||
		     strstr(r->t->filter, "logtype=journal");
	return CLI_OK;
}

static int open_log(struct run *r)
{
	int e = inputs_add(&r->in, r->t->log);

	if (e < 0)
		return cli_fault("test", "%s: %s", r->t->log, strerror(-e));
	if (r->in.n != 1)
		return cli_fault("test", "%s: one file at a time", r->t->log);
	return CLI_OK;
}

int test_f2b(const struct test_f2b *t)
{
	struct run r = { .t = t };
	int code;

	if (!t->filter)
		return cli_usage("test", "which filter? (--filter sshd)");
	code = clock_set(&r);
	if (!code)
		code = filter_set(&r);
	if (!code)
		code = open_log(&r);
	if (!code)
		code = apart("test", within, &r);
	f2b_filter_free(&r.filter);
	f2b_free(&r.conf);
	pool_drop(&r.pool);
	zone_free(&r.options.clock.zone);
	inputs_close(&r.in);
	return code;
}
