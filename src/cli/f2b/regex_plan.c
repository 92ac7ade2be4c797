#include <stdio.h>
#include <sys/stat.h>

#include "base/when.h"
#include "cli/f2b/regex.h"

static void tell(void *arg, const struct f2b_fault *fault)
{
	fprintf(stderr, "ERROR: %s%s%s\n", fault->file ? fault->file : "",
	    fault->file ? ": " : "", fault->what);
}

/* "sshd[mode=x]", "/etc/fail2ban/filter.d/sshd.conf": the folder and what to
 * read of it; false: it is an expression. */
static bool is_filter(struct regex_run *r)
{
	struct str s = str_of(r->regex), name, options;
	size_t at = str_find(s, STR("[")), slash;
	struct stat st;
	const char *path;

	name = str_head(s, at);
	options = str_from(s, at);
	path = pool_str(&r->pool, name);
	if (memchr(name.p, '/', name.n) && stat(path, &st) == 0) {
		slash = str_find(name, STR("/filter.d/"));
		if (slash == SIZE_MAX)
			return false;
		r->folder = pool_str(&r->pool, str_head(name, slash));
		name = str_from(name, slash + 10);
		if (str_ends(name, STR(".conf")))
			name.n -= 5;
	} else {
		path = pool_print(&r->pool, "%s/filter.d/" STR_F ".conf",
		    r->folder, STR_A(name));
		if (name.n == 0 || memchr(name.p, '/', name.n) ||
		    stat(path, &st) < 0)
			return false;
	}
	r->filter_name =
	    pool_print(&r->pool, STR_F STR_F, STR_A(name), STR_A(options));
	return true;
}

static int plan_make(struct regex_run *r)
{
	int e;

	if (is_filter(r)) {
		e = f2b_read_filter(&r->conf, &f2b_disk, r->folder, LPT_VERSION,
		    r->filter_name, NULL, tell, r);
		if (e || !f2b_plan(f2b_stream(r->conf), F2B_LONE, &r->pool,
			     &r->plan))
			return CLI_FAULT;
	} else {
		r->one_fail.text = r->regex;
		r->plan = (struct f2b_plan){ .jail = F2B_LONE,
			.names = true,
			.maxlines = 1,
			.failregex = &r->one_fail,
			.n_fail = 1 };
	}
	if (r->ignore) {
		r->one_ignore.text = r->ignore;
		r->plan.ignoreregex = &r->one_ignore;
		r->plan.n_ignore = 1;
	}
	if (r->date.text)
		r->plan.datepattern = r->date;
	if (r->maxlines)
		r->plan.maxlines = r->maxlines;
	if (r->usedns)
		r->plan.names = strcasecmp(r->usedns, "no") != 0;
	return CLI_OK;
}

int regex_prepare(struct regex_run *r)
{
	struct stat st;
	int code = plan_make(r), e;

	if (code)
		return code;
	r->options.clock.now = wall_now().ns / NS_PER_S;
	r->options.explain = true;
	if (zone_new(&r->options.clock.zone, r->zone) < 0)
		return cli_usage("fail2ban-regex", "no time zone is \"%s\"",
		    r->zone);
	if (f2b_filter_new(&r->filter, &r->plan, &r->options, tell, r) < 0)
		return cli_fault("fail2ban-regex",
		    "there is no failregex to try");
	r->hits = mem_new(f2b_filter_count(r->filter) + 1, sizeof(*r->hits));
	if (stat(r->log, &st) < 0)
		return CLI_OK; /* a line by itself */
	e = inputs_add(&r->in, r->log);
	if (e < 0 || r->in.n != 1)
		return cli_fault("fail2ban-regex", "%s: %s", r->log,
		    e < 0 ? strerror(-e) : "one file at a time");
	return CLI_OK;
}
