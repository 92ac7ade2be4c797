/*
 * The classics of who comes from fail2ban: a log that is not there, a host
 * that has the journal alone, a jail that could not be taken over, an
 * expression without an address.
 */
#include "cli/doctor.h"
#include "cli/f2b/client.h"
#include "cli/f2b/import.h"

#include <glob.h>
#include <stdio.h>
#include <unistd.h>

static bool any_there(const struct strings *patterns)
{
	bool found = false;

	for (size_t i = 0; i < patterns->n && !found; i++) {
		glob_t g = { 0 };

		if (glob(patterns->v[i], GLOB_NOSORT, NULL, &g) == 0)
			found = g.gl_pathc > 0;
		globfree(&g);
	}
	return found;
}

static bool has_journal(void)
{
	return access("/var/log/journal", F_OK) == 0 ||
	       access("/run/log/journal", F_OK) == 0;
}

static bool journal_only(void)
{
	return has_journal() && access("/var/log/syslog", F_OK) < 0 &&
	       access("/var/log/messages", F_OK) < 0;
}

static bool check_log(struct findings *f, const struct shown *s)
{
	const struct service *v = &s->rules->services[rule_of(s)->service];
	const char *first = v->files.n ? v->files.v[0] : "-";

	if (v->files.n == 0 && v->units.n == 0) {
		doctor_find(f, GRADE_BAD,
		    "name its logpath in jail.local, and import again",
		    "jail %s reads no log", s->jail->name);
		return false;
	}
	if (v->files.n == 0 || any_there(&v->files))
		return true;
	if (v->units.n && has_journal())
		doctor_find(f, GRADE_NOTE, "",
		    "jail %s: %s is not there; the journal is read",
		    s->jail->name, first);
	else if (v->units.n)
		doctor_find(f, GRADE_BAD,
		    "install rsyslog, or let journald run",
		    "jail %s: neither %s nor a journal is there", s->jail->name,
		    first);
	else
		doctor_find(f, GRADE_BAD,
		    journal_only()
			? "this host logs to the journal alone: backend = "
			  "systemd and journalmatch in jail.local, and import "
			  "again"
			: "it is waited for; if the service logs elsewhere: "
			  "logpath in jail.local, and import again",
		    "jail %s: its log is not there: %s", s->jail->name, first);
	return v->units.n && has_journal();
}

/* What an ignorecommand did not answer counted; what a name did not give did
 * not. */
static void check_asked(struct findings *f, const struct shown *s)
{
	const char *jail = s->jail->name;

	if (s->check_failed)
		doctor_find(f, GRADE_BAD,
		    "run it as user liptako-herald: 0 ignores, 1 does not",
		    "jail %s: its ignorecommand failed %lld times; those "
		    "failures counted",
		    jail, (long long)s->check_failed);
	if (s->check_late)
		doctor_find(f, GRADE_BAD,
		    "make it answer within 10 s, or give the jail an "
		    "ignorecache",
		    "jail %s: its ignorecommand took too long %lld times; "
		    "those failures counted",
		    jail, (long long)s->check_late);
	if (s->check_over)
		doctor_find(f, GRADE_NOTE, "give the jail an ignorecache",
		    "jail %s: its ignorecommand was not run %lld times, for "
		    "it was asked too often; those failures counted",
		    jail, (long long)s->check_over);
	if (s->unnamed)
		doctor_find(f, GRADE_NOTE, "have the program log addresses",
		    "jail %s: %lld names in its logs gave no address; nobody "
		    "was blamed",
		    jail, (long long)s->unnamed);
}

/* The folder that they were imported from stands in their first line. */
static bool folder_of(const struct client *c, char *to, size_t size)
{
	static const char before[] = "fail2ban; change ";
	char line[4096] = "", *from, *end;
	const struct shown *s = &c->jails[0];
	FILE *file = fopen(s->rules->services[rule_of(s)->service].file, "re");

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = 0;
	fclose(file);
	from = strstr(line, before);
	end = from ? strstr(from, " and import again") : NULL;
	if (!end)
		return false;
	*end = 0;
	snprintf(to, size, "%s", from + sizeof(before) - 1);
	return true;
}

static bool is_in_force(const struct client *c, const char *jail)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->jails[i].jail->name, jail))
			return true;
	return false;
}

static void check_left_out(struct findings *f, const struct client *c,
    const char *folder)
{
	struct import im = { .folder = folder };

	if (access(folder, R_OK) < 0)
		return;
	if (import_read(&im) == CLI_OK)
		for (size_t i = 0; i < im.n; i++) {
			const struct imported *j = &im.jails[i];
			const struct remark *r = j->remarks;

			if (j->works == LEFT_OUT)
				doctor_find(f, GRADE_BAD,
				    "mend it there, and liptako import "
				    "fail2ban",
				    "jail %s is on, but skipped: %s:%u: %s",
				    j->name, r && r->file ? r->file : folder,
				    r ? r->line : 0, r ? r->what : "");
			else if (!is_in_force(c, j->name))
				doctor_find(f, GRADE_BAD,
				    "liptako import fail2ban",
				    "jail %s is on in %s since the import, and "
				    "not in force here",
				    j->name, folder);
		}
	import_free(&im);
}

void doctor_jails(struct findings *f)
{
	struct client c = { .ask = ask_defaults() };
	char folder[4096];
	size_t good = 0;

	jails_open(&c, NULL);
	for (size_t i = 0; i < c.n; i++)
		good += check_log(f, &c.jails[i]);
	if (c.n && client_ask(&c) == 0)
		for (size_t i = 0; i < c.n; i++)
			check_asked(f, &c.jails[i]);
	if (good)
		doctor_find(f, GRADE_GOOD, "",
		    "%zu jail%s of fail2ban %s a log", good,
		    good == 1 ? "" : "s", good == 1 ? "has" : "have");
	if (c.n && folder_of(&c, folder, sizeof(folder)))
		check_left_out(f, &c, folder);
	jails_close(&c);
}
