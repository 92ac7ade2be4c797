#include "cli/f2b/import.h"

#include <stdio.h>

static const char *const words[] = {
	[WORKS] = "works",
	[WORKS_BUT] = "works, with a remark",
	[LEFT_OUT] = "skipped",
};

static size_t count(const struct import *im, enum works w)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n; i++)
		n += im->jails[i].works == w;
	return n;
}

static void show(const char *z)
{
	char shown[700];

	str_show(str_of(z), shown, sizeof(shown));
	fputs(shown, stdout);
}

static void remark_text(const struct remark *r)
{
	fputs("      ", stdout);
	if (r->file) {
		show(r->file);
		printf(":%u: ", r->line);
	}
	show(r->what);
	putchar('\n');
}

static void numbers(const struct f2b_jail *j)
{
	struct ban_terms t = import_terms(j);
	const char *growth = t.n > 1            ? ", growing"
			     : t.most > t.first ? ", doubling"
						: "";
	char span[32], term[32] = "ever";

	span_show((uint64_t)MAX(j->findtime, 0), span, sizeof(span));
	if (j->bantime >= 0)
		span_show((uint64_t)j->bantime, term, sizeof(term));
	printf("%lld in %s, for %s%s", (long long)j->maxretry, span, term,
	    growth);
}

static void actions(const struct f2b_jail *j)
{
	for (size_t i = 0; i < j->n_actions; i++) {
		const struct f2b_action *a = &j->actions[i];

		if (a->does == F2B_COMMAND) {
			fputs("      action ", stdout);
			show(a->name);
			puts(": run by liptako-herald, unprivileged, without "
			     "log text in a shell");
		}
	}
}

static void ports(const struct import *im, const struct imported *i)
{
	char text[PORTS_MAX];

	if (i->ports.n == 0)
		return;
	(void)ports_print(&i->ports, text);
	if (im->all_ports)
		printf("      fail2ban closed %s only; here every port is "
		       "closed\n",
		    text);
	else
		printf("      closes %s only, as fail2ban did; every other "
		       "port stays open\n",
		    text);
}

static void jail_text(const struct import *im, const struct imported *i)
{
	printf("  %-20.60s %s", i->name, words[i->works]);
	if (i->jail && i->works != LEFT_OUT) {
		fputs(": ", stdout);
		numbers(i->jail);
	}
	putchar('\n');
	for (size_t k = 0; k < i->n_remarks; k++)
		remark_text(&i->remarks[k]);
	if (i->jail && i->works != LEFT_OUT) {
		if (i->jail->ignorecommand && *i->jail->ignorecommand)
			puts("      ignorecommand: run by liptako-herald, "
			     "unprivileged, before a failure counts");
		actions(i->jail);
		ports(im, i);
	}
}

static void bans_text(const struct import *im)
{
	if (im->dry || (!im->bans_why && !im->bans_from))
		return;
	if (im->bans_why && im->bans_from)
		printf("Bans: none taken over from %s: %s.\n", im->bans_from,
		    im->bans_why);
	else if (im->bans_why)
		printf("Bans: none taken over: %s.\n", im->bans_why);
	else
		printf("Bans: %zu taken over from %s.\n", im->bans,
		    im->bans_from);
	if (im->bans_refused)
		printf("      %zu were not: protected addresses, or no "
		       "addresses at all.\n",
		    im->bans_refused);
	puts("Failures that have not come to a ban yet: fail2ban keeps these "
	     "counts in its memory\nalone, so they begin anew here.");
}

void import_report(const struct import *im)
{
	printf("%s: %zu jail%s on. Works: %zu; with a remark: %zu; skipped: "
	       "%zu.\n%s",
	    im->folder, im->n, im->n == 1 ? " is" : "s are", count(im, WORKS),
	    count(im, WORKS_BUT), count(im, LEFT_OUT),
	    im->n + im->n_general > 0 ? "\n" : "");
	for (size_t i = 0; i < im->n; i++)
		jail_text(im, &im->jails[i]);
	if (im->n_general)
		puts("  (of no jail alone)");
	for (size_t i = 0; i < im->n_general; i++)
		remark_text(&im->general[i]);
	if (im->n + im->n_general > 0)
		putchar('\n');
	bans_text(im);
}

static json_t *remarks_json(const struct remark *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++) {
		char what[2400];

		str_show(str_of(v[i].what), what, sizeof(what));
		json_array_append_new(a,
		    json_pack("{s:s?,s:i,s:s}", "file", v[i].file, "line",
			(int)v[i].line, "text", what));
	}
	return a;
}

static json_t *jail_json(const struct import *im, const struct imported *i)
{
	char text[PORTS_MAX];
	json_t *o = json_pack("{s:s,s:s,s:s,s:o}", "jail", i->name, "service",
	    i->service, "state",
	    i->works == WORKS       ? "works"
	    : i->works == WORKS_BUT ? "remark"
				    : "skipped",
	    "remarks", remarks_json(i->remarks, i->n_remarks));

	if (!i->jail)
		return o;
	json_object_set_new(o, "maxretry", json_integer(i->jail->maxretry));
	json_object_set_new(o, "findtime", json_integer(i->jail->findtime));
	json_object_set_new(o, "bantime", json_integer(i->jail->bantime));
	(void)ports_print(&i->ports, text);
	json_object_set_new(o, "ports", json_string(im->all_ports ? "" : text));
	return o;
}

void import_json(const struct import *im)
{
	json_t *jails = json_array();
	json_t *o;

	for (size_t i = 0; i < im->n; i++)
		json_array_append_new(jails, jail_json(im, &im->jails[i]));
	o = json_pack("{s:s,s:o,s:o,s:I,s:I,s:s?,s:b}", "folder", im->folder,
	    "jails", jails, "remarks", remarks_json(im->general, im->n_general),
	    "bans", (json_int_t)im->bans, "bans_refused",
	    (json_int_t)im->bans_refused, "bans_why", im->bans_why, "stopped",
	    im->stopped);
	ask_print(o);
	json_decref(o);
}
