#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/ask.h"
#include "cli/term.h"

static void head(const char *what)
{
	term_say(TONE_BOLD, "%-11s", what);
}

/* How many measures there are, in words. */
static const char *measures_shown(const json_t *k)
{
	static char text[64];
	int64_t n = get_num(k, "elements");

	snprintf(text, sizeof(text), "%s measure%s", show_count((uint64_t)n),
	    n == 1 ? "" : "s");
	return text;
}

static void say_defended(const json_t *o)
{
	const json_t *k = json_object_get(o, "kernel");

	head("Defended");
	if (get_flag(o, "defended"))
		term_say(TONE_GOOD, "yes");
	else
		term_say(TONE_BAD, "no: %s", get_text(o, "why_not"));
	if (json_is_object(k) && get_flag(k, "dry"))
		printf("; none of %s is in the kernel", measures_shown(k));
	else if (json_is_object(k))
		printf("%s the kernel holds %s, %s packets (%s) dropped",
		    get_flag(o, "defended") ? ":" : ";", measures_shown(k),
		    show_count((uint64_t)get_num(k, "packets")),
		    show_bytes((uint64_t)get_num(k, "bytes")));
	putchar('\n');
}

static void say_today(const json_t *o)
{
	const json_t *t = json_object_get(o, "today");
	const json_t *m = json_object_get(o, "measures");

	head("Since");
	printf("%s (%s)\n", show_time(get_num(o, "started")),
	    show_span(get_num(o, "now") - get_num(o, "started")));
	head("Today");
	printf("%s denied, %s limited, ",
	    show_count((uint64_t)get_num(t, "denied")),
	    show_count((uint64_t)get_num(t, "limited")));
	term_say(get_num(t, "alarms") ? TONE_WARN : TONE_PLAIN, "%s alarm%s",
	    show_count((uint64_t)get_num(t, "alarms")),
	    get_num(t, "alarms") == 1 ? "" : "s");
	puts(" (days are UTC's)");
	if (get_num(m, "proxied") > 0)
		printf("           %s came through a proxy: the kernel cannot "
		       "stop them here\n",
		    show_count((uint64_t)get_num(m, "proxied")));
	if (get_num(m, "refused") > 0)
		printf("           %s were refused by the kernel "
		       "(liptako list --all)\n",
		    show_count((uint64_t)get_num(m, "refused")));
}

/* How far behind the log's end the reader is: what stat(2) says now. */
static const char *lag_shown(const json_t *s)
{
	struct stat st;
	int64_t off = get_num(s, "offset");
	uint64_t ino;

	if (!get_flag(s, "open"))
		return "waited for";
	if (strcmp(get_text(s, "kind"), "file") != 0)
		return "live";
	if (stat(get_text(s, "path"), &st) < 0)
		return "gone";
	ino = strtoull(get_text(s, "ino"), NULL, 10);
	if (file_id_at(get_text(s, "path")) != ino)
		return ino ? "rotated" : "at its end";
	if (st.st_size <= off)
		return "at its end";
	return show_bytes((uint64_t)(st.st_size - off));
}

static void say_sources(const json_t *o)
{
	static const char *const heads[] = { "LOG", "KIND", ">LINES", ">HITS",
		"LAST HIT", "BEHIND" };
	const json_t *a = json_object_get(o, "sources"), *s;
	int64_t now = get_num(o, "now");
	struct table t;
	size_t i;

	head("Sources");
	printf("%zu\n", json_array_size(a));
	if (json_array_size(a) == 0)
		return;
	table_new(&t, countof(heads), heads);
	json_array_foreach(a, i, s)
	{
		const char *cells[] = { get_text(s, "path"),
			get_text(s, "kind"),
			show_count((uint64_t)get_num(s, "lines")),
			show_count((uint64_t)get_num(s, "hits")),
			show_ago(now, get_num(s, "hit")), lag_shown(s) };

		table_row(&t, cells);
	}
	table_print(&t, "  ");
	table_free(&t);
}

/* Those that have a log here; the rules of the others are not compiled. */
static void say_services(const json_t *o)
{
	const json_t *v = json_object_get(o, "services"), *s;
	size_t at = 0, i;

	head("Services");
	printf("%s active of %s known", show_count((uint64_t)get_num(v, "n")),
	    show_count((uint64_t)get_num(v, "of")));
	if (get_num(v, "n") < get_num(v, "of")) {
		json_array_foreach(json_object_get(v, "active"), i, s)
		{
			const char *name = json_string_value(s);

			fputs(at == 0 ? "\n          " : "", stdout);
			printf(" %s", name);
			at += strlen(name) + 1;
			at = at > 56 ? 0 : at;
		}
	}
	putchar('\n');
}

/* "the charter ends", "the envoy gate of mali ends" */
static void say_ending(const json_t *e)
{
	int64_t days = get_num(e, "days");
	enum tone t = days < 7 ? TONE_BAD : TONE_WARN;

	if (!strcmp(get_text(e, "what"), "charter"))
		term_say(t, "           the charter ");
	else
		term_say(t, "           the envoy %s of %s ",
		    get_text(e, "host"), get_text(e, "party"));
	if (get_flag(e, "over"))
		term_say(t, "has ended\n");
	else
		term_say(t, "ends in %lld day%s\n", (long long)days,
		    days == 1 ? "" : "s");
}

static void say_charters(const json_t *o)
{
	const json_t *all = json_object_get(o, "charters"), *a, *e;
	size_t i, k;

	json_array_foreach(all, i, a)
	{
		bool well = !strcmp(get_text(a, "state"), "alive");

		head(i ? "" : "Alliance");
		term_say(well ? TONE_PLAIN : TONE_BAD,
		    "%s, version %lld, %s, %lld part%s",
		    get_text(a, "alliance"), (long long)get_num(a, "version"),
		    get_text(a, "state"), (long long)get_num(a, "parties"),
		    get_num(a, "parties") == 1 ? "y" : "ies");
		if (get_num(a, "requests") + get_num(a, "waiting") > 0)
			term_say(TONE_WARN, "; something waits for your seal "
					    "(liptako charter seal)");
		putchar('\n');
		json_array_foreach(json_object_get(a, "endings"), k, e)
		    say_ending(e);
	}
}

static void say_rules(const json_t *o)
{
	static const char *const heads[] = { "MOST HIT TODAY", ">SIGHTINGS",
		">MEASURES", "WHAT IT IS" };
	const json_t *r = json_object_get(o, "rules"), *s;
	const json_t *a = json_object_get(r, "top");
	struct table t;
	size_t i;

	head("Rules");
	printf("%s", show_count((uint64_t)get_num(r, "n")));
	if (get_num(r, "faults") > 0)
		term_say(TONE_WARN, ", %s files with faults (liptako doctor)",
		    show_count((uint64_t)get_num(r, "faults")));
	putchar('\n');
	if (json_array_size(a) == 0)
		return;
	table_new(&t, countof(heads), heads);
	json_array_foreach(a, i, s)
	{
		const char *cells[] = { get_text(s, "rule"),
			show_count((uint64_t)get_num(s, "sightings")),
			show_count((uint64_t)get_num(s, "measures")),
			get_text(s, "about") };

		table_row(&t, cells);
	}
	table_print(&t, "  ");
	table_free(&t);
}

static void say_protected(const json_t *o)
{
	json_t *p = json_object_get(o, "protected"), *by, *v;
	const char *key, *comma = ": ";

	by = json_object_get(p, "by");
	head("Protected");
	printf("%s", show_count((uint64_t)get_num(p, "n")));
	json_object_foreach(by, key, v)
	{
		printf("%s%s %s", comma,
		    show_count((uint64_t)json_integer_value(v)), key);
		comma = ", ";
	}
	putchar('\n');
}

static void say_programs(const json_t *o)
{
	const json_t *a = json_object_get(o, "programs"), *p;
	const json_t *l = json_object_get(o, "ledger");
	const char *comma = "";
	size_t i;

	head("Programs");
	json_array_foreach(a, i, p)
	{
		bool well = get_flag(p, "running");
		size_t missing = json_array_size(json_object_get(p, "missing"));

		fputs(comma, stdout);
		comma = ", ";
		term_say(well ? TONE_PLAIN : TONE_BAD, "%s %lld%s",
		    get_text(p, "program"), (long long)get_num(p, "pid"),
		    well ? "" : " (down)");
		if (get_num(p, "restarts") > 0)
			term_say(TONE_WARN, " (restarted %lld times)",
			    (long long)get_num(p, "restarts"));
		if (missing)
			term_say(TONE_WARN, " (%zu jail step%s missing)",
			    missing, missing == 1 ? "" : "s");
	}
	putchar('\n');
	head("Ledger");
	if (get_flag(l, "well"))
		printf("well, %s commits of %s us\n",
		    show_count((uint64_t)get_num(l, "commits")),
		    show_count((uint64_t)get_num(l, "commit_us")));
	else
		term_say(TONE_BAD, "%s; %s facts wait in memory\n",
		    get_text(l, "why"),
		    show_count((uint64_t)get_num(l, "waiting")));
}

static void say_alarms(const json_t *o)
{
	const json_t *a = json_object_get(o, "alarms"), *h;
	size_t i;

	if (json_array_size(a) == 0)
		return;
	head("Alarms");
	puts("of the last 24 h, newest first");
	json_array_foreach(a, i, h) term_say(TONE_WARN, "  %s  %s  %s  (%s)\n",
	    show_time(get_num(h, "at")), get_text(h, "net"),
	    get_text(h, "rule"), get_text(h, "rung"));
}

static void say_all(const json_t *o)
{
	say_defended(o);
	say_today(o);
	say_sources(o);
	say_services(o);
	say_rules(o);
	say_charters(o);
	say_protected(o);
	say_programs(o);
	say_alarms(o);
}

int cmd_status(int argc, char **argv)
{
	struct ask_options o;
	json_t *end = NULL;
	int e;

	e = ask_plain(argc, argv, "status", &o, &end);
	if (e)
		return e;
	e = ask_refused(argv[0], end);
	if (e < 0) {
		if (o.json)
			ask_print(end);
		else
			say_all(end);
		e = get_flag(end, "defended") ? CLI_OK : CLI_NO;
	}
	json_decref(end);
	return e;
}
