#include "cli/f2b/import.h"

#include "base/addr.h"
#include "base/when.h"
#include "f2b/filter.h"

#include <ctype.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>

static void add(struct remark **v, size_t *n, const char *file, unsigned line,
    const char *what)
{
	*v = mem_grow(*v, *n + 1, sizeof(**v));
	(*v)[(*n)++] = (struct remark){ file, line, str_dup(str_of(what)) };
}

void import_remark(struct imported *j, const char *file, unsigned line,
    const char *fmt, ...)
{
	char what[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	add(&j->remarks, &j->n_remarks, file, line, what);
	if (j->works == WORKS)
		j->works = WORKS_BUT;
}

static struct imported *jail_named(struct import *im, const char *name)
{
	for (size_t i = 0; i < im->n; i++)
		if (strcmp(im->jails[i].name, name) == 0)
			return &im->jails[i];
	return NULL;
}

/* Faults come before it is known which jails there are. */
static void tell(void *arg, const struct f2b_fault *f)
{
	struct import *im = arg;
	struct imported *j;

	if (!f->jail) {
		add(&im->general, &im->n_general, f->file, f->line, f->what);
		return;
	}
	j = jail_named(im, f->jail);
	if (!j) {
		im->jails = mem_grow(im->jails, im->n + 1, sizeof(*im->jails));
		j = &im->jails[im->n++];
		*j = (struct imported){ .name = str_dup(str_of(f->jail)),
			.works = LEFT_OUT };
	}
	add(&j->remarks, &j->n_remarks, f->file, f->line, f->what);
}

/* "f2b-" and the jail's name in our letters, each once. */
static void service_name(struct import *im, struct imported *j)
{
	char *to = j->service;
	size_t n = 4;

	memcpy(to, "f2b-", 4);
	for (const char *z = j->name; *z && n < 27; z++)
		to[n++] = isalnum((unsigned char)*z)
			      ? (char)tolower((unsigned char)*z)
			      : '-';
	to[n] = 0;
	for (unsigned again = 2; again < 1000; again++) {
		bool taken = false;

		for (size_t i = 0; i < im->n; i++)
			taken |= &im->jails[i] != j &&
				 strcmp(im->jails[i].service, to) == 0;
		if (!taken)
			return;
		snprintf(to + n, sizeof(j->service) - n, "-%u", again);
	}
}

static bool any_file(const struct f2b_jail *j)
{
	bool found = false;

	for (size_t i = 0; i < j->logs.n && !found; i++) {
		glob_t g;

		if (glob(j->logs.v[i], GLOB_NOSORT, NULL, &g) == 0)
			found = g.gl_pathc > 0;
		globfree(&g);
	}
	return found;
}

static bool is_journal(const struct f2b_jail *j)
{
	return j->backend && strncmp(j->backend, "systemd", 7) == 0;
}

static void look_at_logs(struct imported *i)
{
	const struct f2b_jail *j = i->jail;

	if (is_journal(j)) {
		if (j->journal.n == 0)
			import_remark(i, j->file, j->line,
			    "no journalmatch: every entry of the journal is "
			    "looked at; name the unit");
		return;
	}
	if (j->logs.n == 0 && j->journal.n == 0)
		import_remark(i, j->file, j->line,
		    "no logpath: nothing is read for it");
	else if (!any_file(j) && j->journal.n)
		import_remark(i, j->file, j->line,
		    "no log file is there, so the journal is read, too; a "
		    "file that appears later is read when it does");
	else if (!any_file(j))
		import_remark(i, j->file, j->line,
		    "no log file is there yet; it is waited for");
}

static void look_at_numbers(struct imported *i)
{
	const struct f2b_jail *j = i->jail;
	const char *why;

	if (j->maxretry < 1 || j->findtime < 1)
		import_remark(i, j->file, j->line,
		    "maxretry and findtime must be above 0: 5 in 10m is "
		    "taken");
	if (j->bantime == 0)
		import_remark(i, j->file, j->line,
		    "bantime = 0 shuts nobody out: 10 minutes are taken");
	why = import_terms(j).why;
	if (why)
		import_remark(i, j->file, j->line,
		    "bantime.%s is none of those that fail2ban documents and "
		    "is not run: terms double for repeaters, up to "
		    "bantime.maxtime; write bantime.multipliers",
		    why);
	if (j->usedns && strcasecmp(j->usedns, "raw") == 0)
		import_remark(i, j->file, j->line,
		    "usedns = raw: who is known by a name alone cannot be shut "
		    "out; yes or warn looks it up");
}

static void look_at_ignored(struct imported *i)
{
	const struct f2b_jail *j = i->jail;
	struct net n;

	for (size_t k = 0; k < j->ignoreip.n; k++)
		if (!net_parse(str_of(j->ignoreip.v[k]), true, &n))
			import_remark(i, j->file, j->line,
			    "ignoreip: \"%s\" is no address or prefix; write "
			    "it to allow: in liptako.yaml, where names may "
			    "stand",
			    j->ignoreip.v[k]);
}

static void look_at_actions(struct imported *i)
{
	const struct f2b_jail *j = i->jail;
	bool firewall = false;
	const char *other;

	for (size_t k = 0; k < j->n_actions; k++) {
		const struct f2b_action *a = &j->actions[k];

		firewall |= a->does == F2B_FIREWALL;
		if (a->does == F2B_PYTHON)
			import_remark(i, j->file, j->line,
			    "action %s is written in Python and not run; the "
			    "kernel shuts out all the same",
			    a->name);
	}
	(void)import_answer(j, &other);
	if (other)
		import_remark(i, j->file, j->line,
		    "blocktype = %.60s is neither drop nor reject: packets get "
		    "what measure: in liptako.yaml says",
		    other);
	if (!firewall && j->n_actions)
		import_remark(i, j->file, j->line,
		    "no firewall action: who reaches maxretry is reported by "
		    "its other actions only, as before");
}

struct compiling {
	struct imported *of;
};

static void tell_compiling(void *arg, const struct f2b_fault *f)
{
	struct imported *i = ((struct compiling *)arg)->of;

	import_remark(i, f->file ? f->file : i->jail->file,
	    f->line ? f->line : i->jail->line, "%s", f->what);
}

/* Compiled as the reader will; what cannot be is told now. */
static bool can_match(struct import *im, struct imported *i)
{
	struct f2b_options o = { .age = F2B_ANY_AGE };
	struct compiling c = { i };
	struct pool pool = { 0 };
	struct f2b_filter *f = NULL;
	struct f2b_plan plan;
	bool good = false;

	o.clock.now = wall_now().ns / NS_PER_S;
	if (zone_new(&o.clock.zone, "UTC") == 0 &&
	    f2b_plan(f2b_stream(im->f2b), i->name, &pool, &plan))
		good = f2b_filter_new(&f, &plan, &o, tell_compiling, &c) == 0;
	if (f)
		f2b_filter_free(&f);
	zone_free(&o.clock.zone);
	pool_drop(&pool);
	return good;
}

static void look(struct import *im, struct imported *i)
{
	service_name(im, i);
	if (i->jail->failregex.n == 0) {
		import_remark(i, i->jail->file, i->jail->line,
		    "the filter has no failregex: nothing can match");
		i->works = LEFT_OUT;
		return;
	}
	if (!can_match(im, i)) {
		i->works = LEFT_OUT;
		return;
	}
	look_at_logs(i);
	look_at_numbers(i);
	look_at_ignored(i);
	look_at_actions(i);
	import_ports(i);
}

/* As in the configuration; those that could not be read come last. */
static int by_place(const void *a, const void *b)
{
	const struct imported *x = a, *y = b;

	if (!x->jail || !y->jail)
		return !x->jail - !y->jail;
	return x->jail < y->jail ? -1 : 1;
}

int import_read(struct import *im)
{
	size_t n;
	struct f2b_jail *v;
	int e = f2b_read(&im->f2b, &f2b_disk, im->folder, "1.1.0", tell, im);

	if (e < 0)
		return cli_fault("import",
		    "%s: no jail.conf or jail.local is there; name the folder: "
		    "liptako import fail2ban DIR",
		    im->folder);
	v = f2b_jails(im->f2b, &n);
	for (size_t i = 0; i < n; i++) {
		struct imported *j = jail_named(im, v[i].name);

		if (!j) {
			im->jails =
			    mem_grow(im->jails, im->n + 1, sizeof(*im->jails));
			j = &im->jails[im->n++];
			*j = (struct imported){ .name = str_dup(
						    str_of(v[i].name)) };
		} else {
			j->works = WORKS_BUT;
		}
		j->jail = &v[i];
	}
	if (im->n)
		qsort(im->jails, im->n, sizeof(*im->jails), by_place);
	for (size_t i = 0; i < im->n; i++)
		if (im->jails[i].jail)
			look(im, &im->jails[i]);
	return CLI_OK;
}

static void remarks_free(struct remark *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].what);
	free(v);
}

void import_free(struct import *im)
{
	for (size_t i = 0; i < im->n; i++) {
		free(im->jails[i].name);
		remarks_free(im->jails[i].remarks, im->jails[i].n_remarks);
	}
	free(im->jails);
	remarks_free(im->general, im->n_general);
	if (im->f2b)
		f2b_free(&im->f2b);
}
